package kvtest

import (
	"strings"
	"time"

	"raftlabs/kvraft/kvapi"
	"raftlabs/labrpc"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// replyByIndex: S0 has an operation at an index at which the others commit
// another one. Whose that is makes the difference: another client's in the first
// rounds, the same client's in the last ones. There may be a leader's no-op
// before it.
func replyByIndex(t *lab.T, service kvapi.Service) {
	for _, ahead := range []int{0, 1} {
		anothersPlace(t, service, ahead)
		ownPlace(t, service, ahead)
	}
}

// anothersPlace: while C0's Append waits at S0, C2 writes at the majority. C1's
// operations come before it in S0's log. C0 has done as many more before, so what
// C2 has at that place may be its operation of the same number.
func anothersPlace(t *lab.T, service kvapi.Service, ahead int) {
	r := start(t, service, 3, 3, noLimit, cluster.Options{})
	hands := r.leads()
	for range ahead {
		hands[0].tell(func(c *client) { c.Append("k", "2 ") })
		r.wait(undisturbed)
	}
	r.cutOff(hands, 2)
	r.OneLeader(1, 2)
	r.litter(hands[1], ahead)
	r.askAlone(hands[0])
	r.majority(hands[2])
	r.settles(hands[0], hands[2], "an operation of C2's")
}

// ownPlace: C0 reaches the majority first, and then S0 only. What it wrote
// meanwhile stands where S0 puts its next operation.
func ownPlace(t *lab.T, service kvapi.Service, ahead int) {
	r := start(t, service, 3, 3, noLimit, cluster.Options{})
	hands := r.cutOffLeader(2)
	r.OneLeader(1, 2)
	r.litter(hands[1], ahead)
	r.only(0, 1, 2)
	r.majority(hands[0])
	r.only(0, 0)
	r.askAlone(hands[0])
	r.settles(hands[0], hands[2], "an earlier operation of C0's")
}

// askAlone has C0 append at S0, which no other server reaches, and returns when
// the request is there. The clerk may have asked S1 and S2 first.
func (r *run) askAlone(h *hand) {
	asked := 0 // touched in the domain
	r.Net.Observe(labrpc.ObserverFunc(func(e labrpc.Event) {
		if e.Kind == labrpc.Delivered && e.From == r.Client(0) && e.To == 0 {
			asked++
		}
	}))
	h.tell(func(c *client) { c.Append("k", "lost? ") })
	for since := r.t.Now(); r.Peek(func() int { return asked }) == 0; {
		r.t.Sleep(time.Millisecond)
		if d := 3*deadCall + maxPause; r.t.Now()-since > d {
			r.t.Overduef("§8", "C0 has called Append, S0 is the only server that it reaches, and it has not asked S0 within %v: "+
				"a clerk whose server does not answer asks the next one at once", d)
		}
	}
	r.t.Sleep(2 * time.Millisecond)
}

// litter has a client's operation wait at S0, where there is to be one.
func (r *run) litter(h *hand, n int) {
	if n > 0 {
		h.tell(func(c *client) { c.Append("l", "x ") })
		r.t.Sleep(4 * hop)
	}
}

// majority has a client write at S1 and S2.
func (r *run) majority(h *hand) {
	h.tell(func(c *client) {
		for range 4 {
			c.Append("m", "y ")
		}
	})
	if !r.within(returnTime, h) {
		r.t.Overduef("§8", "S1 and S2 are connected, a majority with a leader, and 4 Appends of a client that reaches both did not return within %v", returnTime)
	}
}

// settles joins S0 to the others, and asserts that what waited there has taken
// effect when it has returned.
func (r *run) settles(waiting, asks *hand, whose string) {
	if waiting.free() {
		r.t.Failf("§8", "C0's Append(\"k\", \"lost? \") has returned, but C0 reaches only S0, which is cut off from S1 and S2: "+
			"nothing is committed there. A leader is to answer when the operation has been applied, and not before")
	}
	r.Rejoin(0)
	r.within(300*time.Millisecond, waiting)
	early := waiting.free()
	if !early {
		r.Heal()
		r.wait(whole)
	}
	value, found := "", ""
	asks.tell(func(c *client) {
		v := c.Get("k")
		r.Net.Do(func() { found = v })
	})
	if !r.within(returnTime, asks) {
		r.t.Overduef("§8", "a Get did not return within %v: S0, S1 and S2 are connected", returnTime)
	}
	r.Net.Do(func() { value = found })
	switch n := strings.Count(value, "lost? "); {
	case n == 0 && early:
		r.t.Fail(lab.Failure{
			Rule: "§8", Servers: []int{0},
			Text: lab.Sentence("C0's Append(\"k\", \"lost? \") was called while S0 was cut off, S0 answered that it is done, and it never took effect: "+
				"at the index that S0's Start returned, %s was committed. The entry applied there is to be the very operation that waits", whose),
			Expected: `Get("k") with one "lost? "`, Seen: brief(value),
		})
	case n != 1:
		r.t.Fail(lab.Failure{
			Rule: "§8", Text: lab.Sentence("C0's Append(\"k\", \"lost? \") has returned and is in the value %d times", n),
			Expected: "once", Seen: brief(value),
		})
	}
	r.Heal()
	r.wait(whole)
	r.Close()
}
