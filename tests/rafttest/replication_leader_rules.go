package rafttest

import (
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Rule cases about a leader. Its followers are servers of the same make,
// whose replies may have fields of their own; the case chooses which messages
// arrive, and when. S0 is the leader that a case is about.

// slack is more than the jitters of a few messages add up to.
const slack = time.Millisecond

// take has a server that leads undisturbed take a command.
func take(t *lab.T, c *cluster.Cluster, i int) cluster.Submission {
	s := c.Submit(i, c.Next())
	if st := c.State(i); !s.Leader && st.Leader {
		t.Failf("§5.3, Figure 2, Leaders", "%v, but its Start returned isLeader false: a leader takes every command", st)
	}
	if !s.Leader {
		t.Failf("§5.2", "S%d led a cluster without faults, and does not any more: %v", i, c.State(i))
	}
	return s
}

// appendOf is the AppendEntries that a packet is about, if it goes from one
// server to another, there or back.
func appendOf(p cluster.Packet, from, to int) (a wire.AppendEntriesArgs, ok bool) {
	a, ok = p.Request.(wire.AppendEntriesArgs)
	return a, ok && p.From == from && p.To == to && p.Incarnation > 0
}

// lastOf is the index of the last entry that the receiver has after it took a.
func lastOf(a wire.AppendEntriesArgs) int { return a.PrevLogIndex + len(a.Entries) }

// place is where a command stands in an AppendEntries.
type place struct{ index, term int }

func startTakes(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 3, make, cluster.Options{})
	leader := c.Elect(0)
	sent := [3]map[int]place{{}, {}, {}} // by receiver and command
	c.Watch(func(p cluster.Packet) {
		if a, ok := appendOf(p, 0, p.To); ok && p.Kind == labrpc.Sent {
			for k, e := range a.Entries {
				if command, ok := e.Command.(int); ok {
					sent[p.To][command] = place{a.PrevLogIndex + 1 + k, e.Term}
				}
			}
		}
	})
	const within = 2*cluster.Hop + slack // one that awaits each answer has it by then
	last := 0
	for range 5 {
		x := take(t, c, 0)
		if x.Term != leader.Term {
			t.Failf("Figure 2, Leaders", "S0 leads term %d, and its Start returned term %d: it is to be the current term", leader.Term, x.Term)
		}
		if last > 0 && x.Index != last+1 {
			t.Failf("§5.3", "S0 leads term %d all the time, and its Start returned index %d right after index %d: a leader appends each command to its log",
				x.Term, x.Index, last)
		}
		last = x.Index
		t.Sleep(within)
		for peer := 1; peer < 3; peer++ {
			var at place
			var ok bool
			c.Do(func() { at, ok = sent[peer][x.Command.(int)] })
			if !ok {
				t.Failf("§5.3", "S0's Start took a command at index %d, and %v later it has not sent it to S%d: a command is sent when it is started, not with the next heartbeat",
					x.Index, within, peer)
			}
			if at.index != x.Index || at.term != x.Term {
				t.Failf("§5.3", "S0's Start returned index %d and term %d, but AppendEntries to S%d has the command in an entry of term %d at index %d, which is PrevLogIndex plus its place among the entries",
					x.Index, x.Term, peer, at.term, at.index)
			}
		}
		t.Sleep(often)
	}
}

func ackCountsWhatWasSent(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 3, make, cluster.Options{})
	j := keepJournal(t, c)
	c.Elect(0)
	c.Agree(c.Next())
	c.Isolate(2)
	first := c.Committed() + 1 // the index of the next command

	// S1's answers that it holds the first are slow, and nothing that carries
	// more than the first reaches it.
	c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
		switch a, ok := appendOf(p, 0, 1); {
		case !ok:
		case p.Message.Reply && lastOf(a) == first:
			f.Latency = 30 * time.Millisecond
		case !p.Message.Reply && lastOf(a) > first && len(a.Entries) > 0:
			f.Drop = true
		}
		return f
	})
	take(t, c, 0)
	t.Sleep(cluster.Hop)
	take(t, c, 0)
	x := take(t, c, 0)
	c.NeverApplied(100*time.Millisecond, x, "nobody but S0 holds it: the answer which S0 got was to AppendEntries that ended before it. "+
		"A success acknowledges PrevLogIndex + len(Entries) of its request, whatever the leader's log or nextIndex is by now")
	c.Meddle(nil)
	c.Heal()
	c.Agree(c.Next())
	j.verify()
}

func matchNeverBack(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 5, make, cluster.Options{})
	j := keepJournal(t, c)
	for _, slow := range []string{"heartbeat", "AppendEntries"} {
		c.Elect(0)
		c.Agree(c.Next())
		c.Isolate(3, 4)
		overtaken(t, c, j, slow)
		c.Meddle(nil)
		c.Heal()
		c.Agree(c.Next())
	}
	j.verify()
}

