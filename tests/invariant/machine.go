package invariant

import (
	"fmt"
	"time"
)

// # State Machine Safety
//
// If a server has applied an entry at an index, no server ever applies another
// one there, over all servers and restarts (§5.4.3, Figure 3).
//
// Observed: each entry that a service is handed at an index which another one
// has applied, or which is committed on evidence (commit.go).
//
// Not accused: two services of which one has applied an index and the other has
// it in a snapshot, as long as that contains the same (snapshots.go).

// slot is what services have applied at one index.
type slot struct {
	known bool // chain is: of all that was applied up to here
	entry bool // the command is: an entry was applied here, not a snapshot only
	by    int  // who was the first
	at    time.Duration
	chain Chain
	Command
}

// maxJump is how far beyond the last slot an index may be. No run gets there,
// but a server may say anything.
const maxJump = 1 << 17

// slot returns the slot at an index, nil for one that is out of all reason.
func (c *Checker) slot(index int) *slot {
	if index < 0 || index > len(c.slots)+maxJump {
		return nil
	}
	for len(c.slots) <= index {
		c.slots = append(c.slots, slot{})
	}
	return &c.slots[index]
}

// same judges what a service was handed at an index by what others were.
func (c *Checker) same(s *server, index int, command Command) bool {
	at := c.slot(index)
	if at == nil {
		return true
	}
	if at.entry && (at.Sum != command.Sum || at.by != s.id) {
		c.count(StateMachineSafety)
	}
	if at.entry && at.Sum != command.Sum {
		c.judge(StateMachineSafety, Violation{
			Text: fmt.Sprintf("S%d applied %v at index %d, where S%d had applied %v at %s: "+
				"what is committed at an index never changes, and only what is committed is applied",
				s.id, command, index, at.by, at.Command, clock(at.at)),
			Expected: at.String(), Seen: command.String(), Servers: pair(s.id, at.by),
		})
		return false
	}
	if !at.entry && !c.isCommitted(s, index, command) {
		return false
	}
	if at.known && at.chain != s.chain {
		c.judge(Snapshots, Violation{
			Text: fmt.Sprintf("S%d applied %v at index %d, and its state is now another than that of S%d at this index: "+
				"the snapshot that it began with contains something else", s.id, command, index, at.by),
			Expected: fmt.Sprintf("the state of S%d at index %d", at.by, index), Seen: "another", Servers: pair(s.id, at.by),
		})
		return false
	}
	if !at.entry {
		*at = slot{known: true, entry: true, by: s.id, at: c.event.At, chain: s.chain, Command: command}
	}
	return true
}

// isCommitted judges the first entry to be applied at an index by what is
// committed there on evidence.
func (c *Checker) isCommitted(s *server, index int, command Command) bool {
	if c.untrusted || c.blind[CommitRule] != nil || c.blind[LogMatching] != nil {
		return true
	}
	g := c.logs.segmentAt(c.committed, index)
	if g == nil {
		return true
	}
	e, ok := g.find(index)
	if !ok || !e.known {
		return true
	}
	c.count(StateMachineSafety)
	if e.Sum == command.Sum {
		return true
	}
	c.judge(StateMachineSafety, Violation{
		Text: fmt.Sprintf("S%d applied %v at index %d, but what is committed there is %v, of term %d: a majority has acknowledged it. "+
			"S%d's log has another entry there, and is to be corrected before it is applied", s.id, command, index, e.Command, g.term, s.id),
		Expected: e.String(), Seen: command.String(), Servers: []int{s.id},
	})
	return false
}

// Chain returns the checksum of a state machine that has applied everything up
// to an index; false where no service has.
func (c *Checker) Chain(index int) (Chain, bool) {
	if index < 0 || index >= len(c.slots) {
		return 0, false
	}
	return c.slots[index].chain, c.slots[index].known
}

// CommandAt returns the command that was applied at an index; false where none
// was.
func (c *Checker) CommandAt(index int) (Command, bool) {
	if index < 0 || index >= len(c.slots) {
		return Command{}, false
	}
	return c.slots[index].Command, c.slots[index].entry
}

// Applied returns the index up to which the service of a server's present
// instance has applied.
func (c *Checker) Applied(server int) int { return c.servers[server].applied }

// Highest returns the highest index that any service has applied.
func (c *Checker) Highest() int { return len(c.slots) - 1 }
