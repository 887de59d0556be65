package page

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sketch is a run as the page understands it, in lines.
func sketch(n int, events []Event) string {
	var b strings.Builder
	all := messages(events)
	seen := observe(n, events, all)
	at := func(event int) string {
		if event == none {
			return "?"
		}
		return fmt.Sprintf("%.6f", events[event].At.Seconds())
	}
	fmt.Fprintln(&b, "messages")
	for k, m := range all {
		e := events[max(m.begin, m.end)]
		if m.begin != none {
			e = events[m.begin]
		}
		fmt.Fprintf(&b, "%3d  %s .. %s  S%d -> S%d  %s #%d%s", k, at(m.begin), at(m.end), e.From, e.To, wire.Short(e.Method), e.Num, words(m))
		if m.of != none {
			fmt.Fprintf(&b, " of %d", m.of)
		}
		fmt.Fprintln(&b)
	}
	fmt.Fprintln(&b, "roles")
	for _, c := range seen.roles {
		fmt.Fprintf(&b, "     %s  S%d %s, term %d\n", at(c.event), c.server, roleNames[c.role], c.term)
	}
	fmt.Fprintln(&b, "commit indexes")
	for _, c := range seen.commits {
		fmt.Fprintf(&b, "     %s  S%d %d\n", at(c.event), c.server, c.index)
	}
	for _, s := range seen.spans {
		fmt.Fprintf(&b, "%s S%d from %s to %s\n", []string{"paused", "held"}[s.kind], s.server, at(s.begin), at(s.end))
	}
	for _, c := range seen.cuts {
		fmt.Fprintf(&b, "cut  %s  S%d to %05b from %05b\n", at(c.event), c.server, c.to, c.from)
	}
	return b.String()
}

var roleNames = []string{"unknown", "follower", "pre-candidate", "candidate", "leader", "down"}

func words(m message) string {
	var b strings.Builder
	for _, f := range []struct {
		flag int
		word string
	}{{isReply, " reply"}, {isSecond, " second"}, {isLost, " lost"}, {isIdle, " idle"}, {isRefusal, " refusal"}} {
		if m.flags&f.flag != 0 {
			b.WriteString(f.word)
		}
	}
	return b.String()
}

// The golden files are what the page makes of two traces of the reference.
// Regenerate them with -update, and read the difference.
func TestTheModelOfRecordedRuns(t *testing.T) {
	for _, name := range []string{"lostvote", "partition"} {
		events, _ := prepare(Meta{}, readTrace(t, name+".jsonl"))
		got, file := sketch(serversOf(Meta{}, events), events), "testdata/"+name+".golden"
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(want), got, name)
	}
}

// Traces without the fields that say whether a loss is a reply's, which copy
// arrived and which incarnation called are understood all the same.
func TestAnOlderTraceIsUnderstoodAsWell(t *testing.T) {
	for _, name := range []string{"lostvote.jsonl", "partition.jsonl"} {
		events, _ := prepare(Meta{}, readTrace(t, name))
		want := sketch(5, events)
		for i := range events {
			events[i].Inc, events[i].Reply, events[i].Second = 0, false, false
		}
		assert.Equal(t, want, sketch(5, events), name)
	}
}

// A ring that kept the newest events only begins in the middle of calls.
func TestATraceThatBeginsInTheMiddle(t *testing.T) {
	events, _ := prepare(Meta{}, readTrace(t, "partition.jsonl"))
	for from := 0; from < len(events); from += 7 {
		rest := events[from:]
		all := messages(rest)
		for _, m := range all {
			assert.True(t, m.begin != none || m.end != none)
			if m.of != none {
				assert.Less(t, m.of, len(all))
			}
		}
		observe(5, rest, all)
		newDocument(Meta{}, rest)
	}
}

// A scripted run: each event has the next instant.
type script struct{ events []Event }

func (s *script) add(kind string, from, to int) *Event {
	s.events = append(s.events, Event{Kind: kind, From: from, To: to})
	return &s.events[len(s.events)-1]
}

func (s *script) send(from, to, num int, m wire.Message, method string) {
	e := s.add("sent", from, to)
	e.Num, e.Method, e.Term, e.Note = uint64(num), method, wire.Term(m), noteOf(m)
}

func (s *script) arrive(from, to, num int, method string) {
	e := s.add("delivered", from, to)
	e.Num, e.Method = uint64(num), method
}

func (s *script) answer(from, to, num int, m wire.Message, method string) {
	e := s.add("replied", from, to)
	e.Num, e.Method, e.Term, e.Note, e.Reply = uint64(num), method, wire.Term(m), noteOf(m), true
	e = s.add("returned", from, to)
	e.Num, e.Method, e.Reply = uint64(num), method, true
}

// noteOf is how the cluster's recorder words a message: without its term.
func noteOf(m wire.Message) string {
	words := strings.SplitN(m.String(), " ", 3)
	if len(words) < 3 {
		return ""
	}
	return words[2]
}

