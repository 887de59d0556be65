package rafttest

import (
	"math/rand/v2"
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// crashSwarm mixes crashes of all kinds with the faults of the election
// stage's swarm. Which are on is drawn, too.
func crashSwarm(t *lab.T, make raftapi.MakeFunc) {
	draw := t.Stream("swarm")
	c := cluster.New(t, sizes[draw.IntN(len(sizes))], make, cluster.Options{Stalls: drawStalls(draw)})
	if draw.IntN(2) == 0 {
		c.SetFaults(drawLoss(draw))
	}
	w := startCrowd(t, c, 1+draw.IntN(4), 150, 40*time.Millisecond)
	others := faults{t: t, c: c, draw: draw}
	for k := range others.on {
		others.on[k] = draw.IntN(3) == 0
	}
	crashes := crashes{c: c, draw: draw}
	for k := range crashes.on {
		crashes.on[k] = draw.IntN(2) == 0
	}
	crashes.on[draw.IntN(crashKinds)] = true
	for round := range 40 {
		if round%8 == 7 {
			// A calm, or there is hardly anything to lose.
			others.end()
			reviveAll(c)
			awaitLeading(t, c, 1500*time.Millisecond)
			watch(t, c, 200*time.Millisecond)
		}
		crashes.strike()
		if draw.IntN(3) == 0 {
			others.strike()
		}
		watch(t, c, time.Duration(draw.IntN(400))*time.Millisecond)
	}
	others.end()
	w.recover("servers crashed and were restarted, among other faults")
}

// The kinds of crash that the swarm mixes.
const (
	crashAny   = iota
	crashShort // and started at once, in the middle of whatever goes on
	crashLeader
	crashSave
	crashAll
	crashKinds
)

// crashes strikes a cluster with crashes of the kinds that are on.
type crashes struct {
	c    *cluster.Cluster
	draw *rand.Rand
	on   [crashKinds]bool
}

// strike restarts some of the servers that are down, and crashes others.
func (f *crashes) strike() {
	c := f.c
	for _, i := range c.All() {
		if f.draw.IntN(2) == 0 {
			revive(c, i)
		}
	}
	i := f.draw.IntN(c.Size())
	switch kind := f.draw.IntN(crashKinds); {
	case !f.on[kind]:
	case kind == crashAny:
		takeDown(c, i)
	case kind == crashShort:
		takeDown(c, i)
		revive(c, i)
	case kind == crashLeader:
		if lead := leading(c); lead >= 0 {
			takeDown(c, lead)
		}
	case kind == crashSave:
		if !c.State(i).Down {
			c.CrashAtSave(i, 1+f.draw.IntN(3), f.draw.IntN(2) == 0)
		}
	case kind == crashAll:
		for _, i := range c.All() {
			c.CrashAtSave(i, cluster.Never, false)
		}
		c.PowerCut()
	}
}
