package infer

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"raftlabs/tests/wire"
)

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
	for k, m := range Messages(s.events) {
		if m.Flags&IsIdle != 0 {
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
	got := Messages(events)
	assert.Equal(t, []Message{
		{Begin: 0, End: 2, Of: 2}, {Begin: 1, End: 4, Of: none, Flags: IsLost}, {Begin: 3, End: 5, Of: 0, Flags: IsReply | IsLost},
	}, got)
}
