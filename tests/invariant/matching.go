package invariant

import (
	"fmt"

	"raftlabs/tests/wire"
)

// # Log Matching
//
// If two logs have an entry of the same index and term, that is the same
// command, and all entries before it are the same, too (§5.3, Figure 3).
//
// Observed: each entry that a leader sends which another leader, or the same
// server in another term, had sent before, with what stands before it.
//
// Not accused: whatever AppendEntries cuts a log into, in whatever order, however
// often; an entry whose command was seen with one server only.
//
// A leader's entry is read once in its term: when it sends the entry again, the
// place is compared and the command is not.

// append is the log as a leader's AppendEntries shows it.
func (c *Checker) append(s *server, a *wire.AppendEntriesArgs) {
	if c.blind[LogMatching] != nil {
		return
	}
	t := c.of(a.Term)
	prev := place{a.PrevLogIndex, a.PrevLogTerm}
	c.claims(s, prev, "sent AppendEntries that continue its log after")
	read := 0 // up to here the leader's commands are known
	for i := range a.Entries {
		e := &a.Entries[i]
		index := a.PrevLogIndex + 1 + i
		if index > read {
			read = t.shown.end(index)
		}
		g := c.logs.of(e.Term)
		if !c.logs.link(g, index, prev.term, s.id) && !g.torn {
			c.mismatch(s, place{index, e.Term}, prev.term)
			return
		}
		if index > read && !c.entry(s, t, g, index, c.opts.Command(e.Command)) {
			return
		}
		prev = place{index, e.Term}
	}
	if n := len(a.Entries); n > 0 {
		t.shown.add(a.PrevLogIndex+1, a.PrevLogIndex+n)
	}
	c.onlyAppends(s, t, prev)
	c.covers(s, t, a)
}

// entry is an entry that a leader of term t shows for the first time. It returns
// false if it breaks a rule.
func (c *Checker) entry(s *server, t *term, g *segment, index int, command Command) bool {
	e := g.at(index)
	if g.torn {
		e.reached.add(s.id)
		c.commandOf(command).foreign = true
		return true
	}
	switch {
	case !e.known:
		e.known, e.Command, e.by = true, command, int8(s.id)
	case e.Sum != command.Sum && e.started:
		c.brokenPromise(s, place{index, g.term}, e.Command, command)
		return false
	case e.Sum != command.Sum:
		c.count(LogMatching)
		c.judge(LogMatching, Violation{
			Text: fmt.Sprintf("S%d, leader of term %d, sent %v at index %d in term %d, but what S%d had sent with this index and term is %v",
				s.id, t.number, command, index, g.term, e.by, e.Command),
			Expected: fmt.Sprintf("(%d,%d) is %v", index, g.term, e.Command),
			Seen:     fmt.Sprintf("(%d,%d) is %v", index, g.term, command),
			Servers:  pair(s.id, int(e.by)),
		})
		return false
	case e.started:
		c.count(StartPromise)
		e.started, e.by = false, int8(s.id)
	default:
		c.count(LogMatching)
	}
	return c.has(s, t, g, index, e)
}

// mismatch is an entry that does not stand where it was seen before.
func (c *Checker) mismatch(s *server, p place, prev int) {
	g := c.logs.of(p.term)
	first := fmt.Sprintf("the entries of term %d from index %d on", p.term, g.from)
	if g.headed && g.before != nil {
		first = fmt.Sprintf("the first entry of term %d at index %d, after one of term %d, as S%d had sent it", p.term, g.from, g.before.term, g.headBy)
	} else if g.headed {
		first = fmt.Sprintf("the first entry of term %d at index %d, as S%d had sent it", p.term, g.from, g.headBy)
	}
	seen := fmt.Sprintf("one of term %d at index %d", p.term, p.index)
	if prev > 0 {
		seen += fmt.Sprintf(" right after one of term %d", prev)
	}
	text := fmt.Sprintf("S%d has an entry of term %d at index %d", s.id, p.term, p.index)
	if prev > p.term {
		text += fmt.Sprintf(" right after one of term %d: along a log, terms never fall", prev)
		first = fmt.Sprintf("a term of %d or more", prev)
	} else {
		text = fmt.Sprintf("S%d's log has %s, which does not go together with %s: logs that share an entry are the same up to it",
			s.id, seen, first)
	}
	c.count(LogMatching)
	c.judge(LogMatching, Violation{
		Text: text, Expected: first, Seen: seen, Servers: pair(s.id, g.headBy),
	})
}

// learn notes the log that a played leader sends. Where it contradicts what is
// known, it is the case's own business, and nothing is known any more.
func (c *Checker) learn(s *server, a *wire.AppendEntriesArgs) {
	c.untrusted = c.untrusted || len(a.Entries) > 0
	prev := a.PrevLogTerm
	if a.PrevLogIndex > 0 {
		g := c.logs.of(prev)
		g.torn = !g.include(a.PrevLogIndex) || g.torn
	}
	for i := range a.Entries {
		e := &a.Entries[i]
		index, command := a.PrevLogIndex+1+i, c.opts.Command(e.Command)
		g := c.logs.of(e.Term)
		g.torn = !c.logs.link(g, index, prev, s.id) || g.torn
		known := g.at(index)
		if known.known && known.Sum != command.Sum {
			g.torn = true
		}
		known.known, known.Command, known.by = true, command, int8(s.id)
		c.commandOf(command).foreign = true
		prev = e.Term
	}
}

// pair lists two servers, or one where they are the same.
func pair(a, b int) []int {
	if a == b {
		return []int{a}
	}
	return []int{a, b}
}
