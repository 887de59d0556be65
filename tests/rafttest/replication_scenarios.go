package rafttest

import (
	"slices"
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// The Scenario cases about agreement: who holds what, who is away, and what is
// committed meanwhile. In all of them the journal watches that nothing is
// applied before it is committed.

func basicAgree(t *lab.T, make raftapi.MakeFunc) {
	for _, n := range []int{3, 2, 1} {
		c := cluster.New(t, n, make, cluster.Options{})
		j := keepJournal(t, c)
		c.Settle()
		last := 0
		for range 5 {
			if before := c.Agree(c.Next()); before <= last {
				t.Failf("§5.3", "a command was agreed on at index %d, and the next one at index %d: each gets an index of its own, in the order of the log", last, before)
			} else {
				last = before
			}
		}
		j.verify()
		c.Close()
	}
}

func followerFailure(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 3, make, cluster.Options{})
	j := keepJournal(t, c)
	leader := c.Settle()
	c.Agree(c.Next())
	others := without(c.All(), leader.Server)
	c.Isolate(others[0])
	c.Agree(c.Next())
	t.Sleep(time.Second)
	c.Agree(c.Next())

	c.Isolate(others[1])
	var alone []cluster.Submission
	for range 3 {
		alone = append(alone, c.Submit(leader.Server, c.Next()))
	}
	for _, x := range alone {
		if x.Leader {
			c.NeverApplied(time.Second, x, "its leader reaches nobody: 1 of 3 servers is no majority")
		}
	}
	c.Heal()
	c.Agree(c.Next())
	j.verify()
}

func leaderFailure(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 3, make, cluster.Options{})
	j := keepJournal(t, c)
	first := c.Settle()
	c.Agree(c.Next())
	c.Isolate(first.Server)
	rest := without(c.All(), first.Server)
	lost := c.Submit(first.Server, c.Next())
	c.Agree(c.Next(), rest...)
	second := c.Settle(rest...)
	c.Agree(c.Next(), rest...)

	// The second is gone, too: three servers, each alone.
	c.Isolate(second.Server)
	for _, i := range c.All() {
		if x := c.Submit(i, c.Next()); x.Leader {
			c.NeverApplied(time.Second, x, "its leader reaches nobody: 1 of 3 servers is no majority")
		}
	}
	if lost.Leader && c.Has(first.Server, lost) {
		t.Failf("§5.3", "S%d applied index %d, which it took when it was cut off already", first.Server, lost.Index)
	}
	c.Heal()
	c.Agree(c.Next())
	j.verify()
}

func failAgree(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 5, make, cluster.Options{})
	j := keepJournal(t, c)
	for range 2 {
		leader := c.Settle()
		c.Agree(c.Next())
		away := without(c.All(), leader.Server)[:2]
		c.Isolate(away...)
		for range 4 {
			c.Agree(c.Next())
		}
		fewRetries(t, c, j, leader, away)
		c.Agree(c.Next())
		c.Rejoin(away...)
		c.Agree(c.Next())
	}
	j.verify()
}

// fewRetries asserts that a leader does not send ever more to those that are
// away. A window of requests that are sent again and again is allowed.
func fewRetries(t *lab.T, c *cluster.Cluster, j *journal, leader cluster.State, away []int) {
	const most = 400 // in a second
	t.Sleep(4 * time.Second)
	since := t.Now()
	t.Sleep(time.Second)
	for _, i := range away {
		n := j.count(func(s *shipment) bool { return s.from == leader.Server && s.to == i && s.sent > since })
		if n > most && c.State(leader.Server).Leader {
			t.Failf("§5.3", "S%d is cut off, no command was started, and the leader S%d sent it %d AppendEntries within a second, where %d are allowed: "+
				"what is not answered is sent again, but in one place, and not from more and more goroutines", i, leader.Server, n, most)
		}
	}
}

