package rafttest

import (
	"fmt"
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Scenario cases about servers that come and go: as long as a leader has a
// majority, nobody deposes it. All servers are real.

// follower is one of the servers that do not lead.
func follower(c *cluster.Cluster, leader cluster.State) int {
	return without(c.All(), leader.Server)[0]
}

// stillTerm asserts that a server which is cut off stays in a term during d.
func stillTerm(t *lab.T, c *cluster.Cluster, i, term int, d time.Duration) {
	c.Await(d, func() bool {
		if st := c.State(i); st.Term != term {
			t.Failf("thesis §9.6", "S%d reaches nobody and went from term %d on to term %d: no majority has granted it a pre-vote", i, term, st.Term)
		}
		return false
	})
}

func isolatedTermStill(t *lab.T, make raftapi.MakeFunc) {
	for _, n := range []int{3, 5} {
		c := cluster.New(t, n, make, cluster.Options{})
		leader := c.Settle()
		for _, away := range []time.Duration{3 * time.Second, 5 * time.Second, 500 * time.Millisecond} {
			i := follower(c, leader)
			c.Isolate(i)
			stillTerm(t, c, i, leader.Term, away)
			c.Rejoin(i)
			c.SameLeader(leader, 2*time.Second, fmt.Sprintf("all that happened is that S%d came back, which was cut off for %s", i, lab.Span(away)), c.All()...)
		}

		// The leader itself, which the others replace meanwhile.
		c.Isolate(leader.Server)
		now := c.Settle()
		stillTerm(t, c, leader.Server, leader.Term, 3*time.Second)
		c.Rejoin(leader.Server)
		c.SameLeader(now, 2*time.Second, fmt.Sprintf("all that happened is that S%d came back, which was cut off and has been replaced", leader.Server), c.All()...)
		c.Close()
	}
}

func deafServer(t *lab.T, make raftapi.MakeFunc) {
	for _, n := range []int{3, 5} {
		c := cluster.New(t, n, make, cluster.Options{})
		leader := c.Settle()
		deaf := follower(c, leader)
		for _, j := range without(c.All(), deaf) {
			c.Cut(j, deaf)
		}
		c.SameLeader(leader, 5*time.Second, fmt.Sprintf("all that happened is that S%d hears nobody and reaches all: those who hear the leader refuse its pre-votes", deaf), c.All()...)
		c.Heal()
		c.SameLeader(leader, 2*time.Second, fmt.Sprintf("all that happened is that S%d, which heard nobody, hears again", deaf), c.All()...)
		c.Agree(c.Next(), c.All()...)
		c.Close()
	}
}

func flakyLink(t *lab.T, make raftapi.MakeFunc) {
	draw := t.Stream("flaky")
	for _, n := range []int{3, 5} {
		c := cluster.New(t, n, make, cluster.Options{})
		leader := c.Settle()
		flaky := follower(c, leader)
		why := fmt.Sprintf("the only links that go on and off are S%d's, and all the others hear the leader", flaky)
		for round := range 15 {
			// Its link with the leader for sure, the others as the seed says.
			for _, j := range without(c.All(), flaky) {
				way := draw.IntN(3)
				if j != leader.Server && draw.IntN(2) == 0 {
					continue
				}
				if way != 0 {
					c.Cut(j, flaky)
				}
				if way != 1 {
					c.Cut(flaky, j)
				}
			}
			c.SameLeader(leader, time.Duration(100+draw.IntN(1500))*time.Millisecond, why, c.All()...)
			c.Heal()
			c.SameLeader(leader, time.Duration(50+draw.IntN(100)*(round%4))*time.Millisecond, why, c.All()...)
		}
		c.SameLeader(leader, 2*time.Second, why, c.All()...)
		c.Close()
	}
}

// leaderLease: the case asks in a follower's name, which itself is content.
func leaderLease(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 5, make, cluster.Options{})
	leader := c.Settle()
	asker := follower(c, leader)
	for round := range 20 {
		for _, j := range without(c.All(), asker) {
			a := longest(leader.Term+1+round%3, asker)
			refusesWhileLed(t, c, leader, j, wire.RequestPreVote, a)
			if j != leader.Server { // that one may heed it
				refusesWhileLed(t, c, leader, j, wire.RequestVote, a)
			}
		}
		c.SameLeader(leader, 100*time.Millisecond, fmt.Sprintf("all servers hear their leader, and ignore that S%d asks for votes", asker), c.All()...)
	}
}

// refusesWhileLed asks a server, which leads or hears its leader, for a vote or
// a pre-vote.
func refusesWhileLed(t *lab.T, c *cluster.Cluster, leader cluster.State, j int, method string, a wire.RequestVoteArgs) {
	t.Step("script")
	var r wire.RequestVoteReply
	if !c.Net.Impersonate(a.CandidateId, j).Call(method, a, &r) {
		t.Overduef("thesis §4.2.3", "S%d gave no reply to %s of S%d: it is to refuse, not to be silent", j, wire.Short(method), a.CandidateId)
	}
	if !r.VoteGranted && r.Term <= leader.Term {
		return
	}
	who := fmt.Sprintf("S%d follows S%d, whose heartbeats it hears,", j, leader.Server)
	if j == leader.Server {
		who = fmt.Sprintf("S%d leads, which its followers hear,", j)
	}
	t.Fail(lab.Failure{
		Rule:   "thesis §4.2.3, §9.6",
		Text:   lab.Sentence("%s in term %d, and answered S%d's %s for term %d with %q: it is to refuse, and to stay in its term", who, leader.Term, a.CandidateId, wire.Short(method), a.Term, r),
		Detail: []string{"request: " + a.String(), "reply:   " + r.String()},
	})
}

func leaderDown(t *lab.T, make raftapi.MakeFunc) {
	for _, n := range []int{3, 5, 7} {
		c := cluster.New(t, n, make, cluster.Options{})
		for round := range 4 {
			old := c.Settle()
			start := t.Now()
			if round%2 == 0 {
				c.Crash(old.Server)
			} else {
				c.Isolate(old.Server)
			}
			now := c.OneLeader(without(c.All(), old.Server)...)
			t.Count("ms without a leader", int((t.Now() - start).Milliseconds()))
			if now.Term <= old.Term {
				t.Failf("§5.2", "S%d led term %d, and its successor S%d leads term %d: every election is for a new term", old.Server, old.Term, now.Server, now.Term)
			}
			if round%2 == 0 {
				c.Start(old.Server)
			} else {
				c.Rejoin(old.Server)
			}
		}
		c.Settle()
		c.Close()
	}
}

func restartedServer(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 3, make, cluster.Options{})
	leader := c.Settle()
	c.Agree(c.Next(), c.All()...)
	for round := range 4 {
		for _, i := range without(c.All(), leader.Server) {
			c.Crash(i)
			t.Sleep(time.Duration(round*round) * 100 * time.Millisecond)
			c.Start(i)
			c.SameLeader(leader, time.Second, fmt.Sprintf("all that happened is that S%d was restarted; the other follower has answered the leader all the time", i), c.All()...)
		}
	}
	for range 3 {
		c.PowerCut()
		for _, i := range c.All() {
			c.Start(i)
		}
		c.OneLeader()
		now := c.Settle()
		c.SameLeader(now, 3*time.Second, "all servers were restarted before it was elected, and nothing has happened since", c.All()...)
	}
	c.Agree(c.Next(), c.All()...)
}
