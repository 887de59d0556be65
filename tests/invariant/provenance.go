package invariant

import (
	"fmt"

	"raftlabs/tests/wire"
)

// # Provenance
//
// Nothing reaches a server but by an RPC, by Start or from its own disk. All
// servers of a run live in one process, where a package variable would be a
// secret wire; and a server that says it has what it never got is wrong in any
// case.
//
// Observed: each entry that a leader sends for the first time in its term; each
// end of a log that a server speaks of, in PrevLogIndex and LastLogIndex or by
// answering Success; each entry that a service applies; each snapshot that is
// sent or delivered.
//
// A server may have
//   - an entry that was in an AppendEntries which arrived there, accepted or not,
//     and which, under Options.Durable, it could save before it crashed;
//   - an entry of a term that it leads itself, with a command that its Start was
//     given, or without one: its own no-op;
//   - whatever a snapshot covers that arrived there or was on its disk;
//   - a snapshot that its service took or that arrived.
//
// Not accused: a server that speaks of the end of its log in a term that it won
// and lost again before it sent anything.

// has judges that a leader of term t sends an entry.
func (c *Checker) has(s *server, t *term, g *segment, index int, e *entry) bool {
	c.count(Provenance)
	if e.reached.has(s.id) {
		return true
	}
	p := place{index, g.term}
	text := fmt.Sprintf("S%d, leader of term %d, sent %v at index %d in term %d, but no message with this entry has ever reached S%d",
		s.id, t.number, e.Command, index, g.term, s.id)
	if c.mayHaveLed(s, g.term) {
		since, given := c.given(s, g, e.Command)
		if given {
			c.reach(s, p, e, since)
			return true
		}
		text = fmt.Sprintf("S%d, leader of term %d, sent %v at index %d in term %d as an entry of its own, but its Start was never given this command",
			s.id, t.number, e.Command, index, g.term)
	}
	c.judge(Provenance, Violation{
		Text: text, Servers: []int{s.id},
		Expected: fmt.Sprintf("a message or a Start that gave (%d,%d) to S%d", index, g.term, s.id),
		Seen:     "none",
	})
	return false
}

// given tells since when a server could have a command for an entry of its own.
func (c *Checker) given(s *server, g *segment, command Command) (since uint64, ok bool) {
	if c.opts.WireOnly {
		return 0, true
	}
	if command.Sum == 0 {
		return c.of(g.term).by[s.id].stood, true
	}
	if known := c.commands[command.Sum]; known != nil {
		return known.since(s.id)
	}
	return 0, false
}

// reaches notes that entries have arrived at a server.
func (c *Checker) reaches(p *server, a *wire.AppendEntriesArgs) {
	for i := range a.Entries {
		g := c.logs.of(a.Entries[i].Term)
		index := a.PrevLogIndex + 1 + i
		e := g.at(index)
		if e.reached.has(p.id) {
			continue
		}
		c.reach(p, place{index, g.term}, e, c.step)
		if e.known && e.Sum != 0 && !c.opts.WireOnly {
			c.commandOf(e.Command).reached.add(p.id)
		}
	}
}

// claims judges that a server speaks of an entry in its log, and notes that it
// is there.
func (c *Checker) claims(s *server, p place, did string) {
	if p.index < 1 {
		return
	}
	c.count(Provenance)
	if c.mayHave(s, p) {
		g := c.logs.of(p.term)
		if c.blind[LogMatching] == nil && !g.include(p.index) && !g.torn {
			c.mismatch(s, p, 0)
		}
		return
	}
	c.judge(Provenance, Violation{
		Text: fmt.Sprintf("S%d %s index %d of term %d, but no message with that entry has ever reached S%d",
			s.id, did, p.index, p.term, s.id),
		Expected: fmt.Sprintf("a message that gave (%d,%d) to S%d", p.index, p.term, s.id),
		Seen:     "none", Servers: []int{s.id},
	})
}

// mayHave tells whether a server may have an entry in its log, or under its
// snapshot.
func (c *Checker) mayHave(s *server, p place) bool {
	if p.index <= s.base || c.mayHaveLed(s, p.term) {
		return true
	}
	g := c.logs.segments[p.term]
	if g == nil {
		return false
	}
	e, ok := g.find(p.index)
	return g.torn || ok && e.reached.has(s.id)
}

// acknowledges judges that a server answers AppendEntries with Success.
func (c *Checker) acknowledges(p *server, a *wire.AppendEntriesArgs) {
	prev := place{a.PrevLogIndex, a.PrevLogTerm}
	if prev.index > 0 {
		c.count(Provenance)
	}
	if prev.index > 0 && !c.mayHave(p, prev) {
		c.judge(Provenance, Violation{
			Section: "§5.3, Figure 2, AppendEntries 2",
			Text: fmt.Sprintf("S%d answered S%d's AppendEntries with Success, which says that its log has index %d of term %d (PrevLogIndex, PrevLogTerm), "+
				"but no message with that entry has ever reached S%d", p.id, c.event.Server, prev.index, prev.term, p.id),
			Expected: "Success false",
			Seen:     "Success true", Servers: []int{p.id, c.event.Server},
		})
		return
	}
	c.entriesSaved(p, a)
}

// mayApply judges that a service is handed an entry, which its server may have.
func (c *Checker) mayApply(s *server, index int, command Command) {
	if command.Sum == 0 {
		return
	}
	c.count(Provenance)
	known := c.commands[command.Sum]
	if known != nil && (known.foreign || known.reached.has(s.id)) {
		return
	}
	v := Violation{
		Text:     fmt.Sprintf("S%d applied %v at index %d, which has never reached it: no message brought it, and its Start was not given it", s.id, command, index),
		Expected: fmt.Sprintf("a message or a Start that gave %v to S%d", command, s.id),
		Seen:     "none", Servers: []int{s.id},
	}
	if known == nil {
		v.Text = fmt.Sprintf("S%d applied %v at index %d, which no client has ever given to a server's Start", s.id, command, index)
	}
	c.judge(Provenance, v)
}

// mayInstall judges that a service is handed a snapshot, which its server may
// have.
func (c *Checker) mayInstall(s *server, index int) {
	c.count(Provenance)
	if c.takers[index].has(s.id) {
		return
	}
	c.judge(Provenance, Violation{
		Text: fmt.Sprintf("S%d delivered a snapshot up to index %d, which has never reached it: no InstallSnapshot brought it, and its own service did not take it",
			s.id, index),
		Expected: fmt.Sprintf("a message that gave it to S%d", s.id), Seen: "none", Servers: []int{s.id},
	})
}

// mayShip judges that a leader sends a snapshot.
func (c *Checker) mayShip(s *server, index int) {
	if c.opts.WireOnly {
		return
	}
	c.count(Provenance)
	if c.takers[index].has(s.id) {
		return
	}
	c.judge(Provenance, Violation{
		Text:     fmt.Sprintf("S%d sent a snapshot up to index %d, which its service never took and which never reached it", s.id, index),
		Expected: fmt.Sprintf("a Snapshot call or a message that gave it to S%d", s.id), Seen: "none", Servers: []int{s.id},
	})
}
