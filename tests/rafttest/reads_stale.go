package rafttest

import (
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Scenario cases of the reads stage in which a server could know less than
// another one has committed. It is asked again and again all the while: what its
// timeouts are is its own affair, but none of its answers may be stale.

// newLeaderWaits: S1 and S2 have an entry that is committed, and nobody has told
// them. Then one of them leads.
func newLeaderWaits(t *lab.T, make raftapi.MakeFunc) {
	const dark = 300 * time.Millisecond // how long the new leader commits nothing
	for range 2 {
		c, j := readers(t, 3, make, cluster.Hop)
		known, hold := c.Committed(), false
		c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
			a, ok := p.Request.(wire.AppendEntriesArgs)
			f.Drop = ok && p.Reply == nil && (p.From == 0 && a.LeaderCommit > known || p.From != 0 && hold && len(a.Entries) > 0)
			return f
		})
		x := c.Submit(0, c.Next())
		c.AwaitApplied(time.Second, x, 0)
		t.Sleep(4 * cluster.Hop)
		c.Do(func() { hold = true })
		c.Isolate(0)
		now := j.askLeaders(cluster.ElectionTime, dark, 1, 2)
		if !now.Leader {
			t.Overduef("§5.2", "S1 and S2 have been connected for %v and none of them leads", cluster.ElectionTime)
		}
		c.Meddle(nil)
		j.settled(lab.Sentence("S%d was elected in term %d", now.Server, now.Term))
		c.Agree(c.Next(), 1, 2)
		if st := c.State(now.Server); st == now {
			j.answersSoon(now, cluster.Hop)
		}
		c.Heal()
		c.Agree(c.Next())
		c.Close()
	}
}

// askLeaders reads both ways at whoever leads among the servers, at every
// millisecond, until somebody has led for so long.
func (j *readJudge) askLeaders(within, led time.Duration, servers ...int) (leader cluster.State) {
	var since time.Duration
	from := j.t.Now()
	for k := 0; j.t.Now()-from < within && (!leader.Leader || j.t.Now()-since < led); k++ {
		for _, i := range servers {
			st := j.c.State(i)
			if !st.Leader {
				continue
			}
			if st != leader {
				leader, since = st, j.t.Now()
			}
			j.lease(i)
			if k%20 == 0 {
				j.ask(i)
			}
		}
		j.t.Sleep(time.Millisecond)
	}
	return leader
}

// oldLeaderRefuses: answers take from a hop to many, so that for the leader its
// last round is younger than it is for its followers.
func oldLeaderRefuses(t *lab.T, make raftapi.MakeFunc) {
	for _, slow := range []time.Duration{0, 60, 120, 180, 180} {
		for _, n := range []int{3, 5} {
			cutOff{n: n, slow: slow * time.Millisecond}.play(t, make)
		}
	}
	for range 2 {
		cutOff{n: 3, slow: 180 * time.Millisecond, writes: true}.play(t, make)
		cutOff{n: 5, kept: 1}.play(t, make)
	}
}

// cutOff cuts S0 off right after a round of AppendEntries, whose answers still
// reach it, and has others lead and write.
type cutOff struct {
	n      int
	slow   time.Duration // how much later than usual S0's answers come
	writes bool          // the round has a command in it, which its answers commit
	kept   int           // the peers, from S1 on, that are cut off along with S0
}

func (o cutOff) play(t *lab.T, make raftapi.MakeFunc) {
	const round = time.Millisecond // what belongs to one
	c, j := readers(t, o.n, make, cluster.Hop)
	armed, cut := false, time.Duration(0)
	c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
		beat := p.From == 0 && p.Method == wire.AppendEntries
		leaves, comes := p.From <= o.kept && p.To > o.kept, p.From > o.kept && p.To <= o.kept
		switch {
		case beat && p.Reply != nil:
			f.Latency += o.slow
		case beat && armed && cut == 0:
			cut = p.At
		case cut > 0 && (comes || leaves && p.At > cut+round):
			f.Drop = true
		}
		return f
	})
	t.Sleep(time.Second + time.Duration(t.Stream("cut").Int64N(int64(100*time.Millisecond))))
	if !c.State(0).Leader {
		return // where answers are this slow, it may lose its followers
	}
	c.Do(func() { armed = true })
	if o.writes {
		c.Submit(0, c.Next())
	}
	rest := c.All()[1+o.kept:]
	var x cluster.Submission
	wrote := time.Duration(0) // when that was committed
	for k := 0; wrote == 0 || t.Now()-wrote < time.Second; k++ {
		if x = j.write(x, rest); wrote == 0 && x.Leader && c.Has(x.Server, x) {
			wrote = t.Now()
		}
		j.lease(0)
		if k%20 == 0 {
			j.ask(0)
		}
		t.Sleep(time.Millisecond)
		if k > int(2*cluster.ElectionTime/time.Millisecond) {
			t.Overduef("§5.2", "S0 was cut off from %d others, and these have not committed a command within %v", len(rest), 2*cluster.ElectionTime)
		}
	}
	j.settled("S0 is cut off")
	t.Count("cut off", 1)
	c.Meddle(nil)
	c.Agree(c.Next())
	c.Close()
}

// write has whoever leads among the servers take a command, once a leadership.
func (j *readJudge) write(last cluster.Submission, servers []int) cluster.Submission {
	for _, st := range j.c.States(servers) {
		if st.Leader && (!last.Leader || st.Term > last.Term) {
			return j.c.Submit(st.Server, j.c.Next())
		}
	}
	return last
}

// restartedVoterWaits: S0 leads with the promise of S1 alone. S2 hears only S1,
// whom it asks for its vote, time after time. At such a moment S0 is cut off, and
// S1 restarts, before the request arrives.
func restartedVoterWaits(t *lab.T, make raftapi.MakeFunc) {
	const late = 5 * time.Millisecond
	for range 6 {
		c, j := readers(t, 3, make, cluster.Hop)
		asks := false // S2 has sent a request for a vote that is still under way
		c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
			if p.From == 2 && p.To == 1 && p.Reply == nil && (p.Method == wire.RequestVote || p.Method == wire.RequestPreVote) {
				asks = true
				f.Latency += late
			}
			return f
		})
		c.Cut(0, 2)
		c.Cut(2, 0)
		if !c.Await(cluster.ElectionTime, func() bool {
			return c.Peek(func() int {
				if asks {
					return 1
				}
				return 0
			}) == 1
		}) {
			t.Overduef("§5.2", "S2 has heard no leader for %v and does not ask S1 for its vote", cluster.ElectionTime)
		}
		if c.State(0).Leader {
			c.Isolate(0)
			c.Restart(1)
			var x cluster.Submission
			for range 1500 {
				x = j.write(x, []int{1, 2})
				j.lease(0)
				t.Sleep(time.Millisecond)
			}
			t.Count("restarted", 1)
		}
		c.Meddle(nil)
		c.Heal()
		c.Agree(c.Next())
		c.Close()
	}
}
