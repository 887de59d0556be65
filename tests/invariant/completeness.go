package invariant

import "fmt"

// # Leader Completeness
//
// What was committed in a term is in the log of the leader of every later term
// (§5.4, Figure 3). Voters see to that: they refuse candidates whose logs are
// less up-to-date than their own (§5.4.1).
//
// Observed: each leader elected after something was committed on evidence
// (commit.go), with the end of its log as it gave it when it asked for votes.
//
// Not accused: a leader whose log is longer or shorter than those of others, in
// entries that were never committed. The rule rests on the voters, and what is
// committed on the followers: it is not judged once a played peer has been
// among them.

// complete judges a leader's log by what is committed.
func (c *Checker) complete(t *term) {
	if c.untrusted || t.leader < 0 || c.committed.index == 0 || c.committed.term >= t.number {
		return
	}
	by := &t.by[t.leader]
	if by.stood == 0 {
		return
	}
	c.count(LeaderCompleteness)
	last, want := by.candidacy, c.committed
	short := last.less(want)
	if !short && c.logs.agrees(last, want) {
		return
	}
	text := fmt.Sprintf("S%d became the leader of term %d with a log that ends at index %d in term %d, but index %d of term %d was committed: "+
		"a majority had acknowledged it, so one of the voters has not compared the logs, or has lost what it had",
		t.leader, t.number, last.index, last.term, want.index, want.term)
	if !short {
		text = fmt.Sprintf("S%d became the leader of term %d without an entry that was committed, index %d of term %d: at this index its log has one of term %d",
			t.leader, t.number, want.index, want.term, c.logs.segmentAt(last, want.index).term)
	}
	if again := c.restarted(by.won, t.leader); len(again) > 0 {
		text += fmt.Sprintf(" (of this leader and its voters, %s had been restarted: what is acknowledged is to be saved before)", names(again))
	}
	c.judge(LeaderCompleteness, Violation{
		Section: "§5.4.1, Figure 3",
		Text:    text, Servers: []int{t.leader},
		Expected: fmt.Sprintf("a log with (%d,%d) in it", want.index, want.term),
		Seen:     fmt.Sprintf("one that ends at (%d,%d)", last.index, last.term),
	})
}

// restarted lists those of a leader and its voters that are not the first
// instance.
func (c *Checker) restarted(voters mask, leader int) (again []int) {
	voters.add(leader)
	for _, i := range voters.members() {
		if c.servers[i].number > 1 {
			again = append(again, i)
		}
	}
	return again
}

// commit notes that everything up to a place is committed, on evidence.
func (c *Checker) commit(p place) {
	old := c.committed
	if old.index > 0 && !c.untrusted && !c.logs.agrees(p, old) {
		c.judge(LeaderCompleteness, Violation{
			Text: fmt.Sprintf("index %d was committed with an entry of term %d, and is now committed with one of term %d in the log of S%d: "+
				"what is committed never changes", old.index, old.term, c.logs.segmentAt(p, old.index).term, c.of(p.term).leader),
			Expected: fmt.Sprintf("(%d,%d) in every later leader's log", old.index, old.term),
			Seen:     fmt.Sprintf("another entry at index %d", old.index),
			Servers:  []int{c.of(p.term).leader},
		})
		return
	}
	c.committed = p
	if c.newest <= p.term {
		return
	}
	for _, t := range c.led { // elected before this became known
		c.complete(t)
	}
}
