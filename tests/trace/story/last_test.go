package story

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/tests/trace"
)

func TestMessagesAreOneLineEach(t *testing.T) {
	var s script
	s.send(2, 0, put(4, 2, 7, 3, 2, 6)).says(done(4, true))
	s.send(2, 1, put(4, 2, 7, 3, 2, 6)).lost("the link is cut")
	s.send(2, 1, put(4, 2, 7, 3, 2, 6)).lost("lost")
	s.send(2, 1, put(4, 2, 7, 3, 2, 6)).lost("the server is down")
	s.send(2, 0, put(4, 2, 9, 4, 1, 9)).arrives().answers(done(5, false)).forgotten("lost")
	s.send(2, 0, put(4, 2, 8, 4, 2, 9)).arrives().answers(done(4, false))
	s.send(0, 1, ask(5, 3, 1, 1))
	assert.Equal(t, []string{
		"0.005 s  S2 -> S0 AppendEntries term 4 prev (7,3) +2 commit 6",
		"0.015 s  S0 -> S2 success, term 4",
		"0.025 s  S2 -> S1 AppendEntries term 4 prev (7,3) +2 commit 6 - lost: the link is cut",
		"0.035 s  S2 -> S1 AppendEntries term 4 prev (7,3) +2 commit 6 - lost on the way",
		"0.045 s  S2 -> S1 AppendEntries term 4 prev (7,3) +2 commit 6 - lost: S1 is down",
		"0.055 s  S2 -> S0 AppendEntries term 4 prev (9,4) +1 commit 9",
		"0.065 s  S0 -> S2 refused, term 5: its term is later - lost on the way",
		"0.075 s  S2 -> S0 AppendEntries term 4 prev (8,4) +2 commit 9",
		"0.085 s  S0 -> S2 refused, term 4: its log has no entry (8,4), it says - still under way",
		"0.090 s  S0 -> S1 RequestVote term 5 candidate S3 last (1,1) - still under way",
	}, Last(s.events, nil, 20))
}

func TestWhatArrivesLateIsToldTwice(t *testing.T) {
	var s script
	slow := s.send(2, 0, put(4, 2, 7, 3, 1, 6))
	s.send(2, 0, put(4, 2, 8, 3, 1, 6)).says(done(4, true))
	s.now += time.Second
	slow.arrives().answers(done(4, true))
	assert.Equal(t, []string{
		"0.005 s  S2 -> S0 AppendEntries term 4 prev (7,3) +1 commit 6 - arrives late, at 1.030 s",
		"0.010 s  S2 -> S0 AppendEntries term 4 prev (8,3) +1 commit 6",
		"0.020 s  S0 -> S2 success, term 4",
		"1.030 s  S0 gets what S2 sent at 0.005 s: AppendEntries term 4 prev (7,3) +1 commit 6",
		"1.035 s  S0 -> S2 success, term 4 (to the one of 0.005 s) - still under way",
	}, Last(s.events, nil, 20))
}

func TestTheLastArrivalIsTold(t *testing.T) {
	var s script
	s.send(0, 1, ask(5, 0, 1, 1)).says(yes(5))
	assert.Equal(t, "0.020 s  S0 gets what S1 sent at 0.015 s: vote granted, term 5", last(Last(s.events, nil, 20)))
	s.did("violation", 1)
	assert.Equal(t, "0.020 s  S0 gets what S1 sent at 0.015 s: vote granted, term 5", last(Last(s.events, nil, 20)))
}

func last(lines []string) string { return lines[len(lines)-1] }

func TestWhatRepeatsItselfIsOneLine(t *testing.T) {
	var s script
	for range 4 {
		for _, to := range []int{0, 1} {
			s.send(2, to, put(4, 2, 7, 3, 0, 6)).says(done(4, true))
		}
	}
	s.send(2, 1, put(4, 2, 7, 3, 0, 6)).lost("the link is cut")
	for index := range 3 {
		s.did("apply", 0).Index = index + 4
	}
	for range 3 {
		s.did("save", 1).Bytes = 80
	}
	for server := range 3 {
		s.did("submit", server).Note = "command 7: not the leader"
	}
	for range 3 {
		s.send(2, 1, put(4, 2, 9, 4, 1, 9)).lost("lost")
	}
	assert.Equal(t, []string{
		"0.005 s  S2 -> S0 heartbeat term 4 prev (7,3) commit 6",
		"0.015 s  S0 -> S2 success, term 4",
		"0.025 s  S2 -> S1 heartbeat term 4 prev (7,3) commit 6",
		"0.035 s  S1 -> S2 success, term 4",
		"0.045 s to 0.165 s  S2 -> S0, S1: 7 heartbeats of term 4, 6 answered, 1 lost (the link is cut)",
		"0.175 s to 0.185 s  S0 applied indexes 4 to 6",
		"0.190 s to 0.200 s  S1 saved 3 times, the last time 80 B",
		"0.205 s to 0.215 s  Start of S0, S1 and S2 returned isLeader false, 3 times in all",
		"0.220 s to 0.240 s  S2 -> S1 AppendEntries term 4 prev (9,4) +1 commit 9 - lost on the way (3 times)",
	}, Last(s.events, nil, 20))
}

