package rafttest

import (
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// The Scenario cases about how soon a command is committed. Virtual time is
// exact, so the bounds are, too: a leader that sends a command when it is
// started commits it after one round trip, and after two if it had to await
// the answer to something else first. The followers learn of it with the next
// heartbeat at the latest.

func agreeAtOnce(t *lab.T, make raftapi.MakeFunc) {
	for _, hop := range []time.Duration{time.Millisecond, 10 * time.Millisecond, 50 * time.Millisecond} {
		c := cluster.New(t, 3, make, cluster.Options{Faults: labrpc.Faults{Latency: hop}})
		j := keepJournal(t, c)
		// Where a round trip is not short against the election timeouts,
		// leaders may change without a fault: those measurements do not count.
		for measured, tries := 0, 0; measured < 5 && tries < 20; tries++ {
			if timed(t, c, j, hop, time.Second) {
				measured++
			}
		}
		j.verify()
		c.Close()
	}
}

// timed measures how long one command takes, after it has watched the leader's
// heartbeats for a while. It tells whether the leader led on all the time.
func timed(t *lab.T, c *cluster.Cluster, j *journal, hop, watched time.Duration) (undisturbed bool) {
	leader := c.OneLeader()
	since := t.Now()
	t.Sleep(watched)
	others := without(c.All(), leader.Server)
	var gap time.Duration
	for _, i := range others {
		gap = max(gap, j.widest(leader.Server, i, since))
	}
	x := c.Submit(leader.Server, c.Next())
	all := func() bool {
		done := true
		for _, i := range c.All() {
			done = done && c.Has(i, x)
		}
		return done
	}
	gap += gap / 4 // some draw their intervals
	c.Await(4*hop+gap+hop+2*slack, all)
	for _, s := range c.States(c.All()) {
		if s.Term != leader.Term || s.Leader != (s.Server == leader.Server) || !x.Leader {
			return false
		}
	}
	commitsSoon(t, c, x, hop)
	committed, _ := c.AppliedAt(leader.Server, x.Index)
	for _, i := range others {
		if at, ok := c.AppliedAt(i, x.Index); !ok || at-committed > gap+hop+slack {
			t.Failf("§5.3", "the leader S%d applied index %d at %.4f s, and S%d %s: the leader's next AppendEntries tells it that the index is committed, "+
				"so it is to follow within the heartbeat interval, %v at most, and a hop of %v", leader.Server, x.Index, committed.Seconds(), i, when(at, ok), gap, hop)
		}
	}
	return true
}

// commitsSoon asserts that the leader applied a command within two round trips of its
// Start.
func commitsSoon(t *lab.T, c *cluster.Cluster, x cluster.Submission, hop time.Duration) {
	if at, ok := c.AppliedAt(x.Server, x.Index); !ok || at-x.At > 4*hop+slack {
		t.Failf("§5.3", "the leader S%d took a command at %.4f s, at index %d, and %s: with %v a hop a majority has acknowledged it after one round trip, "+
			"or two if an answer is awaited first. It is sent when it is started, and applied as soon as it is committed",
			x.Server, x.At.Seconds(), x.Index, when(at, ok), hop)
	}
}

// when says when something was applied.
func when(at time.Duration, ok bool) string {
	if !ok {
		return "has not applied it yet"
	}
	return lab.Sentence("applied it at %.4f s", at.Seconds())
}

// newLeaderCommits: the first command of a term is as fast as any other, and a
// new leader sends nothing that its followers have.
func newLeaderCommits(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 3, make, cluster.Options{})
	j := keepJournal(t, c)
	c.Elect(0)
	submitAll(t, c, 0, 60)
	c.Agree(c.Next())
	held := c.Committed()
	c.Isolate(0)
	var leader cluster.State
	if !c.Await(cluster.ElectionTime, func() bool {
		for _, s := range c.States([]int{1, 2}) {
			if s.Leader {
				leader = s
			}
		}
		return leader.Leader
	}) {
		t.Overduef("§5.2", "S1 and S2 have been connected for %v and none of them leads", cluster.ElectionTime)
	}
	x := c.Submit(leader.Server, c.Next())
	c.Await(4*cluster.Hop+2*slack, func() bool { return c.Has(leader.Server, x) })
	if st := c.State(leader.Server); x.Leader && st.Leader && st.Term == leader.Term {
		commitsSoon(t, c, x, cluster.Hop)
		t.Count("first command of a term", 1)
	}
	c.Agree(c.Next(), 1, 2)
	if n := j.sum(func(s *shipment) int {
		if s.from == leader.Server && s.term == leader.Term {
			return s.resent(held)
		}
		return 0
	}); n > 10 {
		t.Failf("Figure 2, State, nextIndex", "S%d was elected with a log of %d entries, which its followers hold, too, and sent %d entries of these: upon election nextIndex is the last log index + 1, for each peer",
			leader.Server, held, n)
	}
	c.Heal()
	c.Agree(c.Next())
	j.verify()
}

