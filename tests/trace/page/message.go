package page

// message is one copy of a request or of a reply, from where it left to where
// it arrived or died: an arrow of the page.
type message struct {
	begin int // its sent, duplicated or replied; none if that is not in the trace
	end   int // its delivered, returned or dropped; none if there is none
	of    int // of a request the reply, of a reply or a second copy the request; none
	flags int
}

// What a message is.
const (
	isReply   = 1 << iota
	isSecond  // the second copy of a request
	isLost    // its end is a dropped
	isIdle    // a heartbeat that tells nothing new, or the answer to one
	isRefusal // a reply that refuses: a vote, or entries
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
	all   []message
	calls map[callID]call
}

// messages joins the events of each message, in the order in which the
// messages left.
func messages(events []Event) []message {
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
		t.calls[requestOf(e)] = call{t.add(message{begin: i, end: none, of: none}), none, none}
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
			t.returned(i, e, isLost)
		} else {
			t.arrived(i, e, isLost)
		}
	}
}

func requestOf(e *Event) callID { return callID{e.From, e.To, e.Inc, e.Num} }
func replyOf(e *Event) callID   { return callID{e.To, e.From, e.Inc, e.Num} }

func (t *tracker) add(m message) int {
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
func (t *tracker) open(m int) bool { return m != none && t.all[m].end == none }

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
	c.second = t.add(message{begin: i, end: none, of: c.request, flags: isSecond})
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
		m = t.add(message{begin: none, end: none, of: none})
		if e.Second {
			t.all[m].of, t.all[m].flags, c.second = c.request, isSecond, m
		} else {
			c.request = m
		}
		t.calls[id] = c
	}
	t.all[m].end = i
	t.all[m].flags |= lost
}

func (t *tracker) replied(i int, e *Event) {
	flags := isReply
	if e.Note == "refused" || e.Note == "no" {
		flags |= isRefusal
	}
	t.answer(replyOf(e), message{begin: i, end: none, flags: flags})
}

// answer adds a reply and ties it to its request.
func (t *tracker) answer(id callID, m message) int {
	c := t.under(id)
	m.of = c.request
	c.reply = t.add(m)
	if c.request != none {
		t.all[c.request].of = c.reply
	}
	t.calls[id] = c
	return c.reply
}

func (t *tracker) returned(i int, e *Event, lost int) {
	id := replyOf(e)
	m := t.under(id).reply
	if !t.open(m) {
		m = t.answer(id, message{begin: none, end: none, flags: isReply})
	}
	t.all[m].end = i
	t.all[m].flags |= lost
}

// markIdle marks the heartbeats that repeat what the same leader told the same
// follower right before, and the answers to them that grant it. They are most
// of a quiet run, and hiding them hides nothing else.
func markIdle(all []message, events []Event) {
	type link struct{ from, to, inc int }
	type told struct {
		term int
		note string
	}
	last := map[link]told{}
	for k := range all {
		m := &all[k]
		if m.begin == none {
			continue
		}
		e := &events[m.begin]
		switch {
		case m.flags&isSecond != 0:
			m.flags |= flagsOf(all, m.of) & isIdle
		case m.flags&isReply != 0:
			if flagsOf(all, m.of)&isIdle != 0 && m.flags&isRefusal == 0 && e.Term == events[all[m.of].begin].Term {
				m.flags |= isIdle
			}
		case e.Method == appendEntries:
			now, on := told{e.Term, e.Note}, link{e.From, e.To, e.Inc}
			if a, ok := readAppend(e.Note); ok && a.entries == 0 && last[on] == now {
				m.flags |= isIdle
			}
			last[on] = now
		}
	}
}

// flagsOf is a message's flags, 0 where there is no such message.
func flagsOf(all []message, m int) int {
	if m == none {
		return 0
	}
	return all[m].flags
}
