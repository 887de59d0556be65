package infer

import "raftlabs/tests/wire"

// Role is what a server was seen to be.
type Role int

const (
	Unknown Role = iota
	Follower
	PreCandidate
	Candidate
	Leader
	Down
)

var roleNames = [...]string{"unknown", "follower", "pre-candidate", "candidate", "leader", "down"}

func (r Role) String() string { return roleNames[r] }

// Change is a server's new role or term, from an event on.
type Change struct {
	Event, Server int
	Role          Role
	Term          int
}

// Mark is a server's new commit index, as far as the wire shows it.
type Mark struct{ Event, Server, Index int }

// Span is a condition of a server between two events; End is [trace.None]
// where the trace ends first.
type Span struct {
	Kind               Condition
	Server, Begin, End int
}

// Condition is what the case does to a server for a while.
type Condition int

const (
	Paused Condition = iota
	Held             // its service reads applyCh no more
)

// State is what a run was about, seen from outside the servers. Each list is
// in the order of the events.
type State struct {
	Roles   []Change
	Commits []Mark
	Spans   []Span
	Cuts    []Reach
}

// observer follows the servers through the events.
type observer struct {
	State
	n       int
	now     []Change  // the latest of each server
	fresh   []bool    // it was started, and has not told its term since
	commit  []int     // the highest commit index of each
	cut     [][]bool  // by sender and receiver, clients included
	running [2][]int  // the open span of each server, by kind; none
	events  []Event   // all of them
	all     []Message // that they are about
	byEvent []int     // the message that an event began or ended; none
}

// Observe works out the state of n servers over a run. Nodes beyond them are
// clients, which have links and nothing else that is followed.
func Observe(n int, events []Event, all []Message) State {
	o := &observer{
		n: n, now: make([]Change, n), fresh: make([]bool, n), commit: make([]int, n),
		events: events, all: all, byEvent: ByEvent(len(events), all), cut: links(nodes(n, events)),
	}
	for i := range n {
		o.now[i] = Change{Server: i}
		o.running[Paused], o.running[Held] = append(o.running[Paused], none), append(o.running[Held], none)
	}
	for i := range events {
		o.see(i, &events[i])
	}
	return o.State
}

// ByEvent lists for each event the message that it began or ended, or none.
func ByEvent(events int, all []Message) []int {
	by := make([]int, events)
	for i := range by {
		by[i] = none
	}
	for k, m := range all {
		if m.Begin != none {
			by[m.Begin] = k
		}
		if m.End != none {
			by[m.End] = k
		}
	}
	return by
}

func (o *observer) see(i int, e *Event) {
	if e.From >= o.n || e.To >= o.n { // a client's
		if e.Kind == "cut" || e.Kind == "join" {
			o.link(i, e)
		}
		return
	}
	switch e.Kind {
	case "sent":
		o.sends(i, e)
	case "delivered":
		o.hears(i, e)
	case "replied":
		o.answers(i, e)
	case "returned":
		if reply := o.begun(i); reply != nil && (e.Method != wire.RequestPreVote || reply.Note == "refused") && e.To >= 0 {
			o.learns(i, e.To, reply.Term)
		}
	case "apply", "install":
		o.commits(i, e.From, e.Index)
	default:
		o.acts(i, e)
	}
}

// begun is the event that began the message that event i is about.
func (o *observer) begun(i int) *Event { return o.beginOf(o.byEvent[i]) }

func (o *observer) beginOf(m int) *Event {
	if m == none || o.all[m].Begin == none {
		return nil
	}
	return &o.events[o.all[m].Begin]
}

// sends is what a request shows of its sender. One that was built before a
// stall may be older than what its sender has shown since: that changes
// nothing.
func (o *observer) sends(i int, e *Event) {
	switch e.Method {
	case wire.RequestVote:
		o.tells(i, e.From, Candidate, e.Term)
	case wire.RequestPreVote:
		if e.From >= 0 && o.now[e.From].Role != Down {
			o.become(i, e.From, PreCandidate, o.now[e.From].Term)
		}
	case wire.AppendEntries, wire.InstallSnapshot:
		o.tells(i, e.From, Leader, e.Term)
		if a, ok := ReadAppend(e.Note); ok && e.Method == wire.AppendEntries {
			o.commits(i, e.From, a.Commit)
		}
	}
}

