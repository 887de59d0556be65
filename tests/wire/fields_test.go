package wire_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"raftlabs/tests/wire"
)

func TestFieldsHaveTheNamesOfTheFigures(t *testing.T) {
	for want, m := range map[string]wire.Message{
		"Term: 4|CandidateId: 2|LastLogIndex: 7|LastLogTerm: 3": wire.RequestVoteArgs{Term: 4, CandidateId: 2, LastLogIndex: 7, LastLogTerm: 3},
		"Term: 4|VoteGranted: true":                             wire.RequestVoteReply{Term: 4, VoteGranted: true},
		"Term: -1|VoteGranted: false":                           wire.RequestVoteReply{Term: -1},
		"Term: 4|LeaderId: 1|PrevLogIndex: 7|PrevLogTerm: 3|Entries: 0|LeaderCommit: 6": wire.AppendEntriesArgs{
			Term: 4, LeaderId: 1, PrevLogIndex: 7, PrevLogTerm: 3, LeaderCommit: 6},
		"Term: 4|LeaderId: 1|PrevLogIndex: 7|PrevLogTerm: 3|Entries: 2|index 8: term 4, command 17|index 9: term 4, command nil|LeaderCommit: 6": wire.AppendEntriesArgs{
			Term: 4, LeaderId: 1, PrevLogIndex: 7, PrevLogTerm: 3, LeaderCommit: 6,
			Entries: []wire.Entry{{Term: 4, Command: 17}, {Term: 4, Index: 99}}},
		"Term: 4|Success: true": wire.AppendEntriesReply{Term: 4, Success: true},
		"Term: 4|LeaderId: 1|LastIncludedIndex: 9|LastIncludedTerm: 3|Data: 5 B": wire.InstallSnapshotArgs{
			Term: 4, LeaderId: 1, LastIncludedIndex: 9, LastIncludedTerm: 3, Data: []byte("12345")},
		"Term: 4": wire.InstallSnapshotReply{Term: 4},
	} {
		assert.Equal(t, strings.ReplaceAll(want, "|", "\n"), wire.Fields(m))
	}
	assert.Empty(t, wire.Fields(nil))
}

func TestACommandIsShort(t *testing.T) {
	type put struct{ Key, Value string }
	for want, c := range map[string]any{
		"-5": -5, "true": true, `"x\ny"`: "x\ny", "nil": nil, "of type wire_test.put": put{"a", "b"}, "of type *wire_test.put": &put{},
		`"` + strings.Repeat("a", 16) + `"... of 5000 B`: strings.Repeat("a", 5000),
		`"` + strings.Repeat("é", 8) + `"... of 4001 B`:  strings.Repeat("é", 2000) + "a",
		`"a` + strings.Repeat("é", 7) + `"... of 4001 B`: "a" + strings.Repeat("é", 2000),
	} {
		got := wire.Fields(wire.AppendEntriesArgs{Entries: []wire.Entry{{Term: 1, Command: c}}})
		assert.Contains(t, got, "\nindex 1: term 1, command "+want+"\n")
	}
}

// Of many entries the first ten and the last are told.
func TestManyEntriesAreBounded(t *testing.T) {
	of := func(n int) wire.AppendEntriesArgs {
		return wire.AppendEntriesArgs{PrevLogIndex: 100, Entries: make([]wire.Entry, n)}
	}
	twelve := wire.Fields(of(12))
	assert.Contains(t, twelve, "index 111: term 0, command nil\nindex 112: ")
	assert.NotContains(t, twelve, "more")
	assert.Contains(t, wire.Fields(of(13)), "\nindex 110: term 0, command nil\n2 more\nindex 113: ")
	many := wire.Fields(of(500))
	assert.Contains(t, many, "Entries: 500\nindex 101: ")
	assert.Contains(t, many, "\nindex 110: term 0, command nil\n489 more\nindex 600: term 0, command nil\nLeaderCommit")

	// The worst: the longest numbers, and a command that is all escapes.
	const most = math.MinInt
	worst := wire.AppendEntriesArgs{Term: most, LeaderId: most, PrevLogTerm: most, LeaderCommit: most, PrevLogIndex: math.MaxInt - 1e6}
	for range 500 {
		worst.Entries = append(worst.Entries, wire.Entry{Term: most, Command: strings.Repeat("\xff", 32)})
	}
	assert.Less(t, len(wire.Fields(worst)), 3<<10)
	for i := range worst.Entries {
		worst.Entries[i] = wire.Entry{Term: 1000, Command: strings.Repeat("a", 32)}
	}
	worst.PrevLogIndex = 100_000
	assert.Less(t, len(wire.Fields(worst)), 1<<10)
}

func BenchmarkFields(b *testing.B) {
	full := wire.AppendEntriesArgs{Term: 4, PrevLogIndex: 7, PrevLogTerm: 3}
	for i := range 100 {
		full.Entries = append(full.Entries, wire.Entry{Term: 4, Command: i})
	}
	for name, m := range map[string]wire.Message{
		"heartbeat":   wire.AppendEntriesArgs{Term: 4, LeaderId: 1, PrevLogIndex: 1207, PrevLogTerm: 3, LeaderCommit: 1206},
		"reply":       wire.AppendEntriesReply{Term: 4, Success: true},
		"100 entries": full,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = wire.Fields(m)
			}
		})
	}
}
