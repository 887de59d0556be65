package invariant

import (
	"fmt"

	"raftlabs/tests/wire"
)

// # Snapshots
//
// A snapshot contains exactly what was applied up to its index, and one that is
// delivered never takes its service back (§7, Figure 13).
//
// Observed: each snapshot that a service is handed, that an instance begins
// with, and that a leader sends.
//
// Not accused: a snapshot that jumps over indexes; the same one twice; one at
// the very index that was applied last; an old one on its way to a server that
// will ignore it.

// begin is what an instance's service begins with.
func (c *Checker) begin(s *server) {
	saved := c.event.Snap
	taken := max(s.taken, s.service.first)
	s.service = service{taken: taken}
	switch {
	case saved.Wrong != "":
		c.judge(Snapshots, Violation{
			Text:     fmt.Sprintf("the disk of S%d holds a snapshot that is none: %s", s.id, saved.Wrong),
			Expected: "the bytes that Snapshot was given or a leader has sent", Seen: saved.Wrong, Servers: []int{s.id},
		})
	case saved.Index > 0:
		s.first, s.applied, s.chain = saved.Index, saved.Index, saved.Chain
		s.base = max(s.base, saved.Index)
		s.kept = max(s.kept, saved.Index)
		c.taker(saved.Index, s)
		c.contains(s, saved, fmt.Sprintf("S%d was started with a snapshot up to index %d on its disk", s.id, saved.Index))
	default:
		s.lost = taken
	}
}

// install is a service being handed a snapshot.
func (c *Checker) install(s *server) {
	index, snap := c.event.Index, c.event.Snap
	v := Violation{Expected: "the bytes that a service has made", Seen: snap.Wrong, Servers: []int{s.id}}
	switch {
	case snap.Wrong != "":
		v.Text = fmt.Sprintf("S%d delivered a snapshot up to index %d that is none: %s", s.id, index, snap.Wrong)
	case snap.Index != index:
		v.Text = fmt.Sprintf("S%d delivered a snapshot with SnapshotIndex %d, but it contains everything up to index %d", s.id, index, snap.Index)
		v.Expected, v.Seen = fmt.Sprintf("SnapshotIndex %d", snap.Index), fmt.Sprintf("SnapshotIndex %d", index)
	case index < s.applied:
		v.Text = fmt.Sprintf("S%d delivered a snapshot up to index %d after it had applied up to index %d: "+
			"that rolls its service back, and it would apply %s again", s.id, index, s.applied, span(index+1, s.applied))
		v.Expected, v.Seen = fmt.Sprintf("a snapshot up to index %d or more", s.applied), fmt.Sprintf("one up to index %d", index)
	default:
		s.applied, s.chain = index, snap.Chain
		s.taken = max(s.taken, index)
		c.contains(s, snap, fmt.Sprintf("S%d installed a snapshot up to index %d", s.id, index))
		c.mayInstall(s, index)
		return
	}
	c.count(Snapshots)
	c.judge(Snapshots, v)
}

// contains judges that a snapshot contains what was applied up to its index.
func (c *Checker) contains(s *server, snap Snap, did string) {
	at := c.slot(snap.Index)
	if at == nil {
		return
	}
	c.count(Snapshots)
	switch {
	case !at.known:
		at.known, at.chain, at.by = true, snap.Chain, s.id
	case at.chain != snap.Chain:
		c.judge(Snapshots, Violation{
			Text:     fmt.Sprintf("%s, and it contains something else than S%d applied up to there", did, at.by),
			Expected: fmt.Sprintf("the state of S%d at index %d", at.by, snap.Index), Seen: "another", Servers: pair(s.id, at.by),
		})
	}
}

// take is a service about to hand its server a snapshot.
func (c *Checker) take(s *server) {
	s.taken = max(s.taken, c.event.Index)
	c.taker(c.event.Index, s)
}

// taker notes that a snapshot up to an index has reached a server.
func (c *Checker) taker(index int, s *server) {
	m := c.takers[index]
	m.add(s.id)
	c.takers[index] = m
}

// ships judges the snapshot that a leader sends.
func (c *Checker) ships(s *server, a *wire.InstallSnapshotArgs) {
	for _, field := range snapFields {
		if c.unseen[field] {
			return
		}
	}
	c.count(Snapshots)
	t := c.of(a.Term)
	if g := c.logs.segmentAt(t.tip, a.LastIncludedIndex); g != nil && g.term != a.LastIncludedTerm && c.blind[LeaderAppendOnly] == nil {
		c.judge(Snapshots, Violation{
			Section: "§7, Figure 13",
			Text: fmt.Sprintf("S%d sent a snapshot with LastIncludedIndex %d and LastIncludedTerm %d, but the entry at this index of its log is of term %d",
				s.id, a.LastIncludedIndex, a.LastIncludedTerm, g.term),
			Expected: fmt.Sprintf("LastIncludedTerm %d", g.term), Seen: fmt.Sprintf("LastIncludedTerm %d", a.LastIncludedTerm), Servers: []int{s.id},
		})
		return
	}
	if snap := c.event.Snap; snap.Wrong != "" || snap.Index > 0 && snap.Index != a.LastIncludedIndex {
		what := snap.Wrong
		if what == "" {
			what = fmt.Sprintf("it contains everything up to index %d", snap.Index)
		}
		c.judge(Snapshots, Violation{
			Section:  "§7, Figure 13",
			Text:     fmt.Sprintf("S%d sent a snapshot with LastIncludedIndex %d that is none: %s", s.id, a.LastIncludedIndex, what),
			Expected: fmt.Sprintf("the snapshot that the service took at index %d", a.LastIncludedIndex), Seen: what, Servers: []int{s.id},
		})
		return
	}
	if snap := c.event.Snap; snap.Index > 0 {
		c.contains(s, snap, fmt.Sprintf("S%d sent a snapshot up to index %d", s.id, snap.Index))
	}
	c.mayShip(s, a.LastIncludedIndex)
}
