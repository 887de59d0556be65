package cluster

import "slices"

// claim is what Start has said of one command, in all calls together. A command
// may be applied before the Start that took it has returned, so a claim is
// judged while no Start is under way.
type claim struct {
	pending int   // calls of Start that have not returned
	unsure  bool  // the instance crashed in the middle of one: it may have taken the command
	asked   int   // the last server whose Start was called
	took    []int // the indexes that Start returned with isLeader true
	applied []int // the indexes at which the command was applied
	by      int   // the server that last did
}

// claimOf returns the claim of a command.
func (l *ledger) claimOf(d digest) *claim {
	c := l.claims[d.sum]
	if c == nil {
		c = &claim{}
		l.claims[d.sum] = c
	}
	return c
}

// starting is a call of Start that is about to be made.
func (l *ledger) starting(server int, d digest) {
	c := l.claimOf(d)
	c.pending++
	c.asked = server
}

// started is what it returned.
func (l *ledger) started(in *instance, d digest, index int, leader bool) {
	c := l.claimOf(d)
	c.pending--
	if leader {
		c.took = append(c.took, index)
	} else if in.crashed {
		c.unsure = true
	}
	l.judge(d, c)
}

// claimed is a command being applied at an index.
func (l *ledger) claimed(server, index int, d digest) {
	if d.sum == 0 || l.foreign[d.sum] {
		return
	}
	c := l.claims[d.sum]
	if c == nil {
		if !l.played {
			l.fail("§5.4.3", "S%d applied %v at index %d, which no client has ever given to a server's Start", server, d, index)
		}
		return
	}
	if !slices.Contains(c.applied, index) {
		c.applied = append(c.applied, index)
	}
	c.by = server
	l.judge(d, c)
}

// judge compares where a command was applied with what Start said.
func (l *ledger) judge(d digest, c *claim) {
	if c.pending > 0 || c.unsure || l.foreign[d.sum] {
		return
	}
	for _, index := range c.applied {
		switch {
		case slices.Contains(c.took, index):
		case len(c.took) == 0:
			l.fail("§8", "S%d's Start refused %v, since it does not lead, but S%d applied it at index %d: "+
				"only a leader takes commands", c.asked, d, c.by, index)
		default:
			l.fail("§5.3", "Start said that %v would have %s, but S%d applied it at index %d", d, places(c.took), c.by, index)
		}
	}
}

// places prints the indexes that Start returned.
func places(indexes []int) string {
	if len(indexes) == 1 {
		return span(indexes[0], indexes[0])
	}
	s := "one of the indexes"
	for k, index := range indexes {
		sep := ", "
		switch k {
		case 0:
			sep = " "
		case len(indexes) - 1:
			sep = " and "
		}
		s += sep + span(index, index)[len("index "):]
	}
	return s
}
