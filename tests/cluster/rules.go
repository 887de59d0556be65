package cluster

import (
	"slices"
	"strings"

	"raftlabs/labrpc"
	"raftlabs/tests/invariant"
	"raftlabs/tests/lab"
	"raftlabs/tests/trace"
	"raftlabs/tests/wire"
)

// rules tells package invariant what happens, one event after the other, and
// the case which of Raft's rules that breaks. It is touched in the network's
// domain only, on the framework's own memory.
type rules struct {
	t         *lab.T
	check     *invariant.Checker
	wireOnly  bool // Start, applyCh and snapshots are a service's own
	unwatched bool // what is broken is not reported
	broken    bool // something was: what follows from it says nothing
	asks      int  // calls of GetState so far
}

func newRules(t *lab.T, n int, played []int, wireOnly, unwatched bool) *rules {
	return &rules{t: t, wireOnly: wireOnly, unwatched: unwatched, check: invariant.New(invariant.Options{
		Servers: n, Played: played, Durable: t.Durable(), WireOnly: wireOnly,
	})}
}

// observe hands on an event of which everything but the instant is known.
func (r *rules) observe(e invariant.Event) {
	e.At = r.t.Now()
	found := r.check.Observe(e)
	if len(found) == 0 || r.broken || r.unwatched {
		return
	}
	r.broken = true
	v := found[0]
	rule := v.Rule.String() + ", " + v.Section
	mark := trace.Event{At: e.At, Kind: "violation", From: trace.None, To: trace.None, Rule: rule, Note: v.Text}
	switch len(v.Servers) { // where there are more, the sentence names them
	case 2:
		mark.To = v.Servers[1]
		fallthrough
	case 1:
		mark.From = v.Servers[0]
	}
	r.t.Recorder().Add(mark)
	r.t.Report(lab.Failure{Rule: rule, Text: v.Text, Expected: v.Expected, Seen: v.Seen, Servers: v.Servers})
}

// of is an event of an instance's.
func (r *rules) of(in *instance, e invariant.Event) {
	e.Server, e.Incarnation = in.server, in.number
	r.observe(e)
}

// asking is a call of GetState that is about to be made. The result tells calls
// apart.
func (r *rules) asking(in *instance) int {
	r.asks++
	r.of(in, invariant.Event{Kind: invariant.Ask, Num: uint64(r.asks)})
	return r.asks
}

// kinds are the events of messages that say something. That a request has a
// second copy does not, before that arrives.
var kinds = map[labrpc.EventKind]invariant.Kind{
	labrpc.Sent: invariant.Sent, labrpc.Delivered: invariant.Delivered, labrpc.Dropped: invariant.Dropped,
	labrpc.Replied: invariant.Replied, labrpc.Returned: invariant.Returned,
}

// packet is an event of a message's.
func (r *rules) packet(p Packet) {
	kind, ok := kinds[p.Kind]
	if !ok || p.Request == nil {
		return
	}
	e := invariant.Event{
		Kind: kind, Server: p.From, Peer: p.To, Incarnation: p.Incarnation, PeerIncarnation: p.ToIncarnation,
		Method: p.Method, Num: p.Num, Second: p.Second, Request: p.Request, Reply: p.Reply,
	}
	if a, ok := p.Request.(wire.InstallSnapshotArgs); ok && kind == invariant.Sent && p.Incarnation > 0 && !r.wireOnly {
		e.Snap = readSnapshot(a.Data).snap()
	}
	r.observe(e)
}

// gap is a field of the paper's that the servers' messages do not have: the
// rules that need it are not watched, and a failure of the case says so.
func (r *rules) gap(g wire.Gap) { r.blind(g.Field, g.String()) }

// stranger is a method of the servers' that is none of the paper's: what it
// carries is not seen.
func (r *rules) stranger(method string) {
	r.blind(method, lab.Sentence("%s is none of the paper's messages: what it carries is not seen", method))
}

func (r *rules) blind(what, text string) {
	r.check.Blind(what)
	var lost []string
	unobserved := r.check.Unobserved()
	for _, rule := range invariant.Rules() {
		if slices.Contains(unobserved[rule], what) {
			lost = append(lost, rule.String())
		}
	}
	if len(lost) > 0 {
		text += ". Until then these rules are not watched: " + strings.Join(lost, ", ")
	}
	r.t.Hint(text)
	r.t.Count("not observed: "+what, 1)
}

// count puts into the case's summary how often each rule was observed.
func (r *rules) count() {
	for rule, n := range r.check.Counts() {
		if n > 0 {
			r.t.Count(lab.RuleCount(rule.String()), n)
		}
	}
}
