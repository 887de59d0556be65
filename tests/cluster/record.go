package cluster

import (
	"strings"

	"raftlabs/labrpc"
	"raftlabs/tests/lab"
	"raftlabs/tests/trace"
	"raftlabs/tests/wire"
)

// recorder turns the network's events into the case's trace, and hands them to
// the rules: it is told everything by the network, in order.
type recorder struct {
	t       *lab.T
	net     *labrpc.Network
	wire    wire.Reader
	rules   *rules
	links   map[linkMethod]int
	calls   map[callID]exchange // those that are not over
	unknown map[string]bool     // methods of Raft's servers that are none of the paper's

	last     Packet // of the present event
	watchers []func(Packet)
	meddle   func(Packet, labrpc.Fate) labrpc.Fate
	errands  func(labrpc.Message, labrpc.Fate) labrpc.Fate // see MeddleClients
	clients  int                                           // the first client's node
	only     bool                                          // elections are for chosen alone; see Only
	chosen   int
}

// linkMethod is a method called over one direction of a link.
type linkMethod struct {
	from, to int
	method   string
}

func newRecorder(t *lab.T, net *labrpc.Network, r *rules) *recorder {
	return &recorder{
		t: t, net: net, rules: r, links: map[linkMethod]int{}, calls: map[callID]exchange{}, unknown: map[string]bool{},
	}
}

// Observe implements labrpc.Observer.
func (r *recorder) Observe(e labrpc.Event) {
	out := trace.Event{
		At: r.t.Now(), Kind: e.Kind.String(), From: e.From, To: e.To,
		Num: e.Num, Method: e.Method, Bytes: e.Bytes, Note: e.Reason,
		Inc: e.Incarnation, Reply: e.Reply, Second: e.Second,
	}
	if e.Reply {
		out.From, out.To = e.To, e.From
	}
	p := r.packet(e)
	r.last = p
	switch e.Kind {
	case labrpc.Sent:
		r.links[linkMethod{e.From, e.To, e.Method}]++
		if m := p.Request; m != nil {
			out.Term, out.Note, out.Fields = wire.Term(m), note(m), wire.Fields(m)
		}
	case labrpc.Replied:
		if m := p.Reply; m != nil {
			out.Term, out.Note, out.Fields = wire.Term(m), note(m), wire.Fields(m)
		}
	}
	r.t.Recorder().Add(out)
	r.gaps()
	if p.Request == nil {
		r.stranger(e.Method)
		return
	}
	r.rules.packet(p)
	for _, watch := range r.watchers {
		watch(p)
	}
}

// gaps tells of fields that the paper names and the messages do not have, once
// each.
func (r *recorder) gaps() {
	for _, g := range r.wire.Fresh() {
		r.rules.gap(g)
	}
}

// stranger tells of a method of Raft's servers that is none of the paper's, once.
func (r *recorder) stranger(method string) {
	if strings.HasPrefix(method, "Raft.") && !r.unknown[method] {
		r.unknown[method] = true
		r.rules.stranger(method)
	}
}

// note is a message's text without the term, which an event has a field for.
func note(m wire.Message) string {
	_, term, _ := strings.Cut(m.String(), " ")
	_, rest, _ := strings.Cut(term, " ")
	return rest
}

// told notes that a server's GetState says something new.
func (r *recorder) told(server, term int, leader bool) {
	kind := "term"
	if leader {
		kind = "leader"
	}
	r.t.Recorder().Add(trace.Event{At: r.t.Now(), Kind: kind, From: server, To: trace.None, Term: term})
}

// Sent returns how many requests of a method one server has sent to another.
func (c *Cluster) Sent(from, to int, method string) (n int) {
	c.Net.Do(func() { n = c.record.links[linkMethod{from, to, method}] })
	return n
}

// act records something that the case did to a server, or to all (-1).
func (r *recorder) act(kind string, server int, note string) {
	r.net.Do(func() { r.add(kind, server, note) })
}

// add is act in the domain.
func (r *recorder) add(kind string, server int, note string) {
	r.t.Recorder().Add(trace.Event{At: r.t.Now(), Kind: kind, From: server, To: trace.None, Note: note})
}

// link records something that the case did to one direction of a link.
func (r *recorder) link(kind string, from, to int, note string) {
	r.net.Do(func() {
		r.t.Recorder().Add(trace.Event{At: r.t.Now(), Kind: kind, From: from, To: to, Note: note})
	})
}

// begin records that a cluster begins: a case may have one after the other.
func (r *recorder) begin(servers int) {
	r.net.Do(func() {
		r.t.Recorder().Add(trace.Event{At: r.t.Now(), Kind: "cluster", From: trace.None, To: trace.None, Index: servers})
	})
}

// mark records what a client does, in that client's goroutine.
func (r *recorder) mark(kind string, node int, text string) {
	note := freshText(text)
	r.net.DoFor(func() {
		r.t.Recorder().Add(trace.Event{At: r.t.Now(), Kind: kind, From: node, To: trace.None, Note: note})
	})
}

// line records what a server has to say of itself, in that server's goroutine.
func (r *recorder) line(server int, topic, text string) {
	topic, text = freshText(topic), freshText(text)
	r.net.DoFor(func() {
		r.t.Recorder().Add(trace.Event{At: r.t.Now(), Kind: "log", From: server, To: trace.None, Topic: topic, Note: text})
	})
}
