package kvraft

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/tests/kvtest"
)

// swarm is a cluster with clients under all faults together.
type swarm struct {
	*cluster
	random *rand.Rand
	stamp  kvtest.Stamp
}

const clients = 6

// load is what each of them does: on so many keys that there are not too many
// operations at a time on any of them.
var load = kvtest.Load{Operations: 25, Keys: 4, Puts: 0.2, Gets: 0.4, Pause: 500 * time.Millisecond}

func TestEveryHistoryIsLinearizable(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			servers, limit := []int{3, 5, 7}[random.IntN(3)], []int{-1, 1000}[random.IntN(2)]
			var history []kvtest.Operation
			seedElections(int64(seed))
			labsync.SetStalls(&labsync.Stalls{Seed: seed, Probability: 0.01, Max: 50 * time.Millisecond})
			defer labsync.SetStalls(nil)
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				s := &swarm{random: random, stamp: kvtest.Counter(func() time.Duration { return time.Since(began) })}
				s.cluster = newCluster(t, servers, clients, limit, labrpc.Options{Seed: seed, Faults: labrpc.Faults{
					Spread: 20 * time.Millisecond, Loss: 0.05, Duplicate: 0.05, Reorder: 0.05,
				}})
				history = s.run()
				s.converges()
				s.close()
			})
			verdict := kvtest.Check(history, 20*time.Second)
			assert.Equal(t, kvtest.Linearizable, verdict.Result, verdict.Text)
			assert.Len(t, history, clients*load.Operations)
		})
	}
}

// run has the clients work under faults, then without, until all are through.
func (s *swarm) run() (history []kvtest.Operation) {
	var working sync.WaitGroup
	recorders := make([]*kvtest.Recorder, clients)
	for k := range recorders {
		recorders[k] = kvtest.Record(k, s.clerk(k), s.stamp)
		random := rand.New(rand.NewPCG(s.random.Uint64(), 0))
		working.Go(func() { load.Run(recorders[k], random, time.Sleep) })
	}
	for range 12 {
		time.Sleep(time.Duration(s.random.IntN(1000)) * time.Millisecond)
		s.fault()
	}
	s.heal()
	working.Wait()
	for _, r := range recorders {
		history = append(history, r.Operations()...)
	}
	return history
}

// fault crashes a server, or starts one, or divides the network, clients included.
func (s *swarm) fault() {
	i := s.random.IntN(len(s.servers))
	switch s.random.IntN(4) {
	case 0, 1:
		if s.servers[i] == nil {
			s.start(i)
		} else {
			s.crash(i)
		}
	case 2:
		var groups [2][]int
		for j := range len(s.servers) + clients {
			g := s.random.IntN(2)
			groups[g] = append(groups[g], j)
		}
		s.net.Partition(groups[0], groups[1])
	default:
		s.net.Heal()
	}
}

func (s *swarm) heal() {
	s.net.Heal()
	for i, kv := range s.servers {
		if kv == nil {
			s.start(i)
		}
	}
}

// converges asserts that all servers come to have the same machine, with one
// session a client at most.
func (s *swarm) converges() {
	s.net.SetFaults(labrpc.Faults{})
	s.clerk(0).Put("last", "")
	same := func() bool {
		return !slices.ContainsFunc(s.servers, func(kv *KVServer) bool {
			return !assert.ObjectsAreEqual(s.machine(0), s.machine(slices.Index(s.servers, kv)))
		})
	}
	for began := time.Now(); !same() && time.Since(began) < electionTime; {
		time.Sleep(10 * time.Millisecond)
	}
	assert.True(s.t, same(), "the servers have different machines")
	assert.LessOrEqual(s.t, len(s.machine(0).sessions), clients+1)
}