// tells takes a term from the server itself, and the role that comes with it.
// A reply in the server's present term leaves its role open.
func (o *observer) tells(i, server int, r Role, term int) {
	if server < 0 || term == 0 || o.now[server].Role == Down {
		return
	}
	at := o.now[server].Term
	if o.fresh[server] {
		o.fresh[server] = false
		at = min(at, term)
	}
	if term < at || term == at && r == Follower && o.now[server].Role != Unknown {
		return
	}
	if r == Candidate && term == at && o.now[server].Role == Leader {
		return
	}
	o.become(i, server, r, term)
}

// hears is what a leader's request makes of the one that it reaches.
func (o *observer) hears(i int, e *Event) {
	sent := o.begun(i)
	if sent == nil || e.To < 0 || e.Method != wire.AppendEntries && e.Method != wire.InstallSnapshot {
		return
	}
	to := o.now[e.To]
	if to.Role == Down || sent.Term < to.Term || sent.Term == to.Term && to.Role == Leader {
		return
	}
	o.fresh[e.To] = false
	o.become(i, e.To, Follower, sent.Term)
}

// answers is what a reply shows of the one that sends it: its term, and where
// it took entries, how far it knows them committed (Figure 2, AppendEntries 5).
func (o *observer) answers(i int, e *Event) {
	if e.Method != wire.RequestPreVote {
		o.tells(i, e.From, Follower, e.Term)
	}
	m := o.byEvent[i]
	if e.Method != wire.AppendEntries || e.Note != "success" || m == none {
		return
	}
	if request := o.beginOf(o.all[m].Of); request != nil {
		if a, ok := ReadAppend(request.Note); ok {
			o.commits(i, e.From, min(a.Commit, a.PrevIndex+a.Entries))
		}
	}
}

// learns is what a reply with a higher term makes of the one that it reaches.
func (o *observer) learns(i, server, term int) {
	if o.now[server].Role != Down && term > o.now[server].Term {
		o.become(i, server, Follower, term)
	}
}

func (o *observer) become(i, server int, r Role, term int) {
	c := Change{i, server, r, term}
	if was := o.now[server]; was.Role == r && was.Term == term {
		return
	}
	o.now[server] = c
	o.Roles = append(o.Roles, c)
}

func (o *observer) commits(i, server, index int) {
	if server >= 0 && index > o.commit[server] {
		o.commit[server] = index
		o.State.Commits = append(o.State.Commits, Mark{i, server, index})
	}
}

// acts is what the case did to a server or a link, and what it asked.
func (o *observer) acts(i int, e *Event) {
	s := e.From
	switch e.Kind {
	case "partition", "heal":
		o.regroup(i, e)
		return
	case "cluster":
		o.anew(i)
		return
	case "violation":
		return
	}
	if s < 0 {
		return
	}
	switch e.Kind {
	case "start":
		o.fresh[s], o.commit[s] = true, 0
		o.become(i, s, Follower, o.now[s].Term)
	case "crash":
		o.become(i, s, Down, o.now[s].Term)
		o.ends(i, Held, s)
	case "leader":
		o.tells(i, s, Leader, e.Term)
	case "term":
		o.tells(i, s, Follower, e.Term)
	case "pause":
		o.begins(i, Paused, s)
	case "resume":
		o.ends(i, Paused, s)
	case "hold":
		o.begins(i, Held, s)
	case "release":
		o.ends(i, Held, s)
	case "cut", "join":
		o.link(i, e)
	case "isolate", "rejoin":
		o.relink(i, func(from, to int) bool { return (from == s || to == s) && from < o.n && to < o.n }, e.Kind == "isolate")
	}
}

// anew is the beginning of another cluster, with nothing of the one before.
func (o *observer) anew(i int) {
	for s := range o.n {
		o.become(i, s, Unknown, 0)
		o.fresh[s], o.commit[s] = false, 0
		o.ends(i, Paused, s)
		o.ends(i, Held, s)
	}
	o.healed(i)
}

func (o *observer) begins(i int, kind Condition, server int) {
	if o.running[kind][server] == none {
		o.running[kind][server] = len(o.Spans)
		o.Spans = append(o.Spans, Span{kind, server, i, none})
	}
}

func (o *observer) ends(i int, kind Condition, server int) {
	if k := o.running[kind][server]; k != none {
		o.Spans[k].End = i
		o.running[kind][server] = none
	}
}
