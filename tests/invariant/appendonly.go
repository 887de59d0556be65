package invariant

import "fmt"

// # Leader Append-Only
//
// A leader never overwrites or deletes entries in its log, it only appends new
// ones (§5.3, Figure 3).
//
// Observed: each AppendEntries of a leader that is compared with the log it had
// shown before in its term: as a candidate, with the end of its log, and in
// other AppendEntries.
//
// Not accused: AppendEntries that come in any order, since an older one shows a
// shorter log.

// onlyAppends compares the log that a leader of term t shows, which ends at
// last or later, with what it has shown before.
func (c *Checker) onlyAppends(s *server, t *term, last place) {
	if last.index < 1 || c.logs.of(last.term).torn {
		return
	}
	if t.tip.index < 1 {
		t.tip = last
		return
	}
	c.count(LeaderAppendOnly)
	long, short := t.tip, last
	if last.index > t.tip.index {
		long, short = last, t.tip
	}
	if c.logs.agrees(long, short) {
		t.tip = long
		return
	}
	at := c.logs.segmentAt(long, short.index).term
	was, is := short.term, at
	if last == short {
		was, is = at, short.term
	}
	c.judge(LeaderAppendOnly, Violation{
		Text: fmt.Sprintf("S%d, the leader of term %d, has shown two logs of its own that differ at index %d: "+
			"the one before had an entry of term %d there, this one has one of term %d, but a leader only appends",
			s.id, t.number, short.index, was, is),
		Expected: fmt.Sprintf("(%d,%d) stays in the log of S%d", short.index, was, s.id),
		Seen:     fmt.Sprintf("(%d,%d)", short.index, is),
		Servers:  []int{s.id},
	})
}
