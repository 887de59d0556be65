package kvtest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"raftlabs/kvraft/kvapi"
	"raftlabs/labrpc"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// The cases about a network that loses messages, or divides the servers.
var networkCases = []lab.Case[kvapi.Service]{
	{Name: "Unreliable", Kind: lab.Scenario, Points: 1, Rule: "§8", Run: unreliable,
		Doc: "requests and replies are lost, duplicated and held up: 5 clients on 5 keys"},
	{Name: "UnreliableOneKey", Kind: lab.Scenario, Points: 1, Rule: "§8", Run: unreliableOneKey,
		Doc: "the same, 2 clients append to one key: everything is there once, in each client's order"},
	{Name: "OnePartition", Kind: lab.Scenario, Points: 1, Rule: "§8", Run: onePartition,
		Doc: "a majority goes on as fast as ever, a minority answers nobody until the network is whole again"},
	{Name: "ManyPartitionsOneClient", Kind: lab.Scenario, Points: 1, Rule: "§8", Run: manyPartitionsOneClient,
		Doc: "the servers are divided anew again and again, one client"},
	{Name: "ManyPartitionsManyClients", Kind: lab.Scenario, Points: 1, Rule: "§8", Run: manyPartitionsManyClients,
		Doc: "the servers are divided anew again and again, 5 clients"},
	{Name: "Progress", Kind: lab.Swarm, Points: 1, Rule: "§8", Run: progress,
		Doc: "all faults for 10 s, then none: every operation under way returns"},
}

// lossy is a network that loses, duplicates and reorders.
var lossy = labrpc.Faults{Spread: 10 * time.Millisecond, Loss: 0.1, Duplicate: 0.1, Reorder: 0.1, ReorderBy: time.Second}

// lossyTime is how long a network is lossy at most.
const lossyTime = time.Minute

// recover ends all faults and waits for the clients.
func (r *run) recover() {
	r.SetFaults(labrpc.Faults{})
	r.Heal()
	r.wait("the network has been whole, it has lost nothing and all servers have run")
}

func unreliable(t *lab.T, service kvapi.Service) {
	r := start(t, service, 5, 5, noLimit, cluster.Options{Faults: lossy})
	l := Load{Operations: 20, Keys: 5, Puts: 0.2, Gets: 0.3, Pause: 50 * time.Millisecond}
	hands := r.loads(l)
	r.within(lossyTime, hands...)
	r.recover()
	r.readAll(hands[0], l.Keys)
	r.wait(whole)
}

func unreliableOneKey(t *lab.T, service kvapi.Service) {
	r := start(t, service, 5, 2, noLimit, cluster.Options{Faults: lossy})
	const appends = 40
	hands := r.hands()
	for k, h := range hands {
		h.tell(func(c *client) {
			for i := range appends {
				c.Append("k0", fmt.Sprintf("%d.%d ", k, i))
				if i%2 == 1 {
					c.Get("k0") // tells the check in which order they stand
				}
			}
		})
	}
	r.within(lossyTime, hands...)
	r.recover()
	hands[0].tell(func(c *client) { r.onceInOrder(c.Get("k0"), appends) })
	r.wait(whole)
}

// onceInOrder asserts that a value has every client's Appends once and in its
// order.
func (r *run) onceInOrder(value string, appends int) {
	for k := range r.clients {
		after := -1
		for i := range appends {
			text := fmt.Sprintf("%d.%d ", k, i)
			at := find(value, text)
			switch {
			case len(at) == 0:
				r.t.Fail(lab.Failure{Text: lab.Sentence("C%d's Append(\"k0\", %q) returned and is not in the value: it was confirmed and not executed", k, text),
					Expected: "once", Seen: "not at all"})
			case len(at) > 1:
				r.t.Fail(lab.Failure{Text: lab.Sentence("C%d's Append(\"k0\", %q) was called once and is in the value %d times: "+
					"a request that is sent or delivered again is to be known again, where it is applied", k, text, len(at)),
					Expected: "once", Seen: lab.Sentence("%d times", len(at))})
			case at[0] < after:
				r.t.Fail(lab.Failure{Text: lab.Sentence("C%d's Append(\"k0\", %q) stands before the one that it had returned from when it began", k, text),
					Expected: "its Appends in the order of their calls", Seen: brief(value[at[0] : after+len(text)])})
			}
			after = at[0]
		}
	}
}

// find returns where a value has an Append's text: "1.2 ", but not in "11.2 ".
func find(value, text string) (at []int) {
	for from := 0; ; {
		i := strings.Index(value[from:], text)
		if i < 0 {
			return at
		}
		if i += from; i == 0 || value[i-1] == ' ' {
			at = append(at, i)
		}
		from = i + 1
	}
}

