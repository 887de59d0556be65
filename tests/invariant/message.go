package invariant

import "raftlabs/tests/wire"

// message is something that happened to a request of s to p, or to the reply.
func (c *Checker) message(s, p *server) {
	e := &c.event
	if e.Request == nil || !sane(e.Request) {
		return
	}
	id := callID{int16(e.Server), int16(e.Peer), int32(e.Incarnation), e.Num}
	switch e.Kind {
	case Sent:
		c.sent(s)
	case Delivered:
		if !e.Second {
			c.calls[id] = call{arrived: c.step, left: p.left}
		}
		c.delivered(p)
	case Replied:
		was, known := c.calls[id]
		if e.Reply != nil {
			was.answered, was.replied = c.replied(p, was, known), true
			if known {
				c.calls[id] = was
			}
		}
	case Returned:
		was := c.calls[id]
		delete(c.calls, id)
		if !c.fake() && e.Reply != nil {
			c.returned(s, p, was)
		}
	case Dropped:
		if e.Second {
			return
		}
		delete(c.calls, id)
		if a, ok := e.Request.(wire.AppendEntriesArgs); ok {
			c.of(a.Term).by[p.id].close(e.Num)
		}
	}
}

// maxIndex is beyond every index of a run.
const maxIndex = 1 << 40

// sane tells whether a message's indexes can be counted with. If not, it is none
// that says something.
func sane(m wire.Message) bool {
	a, ok := m.(wire.AppendEntriesArgs)
	return !ok || a.PrevLogIndex >= 0 && a.PrevLogIndex < maxIndex
}

// sent is a request that leaves.
func (c *Checker) sent(s *server) {
	e := &c.event
	fake := c.fake()
	switch a := e.Request.(type) {
	case wire.RequestVoteArgs:
		if fake {
			return
		}
		last := place{a.LastLogIndex, a.LastLogTerm}
		c.claims(s, last, "asked for votes with a log that ends at")
		if e.Method == wire.RequestVote {
			c.request(s, a.Term)
			c.stands(s, a.Term, last)
		}
	case wire.AppendEntriesArgs:
		if fake {
			c.told(&a)
			c.learn(s, &a)
			return
		}
		c.request(s, a.Term)
		c.leads(s, a.Term, "sent AppendEntries")
		c.append(s, &a)
	case wire.InstallSnapshotArgs:
		if fake {
			c.known = max(c.known, a.LastIncludedIndex)
			c.untrusted = true
			return
		}
		c.request(s, a.Term)
		c.leads(s, a.Term, "sent InstallSnapshot")
		c.ships(s, &a)
	}
}

// request is a request of a real server's own term.
func (c *Checker) request(s *server, term int) {
	c.notOlder(s, term)
	c.termSaved(s, term)
	c.leaves(s, term, c.event.Method, false)
}

// delivered is a request that has arrived at a server, which may know of it from
// now on.
func (c *Checker) delivered(p *server) {
	e := &c.event
	if a, ok := e.Request.(wire.AppendEntriesArgs); ok && len(a.Entries) > 0 {
		o := open{e.Num, a.PrevLogIndex, a.PrevLogIndex + len(a.Entries)}
		if e.Second {
			o.num = 0
		}
		by := &c.of(a.Term).by[p.id]
		by.open = append(by.open, o)
	}
	if p.played {
		return
	}
	if e.Method != wire.RequestPreVote {
		c.hears(p, wire.Term(e.Request))
	}
	switch a := e.Request.(type) {
	case wire.RequestVoteArgs:
		if e.Method == wire.RequestVote {
			c.asks(p, &a)
		}
	case wire.AppendEntriesArgs:
		c.reaches(p, &a)
	case wire.InstallSnapshotArgs:
		p.base = max(p.base, a.LastIncludedIndex)
		c.taker(a.LastIncludedIndex, p)
	}
}

// replied is a reply that leaves. It returns the index up to which the server can
// have acknowledged the entries of the request's term by now.
func (c *Checker) replied(p *server, was call, known bool) (answered int) {
	e := &c.event
	if !p.played {
		c.answers(p, was, known)
	}
	switch a := e.Request.(type) {
	case wire.AppendEntriesArgs:
		t := c.of(a.Term)
		by := &t.by[p.id]
		by.close(e.Num)
		if r, ok := e.Reply.(wire.AppendEntriesReply); ok && r.Success {
			by.agrees(a.PrevLogIndex + len(a.Entries))
			c.advance(t)
		}
		return by.answered
	case wire.InstallSnapshotArgs:
		by := &c.of(a.Term).by[p.id]
		by.answered = max(by.answered, a.LastIncludedIndex)
		return by.answered
	}
	return 0
}

// answers judges a real server's reply.
func (c *Checker) answers(p *server, was call, known bool) {
	e := &c.event
	if e.Method == wire.RequestPreVote {
		return
	}
	number := wire.Term(e.Reply)
	if known {
		c.notBack(p, number, was.left, e.Method)
		c.bound(p, number, was.arrived)
	}
	c.termSaved(p, number)
	c.leaves(p, number, e.Method, true)
	switch a := e.Request.(type) {
	case wire.RequestVoteArgs:
		if r, ok := e.Reply.(wire.RequestVoteReply); ok && r.VoteGranted {
			c.agreesLate(p, a.Term, was.left)
			c.votes(p, &a)
		}
	case wire.AppendEntriesArgs:
		if r, ok := e.Reply.(wire.AppendEntriesReply); ok && r.Success {
			c.agreesLate(p, a.Term, was.left)
			c.acknowledges(p, &a)
		}
	}
}

// returned is a reply that has reached a real server.
func (c *Checker) returned(s, p *server, was call) {
	e := &c.event
	if e.Method == wire.RequestPreVote {
		return
	}
	c.hears(s, wire.Term(e.Reply))
	switch a := e.Request.(type) {
	case wire.RequestVoteArgs:
		if r, ok := e.Reply.(wire.RequestVoteReply); ok && r.VoteGranted {
			c.of(a.Term).by[s.id].won.add(p.id)
		}
	case wire.AppendEntriesArgs:
		if r, ok := e.Reply.(wire.AppendEntriesReply); ok && r.Success {
			c.acknowledged(s, p, a.Term, max(was.answered, a.PrevLogIndex+len(a.Entries)))
		}
	case wire.InstallSnapshotArgs:
		if wire.Term(e.Reply) <= a.Term {
			c.acknowledged(s, p, a.Term, a.LastIncludedIndex)
		}
	}
}
