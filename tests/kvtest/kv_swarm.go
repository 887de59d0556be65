package kvtest

import (
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

// faultSwarm: everything together.
func faultSwarm(t *lab.T, service kvapi.Service) {
	random := t.Stream("swarm")
	servers, limit := []int{3, 5, 7}[random.IntN(3)], []int{noLimit, 1000}[random.IntN(2)]
	clients := 1 + random.IntN(15)
	r := start(t, service, servers, clients, limit, cluster.Options{
		Faults: labrpc.Faults{Spread: 20 * time.Millisecond, Loss: 0.05, Duplicate: 0.05, Reorder: 0.05, ReorderBy: 2 * time.Second},
		Stalls: &labsync.Stalls{Probability: 0.01, Max: 50 * time.Millisecond},
	})
	r.load(Load{Operations: 15, Keys: max(1, clients*2/3), Puts: 0.2, Gets: 0.4, Pause: 500 * time.Millisecond})
	r.wait("x")
}
