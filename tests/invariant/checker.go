package invariant

import (
	"fmt"
	"math"
	"slices"

	"raftlabs/tests/wire"
)

// Options are what a checker has to know of a run beforehand.
type Options struct {
	Servers int   // at most 16
	Played  []int // those that the case plays

	// Durable says that the servers are to save their state (Figure 2), and
	// that they may be restarted. Without it Durability is not judged, and a
	// server that is restarted owes nothing to what it did before.
	Durable bool

	// WireOnly says that the services are not the case's own: no Submit,
	// Submitted, Apply, Install and Take is told. The rules about these are not
	// observed then, and what leaders append is not judged.
	WireOnly bool

	// Blind is what is not seen from the beginning on; see [Checker.Blind].
	Blind []string

	// Command reads the command of an entry in a message, nil is CommandOf.
	Command func(any) Command
}

// Checker watches one run. It is not safe for concurrent use.
type Checker struct {
	opts   Options
	quorum int
	step   uint64 // of the present event, counted from 1
	event  Event
	found  []Violation

	servers  []*server
	logs     *logs
	terms    map[int]*term
	recent   *term   // the one that was asked for last
	led      []*term // those that were seen to have a leader
	newest   int     // the latest of these
	calls    map[callID]call
	commands map[uint64]*command
	takers   map[int]mask // by index, the servers that a snapshot up to there has reached
	slots    []slot       // what services have applied, by index

	// known is the highest index that any server may know to be committed, the
	// commits that played peers speak of included; committed is the last place
	// that is committed on evidence, with everything before it.
	known     int
	committed place
	untrusted bool // played peers may have broken what commits rest on

	counts [rules]int
	blind  [rules][]string // what a rule would need
	unseen map[string]bool
}

// New returns a checker for a run that has not begun.
func New(o Options) *Checker {
	if o.Servers < 1 || o.Servers > maxServers {
		panic(fmt.Sprintf("invariant: %d servers, which is not 1 to %d", o.Servers, maxServers))
	}
	if o.Command == nil {
		o.Command = CommandOf
	}
	c := &Checker{
		opts: o, quorum: o.Servers/2 + 1, logs: newLogs(), terms: map[int]*term{},
		calls: map[callID]call{}, commands: map[uint64]*command{}, takers: map[int]mask{}, unseen: map[string]bool{},
		slots: []slot{{known: true}}, untrusted: len(o.Played) > 0,
	}
	for i := range o.Servers {
		c.servers = append(c.servers, &server{id: i, played: slices.Contains(o.Played, i)})
	}
	for _, what := range o.Blind {
		c.Blind(what)
	}
	if c.quorum == 1 {
		c.known = math.MaxInt // a server alone commits whatever it has
	}
	return c
}

// Observe takes the next event and returns the rules that it breaks, mostly
// none.
func (c *Checker) Observe(e Event) []Violation {
	c.step++
	c.found = nil
	c.event = e
	if e.Server < 0 || e.Server >= len(c.servers) || e.Peer < 0 || e.Peer >= len(c.servers) {
		return nil
	}
	s := c.servers[e.Server]
	switch e.Kind {
	case Boot:
		c.boot(s)
	case Crash:
		c.crash(s)
	case Save:
		c.save(s)
	case Submit:
		c.submit(s)
	case Submitted:
		c.submitted(s)
	case Ask, State:
		c.state(s)
	case Apply, Install, Take:
		if c.present(s) && !s.played {
			c.served(s)
		}
	case Sent, Delivered, Replied, Returned, Dropped:
		c.message(s, c.servers[e.Peer])
	}
	return c.found
}

// present tells whether the event is of an instance that runs.
func (c *Checker) present(s *server) bool { return s.up && c.event.Incarnation == s.number }

// served is what a running instance's service does.
func (c *Checker) served(s *server) {
	switch c.event.Kind {
	case Apply:
		c.apply(s)
	case Install:
		c.install(s)
	case Take:
		c.take(s)
	}
}

