package invariant

import (
	"fmt"

	"raftlabs/tests/wire"
)

// # Durability
//
// A granted vote, an acknowledged entry or a new term leaves a server only after
// it was saved (Figure 2: persistent state is "updated on stable storage before
// responding to RPCs"). Judged only if Options.Durable says so.
//
// Observed: each granted vote, each AppendEntries answered with Success that
// has entries or a PrevLogIndex, each term that leaves a server for the first
// time.
//
// What a save holds is not seen. It can hold a thing if it came after the
// earliest moment at which the server could know of it: the first arrival of the
// candidate's request, of the entry, of the term; for a term that it has begun
// itself, the last moment at which it was certainly in an older one. A save of the
// very bytes that the disk held before can hold nothing that came since.
//
// Not accused: saves that are late, as long as nothing has left before; no save
// for what an earlier one covers, the second answer to a repeated request among
// it; a leader that sends entries before it has saved them (thesis §10.2.1),
// which is judged when it counts itself (commit.go); an answer to
// InstallSnapshot, by which a leader learns nothing that it would count.

// bound says that a server was in no later term than this at a step.
type bound struct {
	term int
	step uint64
}

// maxBounds is how many bounds of a server are kept, those of the latest terms.
const maxBounds = 4

// held is an entry that has reached a server.
type held struct {
	*entry
	place
}

// bound notes that a server was in no later term than this at a step: it said so
// later.
func (c *Checker) bound(s *server, term int, step uint64) {
	if !c.opts.Durable || term == 0 && step != c.step {
		return
	}
	low := -1
	for i := range s.bounds {
		b := &s.bounds[i]
		if b.term == term {
			b.step = max(b.step, step)
			return
		}
		if low < 0 || b.term < s.bounds[low].term {
			low = i
		}
	}
	if len(s.bounds) < maxBounds {
		s.bounds = append(s.bounds, bound{term, step})
	} else if s.bounds[low].term < term {
		s.bounds[low] = bound{term, step}
	}
}

// termSaved judges that a term leaves a server.
func (c *Checker) termSaved(s *server, number int) {
	if !c.opts.Durable || number <= s.wired {
		return // what has left before was judged then
	}
	s.wired = number
	since := bound{term: -1}
	for _, b := range s.bounds {
		if b.term < number && b.step >= since.step {
			since = b
		}
	}
	if since.term < 0 {
		return
	}
	c.count(Durability)
	if heard := c.of(number).by[s.id].heard; heard > 0 && heard < since.step {
		since.step = heard
	}
	if s.saved > since.step {
		return
	}
	c.judge(Durability, Violation{
		Text: fmt.Sprintf("S%d sent term %d in its %s, but %s since it was in term %d: after a crash now it would not know of term %d, "+
			"and could vote in it again", s.id, number, c.itsMessage(), s.unsaved(since.step), since.term, number),
		Expected: fmt.Sprintf("a Save with currentTerm %d before", number),
		Seen:     "none",
		Servers:  []int{s.id},
	})
}

// What is said, with "since" behind it, of a server that has saved nothing new.
const (
	noSave   = "has not called Save"
	idleSave = "has saved only what its disk held before, to the byte,"
)

// unsaved is one of them: no save after a step can hold what came at it.
func (s *server) unsaved(step uint64) string {
	if s.idle > step {
		return idleSave
	}
	return noSave
}

// unsavedEntry is unsaved for an entry that has reached s.
func (s *server) unsavedEntry(at place) string {
	for _, h := range s.fresh[:min(s.missed, len(s.fresh))] {
		if h.place == at {
			return idleSave
		}
	}
	return noSave
}

// itsMessage names the present message as its sender's.
func (c *Checker) itsMessage() string {
	if c.event.Reply != nil {
		return fmt.Sprintf("answer to S%d's %s", c.event.Server, wire.Short(c.event.Method))
	}
	return fmt.Sprintf("%s to S%d", wire.Short(c.event.Method), c.event.Peer)
}

