package cluster

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/tests/scenario"
)

// faults decides, where a run has a scenario, which of the faults that the case's
// draws ask for happen, and keeps those that did. It is touched in the network's
// domain; a case may have several clusters, one by one, and a scenario is about the
// first.
type faults struct {
	only    bool                        // what is not listed does not happen
	swarm   bool                        // the case's own strikes are among the faults
	message map[messageID]messageFaults // listed
	strike  map[scenario.Fault]bool     // likewise, by key
	seen    map[scenario.Fault]int      // how often the case has asked for each, without its number

	stalls bool // are on
	log    faultLog
}

// messageID is a message, as the network names it.
type messageID struct {
	from, to, incarnation int
	num                   uint64
	reply                 bool
}

// messageFaults are the faults of one message.
type messageFaults struct {
	drop        bool
	late, twice time.Duration // 0 for none
}

// newFaults makes the faults of a cluster of n servers. s may be nil.
func newFaults(s *scenario.Scenario, swarm bool, n int) *faults {
	f := &faults{
		only: s != nil, swarm: swarm, message: map[messageID]messageFaults{},
		strike: map[scenario.Fault]bool{}, seen: map[scenario.Fault]int{},
	}
	f.log.servers = n
	if s == nil {
		return f
	}
	for _, of := range s.Faults {
		if !of.Kind.OfMessage() {
			f.strike[of.Key()] = true
			continue
		}
		id := idOf(of.Message, n)
		m := f.message[id]
		switch of.Kind {
		case scenario.Drop:
			m.drop = true
		case scenario.Late:
			m.late = of.By
		case scenario.Twice:
			m.twice = of.By
		}
		f.message[id] = m
	}
	return f
}

// idOf reads the names of a message.
func idOf(m scenario.Message, n int) messageID {
	node := func(name string) int {
		number, _ := strconv.Atoi(name[1:]) // Parse has seen to it
		if name[0] == 'C' {
			return n + number
		}
		return number
	}
	from, life, again := strings.Cut(m.From, "/")
	id := messageID{from: node(from), to: node(m.To), incarnation: 1, num: m.Num, reply: m.Reply}
	if again {
		id.incarnation, _ = strconv.Atoi(life)
	}
	return id
}

// redraw is told what chance gives a message, and says what it gets.
func (f *faults) redraw(m labrpc.Message, on labrpc.Faults, drawn labrpc.Fate, now time.Duration) labrpc.Fate {
	if on.Loss >= 1 {
		return drawn // nothing that chance decides: the case wants it so
	}
	fate := drawn
	if f.only {
		fate = on.Usual(drawn)
		_, jitter := on.Split(drawn.Latency)
		listed := f.message[messageID{m.From, m.To, m.Incarnation, m.Num, m.Reply}]
		fate.Drop = listed.drop
		if listed.late > 0 {
			fate.Latency = listed.late + jitter
		}
		if listed.twice > 0 {
			if drawn.Duplicate > 0 {
				_, jitter = on.Split(drawn.Duplicate)
			}
			fate.Duplicate = listed.twice + jitter
		}
	}
	if m.Incarnation > 0 { // or it is the test itself that speaks
		f.touched(m, on, fate, now)
	}
	return fate
}

// touched keeps what was not usual about a message.
func (f *faults) touched(m labrpc.Message, on labrpc.Faults, fate labrpc.Fate, now time.Duration) {
	keep := func(kind scenario.Kind, by time.Duration) {
		f.log.add(logged{kind: kind, message: messageID{m.From, m.To, m.Incarnation, m.Num, m.Reply}, method: m.Method, by: by, at: now})
	}
	switch usual := on.Usual(fate); {
	case fate.Drop:
		keep(scenario.Drop, 0)
	case fate.Latency != usual.Latency:
		by, _ := on.Split(fate.Latency)
		keep(scenario.Late, by)
	}
	if fate.Duplicate > 0 && !fate.Drop {
		by, _ := on.Split(fate.Duplicate)
		keep(scenario.Twice, by)
	}
}

// happens tells whether something happens that a case does to the servers, or a
// client. whom names it, together with how often the case has asked for it.
func (f *faults) happens(kind scenario.Kind, whom string, now time.Duration) bool {
	if !f.swarm {
		return true
	}
	key := scenario.Fault{Kind: kind, Whom: whom}
	f.seen[key]++
	if kind != scenario.Submit { // commands are unique
		key.N = f.seen[key]
	}
	if f.only && !f.strike[key] {
		return false
	}
	f.log.add(logged{kind: kind, whom: whom, n: key.N, at: now})
	return true
}

// strike tells whether a fault that the case's own goroutine asks for happens.
func (c *Cluster) strike(kind scenario.Kind, whom string) (happens bool) {
	now := c.t.Now()
	c.Net.Do(func() { happens = c.faults.happens(kind, whom, now) })
	return happens
}

// Operates tells whether a client's next operation happens: in a run with a
// scenario not all of a swarm's do. Any goroutine may call it; it orders nobody.
func (c *Cluster) Operates(client int) bool {
	return c.fromClient(scenario.Operation, "C"+strconv.Itoa(client))
}

// fromClient is strike for the goroutines of clients, which it does not order.
func (c *Cluster) fromClient(kind scenario.Kind, whom string) bool {
	if !c.t.Swarm() {
		return true
	}
	now := c.t.Now()
	return c.peek(func() int {
		if c.faults.happens(kind, freshText(whom), now) {
			return 1
		}
		return 0
	}) == 1
}

// over keeps that what is meant has ended: the newest faults of the kinds that are
// about whom, "" for all.
func (c *Cluster) over(whom string, kinds ...scenario.Kind) {
	now := c.t.Now()
	c.Net.Do(func() { c.faults.log.end(whom, kinds, now) })
}

// chance has the run's scenario, if there is one, decide what the case leaves to
// chance.
func (c *Cluster) chance(n int) {
	s := c.t.Scenario()
	c.faults = newFaults(s, c.t.Swarm(), n)
	c.Net.Redraw(func(m labrpc.Message, on labrpc.Faults, drawn labrpc.Fate) labrpc.Fate {
		return c.faults.redraw(m, on, drawn, c.t.Now())
	})
	c.t.OnFaults(func() (stalls bool, list []scenario.Fault) { return c.faults.stalls, c.faults.log.faults() })
}

// stall switches stalls on where the case wants them, and a scenario does not take them away.
func (c *Cluster) stall(o *labsync.Stalls) {
	if o == nil || c.t.PlainSync() {
		return
	}
	if s := c.t.Scenario(); s != nil && !s.Stalls {
		return
	}
	c.faults.stalls = true
	s := *o
	s.Seed = c.t.Mixed()
	labsync.SetStalls(&s)
}

// linkName names one direction of a link.
func (c *Cluster) linkName(from, to int) string {
	return nodeName(from, len(c.servers)) + " -> " + nodeName(to, len(c.servers))
}

// groupNames names the groups of a partition: "[0 1] [2]".
func groupNames(groups [][]int) string {
	var names []string
	for _, g := range groups {
		names = append(names, fmt.Sprint(g))
	}
	return strings.Join(names, " ")
}
