package invariant

import "fmt"

// # Apply Order
//
// Each committed entry reaches a service in the order of the log, without a gap
// and once in the lifetime of an instance (§5.3; Figure 2, All Servers 1;
// raftapi). Never before it is committed: that is the Commit Rule.
//
// Observed: each entry that a service is handed.
//
// Not accused: an instance that goes on right after the snapshot that its disk
// held, without delivering it; one that delivers it first; a snapshot that jumps
// over indexes.

// apply is a service being handed an entry.
func (c *Checker) apply(s *server) {
	index, command := c.event.Index, c.event.Command
	c.count(ApplyOrder)
	if !c.inOrder(s, index) {
		return
	}
	s.applied, s.chain = index, s.chain.Then(command)
	if !c.same(s, index, command) {
		return
	}
	c.claimed(s, index, command)
	c.applies(s, index, command)
	c.mayApply(s, index, command)
}

// inOrder tells whether index is the next that an instance may apply.
func (c *Checker) inOrder(s *server, index int) bool {
	next := s.applied + 1
	if index == next {
		return true
	}
	v := Violation{
		Expected: fmt.Sprintf("index %d", next), Seen: fmt.Sprintf("index %d", index), Servers: []int{s.id},
	}
	rule := ApplyOrder
	switch {
	case index < 1:
		v.Text = fmt.Sprintf("S%d applied an entry with CommandIndex %d: indexes start at 1", s.id, index)
	case index <= s.first && s.applied == s.first:
		rule = Snapshots
		v.Text = fmt.Sprintf("S%d was started with a snapshot up to index %d on its disk and applied index %d: "+
			"it goes on right after the snapshot (commitIndex and lastApplied begin at its index)", s.id, s.first, index)
	case index < next:
		v.Text = fmt.Sprintf("S%d applied index %d, though it had already applied up to index %d: each entry is applied once, in the order of the log",
			s.id, index, s.applied)
	case s.applied == 0 && s.lost > 0:
		rule = Snapshots
		v.Text = fmt.Sprintf("S%d was started without a snapshot, though its service had one up to index %d before, and the first index that it applied is %d: "+
			"every Save is to be given the newest snapshot, or it is lost", s.id, s.lost, index)
	case s.applied == 0:
		v.Text = fmt.Sprintf("S%d was started without a snapshot, and the first index that it applied is %d: %s never reached its service",
			s.id, index, span(1, index-1))
	default:
		v.Text = fmt.Sprintf("S%d applied index %d right after index %d: %s never reached its service",
			s.id, index, s.applied, span(next, index-1))
	}
	c.judge(rule, v)
	return false
}
