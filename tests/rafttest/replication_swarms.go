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

// The Swarm cases of the replication stage: a bounded number of commands while
// faults drawn from the seed last, and then all servers agree on one more.

func reorderSwarm(t *lab.T, make raftapi.MakeFunc) {
	w := newWorkload(t, make)
	for range 12 {
		w.c.SetFaults(drawLoss(w.draw))
		w.run(500*time.Millisecond+time.Duration(w.draw.IntN(1000))*time.Millisecond, 10)
	}
	w.agree()
}

func cutSwarm(t *lab.T, make raftapi.MakeFunc) {
	w := newWorkload(t, make)
	if w.draw.IntN(2) == 0 {
		w.c.SetFaults(drawLoss(w.draw))
	}
	f := faults{t: t, c: w.c, draw: w.draw}
	for k := range f.on {
		f.on[k] = w.draw.IntN(2) == 0
	}
	f.on[leaderCut] = true
	for range 30 {
		f.strike()
		w.run(100*time.Millisecond+time.Duration(w.draw.IntN(600))*time.Millisecond, 5)
	}
	f.end()
	w.agree()
}

// workload is a cluster with a client that does not wait for its commands.
type workload struct {
	t    *lab.T
	c    *cluster.Cluster
	j    *journal
	draw *rand.Rand
}

func newWorkload(t *lab.T, make raftapi.MakeFunc) *workload {
	draw := t.Stream("swarm")
	c := cluster.New(t, sizes[draw.IntN(len(sizes))], make, cluster.Options{Stalls: drawStalls(draw)})
	return &workload{t: t, c: c, j: keepJournal(t, c), draw: draw}
}

// run lets time pass, and gives commands to the servers that say that they
// lead, those of former terms included, and now and then to any server.
func (w *workload) run(d time.Duration, commands int) {
	until := w.t.Now() + d
	for k := range commands {
		left := until - w.t.Now()
		if left <= 0 {
			break
		}
		w.t.Sleep(time.Duration(w.draw.Int64N(int64(2*left/time.Duration(commands-k)) + 1)))
		for _, s := range w.c.States(w.c.All()) {
			if s.Leader || w.draw.IntN(20) == 0 {
				w.c.Submit(s.Server, w.c.Next())
			}
		}
	}
	w.t.Sleep(max(0, until-w.t.Now()))
	w.j.verify()
}

// agree ends all faults and asserts that all servers agree on one command more,
// and so on all before it.
func (w *workload) agree() {
	labsync.SetStalls(nil)
	w.c.Heal()
	w.c.SetFaults(labrpc.Faults{})
	w.c.Agree(w.c.Next())
	// What was held up on the way may still arrive, and changes nothing.
	w.t.Sleep(2 * time.Second)
	w.c.Agree(w.c.Next())
	w.j.verify()
	w.t.Count("committed", w.c.Committed())
}