// onePartition: S0 led, and is cut off with S1, C0 and C1. C2 and C3 reach the
// other three.
func onePartition(t *lab.T, service kvapi.Service) {
	r := start(t, service, 5, 4, noLimit, cluster.Options{})
	r.Elect(0)
	hands := r.hands()
	for k, h := range hands {
		h.tell(func(c *client) { c.Put(own(k), "1 ") })
	}
	r.wait(undisturbed)
	r.Partition([]int{0, 1}, []int{2, 3, 4})
	for k := range hands {
		if k < 2 {
			r.only(k, 0, 1)
		} else {
			r.only(k, 2, 3, 4)
		}
	}
	r.Settle(2, 3, 4)
	hands[0].tell(func(c *client) { c.Append(own(0), "2 ") })
	hands[1].tell(func(c *client) { c.Get(own(1)) })
	for k, h := range hands[2:] {
		h.tell(func(c *client) {
			t.Sleep(time.Duration(k) * 3 * time.Second) // not at once: they would wait for each other
			c.Append(own(k+2), "2 ")                    // finds the leader
			for range 10 {
				r.takes(c, most*hop, "S2, S3 and S4 are connected and have a leader, which had answered the clerk before: the other two are not needed",
					func() { c.Append(own(k+2), "3 ") })
			}
		})
	}
	r.silent(10*time.Second, hands[:2])
	r.Heal()
	r.wait(whole)
}

// own is a key that one client uses alone.
func own(k int) string { return fmt.Sprint("k", k) }

// silent asserts that none of the clients that reach S0 and S1 of 5 gets an
// answer.
func (r *run) silent(d time.Duration, hands []*hand) {
	for since := r.t.Now(); r.t.Now()-since < d; {
		r.t.Sleep(5 * time.Millisecond)
		for k, h := range hands {
			if h.free() {
				last := r.lastOf(k)
				r.t.Failf("§8", "C%d's %s has returned, but C%d reaches only S0 and S1, which are cut off from the other 3 of 5 servers: "+
					"nothing is committed there, and nobody there can tell whether a value is still the newest", k, last, k)
			}
		}
	}
}

// lastOf is a client's last operation, as it was called.
func (r *run) lastOf(k int) string {
	last := ""
	for _, e := range r.t.Recorder().Events() {
		if e.Kind == "call" && e.From == r.Client(k) {
			last = e.Note
		}
	}
	return last
}

func manyPartitionsOneClient(t *lab.T, service kvapi.Service)   { manyPartitions(t, service, 1) }
func manyPartitionsManyClients(t *lab.T, service kvapi.Service) { manyPartitions(t, service, 5) }

// manyPartitions: clients reach all servers, whatever side these are on.
func manyPartitions(t *lab.T, service kvapi.Service, clients int) {
	r := start(t, service, 5, clients, noLimit, cluster.Options{})
	r.Settle()
	l := Load{Operations: 20, Keys: clients, Puts: 0.1, Gets: 0.4, Pause: 500 * time.Millisecond}
	hands := r.loads(l)
	random := t.Stream("divisions")
	for divisions := 0; divisions < 30 && !r.within(0, hands...); divisions++ {
		r.divide(random)
		r.within(200*time.Millisecond+time.Duration(random.Int64N(int64(800*time.Millisecond))), hands...)
	}
	r.recover()
	r.readAll(hands[0], l.Keys)
	r.wait(whole)
}

// divide puts each server on one of two sides.
func (r *run) divide(random *rand.Rand) {
	var sides [2][]int
	for i := range r.Size() {
		side := random.IntN(2)
		sides[side] = append(sides[side], i)
	}
	r.Partition(sides[0], sides[1])
}

// progress: what is under way when the faults end is held up by nothing.
func progress(t *lab.T, service kvapi.Service) {
	const bad = 10 * time.Second
	random := t.Stream("swarm")
	r := start(t, service, []int{3, 5}[random.IntN(2)], 4, noLimit, cluster.Options{
		Faults: labrpc.Faults{Spread: 20 * time.Millisecond, Loss: 0.05, Duplicate: 0.05, Reorder: 0.05},
	})
	l := Load{Operations: 10, Keys: 4, Puts: 0.2, Gets: 0.4, Pause: 2 * time.Second}
	hands := r.loads(l)
	for since := t.Now(); t.Now()-since < bad; {
		r.disturb(random)
		t.Sleep(time.Duration(random.Int64N(int64(time.Second))))
	}
	for i := range r.Size() {
		if r.State(i).Down {
			r.Start(i)
		}
	}
	r.recover()
	r.readAll(hands[0], l.Keys)
	r.wait(whole)
}

// disturb divides the network, cuts a leader or one direction of a link, crashes
// a server or starts one.
func (r *run) disturb(random *rand.Rand) {
	i, j := random.IntN(r.Size()), random.IntN(r.Size())
	switch random.IntN(6) {
	case 0:
		r.divide(random)
	case 1:
		r.Isolate(r.leading().Server)
	case 2:
		r.Cut(i, j)
	case 3, 4:
		if r.State(i).Down {
			r.Start(i)
		} else {
			r.Crash(i)
		}
	default:
		r.Heal()
	}
}
