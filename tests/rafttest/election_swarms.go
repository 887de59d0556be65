package rafttest

import (
	"math/rand/v2"
	"time"

	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// The Swarm cases of the election stage. Which faults are on is drawn from the
// seed, too. While they last, the cluster watches that no term has two leaders
// and that no server's term goes back; afterwards one leader must last.

// sizes are the cluster sizes that swarms draw from.
var sizes = []int{3, 4, 5, 7}

func lossySwarm(t *lab.T, make raftapi.MakeFunc) {
	draw := t.Stream("swarm")
	c := cluster.New(t, sizes[draw.IntN(len(sizes))], make, cluster.Options{Stalls: drawStalls(draw)})
	for range 8 {
		c.SetFaults(drawLoss(draw))
		watch(t, c, 500*time.Millisecond+time.Duration(draw.IntN(1500))*time.Millisecond)
	}
	recovers(t, c)
}

func faultSwarm(t *lab.T, make raftapi.MakeFunc) {
	draw := t.Stream("swarm")
	c := cluster.New(t, sizes[draw.IntN(len(sizes))], make, cluster.Options{Stalls: drawStalls(draw)})
	if draw.IntN(2) == 0 {
		c.SetFaults(drawLoss(draw))
	}
	f := faults{t: t, c: c, draw: draw}
	for k := range f.on {
		f.on[k] = draw.IntN(2) == 0
	}
	for range 25 {
		f.strike()
		watch(t, c, 100*time.Millisecond+time.Duration(draw.IntN(700))*time.Millisecond)
	}
	f.end()
	recovers(t, c)
}

// drawStalls switches stalls on in half of the runs.
func drawStalls(draw *rand.Rand) *labsync.Stalls {
	if draw.IntN(2) == 0 {
		return nil
	}
	return &labsync.Stalls{Probability: 0.02, Max: 50 * time.Millisecond}
}

// drawLoss draws how bad the links are.
func drawLoss(draw *rand.Rand) labrpc.Faults {
	some := func(most float64) float64 {
		if draw.IntN(2) == 0 {
			return 0
		}
		return most * draw.Float64()
	}
	return labrpc.Faults{
		Latency:   time.Duration(1+draw.IntN(15)) * time.Millisecond,
		Spread:    time.Duration(draw.IntN(30)) * time.Millisecond,
		Loss:      some(0.4),
		Duplicate: some(0.4),
		Reorder:   some(0.4),
		ReorderBy: time.Duration(100+draw.IntN(2000)) * time.Millisecond,
	}
}

// watch lets time pass and looks at every server now and then: the cluster
// checks what it sees.
func watch(t *lab.T, c *cluster.Cluster, d time.Duration) {
	const step = 20 * time.Millisecond
	for ; d > 0; d -= step {
		t.Sleep(step)
		c.States(c.All())
	}
}

// recovers ends all faults of the network and asserts that one leader comes and lasts.
func recovers(t *lab.T, c *cluster.Cluster) {
	labsync.SetStalls(nil)
	c.Heal()
	c.SetFaults(labrpc.Faults{})
	c.OneLeader()
	// What was held up on the way may still arrive.
	t.Sleep(3 * time.Second)
	leader := c.Settle()
	c.SameLeader(leader, 3*time.Second, "all faults are over", c.All()...)
}

// The kinds of fault that a swarm mixes.
const (
	isolate = iota
	oneWay
	partition
	pause
	leaderCut
	kinds
)

// faults strikes a cluster with random faults of the kinds that are on.
type faults struct {
	t      *lab.T
	c      *cluster.Cluster
	draw   *rand.Rand
	on     [kinds]bool
	paused []int
}

// strike ends the faults that went before, or leaves them, and adds one.
func (f *faults) strike() {
	c, n := f.c, f.c.Size()
	if f.draw.IntN(3) == 0 {
		f.end()
		return
	}
	a, b := f.draw.IntN(n), f.draw.IntN(n)
	perm := f.draw.Perm(n)
	switch kind := f.draw.IntN(kinds); {
	case !f.on[kind]:
	case kind == isolate:
		c.Isolate(a)
	case kind == oneWay && a != b:
		c.Cut(a, b)
	case kind == partition:
		k := 1 + f.draw.IntN(n-1)
		c.Partition(perm[:k], perm[k:])
	case kind == pause:
		c.Pause(a)
		f.paused = append(f.paused, a)
	case kind == leaderCut:
		for _, s := range c.States(c.All()) {
			if s.Leader {
				c.Isolate(s.Server)
				break
			}
		}
	}
}

// end ends all faults but the links'.
func (f *faults) end() {
	f.c.Heal()
	for _, i := range f.paused {
		f.c.Resume(i)
	}
	f.paused = nil
}