func (s *script) roles(n int) (list []string) {
	for _, c := range observe(n, s.events, messages(s.events)).roles {
		list = append(list, fmt.Sprintf("S%d %s %d", c.server, roleNames[c.role], c.term))
	}
	return list
}

func TestRolesFollowTheWire(t *testing.T) {
	vote := wire.RequestVoteArgs{Term: 1, CandidateId: 0}
	beat := wire.AppendEntriesArgs{Term: 1, LeaderId: 0}
	var s script
	s.add("start", 0, none)
	s.add("start", 1, none)
	s.send(0, 1, 1, wire.RequestVoteArgs{Term: 1}, wire.RequestPreVote)
	s.send(0, 1, 2, vote, wire.RequestVote)
	s.arrive(0, 1, 2, wire.RequestVote) // shows nothing: a lease may have it ignored
	s.answer(1, 0, 2, wire.RequestVoteReply{Term: 1, VoteGranted: true}, wire.RequestVote)
	s.send(0, 1, 3, beat, wire.AppendEntries)
	s.arrive(0, 1, 3, wire.AppendEntries)
	s.answer(1, 0, 3, wire.AppendEntriesReply{Term: 4}, wire.AppendEntries)
	s.send(0, 1, 4, beat, wire.AppendEntries) // built before the reply came
	s.add("crash", 0, none)
	s.add("start", 0, none)
	s.send(0, 1, 1, wire.RequestVoteArgs{Term: 2}, wire.RequestVote) // it has forgotten term 4
	s.add("leader", 1, none).Term = 5
	assert.Equal(t, []string{
		"S0 follower 0", "S1 follower 0", "S0 pre-candidate 0", "S0 candidate 1", "S1 follower 1", "S0 leader 1",
		"S1 follower 4", "S0 follower 4", "S0 down 4", "S0 follower 4", "S0 candidate 2", "S1 leader 5",
	}, s.roles(2))
}

func TestACandidateYieldsAndALeaderDoesNot(t *testing.T) {
	var s script
	s.send(0, 1, 1, wire.RequestVoteArgs{Term: 3}, wire.RequestVote)
	s.send(1, 0, 1, wire.AppendEntriesArgs{Term: 3, LeaderId: 1}, wire.AppendEntries)
	s.arrive(1, 0, 1, wire.AppendEntries)
	s.send(0, 1, 2, wire.AppendEntriesArgs{Term: 3}, wire.AppendEntries) // two leaders of a term: a bug, and to be seen
	s.arrive(0, 1, 2, wire.AppendEntries)
	assert.Equal(t, []string{"S0 candidate 3", "S1 leader 3", "S0 follower 3", "S0 leader 3"}, s.roles(2))
}

func TestAPreVotesTermIsNobodys(t *testing.T) {
	var s script
	s.send(0, 1, 1, wire.RequestVoteArgs{Term: 7}, wire.RequestPreVote)
	s.arrive(0, 1, 1, wire.RequestPreVote)
	s.answer(1, 0, 1, wire.RequestVoteReply{Term: 7, VoteGranted: true}, wire.RequestPreVote)
	s.send(0, 1, 2, wire.RequestVoteArgs{Term: 7}, wire.RequestPreVote)
	s.arrive(0, 1, 2, wire.RequestPreVote)
	s.answer(1, 0, 2, wire.RequestVoteReply{Term: 9}, wire.RequestPreVote)
	assert.Equal(t, []string{"S0 pre-candidate 0", "S0 follower 9"}, s.roles(2), "a refusal's higher term is adopted by the asker")
}

func TestCommitIndexes(t *testing.T) {
	var s script
	entries := []wire.Entry{{Term: 1, Command: 1}, {Term: 1, Command: 2}}
	s.send(0, 1, 1, wire.AppendEntriesArgs{Term: 1, PrevLogIndex: 3, Entries: entries, LeaderCommit: 9}, wire.AppendEntries)
	s.arrive(0, 1, 1, wire.AppendEntries)
	s.answer(1, 0, 1, wire.AppendEntriesReply{Term: 1, Success: true}, wire.AppendEntries)
	s.send(0, 2, 1, wire.AppendEntriesArgs{Term: 1, PrevLogIndex: 3, LeaderCommit: 9}, wire.AppendEntries)
	s.arrive(0, 2, 1, wire.AppendEntries)
	s.answer(2, 0, 1, wire.AppendEntriesReply{Term: 1}, wire.AppendEntries)
	s.add("apply", 1, none).Index = 7
	seen := observe(3, s.events, messages(s.events))
	var got [][2]int
	for _, c := range seen.commits {
		got = append(got, [2]int{c.server, c.index})
	}
	assert.Equal(t, [][2]int{{0, 9}, {1, 5}, {1, 7}}, got,
		"the leader's own, min(leaderCommit, last new entry) of a follower that took the entries, none of one that refused, what is applied")
}

