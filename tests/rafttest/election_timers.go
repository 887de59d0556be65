package rafttest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Rule cases about the election timer. How long S0's timeouts are is its
// own choice, so a case knows only that they are more than 100 ms and less
// than ElectionTime.

const often = 50 * time.Millisecond

func grantResetsTimer(t *lab.T, make raftapi.MakeFunc) {
	s, term := voter(t, 3, make)
	wantVote(t, s, request(term, 1), true, "it has not voted in that term")
	before := s.Campaigns()
	for i := range 100 {
		t.Sleep(often)
		term++
		if s.Campaigns() > before {
			t.Failf("§5.2, Figure 2, Followers", "S0 granted a vote every %v and campaigned all the same: granting a vote is to reset the election timer", often)
		}
		wantVote(t, s, request(term, 1+i%2), true, "it has not voted in that term")
	}
}

func leaderResetsTimer(t *lab.T, make raftapi.MakeFunc) {
	s, term := voter(t, 3, make)
	const interval = 100 * time.Millisecond
	s.Append(1, heartbeat(term, 1))
	before := s.Campaigns()
	for range 100 {
		t.Sleep(interval)
		if s.Campaigns() > before {
			t.Failf("§5.2, Figure 2, Followers", "S0 heard from the leader of term %d every %v and campaigned all the same: AppendEntries of the current leader is to reset the election timer", term, interval)
		}
		if r := s.Append(1, heartbeat(term, 1)); !r.Success || r.Term != term {
			t.Failf("Figure 2, AppendEntries", "S0 follows S1 in term %d and answered its heartbeat with %q", term, r)
		}
	}
	if st := s.State(0); st.Leader || st.Term != term {
		t.Failf("§5.1", "S0 has heard from S1, the leader of term %d, all the time, but %v", term, st)
	}
}

func refusalKeepsTimer(t *lab.T, make raftapi.MakeFunc) {
	s, term := voter(t, 3, make)
	wantVote(t, s, request(term, 1), true, "it has not voted in that term")
	campaignsThough(t, s, "it refuses a vote", "refusing a vote is not to reset the election timer, only granting one is",
		func() { s.AskVote(2, request(term, 2)) })
}

func oldLeaderKeepsTimer(t *lab.T, make raftapi.MakeFunc) {
	s, term := voter(t, 3, make)
	wantVote(t, s, request(term, 1), true, "it has not voted in that term")
	campaignsThough(t, s, fmt.Sprintf("S2 sends AppendEntries of term %d", term-1), "a leader of an older term is none, and is not to reset the election timer",
		func() { s.Append(2, heartbeat(term-1, 2)) })
}

// campaignsThough has something happen every 50 ms and asserts that S0
// campaigns nevertheless.
func campaignsThough(t *lab.T, s *cluster.Scripted, what, rule string, act func()) {
	before, start := s.Campaigns(), t.Now()
	for s.Campaigns() == before {
		if t.Now()-start > cluster.ElectionTime {
			t.Overduef("§5.2, Figure 2, Followers", "every %v %s, and S0 has not campaigned for %v: %s", often, what, cluster.ElectionTime, rule)
		}
		act()
		t.Sleep(often)
	}
}

func timeoutsDiffer(t *lab.T, make raftapi.MakeFunc) {
	const alike = 5 * time.Millisecond
	s := cluster.NewScripted(t, 3, make, cluster.Options{})
	var timeouts []time.Duration
	last, term := time.Duration(0), 0
	for range 13 {
		term = s.AwaitVote(term).Term
		if last > 0 {
			timeouts = append(timeouts, t.Now()-last)
		}
		last = t.Now()
	}
	if spread(timeouts) < alike {
		t.Failf("§5.2", "S0's election timeouts over %d rounds are all alike, %s: they are to be drawn anew each time, from a range, or split votes repeat for ever",
			len(timeouts), list(timeouts))
	}
	s.Close()

	c := cluster.New(t, 7, make, cluster.Options{})
	var mu sync.Mutex
	first := map[int]time.Duration{}
	c.Net.Observe(labrpc.ObserverFunc(func(e labrpc.Event) {
		mu.Lock()
		defer mu.Unlock()
		campaign := e.Method == wire.RequestVote || e.Method == wire.RequestPreVote
		if _, known := first[e.From]; e.Kind == labrpc.Sent && campaign && !known {
			first[e.From] = e.At - c.Started(e.From)
		}
	}))
	c.Isolate(c.All()...)
	t.Sleep(cluster.ElectionTime)
	mu.Lock()
	defer mu.Unlock()
	timeouts = nil
	for _, d := range first {
		timeouts = append(timeouts, d)
	}
	slices.Sort(timeouts)
	if len(timeouts) < c.Size() {
		t.Overduef("§5.2", "of %d servers that hear from nobody only %d have campaigned within %v", c.Size(), len(timeouts), cluster.ElectionTime)
	}
	if spread(timeouts) < alike {
		t.Failf("§5.2", "the first election timeouts of %d servers are all alike, %s: each server is to draw its own, or their votes split for ever",
			c.Size(), list(timeouts))
	}
}

func spread(ds []time.Duration) time.Duration { return slices.Max(ds) - slices.Min(ds) }

func list(ds []time.Duration) string {
	var parts []string
	for _, d := range ds {
		parts = append(parts, lab.Span(d.Round(time.Millisecond)))
	}
	return strings.Join(parts, ", ")
}
