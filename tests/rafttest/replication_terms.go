package rafttest

import (
	"time"

	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Rule cases about the end of a leadership and the next one. Whoever leads
// no more sends nothing. What a server knew of its followers in its first term
// says nothing in the next (Figure 2, State: reinitialized after election), and
// what it left of its first term in their logs is not committed by counting
// (§5.4.2).

// deposedLeaderSilent: S0 leads again and again. Each time S1, which is played,
// leads a later term, while requests of S0's are unanswered and goroutines of
// S0 are held up at its lock.
func deposedLeaderSilent(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 7, make, cluster.Options{
		Faults: labrpc.Faults{Latency: time.Millisecond},
		Stalls: &labsync.Stalls{Probability: 0.7, Max: often},
	})
	s.Net.SetTimeout(20*time.Millisecond, 5*time.Millisecond)
	s.GrantFrom(s.All()...)
	s.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
		_, ok := appendOf(p, 0, p.To)
		f.Drop = f.Drop || ok
		return f
	})
	var sent []wire.AppendEntriesArgs
	s.Watch(func(p cluster.Packet) {
		if a, ok := appendOf(p, 0, p.To); ok && p.Kind == labrpc.Sent {
			a.Entries = nil
			sent = append(sent, a)
		}
	})
	since := func(n int) (later []wire.AppendEntriesArgs) {
		s.Do(func() { later = sent[n:] })
		return later
	}
	for round := range 40 {
		var led cluster.State
		if !s.Await(2*cluster.ElectionTime, func() bool { led = s.State(0); return led.Leader }) {
			t.Overduef("§5.2", "all peers grant S0 every vote, and it does not lead after %v: %v", 2*cluster.ElectionTime, led)
		}
		// Right after a command, or after a heartbeat to one of the others.
		s.Submit(0, s.Next())
		if round%2 == 1 {
			t.Sleep(aLittle)
			n := len(since(0))
			s.Await(slowestHeartbeat, func() bool { return len(since(n)) > 0 })
		}
		depose(t, s, led.Term, round+4, since)
	}
}

// depose has S1 lead S0, which led a term, and watches what S0 sends then. S1's
// entries take the places of those which S0 may just be sending.
func depose(t *lab.T, s *cluster.Scripted, led, entries int, since func(n int) []wire.AppendEntriesArgs) {
	a := heartbeat(led+5, 1)
	for range entries {
		a.Entries = append(a.Entries, wire.Entry{Term: a.Term, Command: s.Next()})
	}
	begin := len(since(0))
	for range 4 {
		s.Append(1, a)
		t.Sleep(often)
	}
	settled := len(since(0))
	s.Append(1, a)
	t.Sleep(often)
	for _, sent := range since(begin) {
		if sent.Term == a.Term {
			t.Fail(lab.Failure{Detail: []string{"request: " + sent.String()}, Text: lab.Sentence(
				"S0 led term %d and was told of term %d by its leader S1. Then S0 sent AppendEntries of term %d, as if it led that one: "+
					"a request has the term in which its sender led, and is not made once it leads no more", led, a.Term, a.Term)})
		}
	}
	if late := since(settled); len(late) > 0 && s.State(0).Term == a.Term {
		t.Fail(lab.Failure{Detail: []string{"request: " + late[0].String()}, Text: lab.Sentence(
			"S0 led term %d and has been hearing from S1, the leader of term %d, for %v, and still sends AppendEntries: a server that does not lead sends none",
			led, a.Term, 4*often)})
	}
}

func matchStartsOver(t *lab.T, make raftapi.MakeFunc) { leadsAgain(t, make, false) }

func staleReplyIgnored(t *lab.T, make raftapi.MakeFunc) { leadsAgain(t, make, true) }

// leadsAgain has S1 acknowledge entries to S0, the leader of a first term, that
// no majority holds. S0's own copies of them are replaced by another leader,
// S0 is elected again, and adds a command at an index that S1 acknowledged then.
// If late is true, S1's acknowledgements arrive only now.
func leadsAgain(t *lab.T, make raftapi.MakeFunc, late bool) {
	c := cluster.New(t, 5, make, cluster.Options{})
	j := keepJournal(t, c)
	first := c.Elect(0)
	c.Agree(c.Next())
	base := c.Committed()

	c.Partition([]int{0, 1}, []int{2, 3, 4})
	for range 9 {
		take(t, c, 0)
	}
	t.Sleep(4 * cluster.Hop)
	if late {
		c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
			if a, ok := appendOf(p, 0, 1); ok && p.Message.Reply && lastOf(a) > base {
				f.Latency = 6 * cluster.Hop
			}
			return f
		})
	}
	acknowledged := take(t, c, 0)
	// From now on no request reaches S1, and none of its own the others. Its
	// answers, where they are late, wait until it goes on.
	t.Sleep(2*cluster.Hop + slack)
	if late {
		c.Pause(1)
	} else {
		t.Sleep(4 * cluster.Hop)
	}
	c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
		f.Drop = f.Drop || !p.Message.Reply && (p.From == 1 || p.To == 1)
		return f
	})
	c.Agree(c.Next(), 2, 3, 4)
	c.Partition([]int{0, 2, 3, 4})
	c.Agree(c.Next(), 0, 2, 3, 4)
	second := c.Elect(0, 0, 2, 3, 4)

	// S0 reaches S3 only: with itself two of five.
	c.Partition([]int{0, 3}, []int{2, 4})
	c.Join(1, 0)
	if late {
		c.Resume(1)
		t.Sleep(slack)
	}
	x := take(t, c, 0)
	why := lab.Sentence("only S0 and S3 of 5 servers hold it: what S1 acknowledged up to index %d was in term %d, and now it is term %d. "+
		"matchIndex is 0 for each peer upon election", acknowledged.Index, first.Term, second.Term)
	if late {
		why = lab.Sentence("only S0 and S3 of 5 servers hold it: the answers of S1, up to index %d, were to requests of term %d, and now it is term %d. "+
			"An answer counts only in the term in which it was asked", acknowledged.Index, first.Term, second.Term)
	}
	c.NeverApplied(300*time.Millisecond, x, why)
	c.Meddle(nil)
	c.Heal()
	c.Agree(c.Next())
	j.verify()
}

