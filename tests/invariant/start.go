package invariant

import (
	"fmt"
	"slices"
	"strings"
)

// # Start's Promise
//
// A command that a Start took is applied at an index that a Start of it
// returned, and nowhere else; one that every Start refused is applied nowhere
// (raftapi.Raft; §5.3, §8).
//
// Observed: each command applied that a Start was given, each refused one while
// it is not applied, and each entry that a leader sends where its Start has said
// which command is there.
//
// Not accused: a command that is applied before its Start has returned, so
// nothing is judged while one is under way; a command whose Start was under way
// as the server crashed, and may have been taken; what played peers have sent; a
// command that is never applied, since Start promises nothing then.

// command is what is known of one command.
type command struct {
	reached mask // the servers that it has reached
	foreign bool // a played peer has sent it
	asked   asking
	others  []asking // by other servers

	pending int  // calls of Start that have not returned
	unsure  bool // a server crashed in the middle of one
	last    int  // the last server whose Start was called
	took    few  // the indexes that Start returned with isLeader true
	applied few  // the indexes at which it was applied
	by      int  // the server that last did
}

// asking is the first time that a server's Start was given a command.
type asking struct {
	server int
	step   uint64 // 0 for never
}

// few is a list of indexes, mostly of one.
type few struct {
	first int // 0 for none
	more  []int
}

func (f *few) add(index int) {
	switch {
	case f.has(index):
	case f.first == 0:
		f.first = index
	default:
		f.more = append(f.more, index)
	}
}

func (f *few) has(index int) bool { return f.first == index || slices.Contains(f.more, index) }

func (f *few) all() []int {
	if f.first == 0 {
		return nil
	}
	return append([]int{f.first}, f.more...)
}

func (c *Checker) commandOf(as Command) *command {
	known := c.commands[as.Sum]
	if known == nil {
		known = &command{}
		c.commands[as.Sum] = known
	}
	return known
}

// since is the step at which a server's Start was first given the command.
func (k *command) since(server int) (step uint64, ok bool) {
	if k.asked.step > 0 && k.asked.server == server {
		return k.asked.step, true
	}
	for _, a := range k.others {
		if a.server == server {
			return a.step, true
		}
	}
	return 0, false
}

// submit is a call of Start about to be made.
func (c *Checker) submit(s *server) {
	k := c.commandOf(c.event.Command)
	k.pending++
	k.last = s.id
	k.reached.add(s.id)
	if k.asked.step == 0 {
		k.asked = asking{s.id, c.step}
	} else if _, ok := k.since(s.id); !ok {
		k.others = append(k.others, asking{s.id, c.step})
	}
}

// submitted is what Start has returned.
func (c *Checker) submitted(s *server) {
	e := &c.event
	k := c.commandOf(e.Command)
	k.pending = max(k.pending-1, 0)
	lives := c.present(s)
	nowhere := e.Index < 1 || e.Term < 1
	switch {
	case e.Leader && nowhere && lives:
		c.judge(StartPromise, Violation{
			Section: "§5.3, Figure 2",
			Text:    fmt.Sprintf("S%d's Start took %v and returned index %d and term %d: both begin at 1", s.id, e.Command, e.Index, e.Term),
			Servers: []int{s.id}, Expected: "an index and a term of 1 or more", Seen: fmt.Sprintf("index %d, term %d", e.Index, e.Term),
		})
	case e.Leader && !nowhere:
		k.took.add(e.Index)
		if lives && !s.played {
			c.leaves(s, e.Term, "Start", false)
			c.leads(s, e.Term, "its Start took a command")
			c.promise(s, place{e.Index, e.Term}, e.Command)
		}
	case !lives:
		k.unsure = true
	default:
		c.count(StartPromise)
	}
	c.keeps(k, e.Command)
}

// promise notes that a Start has said which command is at a place.
func (c *Checker) promise(s *server, p place, command Command) {
	if c.blind[LogMatching] != nil {
		return
	}
	g := c.logs.of(p.term)
	e := g.at(p.index)
	switch {
	case g.torn:
	case !g.include(p.index):
		c.judge(StartPromise, Violation{
			Text: fmt.Sprintf("S%d's Start said that %v has index %d in term %d, but the entries of term %d begin at index %d",
				s.id, command, p.index, p.term, p.term, g.from),
			Expected: fmt.Sprintf("index %d or more", g.from), Seen: fmt.Sprintf("index %d", p.index), Servers: []int{s.id},
		})
	case e.known && e.Sum != command.Sum:
		c.brokenPromise(s, p, command, e.Command)
	default:
		e.known, e.Command, e.started, e.by = true, command, true, int8(s.id)
		if since, ok := c.given(s, g, command); ok {
			c.reach(s, p, e, since)
		}
	}
}

// brokenPromise is another command at a place than Start said.
func (c *Checker) brokenPromise(s *server, p place, said, is Command) {
	c.judge(StartPromise, Violation{
		Text: fmt.Sprintf("S%d's Start said that %v has index %d in term %d, but the entry of S%d there is %v",
			s.id, said, p.index, p.term, s.id, is),
		Expected: fmt.Sprintf("(%d,%d) is %v", p.index, p.term, said), Seen: is.String(), Servers: []int{s.id},
	})
}

// claimed is a command being applied.
func (c *Checker) claimed(s *server, index int, command Command) {
	k := c.commands[command.Sum]
	if command.Sum == 0 || k == nil || k.foreign {
		return
	}
	c.count(StartPromise)
	k.applied.add(index)
	k.by = s.id
	c.keeps(k, command)
}

// keeps compares where a command was applied with what Start said.
func (c *Checker) keeps(k *command, command Command) {
	if k.pending > 0 || k.unsure || k.foreign {
		return
	}
	if k.applied.first == 0 || len(k.applied.more) == 0 && k.took.has(k.applied.first) {
		return
	}
	for _, index := range k.applied.all() {
		if !k.took.has(index) {
			c.breaks(k, command, index)
			return
		}
	}
}

// breaks is a command that was applied at an index which no Start of it returned.
func (c *Checker) breaks(k *command, command Command, index int) {
	if k.took.first == 0 {
		c.judge(StartPromise, Violation{
			Section: "§8",
			Text: fmt.Sprintf("S%d's Start refused %v, since it does not lead, but S%d applied it at index %d: only a leader takes commands",
				k.last, command, k.by, index),
			Expected: "never applied", Seen: fmt.Sprintf("applied at index %d", index), Servers: pair(k.by, k.last),
		})
		return
	}
	said := places(k.took.all())
	c.judge(StartPromise, Violation{
		Text:     fmt.Sprintf("Start said that %v would have %s, but S%d applied it at index %d", command, said, k.by, index),
		Expected: said, Seen: fmt.Sprintf("index %d", index), Servers: []int{k.by},
	})
}

// places prints the indexes that Start returned.
func places(indexes []int) string {
	if len(indexes) == 1 {
		return fmt.Sprintf("index %d", indexes[0])
	}
	var s strings.Builder
	s.WriteString("one of the indexes")
	for k, index := range indexes {
		sep := ", "
		switch k {
		case 0:
			sep = " "
		case len(indexes) - 1:
			sep = " and "
		}
		fmt.Fprintf(&s, "%s%d", sep, index)
	}
	return s.String()
}
