package rafttest

import (
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Scenario cases of the reads stage in which nothing fails: what is read,
// how soon, and at what cost.

// readYourWrites: right after each command has been applied, it is read.
func readYourWrites(t *lab.T, make raftapi.MakeFunc) {
	for _, n := range []int{1, 3, 5} {
		for _, hop := range []time.Duration{time.Millisecond, 5 * time.Millisecond} {
			c, j := readers(t, n, make, hop)
			for range 10 {
				leader := c.State(0)
				x := c.Submit(0, c.Next())
				c.AwaitApplied(time.Second, x, 0)
				j.answersSoon(leader, hop)
				t.Sleep(aLittle)
				j.answersSoon(leader, hop)
			}
			leader := c.State(0)
			for range 300 {
				if r := j.lease(0); !r.OK && c.State(0) == leader && leader.Leader {
					t.Failf("thesis §6.4.1", "%v, but S0 has led term %d for long, no message was lost, and a round trip takes %v: its lease is renewed with each round of heartbeats",
						r, leader.Term, 2*hop)
				}
				t.Sleep(time.Millisecond)
			}
			c.Close()
		}
	}
}

// answersSoon asserts that a leader that nothing disturbs answers ReadIndex.
func (j *readJudge) answersSoon(leader cluster.State, hop time.Duration) {
	r := j.index(leader.Server)
	if j.c.State(leader.Server) != leader || !leader.Leader {
		return
	}
	if !r.OK {
		j.t.Failf("thesis §6.4", "%v, but S%d leads term %d, has committed an entry of it, and no message was lost", r, r.Server, leader.Term)
	}
	if took := r.Ended - r.Began; took > 4*hop+slack {
		j.t.Failf("thesis §6.4", "%v, after %v, with %v a hop and nothing lost: it is to ask a majority at once, or with the round after the one that is under way, "+
			"which takes two round trips at most, and not to wait for the next heartbeat", r, took, hop)
	}
}

// readsCostNothing: how many messages reads take.
func readsCostNothing(t *lab.T, make raftapi.MakeFunc) {
	const beats = 25 // a second, at most
	for _, n := range []int{3, 5} {
		c, j := readers(t, n, make, cluster.Hop)
		last := c.Committed()

		// LeaseRead, a thousand times.
		sent, from := j.sentBy(0), t.Now()
		for range 1000 {
			j.lease(0)
			t.Sleep(time.Millisecond)
		}
		j.cheap("S0 answered 1000 calls of LeaseRead", sent, 2+int(beats*(t.Now()-from).Seconds()+1))

		// ReadIndex, a hundred times at once.
		const bursts, calls, rounds = 10, 100, 3
		sent, from = j.sentBy(0), t.Now()
		for range bursts {
			for range calls {
				j.ask(0)
			}
			j.settled(lab.Sentence("S0 was asked %d times at once", calls))
			t.Sleep(aLittle)
		}
		if got := j.answers(); got < bursts*calls && c.State(0).Leader {
			t.Failf("thesis §6.4", "S0 leads, no message was lost, and %d of %d calls of ReadIndex returned ok false, %d of them under way at once", bursts*calls-got, bursts*calls, calls)
		}
		if now := c.Committed(); now != last {
			t.Failf("thesis §6.4", "reads have made the log longer, from index %d to index %d: once an entry of the leader's term is committed, they are to leave none", last, now)
		}
		j.cheap(lab.Sentence("S0 answered %d times %d calls of ReadIndex that came at once", bursts, calls), sent,
			2+rounds*bursts+int(beats*(t.Now()-from).Seconds()+1))
		c.Close()
	}
}

// sentBy is how many AppendEntries a server has sent to the peer that got most.
func (j *readJudge) sentBy(i int) (most int) {
	for _, to := range without(j.c.All(), i) {
		most = max(most, j.c.Sent(i, to, wire.AppendEntries))
	}
	return most
}

// cheap asserts how many messages there were to each peer.
func (j *readJudge) cheap(what string, before, allowed int) {
	if n := j.sentBy(0) - before; n > allowed {
		j.t.Failf("thesis §6.4", "%s and sent each peer up to %d AppendEntries meanwhile, heartbeats included; %d are plenty. "+
			"Reads by the lease send nothing, and those that wait together share a round", what, n, allowed)
	}
}