// voteSaved judges that a vote leaves a server.
func (c *Checker) voteSaved(p *server, a *wire.RequestVoteArgs) {
	asked := c.of(a.Term).by[p.id].asked
	if !c.opts.Durable || a.CandidateId < 0 || a.CandidateId >= len(asked) {
		return
	}
	c.count(Durability)
	since := asked[a.CandidateId]
	if since == 0 || p.saved > since {
		return
	}
	c.judge(Durability, Violation{
		Text: fmt.Sprintf("S%d granted S%d its vote in term %d, but %s since the request arrived: "+
			"after a crash now it would not know of its vote, and could vote for another", p.id, a.CandidateId, a.Term, p.unsaved(since)),
		Expected: fmt.Sprintf("a Save with votedFor %d before the answer", a.CandidateId),
		Seen:     "none",
		Servers:  []int{p.id, a.CandidateId},
	})
}

// entriesSaved judges that a server acknowledges the entries of a request.
func (c *Checker) entriesSaved(p *server, a *wire.AppendEntriesArgs) {
	if !c.opts.Durable || a.PrevLogIndex+len(a.Entries) == 0 {
		return
	}
	c.count(Durability)
	at, term := a.PrevLogIndex, a.PrevLogTerm
	for i := -1; i < len(a.Entries); i++ {
		if i >= 0 {
			at, term = a.PrevLogIndex+1+i, a.Entries[i].Term
		}
		g := c.logs.segments[term]
		if at <= p.kept || g == nil || g.torn {
			continue
		}
		e, ok := g.find(at)
		if !ok || !e.reached.has(p.id) || e.saved.has(p.id) {
			continue // what has not reached it is Provenance's
		}
		c.judge(Durability, Violation{
			Text: fmt.Sprintf("S%d acknowledged S%d's entry at index %d of term %d, but %s since that entry arrived: "+
				"the leader counts it, and a crash now would lose it", p.id, c.event.Server, at, term, p.unsavedEntry(place{at, term})),
			Expected: fmt.Sprintf("a Save with a log up to index %d before the answer", a.PrevLogIndex+len(a.Entries)),
			Seen:     "none",
			Servers:  []int{p.id, c.event.Server},
		})
		return
	}
}

// save is an instance's save: it may hold all that has reached the server.
func (c *Checker) save(s *server) {
	if !c.present(s) {
		return
	}
	if c.event.Same {
		s.idle, s.missed = c.step, len(s.fresh)
		return
	}
	s.saved, s.kept, s.missed = c.step, s.base, 0
	var led *term
	for _, h := range s.fresh {
		h.saved.add(s.id)
		if t := c.terms[h.term]; t != nil && t.leader == s.id {
			t.kept = max(t.kept, h.index)
			led = t
			if s.stillLeads(t) {
				t.sure = max(t.sure, h.index)
			}
		}
	}
	clear(s.fresh)
	s.fresh = s.fresh[:0]
	if led != nil {
		c.advance(led)
	}
}

// reach notes that an entry has reached a server, which could know of it since a
// step.
func (c *Checker) reach(s *server, p place, e *entry, since uint64) {
	if e.reached.has(s.id) {
		return
	}
	e.reached.add(s.id)
	switch t := c.terms[p.term]; {
	case !c.opts.Durable:
	case s.saved <= since:
		s.fresh = append(s.fresh, held{e, p})
	default:
		e.saved.add(s.id)
		if t != nil && t.leader == s.id {
			t.kept = max(t.kept, p.index)
		}
	}
}

// forget takes back what a server has not saved: it has crashed.
func (c *Checker) forget(s *server) {
	for _, h := range s.fresh {
		h.reached.remove(s.id)
	}
	clear(s.fresh)
	s.fresh = s.fresh[:0]
	if c.opts.Durable {
		s.base = s.kept
	}
}
