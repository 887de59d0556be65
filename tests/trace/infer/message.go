package infer

import (
	"raftlabs/tests/trace"
	"raftlabs/tests/wire"
)

// none stands for an event, a message or a server that is not there.
const none = trace.None

// Event is one thing that happened in a run.
type Event = trace.Event

// Message is one copy of a request or of a reply, from where it left to where
// it arrived or died. Begin and End are events by their numbers, Of is a
// message by its number, and each of them is [trace.None] where there is none.
type Message struct {
	Begin int // its sent, duplicated or replied; none if that is not in the trace
	End   int // its delivered, returned or dropped; none if there is none
	Of    int // of a request the reply, of a reply or a second copy the request; none
	Flags int
}

// What a message is: the bits of its Flags.
const (
	IsReply   = 1 << iota
	IsSecond  // the second copy of a request
	IsLost    // its end is a dropped
	IsIdle    // a heartbeat that tells nothing new, or the answer to one
	IsRefusal // a reply that refuses: a vote, or entries
)

// callID is what the events of one call have in common.
type callID struct {
	caller, callee, inc int
	num                 uint64
}

// call is the messages of one call so far, by their numbers; none where there
// is no such message.
type call struct{ request, second, reply int }

// tracker joins events to messages.
type tracker struct {
	all   []Message
	calls map[callID]call
}

// Messages joins the events of each message, in the order in which the
// messages left.
func Messages(events []Event) []Message {
	t := tracker{calls: map[callID]call{}}
	for i := range events {
		t.see(i, &events[i])
	}
	markIdle(t.all, events)
	return t.all
}

func (t *tracker) see(i int, e *Event) {
	switch e.Kind {
	case "sent":
		t.calls[requestOf(e)] = call{t.add(Message{Begin: i, End: none, Of: none}), none, none}
	case "duplicated":
		t.duplicated(i, e)
	case "replied":
		t.replied(i, e)
	case "delivered":
		t.arrived(i, e, 0)
	case "returned":
		t.returned(i, e, 0)
	case "dropped":
		if t.aboutReply(e) {
			t.returned(i, e, IsLost)
		} else {
			t.arrived(i, e, IsLost)
		}
	}
}

func requestOf(e *Event) callID { return callID{e.From, e.To, e.Inc, e.Num} }
func replyOf(e *Event) callID   { return callID{e.To, e.From, e.Inc, e.Num} }

func (t *tracker) add(m Message) int {
	t.all = append(t.all, m)
	return len(t.all) - 1
}

// under returns a call; one that began before the trace has no messages yet.
func (t *tracker) under(id callID) call {
	if c, ok := t.calls[id]; ok {
		return c
	}
	return call{none, none, none}
}

// open tells whether a message has left and not ended.
func (t *tracker) open(m int) bool { return m != none && t.all[m].End == none }

// aboutReply tells whether a loss is a reply's. Where the event does not say
// so, it is a request's if that one is under way.
func (t *tracker) aboutReply(e *Event) bool {
	if e.Reply || e.Second {
		return e.Reply
	}
	c := t.under(requestOf(e))
	return !t.open(c.request) && !t.open(c.second) && t.open(t.under(replyOf(e)).reply)
}

func (t *tracker) duplicated(i int, e *Event) {
	id := requestOf(e)
	c := t.under(id)
	c.second = t.add(Message{Begin: i, End: none, Of: c.request, Flags: IsSecond})
	t.calls[id] = c
}

// arrived ends a request: the copy that the event names, or the one that is
// still under way.
func (t *tracker) arrived(i int, e *Event, lost int) {
	id := requestOf(e)
	c := t.under(id)
	m := c.request
	if e.Second || !t.open(m) && t.open(c.second) {
		m = c.second
	}
	if !t.open(m) {
		m = t.add(Message{Begin: none, End: none, Of: none})
		if e.Second {
			t.all[m].Of, t.all[m].Flags, c.second = c.request, IsSecond, m
		} else {
			c.request = m
		}
		t.calls[id] = c
	}
	t.all[m].End = i
	t.all[m].Flags |= lost
}

func (t *tracker) replied(i int, e *Event) {
	flags := IsReply
	if e.Note == "refused" || e.Note == "no" {
		flags |= IsRefusal
	}
	t.answer(replyOf(e), Message{Begin: i, End: none, Flags: flags})
}

// answer adds a reply and ties it to its request.
func (t *tracker) answer(id callID, m Message) int {
	c := t.under(id)
	m.Of = c.request
	c.reply = t.add(m)
	if c.request != none {
		t.all[c.request].Of = c.reply
	}
	t.calls[id] = c
	return c.reply
}

func (t *tracker) returned(i int, e *Event, lost int) {
	id := replyOf(e)
	m := t.under(id).reply
	if !t.open(m) {
		m = t.answer(id, Message{Begin: none, End: none, Flags: IsReply})
	}
	t.all[m].End = i
	t.all[m].Flags |= lost
}

// markIdle marks the heartbeats that repeat what the same leader told the same
// follower right before, and the answers to them that grant it. They are most
// of a quiet run, and hiding them hides nothing else.
func markIdle(all []Message, events []Event) {
	type link struct{ from, to, inc int }
	type told struct {
		term int
		note string
	}
	last := map[link]told{}
	for k := range all {
		m := &all[k]
		if m.Begin == none {
			continue
		}
		e := &events[m.Begin]
		switch {
		case m.Flags&IsSecond != 0:
			m.Flags |= flagsOf(all, m.Of) & IsIdle
		case m.Flags&IsReply != 0:
			if flagsOf(all, m.Of)&IsIdle != 0 && m.Flags&IsRefusal == 0 && e.Term == events[all[m.Of].Begin].Term {
				m.Flags |= IsIdle
			}
		case e.Method == wire.AppendEntries:
			now, on := told{e.Term, e.Note}, link{e.From, e.To, e.Inc}
			if a, ok := ReadAppend(e.Note); ok && a.Entries == 0 && last[on] == now {
				m.Flags |= IsIdle
			}
			last[on] = now
		}
	}
}

// flagsOf is a message's flags, 0 where there is no such message.
func flagsOf(all []Message, m int) int {
	if m == none {
		return 0
	}
	return all[m].Flags
}
