package rafttest

import (
	"fmt"
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Scenario cases about CheckQuorum: a leader leads as long as a majority
// answers it, and no longer. All servers are real.

// stepDownTime is how long a leader may lead that has no majority any more.
const stepDownTime = 2 * time.Second

// stepsDown asserts that a leader does not lead its term stepDownTime from now
// on. what it lacks completes "S1 leads term 3 after 2 s in which ...".
func stepsDown(t *lab.T, c *cluster.Cluster, leader cluster.State, what string) {
	if !c.Await(stepDownTime, func() bool { st := c.State(leader.Server); return !st.Leader || st.Term > leader.Term }) {
		t.Overduef("thesis §6.2", "S%d still leads term %d after %v in which %s: a leader steps down when an election timeout has gone by without answers of a majority",
			leader.Server, leader.Term, stepDownTime, what)
	}
}

func muteLeader(t *lab.T, make raftapi.MakeFunc) {
	for _, n := range []int{3, 5} {
		c := cluster.New(t, n, make, cluster.Options{})
		for _, hears := range []bool{true, false} {
			old := c.Settle()
			rest := without(c.All(), old.Server)
			what := "it heard nobody, though all heard it"
			if hears {
				what = "it reached nobody, though it heard all"
			}
			for _, j := range rest {
				if hears {
					c.Cut(old.Server, j)
				} else {
					c.Cut(j, old.Server)
				}
			}
			stepsDown(t, c, old, what)
			c.OneLeader(rest...)
			now := c.Settle(rest...)
			if now.Term <= old.Term {
				t.Failf("§5.2", "S%d led term %d, and its successor S%d leads term %d: every election is for a new term", old.Server, old.Term, now.Server, now.Term)
			}
			c.SameLeader(now, 2*time.Second, fmt.Sprintf("all that is wrong is that S%d is cut off in one direction, and it leads no more", old.Server), rest...)
			c.Heal()
			c.SameLeader(now, 2*time.Second, fmt.Sprintf("all that happened is that S%d came back, which was cut off in one direction", old.Server), rest...)
		}
		c.Close()
	}
}

func minorityLeaderStepsDown(t *lab.T, make raftapi.MakeFunc) {
	for _, n := range []int{5, 4, 2} {
		c := cluster.New(t, n, make, cluster.Options{})
		leader := c.Settle()
		c.Agree(c.Next(), c.All()...)
		half := append([]int{leader.Server}, without(c.All(), leader.Server)[:n/2-1]...)
		rest := without(c.All(), half...)
		c.Partition(half, rest)
		stepsDown(t, c, leader, fmt.Sprintf("it had %d of %d servers, itself included", len(half), n))
		for range 6 {
			for _, i := range half {
				if s := c.Submit(i, c.Next()); s.Leader {
					t.Failf("thesis §6.2", "S%d took %v: it has been without a majority for more than %v, and its Start is to say that it does not lead, so that clients go elsewhere",
						i, s, stepDownTime)
				}
			}
			c.NoLeader(300*time.Millisecond, fmt.Sprintf("no more than %d of %d servers are connected with it", len(half), n), half...)
		}
		for _, i := range half {
			if st := c.State(i); st.Term != leader.Term {
				t.Failf("thesis §6.2, §9.6", "%v and was in term %d: stepping down begins no term, and there were no elections to win", st, leader.Term)
			}
		}
		if len(rest) > n/2 {
			c.OneLeader(rest...)
			c.Agree(c.Next(), rest...)
		}
		c.Heal()
		c.OneLeader()
		c.Agree(c.Next(), c.All()...)
		c.Close()
	}
}

// staleAnswers: a leader is deposed and elected again, and cut off. All the while it
// gets answers to what it sent when it led for the first time.
//
// Such an answer says nothing of the present leadership. Whether one of the present
// term that comes late counts is left open: "an election timeout elapses without a
// successful round" (thesis §6.2) may be read by when a round began or by when it
// succeeded. Either way a leader that is cut off steps down, an election timeout or
// two after the last answer that was under way. A lease is another thing.
func staleAnswers(t *lab.T, make raftapi.MakeFunc) {
	const span, window = 4 * time.Second, 12 * time.Second
	for _, n := range []int{3, 5} {
		c := cluster.New(t, n, make, cluster.Options{})
		first := c.Settle()
		begin, replies, cut, stale := t.Now(), map[int]int{}, false, 0
		c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
			asks, old := !p.Message.Reply, t.Now()-begin
			switch {
			case asks:
				f.Drop = f.Drop || cut && (p.From == first.Server || p.To == first.Server)
			case p.From == first.Server && old < span && wire.Term(p.Request) == first.Term:
				// Every second one is late: they arrive one by one in the window.
				if replies[p.To]++; replies[p.To]%2 == 0 {
					f.Latency += span - old + old*(window/span)
					stale++
				}
			}
			return f
		})
		t.Sleep(span)
		c.Elect((first.Server + 1) % n)
		again := c.Elect(first.Server)
		c.Do(func() { cut = true })
		stepsDown(t, c, again, fmt.Sprintf("nothing that it sent reached anybody, and the answers that it got were to what it had sent in term %d", first.Term))
		c.Do(func() { t.Count("stale answers", stale) })
		c.Meddle(nil)
		c.OneLeader()
		c.Close()
	}
}

