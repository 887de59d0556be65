package kvtest

import (
	"math/rand/v2"
	"time"

	"raftlabs/kvraft/kvapi"
	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// The cases under all faults together, drawn from the seed.
var swarmCases = []lab.Case[kvapi.Service]{
	{Name: "FaultSwarm", Kind: lab.Swarm, Points: 1, Rule: "§8", Run: faultSwarm,
		Doc: "loss, duplicates, reordering, cuts, crashes, pauses, stalls and snapshots, mixed by the seed"},
}

// faultSwarm: everything together. Clients work while the faults last; then these
// end, every operation has to return, and all servers have to agree.
func faultSwarm(t *lab.T, service kvapi.Service) {
	draw := t.Stream("swarm")
	servers, limit := []int{3, 5, 7}[draw.IntN(3)], []int{noLimit, limited}[draw.IntN(2)]
	clients := 1 + draw.IntN(15)
	w := &swarm{draw: draw, clients: clients}
	o := cluster.Options{}
	if draw.IntN(3) > 0 {
		o.Faults = labrpc.Faults{Spread: 20 * time.Millisecond, Loss: 0.05, Duplicate: 0.05, Reorder: 0.05, ReorderBy: 2 * time.Second}
	}
	if draw.IntN(2) == 0 {
		o.Stalls = &labsync.Stalls{Probability: 0.01, Max: 50 * time.Millisecond}
	}
	w.run = start(t, service, servers, clients+1, limit, o)
	for k := range clients {
		w.begin(k, func(c *client) {
			Load{Operations: 15, Keys: clients, Puts: 0.1, Gets: 0.4, Pause: time.Second, Operates: w.operates(k)}.Run(c.Recorder, t.Stream(actor(k)), t.Sleep)
		})
	}
	for range 20 {
		w.strike()
		t.Sleep(time.Duration(50+draw.IntN(700)) * time.Millisecond)
	}
	w.end()
	w.wait(whole)
	w.agreement(w.hand(clients), clients, w.others(draw.IntN(servers))...)
	if limit != noLimit {
		w.bounded("all faults are over")
	}
}

// swarm is the faults of a run.
type swarm struct {
	*run
	draw    *rand.Rand
	clients int
	trapped []int // servers that are to crash at a save
}

// strike adds a fault, or ends some of those that went before.
func (w *swarm) strike() {
	n := w.Size()
	i, j, k := w.draw.IntN(n), w.draw.IntN(n), w.draw.IntN(w.clients)
	if w.draw.IntN(3) == 0 {
		i = w.leading(i) // whom it hurts most
	}
	switch w.draw.IntN(13) {
	case 0, 1, 2:
		w.Heal()
	case 3:
		w.Isolate(i)
	case 4:
		if i != j {
			w.Cut(i, j)
		}
	case 5:
		w.CutClient(k, i)
	case 6: // it is executed and not answered
		w.Cut(i, w.Client(k))
	case 7:
		w.divide()
	case 8:
		w.pause(i)
	case 9:
		w.CrashAtSave(i, 1+w.draw.IntN(6), w.draw.IntN(2) == 0)
		w.trapped = append(w.trapped, i)
	case 10:
		w.PowerCut()
		w.startAll(200 * time.Millisecond)
	case 11:
		w.startAll(200 * time.Millisecond)
	default:
		w.Crash(i)
	}
}

// leading is a server that says that it leads, or else the one named.
func (w *swarm) leading(otherwise int) int {
	for _, st := range w.States(w.All()) {
		if st.Leader {
			return st.Server
		}
	}
	return otherwise
}

// divide parts servers and clients: a client reaches those of its own side only.
func (w *swarm) divide() {
	var sides [2][]int
	for i := range w.Size() + w.clients {
		side := w.draw.IntN(2)
		sides[side] = append(sides[side], i)
	}
	w.Partition(sides[0], sides[1])
	for k := range w.clients {
		var mine []int
		for _, side := range sides {
			own := false
			for _, i := range side {
				own = own || i == w.Client(k)
			}
			if own {
				mine = side
			}
		}
		w.only(k, mine...)
	}
}

// pause stops a server for a while. Call has no time limit, so a clerk that has
// asked it waits for as long.
func (w *swarm) pause(i int) {
	w.Pause(i)
	w.t.Sleep(time.Duration(10+w.draw.IntN(900)) * time.Millisecond)
	w.Resume(i)
}

// end ends all faults.
func (w *swarm) end() {
	labsync.SetStalls(nil)
	w.SetFaults(labrpc.Faults{})
	for _, i := range w.trapped {
		w.Crash(i) // a trap that has not gone off goes with the instance
	}
	w.startAll(200 * time.Millisecond)
	w.Heal()
}
