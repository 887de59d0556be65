package kvtest

import (
	"fmt"
	"time"

	"raftlabs/kvraft/kvapi"
	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// The cases in which servers are killed, and started again or not.
var restartCases = []lab.Case[kvapi.Service]{
	{Name: "Persist", Kind: lab.Scenario, Points: 0.5, Rule: "§8", Run: persist,
		Doc: "all servers crash at one instant, again and again, while clients go on: nothing is lost"},
	{Name: "PersistPartition", Kind: lab.Scenario, Points: 0.5, Rule: "§8", Run: persistPartition,
		Doc: "the same, and the network is divided when they are back"},
	{Name: "PersistUnreliable", Kind: lab.Scenario, Points: 0.5, Rule: "§8", Run: persistUnreliable,
		Doc: "the same over a network that loses, duplicates and delays"},
	{Name: "SlowReplay", Kind: lab.Scenario, Points: 0.5, Rule: "§8, thesis §6.4, step 4", Run: slowReplay,
		Doc: "all servers restart and are slow to apply their log, and who leads is asked for the end of it at once"},
	{Name: "KillEnds", Kind: lab.Scenario, Points: 0.5, Rule: "kvapi, what a service promises", Run: killEnds,
		Doc: "Kill while handlers wait and entries are applied: every goroutine of the server ends within 2 s"},
}

func persist(t *lab.T, service kvapi.Service)          { powerCuts{}.run(t, service) }
func persistPartition(t *lab.T, service kvapi.Service) { powerCuts{divide: true}.run(t, service) }
func persistUnreliable(t *lab.T, service kvapi.Service) {
	powerCuts{faults: lossy}.run(t, service)
}

// powerCuts is clients under way while all servers crash at once, several times.
type powerCuts struct {
	faults labrpc.Faults
	divide bool
}

func (how powerCuts) run(t *lab.T, service kvapi.Service) {
	const clients, rounds = 4, 4
	r := start(t, service, 5, clients+1, noLimit, cluster.Options{Faults: how.faults})
	draw := t.Stream("power cuts")
	for k := range clients {
		r.begin(k, func(c *client) {
			Load{Operations: 15, Keys: clients, Puts: 0.1, Gets: 0.3, Pause: time.Second}.Run(c.Recorder, t.Stream(actor(k)), t.Sleep)
		})
	}
	for range rounds {
		t.Sleep(time.Duration(300+draw.IntN(1200)) * time.Millisecond)
		r.PowerCut()
		r.startAll(500 * time.Millisecond)
		if how.divide {
			perm := draw.Perm(r.Size())
			r.Partition(perm[:2], perm[2:])
			t.Sleep(time.Duration(500+draw.IntN(1000)) * time.Millisecond)
			r.Heal()
		}
	}
	r.SetFaults(labrpc.Faults{})
	r.wait(whole)
	r.PowerCut()
	r.startAll(500 * time.Millisecond)
	r.agreement(r.hand(clients), clients, r.All()...)
}

// agreement asserts that all servers have the same values: each of some of them
// leads and is asked for all keys, while nobody writes.
func (r *run) agreement(s *hand, keys int, leaders ...int) {
	type answer struct {
		value string
		led   int
	}
	first := map[string]answer{} // of the client's goroutine
	r.Settle()
	r.t.Sleep(time.Second) // the followers have what the leader has
	for n, leader := range leaders {
		if n >= 2 && n < len(leaders)-1 {
			continue // three are enough
		}
		r.Elect(leader)
		s.does(whole, func(c *client) {
			for i := range keys {
				key := fmt.Sprint("k", i)
				got := c.Get(key)
				was, asked := first[key]
				if !asked {
					first[key] = answer{got, leader}
				} else if got != was.value {
					r.t.Fail(lab.Failure{
						Rule: "§8", Expected: brief(was.value), Seen: brief(got),
						Text: lab.Sentence("Get(%q) returned another value when S%d led than when S%d did, and nobody had written meanwhile: the two have not come to the same state",
							key, leader, was.led),
					})
				}
			}
		})
	}
}

// slowReplay: restarted servers hold a long log that they have yet to apply. The new leader
// learns all at once that it is committed, and the machine follows entry by entry: the
// stalls of each make that take longer than all that a Get waits for besides.
// Where there are none, nothing is found out, and nobody accused.
func slowReplay(t *lab.T, service kvapi.Service) {
	const entries, rounds, readers = 300, 3, 3
	r := start(t, service, 3, 1+readers, noLimit, cluster.Options{Faults: labrpc.Faults{Latency: time.Millisecond}})
	draw, hands := t.Stream("stalls"), r.hands()
	r.Settle()
	for round := range rounds {
		hands[0].does(undisturbed, func(c *client) {
			for i := range entries / rounds {
				c.Put("k", fmt.Sprint(round, ".", i))
			}
		})
		r.PowerCut()
		if !t.PlainSync() {
			labsync.SetStalls(&labsync.Stalls{Seed: draw.Uint64(), Probability: 1, Max: 5 * time.Millisecond})
		}
		r.startAll(0)
		for _, h := range hands[1:] {
			h.tell(func(c *client) { c.Get("k") })
		}
		r.OneLeader()
		r.within(2*time.Second, hands[1:]...)
		labsync.SetStalls(nil)
		r.wait(whole)
	}
}

// killEnds: servers are killed that are in the middle of something. What is left
// of them is looked for when the case has ended.
func killEnds(t *lab.T, service kvapi.Service) {
	const clients = 4
	r := start(t, service, 3, clients, noLimit, cluster.Options{})
	leader := r.Settle().Server
	var s []*hand
	each := func(operations int) {
		for k := range clients {
			s[k].tell(func(c *client) {
				for i := range operations {
					c.Append(fmt.Sprint("k", k), fmt.Sprint(i))
				}
			})
		}
	}
	for k := range clients {
		s = append(s, r.hand(k))
	}
	each(5)
	r.wait(undisturbed)

	// Handlers wait at a leader that has lost its followers.
	r.Isolate(leader)
	each(1)
	t.Sleep(200 * time.Millisecond)
	r.Crash(leader)
	r.wait("the leader crashed, and two servers of three have run, connected, and been reached by the clients")

	// It comes back, and is killed while it applies all that it has missed. That
	// takes time: the service is about to read, or Raft to send.
	r.Heal()
	draw, heard := t.Stream("kills"), 0
	r.Watch(func(p cluster.Packet) {
		if p.Kind == labrpc.Replied && p.To == leader {
			heard = 1 // from the leader, and how far to apply
		}
	})
	for range 20 {
		each(1)
		r.wait("two servers of three have run, connected, and been reached by the clients")
		if !t.PlainSync() {
			labsync.SetStalls(&labsync.Stalls{Seed: draw.Uint64(), Probability: 0.5, Max: 20 * time.Millisecond})
		}
		r.Do(func() { heard = 0 })
		r.Start(leader)
		for began := t.Now(); r.Peek(func() int { return heard }) == 0 && t.Now()-began < time.Second; {
			t.Sleep(time.Millisecond)
		}
		t.Sleep(time.Duration(draw.IntN(60)) * time.Millisecond)
		r.Crash(leader)
		labsync.SetStalls(nil)
	}
	r.Start(leader)
	each(1)
	t.Sleep(hop + hop/2) // Start has taken them, nobody else has them
	r.PowerCut()
	r.startAll(0)
	r.wait(whole)
}