func TestWhatAllServersDoIsOneLine(t *testing.T) {
	var s script
	for server := range 4 {
		s.now -= 14 * time.Millisecond
		s.did("apply", server).Index = 4
		s.did("apply", server).Index = 5
		s.did("snapshot", server).Index = 5
	}
	for i := range s.events {
		s.events[i].At += time.Second
	}
	lines := Last(s.events, nil, 20)
	assert.Len(t, lines, 2)
	assert.Contains(t, lines[0], "all servers applied indexes 4 to 5")
	assert.Contains(t, lines[1], "all servers took a snapshot up to index 5")
}

func TestNothingIsFoldedOverACrash(t *testing.T) {
	var s script
	s.send(2, 1, put(4, 2, 9, 4, 1, 9)).lost("lost")
	s.did("crash", 1)
	s.did("start", 1)
	s.send(2, 1, put(4, 2, 9, 4, 1, 9)).lost("lost")
	assert.Len(t, Last(s.events, nil, 20), 4)
}

func TestASaveBelongsToTheMessageOfItsInstant(t *testing.T) {
	var s script
	s.did("save", 1).Bytes = 70
	c := s.send(0, 1, ask(5, 0, 1, 1)).arrives()
	s.did("save", 1).Bytes = 80
	s.now -= 5 * time.Millisecond
	c.answers(yes(5))
	s.did("save", 1).Bytes = 90
	s.send(1, 0, ask(6, 1, 1, 1))
	assert.Equal(t, []string{
		"0.005 s  S1 saved 70 B",
		"0.010 s  S0 -> S1 RequestVote term 5 last (1,1)",
		"0.020 s  S1 -> S0 vote granted, term 5 (saved first) - still under way",
		"0.025 s  S1 saved 90 B",
		"0.030 s  S1 -> S0 RequestVote term 6 last (1,1) - still under way",
	}, Last(s.events, nil, 9))
}

func TestOneMessageToManyIsOneLine(t *testing.T) {
	var s script
	for _, to := range []int{1, 2, 3, 4} {
		c := s.send(0, to, ask(5, 0, 1, 1))
		s.now -= 5 * time.Millisecond
		if to > 2 {
			c.lost("lost")
			s.now -= 5 * time.Millisecond
		}
	}
	assert.Equal(t, []string{
		"0.005 s  S0 -> all others RequestVote term 5 last (1,1) - to S1, S2 still under way; to S3, S4 lost on the way",
	}, Last(s.events, nil, 5))
}

func TestWhatIsToldOfActs(t *testing.T) {
	for _, c := range []struct {
		event trace.Event
		want  string
	}{
		{trace.Event{Kind: "submit", From: 1, To: none, Index: 5, Term: 4, Note: "command 7: index 5"}, "S1's Start took command 7 at index 5 in term 4"},
		{trace.Event{Kind: "leader", From: 1, To: none, Term: 4}, "S1's GetState says that it leads term 4"},
		{trace.Event{Kind: "partition", From: none, To: none, Note: "[[0 1] [2]]"}, "the network is split: S0, S1 | S2"},
		{trace.Event{Kind: "cut", From: 0, To: 1}, "the link S0 -> S1 is cut"},
		{trace.Event{Kind: "log", From: 1, To: none, Topic: "vote", Note: "no\nvote\tfor \x1b[1mS2"}, "S1 printed (vote): no vote for [1mS2"},
		{trace.Event{Kind: "snapshot", From: 1, To: none, Note: "up to index 8"}, "S1 took a snapshot up to index 8"},
		{trace.Event{Kind: "faults {Latency:0s Spread:5ms Loss:0.257 Reorder:0 ReorderBy:2s}", From: 0, To: 1}, "the link S0 -> S1: faults from now on: Spread 5ms, Loss 26 %"},
		{trace.Event{Kind: "faults", From: none, To: none, Note: "{Latency:0s Loss:0}"}, "faults from now on: none"},
		{trace.Event{Kind: "sent", From: 0, To: 1, Method: "Raft.AppendEntries", Bytes: 87, Inc: 1}, "S0 -> S1 AppendEntries, 87 B - still under way"},
		{trace.Event{Kind: "replied", From: 0, To: 1, Method: "Raft.AppendEntries", Bytes: 12}, "S0 -> S1 answer to AppendEntries, 12 B - still under way"},
		{trace.Event{Kind: "something", From: 1, To: none, Note: "new"}, "S1 something new"},
	} {
		assert.Equal(t, []string{"0.000 s  " + c.want}, Last([]trace.Event{c.event}, nil, 5))
	}
}

func TestALossWhoseBeginningWasForgotten(t *testing.T) {
	e := trace.Event{Kind: "dropped", From: 0, To: 1, Method: "Raft.AppendEntries", Note: "the link is cut"}
	assert.Equal(t, []string{"0.000 s  S0 -> S1 AppendEntries lost: the link is cut"}, Last([]trace.Event{e}, nil, 5))
	e.Reply = true
	assert.Equal(t, []string{"0.000 s  S0 -> S1 answer to AppendEntries lost: the link is cut"}, Last([]trace.Event{e}, nil, 5))
}

func TestOnlyTheServersInvolved(t *testing.T) {
	var s script
	s.did("crash", 0)
	s.did("crash", 1)
	s.add("heal", none, none)
	s.send(2, 1, ask(5, 2, 1, 1))
	assert.Len(t, Last(s.events, []int{0}, 9), 2)
	assert.Len(t, Last(s.events, []int{1}, 9), 3)
	assert.Len(t, Last(s.events, nil, 3), 3, "the newest are kept")
	assert.Contains(t, Last(s.events, nil, 1)[0], "RequestVote")
	assert.Empty(t, Last(nil, nil, 9))
}