func TestCutsAndConditions(t *testing.T) {
	var s script
	s.add("cut", 1, 0)
	s.add("isolate", 2, none)
	s.add("join", 1, 0)
	s.add("partition", none, none).Note = "[[0 1] [2]]"
	s.add("partition", none, none).Note = "[[1 2]]"
	s.add("heal", none, none)
	s.add("pause", 0, none)
	s.add("hold", 1, none)
	s.add("crash", 1, none)
	s.add("resume", 0, none)
	s.add("hold", 2, none)
	seen := observe(3, s.events, nil)
	assert.Equal(t, []reach{
		{0, 0, 0b000, 0b010}, {0, 1, 0b001, 0b000},
		{1, 0, 0b100, 0b110}, {1, 1, 0b101, 0b100}, {1, 2, 0b011, 0b011},
		{2, 0, 0b100, 0b100}, {2, 1, 0b100, 0b100},
		{4, 0, 0b110, 0b110}, {4, 1, 0b001, 0b001}, {4, 2, 0b001, 0b001},
		{5, 0, 0, 0}, {5, 1, 0, 0}, {5, 2, 0, 0},
	}, seen.cuts)
	assert.Equal(t, []span{{paused, 0, 6, 9}, {held, 1, 7, 8}, {held, 2, 10, none}}, seen.spans)
}

func TestIdleHeartbeats(t *testing.T) {
	beat := wire.AppendEntriesArgs{Term: 1, LeaderId: 0, PrevLogIndex: 3, PrevLogTerm: 1, LeaderCommit: 3}
	yes := wire.AppendEntriesReply{Term: 1, Success: true}
	var s script
	call := func(num int, args wire.AppendEntriesArgs, reply wire.AppendEntriesReply) {
		s.send(0, 1, num, args, wire.AppendEntries)
		s.arrive(0, 1, num, wire.AppendEntries)
		s.answer(1, 0, num, reply, wire.AppendEntries)
	}
	call(1, beat, yes) // the first of a term tells something
	call(2, beat, yes)
	call(3, beat, wire.AppendEntriesReply{Term: 1})
	call(4, beat, wire.AppendEntriesReply{Term: 2, Success: true})
	beat.LeaderCommit = 4
	call(5, beat, yes)
	beat.Entries = []wire.Entry{{Term: 1, Command: 1}}
	call(6, beat, yes)
	call(7, beat, yes)
	var idle []int
	for k, m := range messages(s.events) {
		if m.flags&isIdle != 0 {
			idle = append(idle, k)
		}
	}
	assert.Equal(t, []int{2, 3, 4, 6}, idle, "the second call, and the requests of the third and the fourth")
}

func TestALossIsTheRepliesWhereTheRequestHasArrived(t *testing.T) {
	events := []Event{
		{Kind: "sent", From: 0, To: 1, Num: 1}, {Kind: "sent", From: 1, To: 0, Num: 1},
		{Kind: "delivered", From: 0, To: 1, Num: 1}, {Kind: "replied", From: 1, To: 0, Num: 1},
		{Kind: "dropped", From: 1, To: 0, Num: 1}, // of S1's request, which is under way
		{Kind: "dropped", From: 1, To: 0, Num: 1}, // of S1's reply
	}
	got := messages(events)
	assert.Equal(t, []message{
		{begin: 0, end: 2, of: 2}, {begin: 1, end: 4, of: none, flags: isLost}, {begin: 3, end: 5, of: 0, flags: isReply | isLost},
	}, got)
}

// The notes that the page reads are the ones that package wire writes.
func TestNotesOfAppendEntriesAreRead(t *testing.T) {
	for _, args := range []wire.AppendEntriesArgs{
		{}, {Term: 12, LeaderId: 3, PrevLogIndex: 345, PrevLogTerm: 11, Entries: make([]wire.Entry, 17), LeaderCommit: 340},
	} {
		got, ok := readAppend(noteOf(args))
		assert.True(t, ok)
		assert.Equal(t, appended{args.PrevLogIndex, args.PrevLogTerm, len(args.Entries), args.LeaderCommit}, got)
	}
	for _, other := range []string{"", "prev", "prev (", "prev (1,2) +x commit 3", "prev (1,2) +1 commit", "granted"} {
		_, ok := readAppend(other)
		assert.False(t, ok, other)
	}
	assert.True(t, slices.Contains([]string{"granted"}, noteOf(wire.RequestVoteReply{VoteGranted: true})))
	assert.Equal(t, "refused", noteOf(wire.RequestVoteReply{}))
	assert.Equal(t, "no", noteOf(wire.AppendEntriesReply{}))
	assert.Equal(t, "success", noteOf(wire.AppendEntriesReply{Success: true}))
}

func TestGroupsAreRead(t *testing.T) {
	assert.Equal(t, [][]int{{1, 0}, {2, 3}}, readGroups(fmt.Sprint([][]int{{1, 0}, {2, 3}})))
	assert.Empty(t, readGroups(""))
}