// figure8 plays Figure 8 of the paper up to (c): the old entry was brought to
// two of five servers in its own term. One of the two leads a later term, and
// may bring it to the others, and nothing of its own term.
func figure8(t *lab.T, c *cluster.Cluster, j *journal) (old cluster.Submission, now cluster.State) {
	first := c.Elect(0)
	c.Agree(c.Next())

	// (a) S0 brings an entry to S1 only.
	c.Partition([]int{0, 1}, []int{2, 3, 4})
	old = take(t, c, 0)
	t.Sleep(4 * cluster.Hop)

	// (b) One of the other three is elected by them, takes a command at that
	// index, and brings it to nobody.
	c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
		if a, ok := appendOf(p, p.From, p.To); ok && !p.Message.Reply {
			for _, e := range a.Entries {
				f.Drop = f.Drop || e.Term > first.Term
			}
		}
		return f
	})
	usurper := c.OneLeader(2, 3, 4)
	c.Submit(usurper.Server, c.Next())

	// (c) It is gone. S0 and S1 are back, and only they have logs that are
	// up-to-date enough to be elected.
	c.Partition(without(c.All(), usurper.Server))
	now = c.OneLeader()
	if now.Server > 1 {
		t.Failf("§5.4.1", "%v, with the votes of two of the other three: the logs of S0 and S1 are longer than its own, by an entry of term %d, and they were not to vote for it",
			now, old.Term)
	}
	return old, now
}

// brought waits until the leader was told by a majority that it holds an index,
// and tells whether that happened: a leader that begins its term with an entry
// of its own may send both together, which do not arrive.
func brought(c *cluster.Cluster, j *journal, index int, leader cluster.State) bool {
	return c.Await(500*time.Millisecond, func() bool {
		holders := map[int]bool{leader.Server: true}
		j.count(func(s *shipment) bool {
			if s.success && s.term == leader.Term && s.last() >= index {
				holders[s.to] = true
			}
			return false
		})
		return len(holders) > c.Size()/2
	})
}

func oldTermNotCounted(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 5, make, cluster.Options{})
	j := keepJournal(t, c)
	old, now := figure8(t, c, j)
	if brought(c, j, old.Index, now) {
		t.Count("Figure 8", 1)
	}
	c.NeverApplied(200*time.Millisecond, old, lab.Sentence("it is an entry of term %d and S%d leads term %d now: "+
		"that a majority holds it does not commit it, for a server without it may still be elected (Figure 8). "+
		"Only entries of the leader's current term are committed by counting", old.Term, now.Server, now.Term))

	// (d) The others are elected and may replace it.
	c.Meddle(nil)
	rest := without(c.All(), now.Server)
	c.Partition(rest)
	c.Agree(c.Next(), rest...)
	c.Heal()
	c.Agree(c.Next())
	j.verify()
}

func oldTermAlong(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 5, make, cluster.Options{})
	j := keepJournal(t, c)
	old, now := figure8(t, c, j)
	brought(c, j, old.Index, now)

	// (e) An entry of the present term is brought to a majority.
	c.Meddle(nil)
	x := c.Submit(now.Server, c.Next())
	c.Await(time.Second, func() bool { return c.Has(now.Server, x) })
	if st := c.State(now.Server); x.Leader && x.Term == now.Term && st.Leader && st.Term == now.Term {
		c.AwaitApplied(slack, x, now.Server)
		if !c.Has(now.Server, old) {
			t.Failf("§5.4.2", "S%d leads term %d and has applied index %d of it, but not the entry of term %d at index %d that was in its log before: an older term's entry is committed together with a later one",
				now.Server, now.Term, x.Index, old.Term, old.Index)
		}
	}
	c.Heal()
	c.Agree(c.Next())
	j.verify()
}
