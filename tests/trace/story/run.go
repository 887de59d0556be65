package story

import (
	"cmp"
	"slices"
	"time"

	"raftlabs/tests/trace"
	"raftlabs/tests/trace/infer"
	"raftlabs/tests/wire"
)

// none stands for an event, a message or a server that is not there.
const none = trace.None

// run is a recorded run and what infer makes of it.
type run struct {
	events []trace.Event
	n      int // servers; nodes from n on are clients
	played int // servers, by their bits, that the test plays: they were never started
	all    []infer.Message
	by     []int // the message that an event began or ended; none
	state  infer.State

	operations []infer.Operation // of clients
	operation  []int             // the one that an event is about, by event
}

// read works out what happened in a run. A case may set up one cluster after
// the other: an event "cluster", whose index is the number of servers, begins
// the next, and what was before has no part in it. Only the last events are
// read, at most so many.
func read(events []trace.Event, most int) *run {
	earlier := func(a, b trace.Event) int { return cmp.Compare(a.At, b.At) }
	if !slices.IsSortedFunc(events, earlier) {
		events = slices.Clone(events)
		slices.SortStableFunc(events, earlier)
	}
	r := &run{}
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].Kind == "cluster" {
			events = events[i:]
			break
		}
	}
	if r.n = infer.Servers(events); r.n == none {
		r.n = 0
		for i := range events {
			r.n = max(r.n, events[i].From+1, events[i].To+1)
		}
	}
	r.played = playedIn(events, r.n)
	events = events[max(0, len(events)-most):]
	r.events, r.all, r.operations = events, infer.Messages(events), infer.Operations(events)
	r.operation = byOperation(len(events), r.operations)
	r.by = infer.ByEvent(len(events), r.all)
	r.state = infer.Observe(r.n, events, r.all)
	return r
}

// playedIn finds the servers that others were started among and that were not
// started themselves. A record whose beginning was forgotten shows none.
func playedIn(events []trace.Event, n int) (played int) {
	started := 0
	for i := range events {
		if e := &events[i]; e.Kind == "start" && e.From >= 0 && e.From < n {
			started |= bit(e.From)
		}
	}
	if started == 0 || len(events) > 0 && events[0].Kind != "cluster" && events[0].At >= time.Second {
		return 0
	}
	return (bit(n) - 1) &^ started
}

// plays tells whether the test plays a server.
func (r *run) plays(server int) bool { return server >= 0 && server < r.n && r.played&bit(server) != 0 }

// unplayed are the servers that it does not play.
func (r *run) unplayed() (servers []int) {
	for s := range r.n {
		if !r.plays(s) {
			servers = append(servers, s)
		}
	}
	return servers
}

// name is a node's name.
func (r *run) name(node int) string { return infer.Nodes{Servers: r.n}.Name(node) }

// at is the instant of an event.
func (r *run) at(event int) time.Duration { return r.events[event].At }

// end is the instant of the last event.
func (r *run) end() time.Duration {
	if len(r.events) == 0 {
		return 0
	}
	return r.at(len(r.events) - 1)
}

// sent is the event that began a message; nil where it is not known.
func (r *run) sent(m int) *trace.Event {
	if m == none || r.all[m].Begin == none {
		return nil
	}
	return &r.events[r.all[m].Begin]
}

// is tells whether a message has a flag.
func (r *run) is(m, flag int) bool { return m != none && r.all[m].Flags&flag != 0 }

// requestOf is the request that a reply answers.
func (r *run) requestOf(reply int) *trace.Event {
	if reply == none {
		return nil
	}
	return r.sent(r.all[reply].Of)
}

// replyTo is the number of a request's reply, or none.
func (r *run) replyTo(m int) int {
	if of := r.all[m].Of; of != none && r.is(of, infer.IsReply) {
		return of
	}
	return none
}

// lostOnTheWay is the fate of a message that the network lost by chance.
const lostOnTheWay = "lost on the way"

// fate says why a message did not arrive: "lost", "the link is cut". It is ""
// where the message arrived, or is under way.
func (r *run) fate(m int) string {
	if !r.is(m, infer.IsLost) {
		return ""
	}
	e := &r.events[r.all[m].End]
	switch e.Note {
	case "", "lost":
		return lostOnTheWay
	case "the server is down", "the server is starting":
		return list([]int{e.To}) + e.Note[len("the server"):]
	}
	return printable(e.Note)
}

// leads tells whether only a leader sends requests of a method.
func leads(method string) bool { return method == wire.AppendEntries || method == wire.InstallSnapshot }

// asks tells whether a method asks for a vote.
func asks(method string) bool { return method == wire.RequestVote || method == wire.RequestPreVote }