func failNoAgree(t *lab.T, make raftapi.MakeFunc) {
	for _, n := range []int{5, 4} {
		c := cluster.New(t, n, make, cluster.Options{})
		j := keepJournal(t, c)
		leader := c.Settle()
		c.Agree(c.Next())
		others := without(c.All(), leader.Server)
		c.Partition([]int{leader.Server, others[0]})
		x := take(t, c, leader.Server)
		y := take(t, c, leader.Server)
		why := lab.Sentence("2 of %d servers hold it, and a majority is %d", n, n/2+1)
		c.NeverApplied(2*time.Second, x, why)
		c.NeverApplied(slack, y, why)
		c.Heal()
		c.Agree(c.Next())
		j.verify()
		c.Close()
	}
}

func concurrentStarts(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 7, make, cluster.Options{})
	j := keepJournal(t, c)
	leader := c.Settle()
	for range 5 {
		const clients = 10
		var taken []cluster.Submission // touched in the network only
		for range clients {
			command := c.Next()
			t.Go("client", func() {
				x := c.Submit(leader.Server, command)
				c.Do(func() { taken = append(taken, x) })
			})
		}
		all := func() (got []cluster.Submission) {
			c.Do(func() { got = slices.Clone(taken) })
			return got
		}
		if !c.Await(time.Second, func() bool { return len(all()) == clients }) {
			t.Failf("§5.3", "%d clients called Start of the leader S%d at once, and after a second only %d calls had returned: Start returns at once",
				clients, leader.Server, len(all()))
		}
		by := map[int]any{}
		for _, x := range all() {
			if !x.Leader || x.Term != leader.Term {
				t.Failf("§5.3", "%v, undisturbed, and its Start returned term %d and isLeader %v", leader, x.Term, x.Leader)
			}
			if other, ok := by[x.Index]; ok {
				t.Failf("§5.3", "S%d's Start returned index %d for command %v and for command %v: each entry has an index of its own", leader.Server, x.Index, other, x.Command)
			}
			by[x.Index] = x.Command
		}
		for _, x := range all() {
			c.AwaitApplied(slowestHeartbeat+20*cluster.Hop, x, c.All()...)
		}
	}
	j.verify()
}

func rejoin(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 3, make, cluster.Options{})
	j := keepJournal(t, c)
	first := c.Settle()
	c.Agree(c.Next())

	// The first leader takes commands alone, another one agrees with the third.
	c.Isolate(first.Server)
	for range 3 {
		c.Submit(first.Server, c.Next())
	}
	rest := without(c.All(), first.Server)
	c.Agree(c.Next(), rest...)

	// That leader is alone in turn, with commands of its own.
	second := c.Settle(rest...)
	c.Isolate(second.Server)
	for range 3 {
		c.Submit(second.Server, c.Next())
	}
	c.Partition(without(c.All(), second.Server))
	c.Agree(c.Next(), without(c.All(), second.Server)...)
	c.Heal()
	c.Agree(c.Next())
	repairedUnasked(t, c)
	j.verify()
}

// repairedUnasked: a server misses commands, and their leader is gone when it is
// back. Another one leads, whose heartbeats are refused. Nobody sends a command, and
// what is missing comes all the same: after a rejection a leader retries (§5.3).
func repairedUnasked(t *lab.T, c *cluster.Cluster) {
	old := c.Settle().Server
	away := (old + 1) % c.Size()
	next := (old + 2) % c.Size()
	c.Isolate(away)
	last := 0
	for range 3 {
		last = c.Agree(c.Next(), old, next)
	}
	t.Sleep(slowestHeartbeat + 2*cluster.Hop) // the next leader knows of all that it is committed
	c.Partition([]int{away, next})
	c.Settle(away, next)
	if !c.Await(cluster.ElectionTime, func() bool { return c.Applied(away) >= last }) {
		t.Overduef("§5.3", "S%d missed what was committed up to index %d, and follows S%d, which has it, for %v: it has applied up to index %d. "+
			"A leader whose heartbeat is refused goes back and retries at once, and waits for no command", away, last, next, cluster.ElectionTime, c.Applied(away))
	}
	c.Heal()
	c.Agree(c.Next())
}
