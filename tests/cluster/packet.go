package cluster

import (
	"raftlabs/labrpc"
	"raftlabs/tests/wire"
)

// Packet is one event of one of Raft's messages, read by Figure 2's names.
// Request is set for a reply's events as well, then without the data of a
// snapshot; Reply is nil for a request's.
type Packet struct {
	labrpc.Event
	Request, Reply wire.Message
}

// Watch has f told of all that happens to Raft's messages from now on, those
// that the case sends itself (Incarnation 0) included. f runs inside the
// network: it must not wait and not call the cluster, and what it shares with
// the case's goroutine, that one touches in Do.
func (c *Cluster) Watch(f func(Packet)) {
	c.Net.Do(func() { c.record.watchers = append(c.record.watchers, f) })
}

// Meddle has f change the fate of each of Raft's messages from now on, when it
// is sent. What is said of f in Watch holds here too. nil ends it.
func (c *Cluster) Meddle(f func(p Packet, fate labrpc.Fate) labrpc.Fate) {
	c.Net.Do(func() { c.record.meddle = f })
}

// Do runs f where the functions given to Watch and Meddle run.
func (c *Cluster) Do(f func()) { c.Net.Do(f) }

// fate is the network's question what becomes of a message, right after the
// event of its sending.
func (r *recorder) fate(m labrpc.Message, f labrpc.Fate) labrpc.Fate {
	f = r.elections(m, f)
	if p := r.last; r.meddle != nil && p.Request != nil && p.Message == m {
		f = r.meddle(p, f)
	}
	if r.errands != nil && m.From >= r.clients {
		f = r.errands(m, f)
	}
	return f
}

// callID is one call's number with its link.
type callID struct {
	from, to, incarnation int
	num                   uint64
}

// exchange is what a call has carried so far.
type exchange struct{ request, reply wire.Message }

// packet reads an event, and keeps what its call carries until that is over.
func (r *recorder) packet(e labrpc.Event) Packet {
	p := Packet{Event: e}
	id := callID{e.From, e.To, e.Incarnation, e.Num}
	if e.Kind == labrpc.Sent {
		if p.Request = r.wire.Request(e.Method, e.Args); p.Request != nil {
			r.calls[id] = exchange{request: kept(p.Request)}
		}
		return p
	}
	call := r.calls[id]
	p.Request = call.request
	if e.Args != nil && (len(r.watchers) > 0 || call.request == nil) {
		p.Request = r.wire.Request(e.Method, e.Args)
	}
	if e.Reply && p.Request != nil {
		if p.Reply = call.reply; p.Reply == nil && e.Result != nil {
			p.Reply = r.wire.Reply(e.Method, e.Result)
		}
	}
	switch {
	case e.Kind == labrpc.Returned || e.Kind == labrpc.Dropped && !e.Second:
		delete(r.calls, id)
	case e.Kind == labrpc.Replied && !e.Second && p.Request != nil:
		r.calls[id] = exchange{call.request, p.Reply}
	}
	return p
}

// kept is a request without what would keep the memory of a server alive.
func kept(m wire.Message) wire.Message {
	if s, ok := m.(wire.InstallSnapshotArgs); ok {
		s.Data = nil
		return s
	}
	return m
}