// overtaken has S1's answer to a heartbeat, or to the first of two commands,
// arrive after its answer to the second command. Then S2 acknowledges both.
func overtaken(t *lab.T, c *cluster.Cluster, j *journal, slow string) {
	first := c.Committed() + 1
	const late, decides = 60 * time.Millisecond, 80 * time.Millisecond
	begin := t.Now() + often
	c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
		now := t.Now() - begin
		if a, ok := appendOf(p, 0, 1); ok {
			held := slow == "heartbeat" && lastOf(a) < first || slow != "heartbeat" && lastOf(a) == first
			switch {
			case p.Message.Reply && held:
				f.Latency = max(f.Latency, late-now)
			case !p.Message.Reply && now > 3*cluster.Hop:
				f.Drop = true // S1 says nothing more
			}
		}
		if a, ok := appendOf(p, 0, 2); ok && p.Message.Reply && lastOf(a) >= first {
			f.Latency = max(f.Latency, decides-now)
		}
		return f
	})
	t.Sleep(begin - t.Now())
	take(t, c, 0)
	t.Sleep(time.Millisecond)
	x := take(t, c, 0)
	t.Sleep(begin + decides + 4*cluster.Hop - t.Now())
	since, ok := j.committedAt(x.Index)
	if !ok {
		return // no two answers were under way at once
	}
	if at, applied := c.AppliedAt(0, x.Index); !applied || at > since+slack {
		t.Failf("Figure 2, State, matchIndex", "at %.3f s S0 had been told by S1 and by S2 that they hold index %d, which makes a majority of 5, and it did not commit it then. "+
			"S1's answer to an earlier %s, which ended before that index, had come in between: answers may overtake each other, and matchIndex never goes back",
			since.Seconds(), x.Index, slow)
	}
}

func lostReplyRetried(t *lab.T, make raftapi.MakeFunc) {
	for _, lost := range []string{"S1's answer to it", "the request to S1"} {
		c := cluster.New(t, 3, make, cluster.Options{})
		c.Net.SetTimeout(20*time.Millisecond, 5*time.Millisecond)
		c.Elect(0)
		c.Agree(c.Next())
		c.Isolate(2)
		first, until := c.Committed()+1, t.Now()+80*time.Millisecond
		c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
			a, ok := appendOf(p, 0, 1)
			if ok && lastOf(a) >= first && t.Now() < until && p.Message.Reply == (lost[0] == 'S') {
				f.Drop = true
			}
			return f
		})
		x := take(t, c, 0)
		const most = 2 * time.Second
		c.Await(most, func() bool { return c.Has(0, x) })
		if st := c.State(0); st.Leader && st.Term == x.Term && !c.Has(0, x) {
			t.Failf("§5.3", "S0 took a command at index %d, %s was lost, for 80 ms each time anew, and %v after Start S0 has not committed it: a leader sends AppendEntries again, indefinitely, until the follower holds all entries",
				x.Index, lost, most)
		}
		c.Meddle(nil)
		c.Heal()
		c.Agree(c.Next())
		c.Close()
	}
}

func nextIndexAboveZero(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 3, make, cluster.Options{})
	lowest := 0
	c.Watch(func(p cluster.Packet) {
		if a, ok := appendOf(p, p.From, p.To); ok {
			lowest = min(lowest, a.PrevLogIndex)
		}
	})
	c.Elect(0)

	// S0 and S1 have some entries that S2 lacks.
	first := c.Committed() + 1
	c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
		a, ok := appendOf(p, 0, 2)
		f.Drop = f.Drop || ok && !p.Message.Reply && lastOf(a) >= first
		return f
	})
	for range 3 {
		take(t, c, 0)
	}
	t.Sleep(4 * cluster.Hop)
	c.Isolate(0)

	// S1 leads S2, whose refusals take a while, and has much to send.
	c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
		if _, ok := appendOf(p, 1, 2); ok && p.Message.Reply {
			f.Latency = 8 * cluster.Hop
		}
		return f
	})
	if !c.Await(2*cluster.ElectionTime, func() bool { return c.State(1).Leader }) {
		t.Failf("§5.4.1", "S1 and S2 have been connected for %v, S1's log is the longer one, and it does not lead", 2*cluster.ElectionTime)
	}
	for range 12 {
		c.Submit(1, c.Next())
		t.Sleep(time.Millisecond)
	}
	t.Sleep(300 * time.Millisecond)
	var prev int
	c.Do(func() { prev = lowest })
	if prev < 0 {
		t.Failf("§5.3", "AppendEntries was sent with PrevLogIndex %d: where several refusals come in, nextIndex goes back to 1 and no further", prev)
	}
	c.Meddle(nil)
	c.Heal()
	c.Agree(c.Next())
}
