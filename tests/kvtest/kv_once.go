package kvtest

import (
	"fmt"
	"strings"
	"time"

	"raftlabs/kvraft/kvapi"
	"raftlabs/labrpc"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// The cases about operations that arrive more than once. Each breaks the way of
// one operation at a place of its choice, and then counts what is there.
var onceCases = []lab.Case[kvapi.Service]{
	{Name: "ExactlyOnce", Kind: lab.Scenario, Points: 2, Rule: "§8", Run: exactlyOnce,
		Doc: "replies are lost, requests come twice, and leaders crash between log and reply: each Append takes effect once"},
	{Name: "LateDuplicate", Kind: lab.Scenario, Points: 2, Rule: "§8", Run: lateDuplicate,
		Doc: "a request's second copy arrives after ten later operations of its clerk, and after a snapshot and a restart"},
}

// limited is the maxRaftState of the cases with snapshots, in bytes.
const limited = 1000

func exactlyOnce(t *lab.T, service kvapi.Service) {
	for _, hard := range []func(*appender){lostReplies, twins, crashAtReply, crashBeforeCommit} {
		r := start(t, service, 3, 1, noLimit, cluster.Options{})
		a := &appender{run: r, s: r.hand(0), leader: r.Settle().Server}
		a.appends("the first operation")
		hard(a)
		r.Close()
	}
}

// appender is a client that appends one value after the other to one key.
type appender struct {
	*run
	s      *hand
	leader int
	values []string // that were appended
}

// begin has the client append another value; end waits until it has, and counts.
func (a *appender) begin() {
	value := fmt.Sprintf("<%d>", len(a.values))
	a.values = append(a.values, value)
	a.s.tell(func(c *client) { c.Append("k", value) })
}

func (a *appender) end(why, how string) {
	a.wait(why)
	a.MeddleClients(nil)
	values := append([]string(nil), a.values...)
	a.s.does(why, func(c *client) { c.once("k", values, how) })
}

func (a *appender) appends(how string) {
	a.begin()
	a.end(whole, how)
}

// lostReplies: the first replies to an operation are lost, those of the leader or
// all of them.
func lostReplies(a *appender) {
	for lost := 1; lost <= 4; lost++ {
		a.lose(0, a.leader, lost)
		a.appends(lab.Sentence("the first %d replies of the leader, S%d, were lost", lost, a.leader))
		a.lose(0, anyServer, lost)
		a.appends(lab.Sentence("the first %d replies, whichever server's, were lost", lost))
	}
}

// twins: each request arrives a second time, before or after the first one is
// answered.
func twins(a *appender) {
	for _, later := range []time.Duration{0, time.Millisecond, hop, 2 * hop, 3 * hop, 5 * hop, 100 * time.Millisecond} {
		a.MeddleClients(func(m labrpc.Message, f labrpc.Fate) labrpc.Fate {
			if !m.Reply {
				f.Duplicate = f.Latency + later
			}
			return f
		})
		how := lab.Sentence("each request arrived twice, the second copy %v after the first", later)
		if later == 0 {
			how = "each request arrived twice, both copies at one instant"
		}
		a.appends(how)
		a.t.Sleep(200 * time.Millisecond)
		values := append([]string(nil), a.values...)
		a.s.does(whole, func(c *client) {
			c.once("k", values, how)
		})
	}
}

// crashAtReply: the leader crashes right after its reply has left, which is lost;
// the others, who have the entry, or all servers at once.
func crashAtReply(a *appender) {
	for round := range 4 {
		left, node, leader := 0, a.Client(0), a.leader
		a.MeddleClients(func(m labrpc.Message, f labrpc.Fate) labrpc.Fate {
			if m.Reply && m.From == node && m.To == leader {
				left, f.Drop = 1, true
			}
			return f
		})
		a.begin()
		for began := a.t.Now(); a.Peek(func() int { return left }) == 0 && a.t.Now()-began < time.Second; {
			a.t.Sleep(hop / 5)
		}
		how := lab.Sentence("the leader, S%d, had applied it and crashed before its reply arrived", leader)
		if round%2 == 0 {
			a.Crash(leader)
			a.end("the leader crashed, two servers of three run and are connected, and the client reaches them", how)
		} else {
			a.PowerCut()
			how += ", and so did all the others"
		}
		a.MeddleClients(nil) // it may lead again
		a.startAll(200 * time.Millisecond)
		a.end(whole, how)
		a.leader = a.Settle().Server
	}
}

// crashBeforeCommit: the followers have the entry, but the leader does not come to
// know it, and crashes. So the next leader has it in its log, and it is not applied
// yet when the clerk sends it again.
func crashBeforeCommit(a *appender) {
	for range 3 {
		for _, i := range a.others(a.leader) {
			a.Cut(i, a.leader)
		}
		a.begin()
		a.t.Sleep(600 * time.Millisecond) // it is sent again where a reply was lost
		a.Crash(a.leader)
		a.Heal()
		how := lab.Sentence("it was in the logs of all servers when S%d, which led, crashed, and was applied nowhere yet when its clerk sent it again", a.leader)
		a.end("the leader crashed, two servers of three run and are connected, and the client reaches them", how)
		a.startAll(0)
		a.leader = a.Settle().Server
	}
}

// copyTime is when a late copy arrives.
const copyTime = 40 * time.Second

// lateDuplicate: one server leads when an operation's second copy arrives that led
// when the first one did. In between, all of them restart or not.
func lateDuplicate(t *lab.T, service kvapi.Service) {
	for _, restarts := range []bool{false, true} {
		limit, how := noLimit, ""
		if restarts {
			limit = limited
			how = ", and after a snapshot with which all servers have been restarted"
		}
		r := start(t, service, 3, 2, limit, cluster.Options{})
		a := &appender{run: r, s: r.hand(0), leader: r.Settle().Server}
		a.appends("the first operation")
		a.MeddleClients(func(m labrpc.Message, f labrpc.Fate) labrpc.Fate {
			if !m.Reply {
				f.Duplicate = copyTime
			}
			return f
		})
		a.begin()
		a.wait(whole)
		sent := t.Now()
		a.MeddleClients(nil)
		for range 10 {
			a.begin()
			a.wait(whole)
		}
		if restarts {
			r.fill(r.hand(1), whole)
			r.PowerCut()
			r.startAll(200 * time.Millisecond)
			r.Elect(a.leader)
		}
		a.end(whole, "nothing disturbed it")
		t.Sleep(copyTime - (t.Now() - sent) + time.Second)
		a.end(whole, lab.Sentence("a second copy of the request for %q arrived %v after the first: after ten later operations of this clerk%s", a.values[1], copyTime, how))
		r.Close()
	}
}

// fill has a client write so much that every server that it reaches has to take a
// snapshot at limited: 8 times as much may be left behind.
func (r *run) fill(s *hand, why string) {
	for range 5 {
		s.does(why, func(c *client) {
			for range 10 {
				c.Put("filler", strings.Repeat("f", 400))
			}
		})
	}
	r.t.Sleep(time.Second)
}