// submitAll gives a leader commands in bursts of 20, and waits until it has
// applied them.
func submitAll(t *lab.T, c *cluster.Cluster, leader, commands int) (last cluster.Submission) {
	for k := range commands {
		last = take(t, c, leader)
		if k%20 == 19 || k == commands-1 {
			c.AwaitApplied(time.Second, last, leader)
		}
	}
	return last
}

// slowFollower: S2 is 2 s away from the leader, in both directions.
func slowFollower(t *lab.T, make raftapi.MakeFunc) {
	const far = 2 * time.Second
	c := cluster.New(t, 3, make, cluster.Options{})
	j := keepJournal(t, c)
	leader := c.Elect(0)
	c.Agree(c.Next())
	// It gets slower little by little, so that S2 goes on hearing heartbeats.
	c.Only(0)
	begin := t.Now()
	c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
		if p.From+p.To == 2 && p.From != p.To {
			f.Latency = min(far, cluster.Hop+(t.Now()-begin)/2) + f.Latency%time.Millisecond
		}
		return f
	})
	t.Sleep(2 * far)
	const bursts, each = 50, 9
	outstanding := func() int {
		return j.count(func(s *shipment) bool { return s.from == 0 && s.to == 2 && !s.over })
	}
	most, undisturbed := 0, 0
	for range bursts {
		var x cluster.Submission
		for range each {
			x = c.Submit(0, c.Next())
		}
		most = max(most, outstanding())
		c.Await(100*time.Millisecond, func() bool { return c.Has(0, x) })

		// One command by itself, which nothing of its own kind can overtake.
		x = c.Submit(0, c.Next())
		c.Await(4*cluster.Hop+2*slack, func() bool { return c.Has(0, x) })
		if st := c.State(0); st.Leader && x.Leader && st.Term == x.Term && st.Term == leader.Term {
			commitsSoon(t, c, x, cluster.Hop)
			undisturbed++
		}
		t.Sleep(10 * time.Millisecond)
	}
	t.Count("undisturbed", undisturbed)
	const allowed = 400
	if most > allowed {
		t.Failf("§5.3", "S2 answers the leader S0 after %v, S0 took %d commands meanwhile, and it had %d AppendEntries to S2 under way at once: "+
			"what it sends to a follower that does not answer is to be bounded, however many commands it takes", 2*far, bursts*(each+1), most)
	}
	c.Agree(c.Next(), 0, 1)
	c.Meddle(nil)
	c.Anyone()
	t.Sleep(2 * far)
	c.Agree(c.Next())
	j.verify()
}

// slowApplier: a service that reads nothing for 5 s holds up neither
// replication nor elections.
func slowApplier(t *lab.T, make raftapi.MakeFunc) {
	const hold = 5 * time.Second
	c := cluster.New(t, 3, make, cluster.Options{})
	j := keepJournal(t, c)
	for _, role := range []string{"leader", "follower"} {
		leader := c.Settle()
		held := leader.Server
		if role == "follower" {
			held = without(c.All(), leader.Server)[0]
		}
		rest := without(c.All(), held)
		begin := t.Now()
		c.HoldApplier(held)
		for range 20 {
			for range 5 {
				c.Submit(leader.Server, c.Next())
			}
			x := c.Submit(leader.Server, c.Next())
			if !x.Leader || x.Term != leader.Term {
				t.Failf("§5.3", "the service of S%d, a %s, has not read applyCh since %.3f s, and S%d stopped leading term %d: nothing may be held while a message is sent on applyCh",
					held, role, begin.Seconds(), leader.Server, leader.Term)
			}
			t.Sleep(hold/20 - 10*slack)
			if missing := lacking(c, x, rest); missing != nil {
				t.Overduef("§5.3", "the service of S%d, a %s, has not read applyCh since %.3f s, and S%d has not applied index %d, which S%d took %v ago: one slow service holds up nobody else",
					held, role, begin.Seconds(), missing[0], x.Index, leader.Server, t.Now()-x.At)
			}
		}
		c.Isolate(leader.Server)
		now := c.OneLeader()
		if role == "leader" {
			c.Agree(c.Next(), rest...)
		} else {
			// The one that is held counts for a majority, whoever leads.
			x := c.Submit(now.Server, c.Next())
			t.Sleep(8 * cluster.Hop)
			st := c.State(now.Server)
			if _, ok := j.committedAt(x.Index); x.Leader && !ok && st.Leader && st.Term == x.Term {
				t.Overduef("§5.3", "S%d, whose service does not read applyCh, is one of two connected servers, and index %d was not acknowledged within %v: acknowledging needs no applying",
					held, x.Index, 8*cluster.Hop)
			}
		}
		c.Heal()
		c.ReleaseApplier(held)
		c.Agree(c.Next())
	}
	j.verify()
}

// lacking returns the servers that have not applied a submission.
func lacking(c *cluster.Cluster, x cluster.Submission, servers []int) (missing []int) {
	for _, i := range servers {
		if !c.Has(i, x) {
			missing = append(missing, i)
		}
	}
	return missing
}
