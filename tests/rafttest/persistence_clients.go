package rafttest

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// crowd is a number of clients that submit one command after the other and
// remember what they were told: that a command is committed, once the server
// that took it has applied it. They share nothing with each other until the
// end.
type crowd struct {
	t       *lab.T
	c       *cluster.Cluster
	clients []*client
	home    atomic.Bool // the clients are to go home
	gone    sync.WaitGroup
}

type client struct {
	crowd *crowd
	draw  *rand.Rand
	ops   int           // how many commands it submits at most
	pause time.Duration // between two of them, on average
	last  int           // the server that took the last one
	told  []promise
}

// promise is what a client was told.
type promise struct {
	cluster.Submission
	at time.Duration
}

// startCrowd has n clients submit at most ops commands each.
func startCrowd(t *lab.T, c *cluster.Cluster, n, ops int, pause time.Duration) *crowd {
	w := &crowd{t: t, c: c}
	for k := range n {
		name := "client " + strconv.Itoa(k)
		one := &client{crowd: w, draw: t.Stream(name), ops: ops, pause: pause}
		w.clients = append(w.clients, one)
		w.gone.Add(1)
		t.Go(name, func() {
			defer w.gone.Done()
			one.run()
		})
	}
	return w
}

func (k *client) run() {
	for range k.ops {
		k.crowd.t.Sleep(k.pause/2 + time.Duration(k.draw.Int64N(int64(k.pause))))
		if k.crowd.home.Load() {
			return
		}
		k.submit()
	}
}

// submit finds a server that takes a command, and waits for what comes of it.
func (k *client) submit() {
	c := k.crowd.c
	for range c.Size() {
		s := c.Submit(k.last, c.Next())
		if s.Leader {
			k.follow(s)
			return
		}
		k.last = (k.last + 1) % c.Size()
	}
}

// follow waits until the server that took a command has applied it. After a
// while it gives up: whether the command is ever committed is then open.
func (k *client) follow(s cluster.Submission) {
	const step, patience = 3 * time.Millisecond, 500 * time.Millisecond
	t, c := k.crowd.t, k.crowd.c
	for waited := time.Duration(0); waited < patience; waited += step {
		t.Sleep(step)
		if c.Has(s.Server, s) {
			k.told = append(k.told, promise{s, t.Now()})
			return
		}
	}
	k.last = (k.last + 1) % c.Size()
}

// leave sends the clients home and waits for them.
func (w *crowd) leave() {
	w.home.Store(true)
	w.gone.Wait()
}

// kept asserts that every server has applied what the clients were told. All
// servers have come to the same index before. meanwhile says what happened.
func (w *crowd) kept(meanwhile string) {
	for n, k := range w.clients {
		w.t.Count("told", len(k.told))
		for _, p := range k.told {
			for _, i := range w.c.All() {
				if !w.c.Has(i, p.Submission) {
					w.t.Failf("§5.4.3, Figure 3", "client %d was told at %.3f s that %v is committed, but S%d, which has applied up to index %d, has not applied it: %s, and what is committed stays",
						n, p.at.Seconds(), p.Submission, i, w.c.Applied(i), meanwhile)
				}
			}
		}
	}
}

// recover ends all faults, has all servers up, and asserts that they agree and
// have lost nothing.
func (w *crowd) recover(meanwhile string) {
	w.t.Step("crowd")
	labsync.SetStalls(nil)
	w.c.SetFaults(labrpc.Faults{})
	w.c.Heal()
	reviveAll(w.c)
	w.leave()
	w.c.Agree(w.c.Next(), w.c.All()...)
	w.kept(meanwhile)
}

// takeDown crashes a server, and takes back any CrashAtSave that is to come.
func takeDown(c *cluster.Cluster, i int) {
	c.Crash(i)
	c.CrashAtSave(i, cluster.Never, false)
}

// revive starts a server if it is down, by whatever crash.
func revive(c *cluster.Cluster, i int) {
	if c.State(i).Down {
		takeDown(c, i)
		c.Start(i)
	}
}

// reviveAll has all servers up, and none that is still to crash.
func reviveAll(c *cluster.Cluster) {
	for _, i := range c.All() {
		c.CrashAtSave(i, cluster.Never, false)
		revive(c, i)
	}
}

// alive returns the servers that are up.
func alive(c *cluster.Cluster) (up []int) {
	for _, s := range c.States(c.All()) {
		if !s.Down {
			up = append(up, s.Server)
		}
	}
	return up
}

// awaitLeading waits until some server leads, for at most d.
func awaitLeading(t *lab.T, c *cluster.Cluster, d time.Duration) {
	const step = 5 * time.Millisecond
	for waited := time.Duration(0); waited < d && leading(c) < 0; waited += step {
		t.Sleep(step)
	}
}

// leading returns a server that leads, as far as it knows, and is connected to
// a majority, in the latest term; -1 if none does.
func leading(c *cluster.Cluster) int {
	best := cluster.State{Server: -1}
	for _, s := range c.States(c.Connected()) {
		if s.Leader && (best.Server < 0 || s.Term > best.Term) {
			best = s
		}
	}
	return best.Server
}
