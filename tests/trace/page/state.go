package page

// The methods whose meaning the page knows.
const (
	appendEntries   = "Raft.AppendEntries"
	installSnapshot = "Raft.InstallSnapshot"
	requestVote     = "Raft.RequestVote"
	requestPreVote  = "Raft.RequestPreVote"
)

// role is what a server was seen to be.
type role int

const (
	unknown role = iota
	follower
	preCandidate
	candidate
	leader
	down
)

// change is a server's new role or term, from an event on.
type change struct {
	event, server int
	role          role
	term          int
}

// mark is a server's new commit index, as far as the wire shows it.
type mark struct{ event, server, index int }

// span is a condition of a server between two events; end is none where the
// trace ends first.
type span struct {
	kind               int
	server, begin, end int
}

// The conditions.
const (
	paused = iota
	held   // its service reads applyCh no more
)

// state is what a run was about, seen from outside the servers.
type state struct {
	roles   []change
	commits []mark
	spans   []span
	cuts    []reach
}

// observer follows the servers through the events.
type observer struct {
	state
	n       int
	now     []change  // the latest of each server
	fresh   []bool    // it was started, and has not told its term since
	commit  []int     // the highest commit index of each
	cut     [][]bool  // by sender and receiver
	running [2][]int  // the open span of each server, by kind; none
	events  []Event   // all of them
	all     []message // that they are about
	byEvent []int     // the message that an event began or ended; none
}

// observe works out the state of n servers over a run.
func observe(n int, events []Event, all []message) state {
	o := &observer{
		n: n, now: make([]change, n), fresh: make([]bool, n), commit: make([]int, n),
		events: events, all: all, byEvent: byEvent(len(events), all),
	}
	for i := range n {
		o.now[i] = change{server: i}
		o.cut = append(o.cut, make([]bool, n))
		o.running[paused], o.running[held] = append(o.running[paused], none), append(o.running[held], none)
	}
	for i := range events {
		o.see(i, &events[i])
	}
	return o.state
}

// byEvent lists for each event the message that it began or ended, or none.
func byEvent(events int, all []message) []int {
	by := make([]int, events)
	for i := range by {
		by[i] = none
	}
	for k, m := range all {
		if m.begin != none {
			by[m.begin] = k
		}
		if m.end != none {
			by[m.end] = k
		}
	}
	return by
}

func (o *observer) see(i int, e *Event) {
	if e.From >= o.n || e.To >= o.n {
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
		if reply := o.begun(i); reply != nil && (e.Method != requestPreVote || reply.Note == "refused") && e.To >= 0 {
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
	if m == none || o.all[m].begin == none {
		return nil
	}
	return &o.events[o.all[m].begin]
}

// sends is what a request shows of its sender. One that was built before a
// stall may be older than what its sender has shown since: that changes
// nothing.
func (o *observer) sends(i int, e *Event) {
	switch e.Method {
	case requestVote:
		o.tells(i, e.From, candidate, e.Term)
	case requestPreVote:
		if e.From >= 0 && o.now[e.From].role != down {
			o.become(i, e.From, preCandidate, o.now[e.From].term)
		}
	case appendEntries, installSnapshot:
		o.tells(i, e.From, leader, e.Term)
		if a, ok := readAppend(e.Note); ok && e.Method == appendEntries {
			o.commits(i, e.From, a.commit)
		}
	}
}

// tells takes a term from the server itself, and the role that comes with it.
// A reply in the server's present term leaves its role open.
func (o *observer) tells(i, server int, r role, term int) {
	if server < 0 || term == 0 || o.now[server].role == down {
		return
	}
	at := o.now[server].term
	if o.fresh[server] {
		o.fresh[server] = false
		at = min(at, term)
	}
	if term < at || term == at && r == follower && o.now[server].role != unknown {
		return
	}
	if r == candidate && term == at && o.now[server].role == leader {
		return
	}
	o.become(i, server, r, term)
}

// hears is what a leader's request makes of the one that it reaches.
func (o *observer) hears(i int, e *Event) {
	sent := o.begun(i)
	if sent == nil || e.To < 0 || e.Method != appendEntries && e.Method != installSnapshot {
		return
	}
	to := o.now[e.To]
	if to.role == down || sent.Term < to.term || sent.Term == to.term && to.role == leader {
		return
	}
	o.fresh[e.To] = false
	o.become(i, e.To, follower, sent.Term)
}

// answers is what a reply shows of the one that sends it: its term, and where
// it took entries, how far it knows them committed (Figure 2, AppendEntries 5).
func (o *observer) answers(i int, e *Event) {
	if e.Method != requestPreVote {
		o.tells(i, e.From, follower, e.Term)
	}
	m := o.byEvent[i]
	if e.Method != appendEntries || e.Note != "success" || m == none {
		return
	}
	if request := o.beginOf(o.all[m].of); request != nil {
		if a, ok := readAppend(request.Note); ok {
			o.commits(i, e.From, min(a.commit, a.prevIndex+a.entries))
		}
	}
}

// learns is what a reply with a higher term makes of the one that it reaches.
func (o *observer) learns(i, server, term int) {
	if o.now[server].role != down && term > o.now[server].term {
		o.become(i, server, follower, term)
	}
}

func (o *observer) become(i, server int, r role, term int) {
	c := change{i, server, r, term}
	if was := o.now[server]; was.role == r && was.term == term {
		return
	}
	o.now[server] = c
	o.roles = append(o.roles, c)
}

func (o *observer) commits(i, server, index int) {
	if server >= 0 && index > o.commit[server] {
		o.commit[server] = index
		o.state.commits = append(o.state.commits, mark{i, server, index})
	}
}

// acts is what the case did to a server or a link, and what it asked.
func (o *observer) acts(i int, e *Event) {
	s := e.From
	switch e.Kind {
	case "partition", "heal":
		o.regroup(i, e)
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
		o.become(i, s, follower, o.now[s].term)
	case "crash":
		o.become(i, s, down, o.now[s].term)
		o.ends(i, held, s)
	case "leader":
		o.tells(i, s, leader, e.Term)
	case "term":
		o.tells(i, s, follower, e.Term)
	case "pause":
		o.begins(i, paused, s)
	case "resume":
		o.ends(i, paused, s)
	case "hold":
		o.begins(i, held, s)
	case "release":
		o.ends(i, held, s)
	case "cut", "join":
		if e.To >= 0 {
			o.relink(i, func(from, to int) bool {
				return from == s && to == e.To
			}, e.Kind == "cut")
		}
	case "isolate", "rejoin":
		o.relink(i, func(from, to int) bool { return from == s || to == s }, e.Kind == "isolate")
	}
}

func (o *observer) begins(i, kind, server int) {
	if o.running[kind][server] == none {
		o.running[kind][server] = len(o.spans)
		o.spans = append(o.spans, span{kind, server, i, none})
	}
}

func (o *observer) ends(i, kind, server int) {
	if k := o.running[kind][server]; k != none {
		o.spans[k].end = i
		o.running[kind][server] = none
	}
}