// boot is the start of an instance.
func (c *Checker) boot(s *server) {
	e := &c.event
	s.up, s.number, s.booted = true, e.Incarnation, e.At
	if c.opts.Durable {
		s.before = s.left
	} else {
		s.left, s.before = sighting{}, sighting{}
		c.untrusted = c.untrusted || e.Incarnation > 1
	}
	if e.Incarnation == 1 && e.Snap.Index == 0 {
		c.bound(s, 0, c.step)
	}
	c.begin(s)
}

// crash is the end of an instance: what it has not saved is gone, and so are its
// calls, but for answers that have left already.
func (c *Checker) crash(s *server) {
	s.up = false
	c.forget(s)
	for id, was := range c.calls {
		if int(id.server) == s.id || int(id.peer) == s.id && !was.replied {
			delete(c.calls, id)
		}
	}
}

// state is a server's answer to GetState, and the question before it.
func (c *Checker) state(s *server) {
	e := &c.event
	id := callID{server: int16(s.id), peer: -1, incarnation: int32(e.Incarnation), num: e.Num}
	if e.Kind == Ask {
		c.calls[id] = call{arrived: c.step, left: s.left}
		return
	}
	asked, ok := c.calls[id]
	delete(c.calls, id)
	if s.played || !c.present(s) {
		return
	}
	if ok {
		c.notBack(s, e.Term, asked.left, "GetState")
		c.bound(s, e.Term, asked.arrived)
	}
	c.leaves(s, e.Term, "GetState", false)
	if e.Leader {
		c.leads(s, e.Term, "its GetState says so")
	}
}

// of returns what is known of a term.
func (c *Checker) of(number int) *term {
	if t := c.recent; t != nil && t.number == number {
		return t
	}
	t := c.terms[number]
	if t == nil {
		t = &term{number: number, leader: -1, segment: c.logs.of(number), by: make([]standing, len(c.servers))}
		for i := range t.by {
			t.by[i].vote = -1
		}
		c.terms[number] = t
	}
	c.recent = t
	return t
}

// fake tells whether the present message's caller is the case itself.
func (c *Checker) fake() bool {
	return c.event.Incarnation == 0 || c.servers[c.event.Server].played
}

// judge adds a violation, unless the rule is blind.
func (c *Checker) judge(r Rule, v Violation) {
	if c.blind[r] != nil {
		return
	}
	v.Rule, v.At = r, c.event.At
	if v.Section == "" {
		v.Section = r.Section()
	}
	c.found = append(c.found, v)
}

// count notes that a rule could have been broken.
func (c *Checker) count(r Rule) {
	if c.blind[r] == nil {
		c.counts[r]++
	}
}

// Counts returns how often each rule was observed.
func (c *Checker) Counts() map[Rule]int {
	counts := make(map[Rule]int, rules)
	for r, n := range c.counts {
		counts[Rule(r)] = n
	}
	return counts
}

// Blind tells the checker that it does not see something: a field of Figure 2's
// that the servers' messages do not have, as package wire names it
// ("RequestVoteReply.VoteGranted"), or a method of theirs that is none of
// Raft's and may carry anything. It is to be called before the event in which
// that first matters. Rules that depend on it are not judged from then on.
func (c *Checker) Blind(what string) {
	c.unseen[what] = true
	field := false
	for r := range rules {
		if slices.Contains(abouts[r].needs, what) {
			c.blind[r] = append(c.blind[r], what)
			field = true
		}
	}
	if field || knownMethod(what) {
		return
	}
	for r := range rules {
		if abouts[r].absence {
			c.blind[r] = append(c.blind[r], what)
		}
	}
}

func knownMethod(name string) bool {
	switch name {
	case wire.RequestVote, wire.RequestPreVote, wire.AppendEntries, wire.InstallSnapshot:
		return true
	}
	return false
}

// Unobserved returns for each rule that is not judged what it would need.
func (c *Checker) Unobserved() map[Rule][]string {
	why := map[Rule][]string{}
	for r, what := range c.blind {
		if what != nil {
			why[Rule(r)] = what
		}
	}
	return why
}
