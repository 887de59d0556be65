package kvtest

import (
	"fmt"
	"time"

	"raftlabs/kvraft/kvapi"
	"raftlabs/labrpc"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// The cases without faults.
var quietCases = []lab.Case[kvapi.Service]{
	{Name: "Basic", Kind: lab.Scenario, Points: 1, Rule: "§8", Run: basic,
		Doc: "one client, no faults: Put, Append and Get, a key that nobody has written too"},
	{Name: "Latency", Kind: lab.Scenario, Points: 2, Rule: "§8", Run: latency,
		Doc: "an operation that nothing disturbs takes three round trips and one hop at most, over links of any latency"},
	{Name: "Concurrent", Kind: lab.Scenario, Points: 1, Rule: "§8", Run: concurrent,
		Doc: "8 clients at once"},
}

// basic: one client, whose every Get has one right answer.
func basic(t *lab.T, service kvapi.Service) {
	r := start(t, service, 3, 1, noLimit, cluster.Options{})
	r.begin(0, func(c *client) {
		c.reads("a", "")
		c.Put("a", "1")
		c.reads("a", "1")
		c.Append("a", "2")
		c.reads("a", "12")
		c.Append("b", "x")
		c.reads("b", "x")
		c.Put("a", "3")
		c.reads("a", "3")
		c.Put("a", "")
		c.reads("a", "")
		c.reads("c", "")
	})
	r.wait(undisturbed)
}

// reads asserts that a Get returns a value.
func (c *client) reads(key, want string) {
	if got := c.Get(key); got != want {
		c.run.t.Fail(lab.Failure{
			Text:     lab.Sentence("C%d's Get(%q) returned %s", c.number, key, brief(got)),
			Expected: brief(want) + ", by the operations before it", Seen: brief(got),
		})
	}
}

// latency: what an operation takes, over links that all take the same time.
func latency(t *lab.T, service kvapi.Service) {
	for _, servers := range []int{3, 5} {
		for _, hop := range []time.Duration{time.Millisecond, 5 * time.Millisecond, 50 * time.Millisecond} {
			quick(t, service, servers, hop)
		}
	}
}

// most is how many hops an operation takes that nothing disturbs: three round
// trips and one.
const most = 7

// slack is what the network's jitter of nanoseconds adds up to at most.
const slack = time.Millisecond

// quick asserts that operations take no longer than they need, in a row and after
// a pause. The first one at a leader does not count: the clerk has to find it, and
// may open a session. Where a round trip is not short against the election
// timeouts, leaders may change without a fault: that does not count either.
func quick(t *lab.T, service kvapi.Service, servers int, hop time.Duration) {
	const operations, tries = 20, 60
	r := start(t, service, servers, 1, noLimit, cluster.Options{Faults: labrpc.Faults{Latency: hop}})
	r.OneLeader()
	r.begin(0, func(c *client) {
		var known cluster.State // who answered the last operation
		for i, measured := 0, 0; measured < operations && i < tries; i++ {
			if i%5 == 4 {
				t.Sleep(time.Second + time.Duration(i)*time.Millisecond)
			}
			before, from := r.leading(), t.Now()
			c.some(i)
			took, after := t.Now()-from, r.leading()
			if before.Leader && before == known && after == known {
				measured++
				r.soon(c, took, hop)
			}
			known = after
		}
	})
	r.wait(undisturbed)
	r.Close()
}

// leading is the state of the one server that leads, or of none.
func (r *run) leading() (leader cluster.State) {
	for _, s := range r.States(r.All()) {
		if s.Leader && s.Term > leader.Term {
			leader = s
		}
	}
	return leader
}

// some does one operation or another.
func (c *client) some(i int) {
	switch i % 3 {
	case 0:
		c.Append("k", "x")
	case 1:
		c.Get("k")
	default:
		c.Put("k", "")
	}
}

// soon asserts that the last operation took no longer than it needs.
func (r *run) soon(c *client, took, hop time.Duration) {
	if took <= most*hop+slack {
		return
	}
	last := c.Operations()[len(c.Operations())-1]
	r.t.Fail(lab.Failure{
		Text: lab.Sentence("C%d's %v, called at %s, took %v with %d servers, %v a hop and nothing that disturbs it: it is sent, replicated and answered "+
			"without waiting for a tick, whoever waits for it is woken, and the clerk begins with the server that executed its last operation", c.number, last, seconds(last.Began), took, r.Size(), hop),
		Expected: lab.Sentence("%v at most: three round trips and one hop", most*hop), Seen: lab.Sentence("%v", took),
	})
}

// concurrent: many clients at once.
func concurrent(t *lab.T, service kvapi.Service) {
	r := start(t, service, 3, 8, noLimit, cluster.Options{})
	l := Load{Operations: 20, Keys: 8, Puts: 0.2, Gets: 0.4, Pause: 50 * time.Millisecond}
	hands := r.loads(l)
	r.wait(undisturbed)
	r.readAll(hands[0], l.Keys)
	r.wait(undisturbed)
}

// loads has all clients begin with a load.
func (r *run) loads(l Load) []*hand {
	hands := r.hands()
	for k, h := range hands {
		h.tell(func(c *client) { l.Run(c.Recorder, r.t.Stream(actor(k)+" load"), r.t.Sleep) })
	}
	return hands
}

// readAll has a client read every key of a load, so that the history tells what
// has become of the last writes, too.
func (r *run) readAll(h *hand, keys int) {
	h.tell(func(c *client) {
		for i := range keys {
			c.Get(fmt.Sprint("k", i))
		}
	})
}
