package cluster

import (
	"strings"

	"raftlabs/labrpc"
	"raftlabs/tests/lab"
	"raftlabs/tests/trace"
	"raftlabs/tests/wire"
)

// recorder turns the network's events into the case's trace, and watches on
// them that a term has one leader and a server one vote a term (§5.2): it is
// told everything by the network, in order.
type recorder struct {
	t       *lab.T
	net     *labrpc.Network
	wire    wire.Reader
	ledger  *ledger
	leaders map[int]int // who was seen to lead a term
	links   map[linkMethod]int
	calls   map[callID]wire.Message // requests whose calls are not over
	votes   map[ballot]int          // who was granted a server's vote in a term

	last     Packet // of the present event
	watchers []func(Packet)
	meddle   func(Packet, labrpc.Fate) labrpc.Fate
	only     bool // elections are for chosen alone; see Only
	chosen   int
}

// ballot is what a server gives away once.
type ballot struct{ voter, term int }

// linkMethod is a method called over one direction of a link.
type linkMethod struct {
	from, to int
	method   string
}

func newRecorder(t *lab.T, net *labrpc.Network, l *ledger) *recorder {
	return &recorder{
		t: t, net: net, ledger: l, leaders: map[int]int{}, links: map[linkMethod]int{},
		calls: map[callID]wire.Message{}, votes: map[ballot]int{},
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
			out.Term, out.Note = wire.Term(m), note(m)
			r.sent(e, m)
		}
	case labrpc.Replied:
		if m := p.Reply; m != nil {
			out.Term, out.Note = wire.Term(m), note(m)
			r.replied(e, p)
		}
	}
	r.t.Recorder().Add(out)
	r.gaps()
	if p.Request != nil {
		for _, watch := range r.watchers {
			watch(p)
		}
	}
}

// gaps tells of fields that the paper names and the messages do not have, once
// each: a case that fails for want of them says so.
func (r *recorder) gaps() {
	for _, g := range r.wire.Fresh() {
		r.t.Hint(g.String())
		r.t.Count("not observed: "+g.Field, 1)
	}
}

// note is a message's text without the term, which an event has a field for.
func note(m wire.Message) string {
	_, term, _ := strings.Cut(m.String(), " ")
	_, rest, _ := strings.Cut(term, " ")
	return rest
}

// sent watches who sends what only a leader sends. What the case itself sends
// in a server's name (incarnation 0) does not count.
func (r *recorder) sent(e labrpc.Event, m wire.Message) {
	if e.Incarnation > 0 && (e.Method == wire.AppendEntries || e.Method == wire.InstallSnapshot) {
		r.leader(e.From, wire.Term(m), "sent "+wire.Short(e.Method))
	}
	if args, ok := m.(wire.AppendEntriesArgs); ok && e.Incarnation == 0 {
		for _, entry := range args.Entries {
			r.ledger.foreign[digestOf(entry.Command).sum] = true
		}
	}
}

// replied watches that a server votes for one candidate a term, over its
// restarts too (§5.2). A candidate's vote for itself is not assumed: it may ask
// itself as it asks the others, and be refused.
func (r *recorder) replied(e labrpc.Event, p Packet) {
	args, ok := p.Request.(wire.RequestVoteArgs)
	reply, isVote := p.Reply.(wire.RequestVoteReply)
	if e.Method != wire.RequestVote || !ok || !isVote || !reply.VoteGranted {
		return
	}
	b := ballot{e.To, args.Term}
	first, voted := r.votes[b]
	if !voted {
		r.votes[b] = args.CandidateId
	} else if first != args.CandidateId {
		r.t.Report(lab.Failure{Rule: "§5.2", Text: lab.Sentence(
			"S%d voted twice in term %d: first for S%d, then for S%d", b.voter, b.term, first, args.CandidateId)})
	}
}

// leader notes that a server leads a term: at most one does (Election Safety,
// §5.2, Figure 3).
func (r *recorder) leader(server, term int, how string) {
	first, ok := r.leaders[term]
	if !ok {
		r.leaders[term] = server
		return
	}
	if first != server {
		r.t.Report(lab.Failure{Rule: "Election Safety, §5.2, Figure 3", Text: lab.Sentence(
			"S%d and S%d are both leaders of term %d: S%d %s, and S%d had been seen to lead before",
			first, server, term, server, how, first)})
	}
}

// leads is leader for what GetState says, in the domain.
func (r *recorder) leads(server, term int) {
	r.leader(server, term, "says so itself")
	r.t.Recorder().Add(trace.Event{At: r.t.Now(), Kind: "leader", From: server, To: trace.None, Term: term})
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
func (r *recorder) link(kind string, from, to int) {
	r.net.Do(func() {
		r.t.Recorder().Add(trace.Event{At: r.t.Now(), Kind: kind, From: from, To: to})
	})
}

// line records what a server has to say of itself, in that server's goroutine.
func (r *recorder) line(server int, topic, text string) {
	r.net.DoFor(func() {
		r.t.Recorder().Add(trace.Event{At: r.t.Now(), Kind: "log", From: server, To: trace.None, Topic: topic, Note: text})
	})
}
