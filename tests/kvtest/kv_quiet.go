package kvtest

import (
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
	r.wait("nothing disturbs it")
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
		for _, hop := range []time.Duration{time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond} {
			quick(t, service, servers, hop)
		}
	}
}

// quick asserts that operations take no longer than they need, in a row and after
// a pause. The first one of a clerk does not count: it has to find the leader, and
// may open a session.
func quick(t *lab.T, service kvapi.Service, servers int, hop time.Duration) {
	const most = 7 // hops
	r := start(t, service, servers, 1, noLimit, cluster.Options{Faults: labrpc.Faults{Latency: hop}})
	r.Settle()
	r.begin(0, func(c *client) {
		c.Put("k", "")
		for i := range 12 {
			if i%4 == 3 {
				t.Sleep(time.Second + time.Duration(i)*time.Millisecond)
			}
			from := t.Now()
			switch i % 3 {
			case 0:
				c.Append("k", "x")
			case 1:
				c.Get("k")
			default:
				c.Put("k", "")
			}
			if took := t.Now() - from; took > most*hop+slack {
				last := c.Operations()[len(c.Operations())-1]
				t.Fail(lab.Failure{
					Text: lab.Sentence("C0's %v took %v with %d servers, %v a hop and nothing that disturbs it: it is sent, replicated and answered without waiting for a tick, "+
						"and whoever waits for it is woken", last, took, servers, hop),
					Expected: lab.Sentence("%v at most: three round trips and one hop", most*hop), Seen: took.String(),
				})
			}
		}
	})
	r.wait("nothing disturbs it")
	r.Close()
}

// slack is what the network's jitter of nanoseconds adds up to at most.
const slack = 100 * time.Microsecond

// concurrent: many clients at once.
func concurrent(t *lab.T, service kvapi.Service) {
	r := start(t, service, 3, 8, noLimit, cluster.Options{})
	r.load(Load{Operations: 20, Keys: 8, Puts: 0.2, Gets: 0.4, Pause: 50 * time.Millisecond})
	r.wait("nothing disturbs it")
}