func healthyLeader(t *lab.T, make raftapi.MakeFunc) {
	for _, n := range []int{1, 2, 3, 4, 5} {
		c := cluster.New(t, n, make, cluster.Options{})
		leader := c.Settle()
		why := fmt.Sprintf("no message was lost, and all of the %d servers are up", n)
		c.SameLeader(leader, 4*time.Second, why, c.All()...)
		down := without(c.All(), leader.Server)[:(n-1)/2]
		for _, i := range down {
			c.Crash(i)
		}
		why = fmt.Sprintf("%d of %d servers answer it, itself included, which is a majority", n-len(down), n)
		rest := without(c.All(), down...)
		for range 4 {
			c.SameLeader(leader, time.Second, why, rest...)
			c.Agree(c.Next(), rest...)
		}
		c.Close()
	}
	refusedLeader(t, make)
}

// refusedLeader: S1 is all that S0 has, and lacks what only a snapshot holds,
// which is on its way for long. Until it comes S1 has to refuse AppendEntries for
// its log, and that is an answer, too. Whether S0 sends any meanwhile is its own
// affair: only what S1 has answered counts.
func refusedLeader(t *lab.T, make raftapi.MakeFunc) {
	const (
		way    = 3 * time.Second
		latest = 100 * time.Millisecond // ago; a minimum election timeout is longer
	)
	c := cluster.New(t, 3, make, cluster.Options{Service: cluster.Service{Every: 5}})
	j := judgeReads(t, c)
	c.Elect(0)
	c.Isolate(1)
	for range 12 {
		c.Agree(c.Next(), 0, 2)
	}
	c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
		if p.Method == wire.InstallSnapshot && p.Reply == nil {
			f.Latency += way
		}
		return f
	})
	c.Rejoin(1)
	c.Crash(2)
	leader := c.State(0)
	for end := t.Now() + way - latest; leader.Leader && t.Now() < end; t.Sleep(time.Millisecond) {
		st, ago := c.State(0), c.Net.Now()-j.lastAnswered(0, 1)
		if st.Term > leader.Term {
			break
		}
		if !st.Leader && ago < latest {
			t.Failf("thesis §6.2", "S0 led term %d and has stepped down, but S1 has answered what it had sent %v before, and the two are a majority: "+
				"that S1 refuses, because it lacks what a snapshot on its way to it holds, makes it no less a follower", leader.Term, ago.Round(time.Millisecond))
		}
	}
	c.Meddle(nil)
	c.Start(2)
	c.Agree(c.Next(), c.All()...)
	c.Close()
}
