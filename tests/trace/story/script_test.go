package story

import (
	"strings"
	"time"

	"raftlabs/tests/trace"
	"raftlabs/tests/wire"
)

// script writes a run by hand. Each event is 5 ms after the one before, unless
// the clock is moved.
type script struct {
	now    time.Duration
	num    uint64
	events []trace.Event
}

func (s *script) add(kind string, from, to int) *trace.Event {
	s.now += 5 * time.Millisecond
	s.events = append(s.events, trace.Event{At: s.now, Kind: kind, From: from, To: to})
	return &s.events[len(s.events)-1]
}

func (s *script) did(kind string, server int) *trace.Event { return s.add(kind, server, none) }

// start starts n servers.
func (s *script) start(n int) {
	for i := range n {
		s.did("start", i)
	}
}

// call is a request that its answer follows.
type call struct {
	*script
	from, to int
	num      uint64
	method   string
}

// send sends a request. What is not ended by the call's methods stays under way.
func (s *script) send(from, to int, m wire.Message) call {
	s.num++
	c := call{s, from, to, s.num, methodOf(m)}
	c.message("sent", from, to, m)
	return c
}

func methodOf(m wire.Message) string {
	switch m.(type) {
	case wire.RequestVoteArgs:
		return wire.RequestVote
	case wire.AppendEntriesArgs:
		return wire.AppendEntries
	}
	return wire.InstallSnapshot
}

func (c call) message(kind string, from, to int, m wire.Message) *trace.Event {
	e := c.add(kind, from, to)
	e.Num, e.Method, e.Inc = c.num, c.method, 1
	if m != nil {
		_, rest, _ := strings.Cut(m.String(), " ") // as the cluster words a message: without its term
		_, e.Note, _ = strings.Cut(rest, " ")
		e.Term = wire.Term(m)
	}
	return e
}

// lost ends a request.
func (c call) lost(why string) { c.message("dropped", c.from, c.to, nil).Note = why }

// arrives ends a request.
func (c call) arrives() call {
	c.message("delivered", c.from, c.to, nil)
	return c
}

// answers sends the reply.
func (c call) answers(m wire.Message) call {
	c.message("replied", c.to, c.from, m).Reply = true
	return c
}

// returns ends the reply.
func (c call) returns() { c.message("returned", c.to, c.from, nil).Reply = true }

// forgotten loses the reply.
func (c call) forgotten(why string) {
	e := c.message("dropped", c.to, c.from, nil)
	e.Note, e.Reply = why, true
}

// says is a whole call.
func (c call) says(m wire.Message) { c.arrives().answers(m).returns() }

func ask(term, candidate, index, last int) wire.Message {
	return wire.RequestVoteArgs{Term: term, CandidateId: candidate, LastLogIndex: index, LastLogTerm: last}
}

func yes(term int) wire.Message { return wire.RequestVoteReply{Term: term, VoteGranted: true} }
func no(term int) wire.Message  { return wire.RequestVoteReply{Term: term} }

// put is an AppendEntries with n entries after (index, last).
func put(term, leader, index, last, n, commit int) wire.Message {
	return wire.AppendEntriesArgs{Term: term, LeaderId: leader, PrevLogIndex: index, PrevLogTerm: last,
		Entries: make([]wire.Entry, n), LeaderCommit: commit}
}

func done(term int, ok bool) wire.Message { return wire.AppendEntriesReply{Term: term, Success: ok} }
