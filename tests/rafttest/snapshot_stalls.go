package rafttest

import (
	"time"

	"raftlabs/labsync"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// stalledLoad has servers come back behind the leader's snapshot, time after
// time, under a load of which each entry makes a new snapshot, while every
// server now and then stands still where it takes or leaves a lock: whatever is
// said of a snapshot in two sections of a lock comes to be said of two. The
// rule Snapshots judges.
func stalledLoad(t *lab.T, make raftapi.MakeFunc) {
	const rounds, missed, met, interval = 30, 5, 15, 5 * time.Millisecond
	c := cluster.New(t, 3, make, cluster.Options{
		Service: cluster.Service{Every: 1},
		Stalls:  &labsync.Stalls{Probability: 0.1, Max: 20 * time.Millisecond},
	})
	for range rounds {
		leader := c.OneLeader().Server
		load := func(commands int) {
			for range commands {
				c.Submit(leader, c.Next())
				t.Sleep(interval)
			}
		}
		far := (leader + 1) % c.Size()
		c.Isolate(far)
		load(missed)
		c.Rejoin(far)
		load(met)
	}
	c.Agree(c.Next(), c.All()...)
	c.Close()
}
