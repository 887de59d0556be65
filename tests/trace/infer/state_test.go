package infer

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"raftlabs/tests/wire"
)

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
	seen := Observe(3, s.events, Messages(s.events))
	var got [][2]int
	for _, c := range seen.Commits {
		got = append(got, [2]int{c.Server, c.Index})
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
	seen := Observe(3, s.events, nil)
	assert.Equal(t, []Reach{
		{0, 0, 0b000, 0b010}, {0, 1, 0b001, 0b000},
		{1, 0, 0b100, 0b110}, {1, 1, 0b101, 0b100}, {1, 2, 0b011, 0b011},
		{2, 0, 0b100, 0b100}, {2, 1, 0b100, 0b100},
		{4, 0, 0b110, 0b110}, {4, 1, 0b001, 0b001}, {4, 2, 0b001, 0b001},
		{5, 0, 0, 0}, {5, 1, 0, 0}, {5, 2, 0, 0},
	}, seen.Cuts)
	assert.Equal(t, []Span{{Paused, 0, 6, 9}, {Held, 1, 7, 8}, {Held, 2, 10, none}}, seen.Spans)
}

func TestAnotherClusterBeginsAnew(t *testing.T) {
	var s script
	s.add("start", 0, none)
	s.add("leader", 0, none).Term = 3
	s.add("apply", 0, none).Index = 9
	s.add("pause", 1, none)
	s.add("isolate", 1, none)
	s.add("cluster", none, none).Index = 2
	s.add("start", 0, none)
	s.add("apply", 0, none).Index = 1
	assert.Equal(t, []string{"S0 follower 0", "S0 leader 3", "S0 unknown 0", "S0 follower 0"}, s.roles(2))
	seen := Observe(2, s.events, nil)
	assert.Equal(t, []Mark{{2, 0, 9}, {7, 0, 1}}, seen.Commits)
	assert.Equal(t, []Span{{Paused, 1, 3, 5}}, seen.Spans)
	last := seen.Cuts[len(seen.Cuts)-1]
	assert.Equal(t, 5, last.Event, "all links are whole again")
}
