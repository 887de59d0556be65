package rafttest

import (
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// The Scenario cases about the leader's side of a log that begins with a
// snapshot: nextIndex goes back to it, to its edge, and below.

func hintsAboveSnapshot(t *lab.T, make raftapi.MakeFunc) {
	const rounds, lag = 4, 5
	c := cluster.New(t, 5, make, cluster.Options{}) // a majority is left without the old leader, too
	leader := c.Settle()
	sent := 0
	for round := range rounds {
		// All have a snapshot, and entries of a later term behind it.
		last := agreeOn(c, 10)
		for _, i := range c.All() {
			c.Snapshot(i, last)
		}
		leader = c.Elect((leader.Server + 1) % c.Size())
		agreeOn(c, 10)

		// One server misses a few more, and the next leader does not know it.
		far := (leader.Server + 1 + round%2) % c.Size()
		rest := without(c.All(), far)
		c.Crash(far)
		agreeOn(c, lag, rest...)
		leader = c.Elect(without(rest, leader.Server)[0], rest...)
		agreeOn(c, 1, rest...)

		before := installs(c, far)
		c.Start(far)
		c.Agree(c.Next(), c.All()...)
		sent += installs(c, far) - before
	}
	if sent > 1 {
		t.Failf("§7", "%d times a server came back which lacked %d entries and had a snapshot and 10 entries of a later term before them, and it was sent %d snapshots in all: its leader had every entry that it lacked. Indexes are counted from the beginning of time, not of what is left of the log",
			rounds, lag+1, sent)
	}
}

func hintsBelowSnapshot(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 3, make, cluster.Options{})
	leader := c.Settle()
	for _, v := range []struct {
		agreed, alone, more, snapshot int
	}{
		{10, 30, 10, 5}, // the conflict begins in the snapshot, the old leader's log ends behind it
		{10, 5, 20, 15}, // it ends in the snapshot
		{0, 40, 5, 5},   // the conflict is all that there is
		{5, 3, 10, 0},   // it begins right behind the snapshot: the edge is where the logs agree
		{0, 20, 20, 19}, // just before the snapshot ends
		{3, 0, 6, 0},    // there is none, and the next entry is the first behind the snapshot
		{3, 0, 6, 1},    // or the last one in it
	} {
		common := agreeOn(c, v.agreed+1)
		old := leader.Server
		rest := without(c.All(), old)
		c.Isolate(old)
		burst(c, old, v.alone)
		t.Sleep(slowestHeartbeat)
		leader = c.Elect(rest[0], rest...)
		agreeOn(c, v.more, rest...)
		index := common + v.snapshot
		for _, i := range rest {
			c.Snapshot(i, index)
		}
		before := installs(c, old)
		c.Rejoin(old)
		start := t.Now()
		c.Agree(c.Next(), c.All()...)
		t.Sleep(time.Second)
		if n := installs(c, old) - before; n > 3 {
			t.Failf("§7", "S%d came back with %d entries behind index %d that nobody else has, to a leader with a snapshot at index %d, and was sent %d snapshots within %v: one will do",
				old, v.alone, common, index, n, t.Now()-start)
		}
		leader = c.Settle()
	}
}
