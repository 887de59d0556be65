package rafttest

import (
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Scenario cases of the snapshot stage: real servers whose services take
// snapshots, by themselves after every so many entries or when the case says
// so.

// snapshotEvery is how often services take snapshots where a case sets nothing
// else.
const snapshotEvery = 10

// snapshotCluster is n servers with services that take snapshots.
func snapshotCluster(t *lab.T, n int, make raftapi.MakeFunc, f labrpc.Faults) *cluster.Cluster {
	return cluster.New(t, n, make, cluster.Options{Faults: f, Service: cluster.Service{Every: snapshotEvery}})
}

// lossy is a network on which snapshots get lost, late and twice.
var lossy = labrpc.Faults{Spread: 15 * time.Millisecond, Loss: 0.1, Duplicate: 0.1, Reorder: 0.1, ReorderBy: 300 * time.Millisecond}

// agreeOn has servers agree on n new commands, one after the other.
func agreeOn(c *cluster.Cluster, n int, servers ...int) (last int) {
	for range n {
		last = c.Agree(c.Next(), servers...)
	}
	return last
}

// burst gives a leader n new commands at once and returns the last one.
func burst(c *cluster.Cluster, leader, n int) (last cluster.Submission) {
	for range n {
		last = c.Submit(leader, c.Next())
	}
	return last
}

// leaderOf is a server that says that it leads, or any one if none does for a
// while: where messages are lost, an election may take longer than elsewhere.
func leaderOf(c *cluster.Cluster, servers []int) int {
	leader := servers[0]
	c.Await(cluster.AgreeTime, func() bool {
		for _, st := range c.States(servers) {
			if st.Leader {
				leader = st.Server
				return true
			}
		}
		return false
	})
	return leader
}

// installs is how many InstallSnapshots were sent to a server so far.
func installs(c *cluster.Cluster, to int) (n int) {
	for _, from := range c.All() {
		n += c.Sent(from, to, wire.InstallSnapshot)
	}
	return n
}

// small asserts that the saved states are no larger than what has come since
// the last snapshots can be, where commands are ints.
func small(t *lab.T, c *cluster.Cluster, servers ...int) {
	const most = 150 * snapshotEvery // a few bytes an entry, twice, and room to spare
	for _, i := range servers {
		if got := c.PersistBytes(i); got > most {
			t.Failf("§7", "S%d has applied up to index %d, its service takes a snapshot every %d entries, and PersistBytes is %d, more than %d: the log is not trimmed, or the snapshot is saved in the state as well",
				i, c.Applied(i), snapshotEvery, got, most)
		}
	}
}

func snapshotBasic(t *lab.T, make raftapi.MakeFunc) {
	const commands = 80
	c := snapshotCluster(t, 3, make, labrpc.Faults{})
	leader := c.Settle()
	for range commands {
		c.Agree(c.Next())
		small(t, c, c.All()...)
	}
	sent := 0
	for _, i := range c.All() {
		sent += installs(c, i)
	}
	// A leader may trim an entry a moment before it knows that the slower
	// follower has it.
	if most := commands / snapshotEvery; sent > most {
		t.Failf("§7", "%d commands were agreed on without faults, and %d snapshots were sent: a follower that keeps up needs none", commands, sent)
	}
	c.SameLeader(leader, time.Second, "no message was lost and no server failed", c.All()...)
}

// An installation is how a server comes to lag so far behind that it needs a
// snapshot.
type installation struct {
	faults labrpc.Faults
	crash  bool // it crashes; otherwise it is cut off
	most   int  // snapshots that may be sent it when it comes back, on average; 0: any number
}

func install(t *lab.T, make raftapi.MakeFunc) {
	installation{most: 2}.run(t, make)
}

func installUnreliable(t *lab.T, make raftapi.MakeFunc) {
	installation{faults: lossy}.run(t, make)
}

func installCrash(t *lab.T, make raftapi.MakeFunc) {
	installation{crash: true, most: 2}.run(t, make)
}

func installUnreliableCrash(t *lab.T, make raftapi.MakeFunc) {
	installation{faults: lossy, crash: true}.run(t, make)
}

func (how installation) run(t *lab.T, make raftapi.MakeFunc) {
	const rounds = 6
	c := snapshotCluster(t, 3, make, how.faults)
	draw := t.Stream("installation")
	agreeOn(c, 3)
	sent := 0
	for round := range rounds {
		victim := leaderOf(c, c.All()) // it has entries that the others lack, perhaps
		if round%3 > 0 {
			victim = (victim + round) % c.Size() // a follower
		}
		rest := without(c.All(), victim)
		if how.crash {
			c.Crash(victim)
		} else {
			c.Isolate(victim)
		}
		for range 1 + draw.IntN(15) {
			c.Submit(victim, c.Next()) // an old leader takes them in vain
		}
		burst(c, leaderOf(c, rest), draw.IntN(2*snapshotEvery))
		agreeOn(c, snapshotEvery+1+draw.IntN(snapshotEvery), rest...)
		small(t, c, rest...)

		before := installs(c, victim)
		if how.crash {
			c.Start(victim)
		} else {
			c.Rejoin(victim)
		}
		c.Agree(c.Next(), c.All()...)
		sent += installs(c, victim) - before
		small(t, c, c.All()...)
	}
	t.Count("snapshots sent", sent)
	if how.most > 0 && sent > how.most*rounds {
		t.Failf("§7", "a server came back %d times and lagged too far behind, and was sent %d snapshots: more than %d each time says that snapshots are sent again although they arrive",
			rounds, sent, how.most)
	}
}

func allCrash(t *lab.T, make raftapi.MakeFunc) {
	c := snapshotCluster(t, 3, make, labrpc.Faults{})
	draw := t.Stream("crashes")
	agreeOn(c, 5)
	for range 5 {
		agreeOn(c, 3+draw.IntN(snapshotEvery))
		burst(c, c.OneLeader().Server, draw.IntN(2*snapshotEvery))
		t.Sleep(time.Duration(draw.IntN(40)) * time.Millisecond)
		before := c.Committed()
		c.PowerCut()
		for _, i := range draw.Perm(c.Size()) {
			t.Sleep(time.Duration(draw.IntN(300)) * time.Millisecond)
			c.Start(i)
		}
		if last := c.Agree(c.Next()); last <= before {
			t.Failf("§5.4.3, §7", "index %d was committed before all servers were restarted, and now a new command has index %d: what was committed is lost", before, last)
		}
		small(t, c, c.All()...)
	}
}

func snapshotInit(t *lab.T, make raftapi.MakeFunc) {
	c := snapshotCluster(t, 3, make, labrpc.Faults{})
	restart := func(servers ...int) {
		for _, i := range servers {
			c.Crash(i)
		}
		for _, i := range servers {
			c.Start(i)
		}
	}
	agreeOn(c, 2)
	behind := (c.OneLeader().Server + 1) % c.Size()
	rest := without(c.All(), behind)
	c.Crash(behind)
	agreeOn(c, 3*snapshotEvery, rest...)

	// Elections save a new term, and nothing else happens.
	for range 3 {
		restart(rest...)
		c.OneLeader(rest...)
		for _, i := range rest {
			if c.SnapshotIndex(i) == 0 {
				t.Failf("§7", "S%d had a snapshot on its disk and was restarted without one: a Save after a restart is to be given the snapshot that was read at the restart", i)
			}
		}
	}
	// The snapshot that the leader sends is one that it has read from its disk.
	c.Start(behind)
	c.Agree(c.Next())
	agreeOn(c, 2)

	// All of them begin with a snapshot and go on, again and again.
	for range 3 {
		restart(c.All()...)
		restart(c.All()...)
		agreeOn(c, 2)
		small(t, c, c.All()...)
	}
}

func snapshotWhileBehind(t *lab.T, make raftapi.MakeFunc) {
	const many = 3 * snapshotEvery
	c := snapshotCluster(t, 3, make, labrpc.Faults{})
	agreeOn(c, 5)
	for round := range 3 {
		leader := c.Settle().Server
		slow := (leader + 1 + round%2) % c.Size()
		rest := without(c.All(), slow)

		// Its service stops with entries on their way to it.
		c.HoldApplier(slow)
		agreeOn(c, many, rest...)
		c.Snapshot(slow, c.Applied(slow))

		// What it lacks now comes as a snapshot, and once more, while its
		// service takes an older one of its own.
		for range 2 {
			c.Isolate(slow)
			agreeOn(c, many, rest...)
			c.Rejoin(slow)
			c.OneLeader(c.All()...)
			t.Sleep(2 * slowestHeartbeat)
			for index := c.Applied(slow) - 2; index <= c.Applied(slow); index++ {
				c.Snapshot(slow, index)
			}
		}
		c.ReleaseApplier(slow)
		c.Agree(c.Next(), c.All()...)
		t.Sleep(slowestHeartbeat)
		small(t, c, c.All()...)
		if round == 1 {
			c.Restart(slow)
			c.Agree(c.Next(), c.All()...)
		}
	}
}

func snapshotInHandler(t *lab.T, make raftapi.MakeFunc) {
	// After each single entry: a server is hardly ever not taking one.
	c := cluster.New(t, 3, make, cluster.Options{Service: cluster.Service{Every: 1}})
	draw := t.Stream("load")
	leader := c.Settle()
	var last cluster.Submission
	for range 40 {
		held := draw.IntN(2 * c.Size())
		if held < c.Size() {
			c.HoldApplier(held)
		}
		last = burst(c, leader.Server, 1+draw.IntN(6))
		t.Sleep(time.Duration(1+draw.IntN(20)) * time.Millisecond)
		if held < c.Size() {
			c.ReleaseApplier(held)
		}
	}
	c.AwaitApplied(2*time.Second, last, c.All()...)
	c.SameLeader(leader, time.Second, "no message was lost and no server failed, and services that take a snapshot whenever they apply something are no fault", c.All()...)
	for _, i := range c.All() {
		c.Restart(i)
		c.Agree(c.Next())
	}
}
