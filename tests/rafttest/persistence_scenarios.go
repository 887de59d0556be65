package rafttest

import (
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// The Scenario cases of the persistence stage that are about restarts: real
// servers, and who is down when. The cluster watches that all of them apply the
// same commands at the same indexes, over all restarts.

func persist1(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 3, make, cluster.Options{})
	c.Agree(c.Next())

	c.PowerCut()
	for _, i := range c.All() {
		c.Start(i)
	}
	c.Agree(c.Next(), c.All()...)

	c.Restart(c.OneLeader().Server)
	c.Agree(c.Next(), c.All()...)

	// One that was down catches up, the old leader and a follower.
	for _, leads := range []bool{true, false} {
		i := c.OneLeader().Server
		if !leads {
			i = (i + 1) % c.Size()
		}
		c.Crash(i)
		c.Agree(c.Next())
		c.Agree(c.Next())
		c.Start(i)
		c.Agree(c.Next(), c.All()...)
		c.Restart(i)
		c.Agree(c.Next(), c.All()...)
	}
}

func persist2(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 5, make, cluster.Options{})
	pick := t.Stream("who")
	for range 5 {
		c.Agree(c.Next(), c.All()...)
		who := pick.Perm(c.Size())
		first, shared, second := who[:2], who[2], who[3:]

		// The second two miss what the first three agree on.
		c.Crash(second[0])
		c.Crash(second[1])
		c.Agree(c.Next())
		c.Agree(c.Next())

		// Of those who know it only one is left, and it restarts too: nothing may
		// be agreed on without it.
		c.Crash(first[0])
		c.Crash(first[1])
		c.Crash(shared)
		c.Start(second[0])
		c.Start(second[1])
		t.Sleep(200 * time.Millisecond)
		c.Start(shared)
		c.Agree(c.Next())

		c.Start(first[0])
		c.Start(first[1])
	}
	c.Agree(c.Next(), c.All()...)
}

func persist3(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 3, make, cluster.Options{})
	for range 3 {
		c.Agree(c.Next(), c.All()...)
		leader := c.OneLeader().Server
		rest := without(c.All(), leader)
		c.Isolate(rest[1])
		c.Agree(c.Next(), leader, rest[0])
		c.Crash(leader)
		c.Crash(rest[0])
		c.Rejoin(rest[1])
		c.Start(leader)
		c.Agree(c.Next(), leader, rest[1])
		c.Start(rest[0])
	}
	c.Agree(c.Next(), c.All()...)
}

func unreliableAgree(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 5, make, cluster.Options{Faults: labrpc.Faults{Loss: 0.1, Spread: 20 * time.Millisecond}})
	w := startCrowd(t, c, 4, 100, 40*time.Millisecond)
	pick := t.Stream("who")
	for range 8 {
		t.Sleep(time.Duration(300+pick.IntN(500)) * time.Millisecond)
		i := pick.IntN(c.Size())
		if pick.IntN(2) == 0 {
			i = max(leading(c), 0)
		}
		c.Restart(i)
	}
	w.recover("messages were lost and servers were restarted")
}

func powerCut(t *lab.T, make raftapi.MakeFunc) {
	draw := t.Stream("power")
	c := cluster.New(t, []int{3, 5}[draw.IntN(2)], make, cluster.Options{})
	c.Agree(c.Next())
	w := startCrowd(t, c, 4, 400, 20*time.Millisecond)
	for round := range 10 {
		// At any instant, or right when the first server has applied an entry
		// that is new: a majority must hold it on its disks by then.
		t.Sleep(time.Duration(draw.Int64N(int64(time.Second))))
		if known := c.Committed(); round%2 == 0 {
			c.Await(time.Second, func() bool { return c.Committed() > known })
		}
		c.PowerCut()
		late := time.Duration(0)
		if draw.IntN(3) == 0 {
			late = time.Duration(draw.IntN(300)) * time.Millisecond
		}
		for _, i := range draw.Perm(c.Size()) {
			t.Sleep(late)
			c.Start(i)
		}
	}
	w.recover("all servers crashed at one instant, several times")
}

func reliableChurn(t *lab.T, make raftapi.MakeFunc) {
	churn(t, make, labrpc.Faults{})
}

func unreliableChurn(t *lab.T, make raftapi.MakeFunc) {
	churn(t, make, labrpc.Faults{Loss: 0.1, Spread: 20 * time.Millisecond, Duplicate: 0.1, Reorder: 0.1, ReorderBy: 500 * time.Millisecond})
}

// churn crashes, restarts, cuts off and joins servers, never waiting until the
// others have come to terms with it.
func churn(t *lab.T, make raftapi.MakeFunc, f labrpc.Faults) {
	c := cluster.New(t, 5, make, cluster.Options{Faults: f})
	w := startCrowd(t, c, 3, 200, 40*time.Millisecond)
	draw := t.Stream("churn")
	some := func() int { return draw.IntN(c.Size()) }
	for range 24 {
		if draw.IntN(5) == 0 {
			c.Isolate(some())
		}
		if draw.IntN(2) == 0 {
			i := some()
			revive(c, i)
			c.Rejoin(i)
		}
		if draw.IntN(4) == 0 {
			takeDown(c, some())
		}
		t.Sleep(time.Duration(draw.IntN(700)) * time.Millisecond)
	}
	w.recover("servers crashed, were restarted, cut off and joined again")
}
