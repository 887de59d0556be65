package infer

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"raftlabs/tests/wire"
)

// The notes that are read are the ones that package wire writes.
func TestNotesOfAppendEntriesAreRead(t *testing.T) {
	for _, args := range []wire.AppendEntriesArgs{
		{}, {Term: 12, LeaderId: 3, PrevLogIndex: 345, PrevLogTerm: 11, Entries: make([]wire.Entry, 17), LeaderCommit: 340},
	} {
		got, ok := ReadAppend(noteOf(args))
		assert.True(t, ok)
		assert.Equal(t, Appended{args.PrevLogIndex, args.PrevLogTerm, len(args.Entries), args.LeaderCommit}, got)
	}
	for _, other := range []string{"", "prev", "prev (", "prev (1,2) +x commit 3", "prev (1,2) +1 commit", "granted"} {
		_, ok := ReadAppend(other)
		assert.False(t, ok, other)
	}
	assert.Equal(t, "granted", noteOf(wire.RequestVoteReply{VoteGranted: true}))
	assert.Equal(t, "refused", noteOf(wire.RequestVoteReply{}))
	assert.Equal(t, "no", noteOf(wire.AppendEntriesReply{}))
	assert.Equal(t, "success", noteOf(wire.AppendEntriesReply{Success: true}))
}

func TestGroupsAreRead(t *testing.T) {
	assert.Equal(t, [][]int{{1, 0}, {2, 3}}, ReadGroups(fmt.Sprint([][]int{{1, 0}, {2, 3}})))
	assert.Empty(t, ReadGroups(""))
}

func TestWhomAViolationNames(t *testing.T) {
	for note, want := range map[string][]int{
		"S1 and S3 are both leaders of term 4":                        {1, 3},
		"S3, S3 and S0.":                                              {0, 3},
		"S9 is none of five; HTTPS1 neither, S1x neither":             {},
		"C1 and C0 read what S4 had not committed; C2 is none of two": {4, 5, 6},
		"": {},
	} {
		assert.Equal(t, want, Blamed(Event{From: none, To: none, Note: note}, Nodes{5, 2}), note)
	}
}

func TestOlderTracesSayIndexesInWords(t *testing.T) {
	for _, c := range []struct {
		kind, note string
		want       int
	}{
		{"apply", "index 5, command 9", 5},
		{"apply", `index 5, "index 9"`, 5},
		{"submit", "command 9: index 12", 12},
		{"submit", `"index 3": index 12`, 12},
		{"submit", "command 9: not the leader", 0},
		{"install", "snapshot up to index 8", 8},
		{"snapshot", "up to index 8", 8},
		{"crash", "at index 8", 0},
	} {
		assert.Equal(t, c.want, Index(c.kind, c.note), c.note)
	}
}
