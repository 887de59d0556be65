package kvtest

import (
	"strings"
	"time"

	"raftlabs/kvraft/kvapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// The cases about who leads: how clerks find it, and what a server does that
// leads no more and does not know it.
var leaderCases = []lab.Case[kvapi.Service]{
	{Name: "ClerkFindsLeader", Kind: lab.Scenario, Points: 1, Rule: "§8", Run: clerkFindsLeader,
		Doc: "a new clerk asks one server after the other without a pause, and the next ones where the leader has crashed"},
	{Name: "LeaderRemembered", Kind: lab.Scenario, Points: 1, Rule: "§8", Run: leaderRemembered,
		Doc: "whichever server leads, a clerk that has found it goes there at once with its next operations"},
	{Name: "MinorityLeader", Kind: lab.Scenario, Points: 1, Rule: "§8", Run: minorityLeader,
		Doc: "a leader that is cut off from the other servers, but not from the clerks, does not hold their operations up"},
	{Name: "DeposedAnswers", Kind: lab.Scenario, Points: 1, Rule: "§8", Run: deposedAnswers,
		Doc: "an operation that waits at a deposed leader ends, though nothing is committed any more"},
	{Name: "StaleRead", Kind: lab.Scenario, Points: 1.5, Rule: "§8", Run: staleRead,
		Doc: "a leader that is cut off is asked for a key that the majority writes, all the time"},
	{Name: "ReplyByIndex", Kind: lab.Scenario, Points: 2, Rule: "§8", Run: replyByIndex,
		Doc: "a cut-off leader's operation loses its place in the log to another one, and must not be confirmed"},
}

// deadCall is how long a Call takes that is lost, at most.
const deadCall = 200*time.Millisecond + slack

// clerkFindsLeader: five clerks, whose ends are in different orders.
func clerkFindsLeader(t *lab.T, service kvapi.Service) {
	const servers = 5
	r := start(t, service, servers, 5, noLimit, cluster.Options{})
	r.Settle()
	hands := r.hands()
	for k, h := range hands {
		// One round trip for each of the others, and a session may be opened first.
		h.tell(func(c *client) {
			r.takes(c, (2*(servers-1)+2*most)*hop, lab.Sentence(
				"it was C%d's first operation, with a leader in place: a clerk that does not know the leader asks one server after the other, without a pause", k),
				func() { c.Append("k", "1") })
		})
		r.wait(undisturbed)
	}
	old := r.Settle()
	r.Crash(old.Server)
	for _, h := range hands {
		h.tell(func(c *client) { c.Append("k", "2"); c.Append("k", "3") })
		r.t.Sleep(hop)
	}
	now := r.OneLeader()
	since := t.Now()
	// A round of calls is under way, a pause may follow, and then a whole round.
	round := deadCall + 2*(servers-1)*hop
	limit := 2*round + maxPause + 4*most*hop
	if !r.within(limit, hands...) {
		open := underWay(t.Recorder().Events(), r.Client(0))
		if st := r.State(now.Server); st.Leader && st.Term == now.Term {
			t.Overduef("§8", "S%d crashed, %v since %s, and C%d's %s has not returned %v later: a clerk whose server does not answer asks the next one at once, "+
				"and pauses for %v at most when it has asked all", old.Server, now, seconds(since), open[0].client, open[0].text, limit, maxPause)
		}
	}
	r.wait("4 of 5 servers have run and have been connected")
}

// maxPause is how long a clerk may wait that has asked all servers in vain.
const maxPause = 250 * time.Millisecond

// takes asserts that an operation takes no longer than it needs. why says what
// should have made it so.
func (r *run) takes(c *client, limit time.Duration, why string, operation func()) {
	from := r.t.Now()
	operation()
	if took := r.t.Now() - from; took > limit+slack {
		last := c.Operations()[len(c.Operations())-1]
		r.t.Fail(lab.Failure{
			Text:     lab.Sentence("C%d's %v, called at %s, took %v. %s", c.number, last, seconds(last.Began), took, capital(why)),
			Expected: lab.Sentence("%v at most", limit), Seen: lab.Sentence("%v", took),
		})
	}
}

// capital is a sentence with its first letter in upper case.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// leaderRemembered: each server leads in turn, so one of them is where no clerk
// begins by itself.
func leaderRemembered(t *lab.T, service kvapi.Service) {
	const servers = 5
	r := start(t, service, servers, 1, noLimit, cluster.Options{})
	h := r.hands()[0]
	for i := range servers {
		led := r.Elect(i)
		h.tell(func(c *client) {
			c.Append("k", "x") // finds the leader
			for range 4 {
				r.takes(c, most*hop, lab.Sentence(
					"S%d leads and has answered C0's last operation: a clerk remembers who did, and asks that one first", led.Server),
					func() { c.Append("k", "x") })
			}
		})
		r.wait(undisturbed)
	}
}

// minorityLeader: the others elect a leader of their own, and the clerks reach
// all servers all the time.
func minorityLeader(t *lab.T, service kvapi.Service) {
	r := start(t, service, 3, 2, noLimit, cluster.Options{})
	r.Elect(0)
	hands := r.hands()
	for _, h := range hands {
		h.tell(func(c *client) { c.Put("k", "1") })
	}
	r.wait(undisturbed)
	r.Isolate(0)
	hands[0].tell(func(c *client) { c.Append("k", "2"); c.Append("k", "3") })
	hands[1].tell(func(c *client) { c.Get("k"); c.Get("k") })
	r.wait("S0 led, it took the operation and was cut off from S1 and S2. A leader that reaches no majority commits nothing, " +
		"so it is to send its clerks away after a while. S1 and S2 have been connected to each other and to the clients")
}

// deposedAnswers: after the new leader's election nothing is written, so the old
// leader may never apply anything that tells it.
func deposedAnswers(t *lab.T, service kvapi.Service) {
	for _, kind := range []Kind{Append, Get} {
		r := start(t, service, 3, 1, noLimit, cluster.Options{})
		h := r.cutOffLeader(1)[0]
		h.tell(func(c *client) {
			if kind == Get {
				c.Get("k")
			} else {
				c.Append("k", "2 ")
			}
		})
		now := r.OneLeader(1, 2)
		r.Heal()
		r.wait(lab.Sentence("S0 took it, was cut off, and %v: nobody has written since, so no entry of the log tells S0's handlers that their term is over. The network has been whole", now))
		r.Close()
	}
}

// cutOffLeader has S0 lead, the clients know that, and S0 cut off from the others
// together with the first so many clients. The other clients reach all but S0.
func (r *run) cutOffLeader(with int) []*hand {
	hands := r.leads()
	r.cutOff(hands, with)
	return hands
}

// leads has S0 lead, and the clients know that.
func (r *run) leads() []*hand {
	r.Elect(0)
	hands := r.hands()
	hands[0].tell(func(c *client) { c.Put("k", "1 ") })
	r.wait(undisturbed)
	for _, h := range hands[1:] {
		h.tell(func(c *client) { c.Get("k") })
	}
	r.wait(undisturbed)
	return hands
}

// cutOff cuts S0 off, together with the first so many clients.
func (r *run) cutOff(hands []*hand, with int) {
	r.Isolate(0)
	for k := range hands {
		if k < with {
			r.only(k, 0)
		} else {
			r.only(k, 1, 2)
		}
	}
}

// staleRead: C0 reaches the old leader only, and asks it all the time; C1 reaches
// the majority and writes. Whether a value was too old, the history tells.
func staleRead(t *lab.T, service kvapi.Service) {
	r := start(t, service, 3, 2, noLimit, cluster.Options{})
	hands := r.cutOffLeader(1)
	var over int
	r.Do(func() { over = 0 }) // in order: it is touched there from now on
	hands[0].tell(func(c *client) {
		for range 600 {
			c.Get("k")
			t.Sleep(15 * time.Millisecond)
			if r.Peek(func() int { return over }) > 0 {
				return
			}
		}
	})
	r.OneLeader(1, 2)
	hands[1].tell(func(c *client) {
		for range 10 {
			c.Append("k", "2 ")
			t.Sleep(200 * time.Millisecond)
		}
	})
	if !r.within(returnTime, hands[1]) {
		t.Overduef("§8", "C1 has not made 10 Appends within %v: S1 and S2 are connected, a majority, and C1 reaches both", returnTime)
	}
	r.Heal()
	t.Sleep(200 * time.Millisecond)
	r.Net.DoFor(func() { over = 1 })
	r.wait(whole)
}
