package invariant

import (
	"fmt"
	"math"
	"slices"

	"raftlabs/tests/wire"
)

// # Commit Rule
//
// A leader commits an entry of its own term once a majority has acknowledged it,
// and with it everything before (§5.3, §5.4.2; Figure 2, Leaders 4). An entry of
// an older term is never committed by counting: Figure 8 shows how it is lost
// again. Nobody applies what is not committed.
//
// Observed: each AppendEntries whose LeaderCommit is higher than its leader had
// said before in its term, and each entry that a service applies; of a server
// alone, under Options.Durable, those that its Start was given.
//
// What a server may know to be committed is
//   - the highest index n of the leader's own term up to which a majority agrees
//     with its log: a follower that has answered AppendEntries with Success does
//     so up to PrevLogIndex+len(Entries), and as far as other AppendEntries of the
//     term that it may have carried out by then go on from that, since its reply
//     may say more than Figure 2's does; the leader itself does, under
//     Options.Durable as far as it has saved;
//   - what a played leader has said is.
//
// What is committed on evidence, for the rules that rest on commits, is the same
// index from the answers alone, as they leave: up to PrevLogIndex+len(Entries) of
// a Success a server has stored its leader's log, whether the leader learns it or
// not. The leader itself has as far as it has certainly saved, or claims so.
//
// Not accused: a LeaderCommit that exceeds PrevLogIndex+len(Entries) or trails
// it; a leader that says or applies what another leader had committed, though it
// has no acknowledgements of its own for it; a leader that applies before any
// LeaderCommit was seen; a follower that applies what it was not told, as long
// as it is committed: State Machine Safety sees to what it applies.

// covers judges the LeaderCommit of a leader.
func (c *Checker) covers(s *server, t *term, a *wire.AppendEntriesArgs) {
	if a.LeaderCommit <= t.told || c.quorum == 1 {
		return
	}
	t.told = a.LeaderCommit
	c.claim(t, t.told)
	c.count(CommitRule)
	if a.LeaderCommit > c.known {
		c.uncommitted(s, t, a.LeaderCommit, fmt.Sprintf("S%d, leader of term %d, sent LeaderCommit %d", s.id, t.number, a.LeaderCommit))
	}
}

// uncommitted is an index beyond what is committed of which a server says that
// it is, as its leader or not.
func (c *Checker) uncommitted(s *server, t *term, index int, did string) {
	v := Violation{
		Text:     did + fmt.Sprintf(", but no leader has said that more than index %d is committed", c.known),
		Expected: fmt.Sprintf("nothing beyond index %d", c.known),
		Seen:     fmt.Sprintf("index %d", index),
		Servers:  []int{s.id},
	}
	if t == nil || t.leader < 0 {
		c.judge(CommitRule, v)
		return
	}
	older := t.segment.empty() || index < t.segment.from
	var who []int // have its log up to index, as far as the leader can know
	for i := range t.by {
		if i == t.leader && (older || c.own(t) >= index) || i != t.leader && t.by[i].ack >= index {
			who = append(who, i)
		}
	}
	switch held := len(who); {
	case held >= c.quorum && older:
		v.Section = "§5.4.2, Figure 8"
		v.Text = did + fmt.Sprintf(", which %s have, but the entry there is of a term before term %d: "+
			"a leader counts only for entries of its own term, what is before them is committed along with them", names(who), t.number)
	case held+1 == c.quorum && !older && c.own(t) < index:
		v.Text = did + fmt.Sprintf(", which %s of %d servers have acknowledged, and counts itself, but S%d has not saved this entry yet",
			names(who), len(c.servers), t.leader)
		v.Section = "§5.3; Ongaro's thesis §10.2.1"
	default:
		v.Text = did + fmt.Sprintf(", which is not committed: as far as S%d, leader of term %d, can know from the answers to its AppendEntries, "+
			"those that have its log up to there are %s, and a majority is %d of %d (the highest committed index is %d)",
			t.leader, t.number, names(who), c.quorum, len(c.servers), c.known)
	}
	if s.number > 1 && s.booted > t.seen {
		v.Text += fmt.Sprintf(". S%d was restarted, and what it had saved is not committed by that alone", s.id)
	}
	c.judge(CommitRule, v)
}

// claim notes that a leader takes everything up to an index for committed.
func (c *Checker) claim(t *term, index int) {
	if index > t.claimed {
		t.claimed = index
		if c.opts.Durable {
			c.advance(t)
		}
	}
}

// own is the index up to which a leader may count itself.
func (c *Checker) own(t *term) int {
	if c.opts.Durable {
		return t.kept
	}
	return math.MaxInt
}

// agrees notes that a server's log matches its leader's up to an index, and so,
// by the time its answer leaves, with what else has arrived and goes on from there.
func (s *standing) agrees(index int) {
	s.stored = max(s.stored, index)
	s.answered = max(s.answered, index)
	for more := true; more; {
		more = false
		for _, o := range s.open {
			if o.prev <= s.answered && s.answered < o.to {
				s.answered, more = o.to, true
			}
		}
	}
}

// close notes that a request was answered. All that is of no more use goes: what
// the server has said, it has said.
func (s *standing) close(num uint64) {
	s.open = slices.DeleteFunc(s.open, func(o open) bool { return o.num == num || o.to <= s.answered })
}

// acknowledged notes that a leader has learned that a server agrees with its log
// of term number up to an index.
func (c *Checker) acknowledged(s, p *server, number, index int) {
	t := c.of(number)
	if by := &t.by[p.id]; index > by.ack && s.id != p.id {
		by.ack = index
		c.advance(t)
	}
}

// advance is Leaders 4 of Figure 2, twice: what a leader may know to be
// committed, and what is.
func (c *Checker) advance(t *term) {
	if t.leader < 0 || t.segment.empty() {
		return
	}
	if n := c.majority(t, func(s *standing) int { return s.ack }, c.own(t)); n > c.known && t.segment.holds(n) {
		c.known = n
	}
	sure := math.MaxInt
	if c.opts.Durable {
		sure = max(t.sure, t.claimed) // it claims no more than it has saved
	}
	if n := c.majority(t, func(s *standing) int { return s.stored }, sure); n > c.committed.index && t.segment.holds(n) {
		c.commit(place{n, t.number})
	}
}

// majority is the highest index that a majority has, where has says what a
// follower of t's leader has, and own what that has itself.
func (c *Checker) majority(t *term, has func(*standing) int, own int) int {
	var held [maxServers]int // falling
	for i := range t.by {
		n := has(&t.by[i])
		if i == t.leader {
			n = own
		}
		k := i
		for ; k > 0 && held[k-1] < n; k-- {
			held[k] = held[k-1]
		}
		held[k] = n
	}
	return held[c.quorum-1]
}

// told notes what a played leader says is committed. Its followers may believe
// it.
func (c *Checker) told(a *wire.AppendEntriesArgs) { c.known = max(c.known, a.LeaderCommit) }

// applies judges that a service was handed an entry, for being committed.
func (c *Checker) applies(s *server, index int, command Command) {
	if c.quorum == 1 {
		c.savedAlone(s, index, command)
		return
	}
	c.count(CommitRule)
	t := c.terms[s.left.term]
	if s.stillLeads(t) {
		c.claim(t, index)
	}
	if index <= c.known {
		return
	}
	if t == nil || t.leader != s.id {
		t = c.terms[c.newest]
	}
	c.uncommitted(s, t, index, fmt.Sprintf("S%d applied %v at index %d", s.id, command, index))
}

// savedAlone judges what a server alone applies: it counts nobody but itself, and
// itself once it has saved.
func (c *Checker) savedAlone(s *server, index int, command Command) {
	if !c.opts.Durable || c.commands[command.Sum] == nil {
		return
	}
	since, ok := c.commands[command.Sum].since(s.id)
	if !ok {
		return
	}
	c.count(CommitRule)
	if s.saved > since {
		return
	}
	c.judge(CommitRule, Violation{
		Section: "§5.3; Ongaro's thesis §10.2.1",
		Text: fmt.Sprintf("S%d, the only server, applied %v at index %d, but has not called Save since its Start was given that: "+
			"it is to count itself only when it has saved the entry", s.id, command, index),
		Expected: "a Save between Start and the apply", Seen: "none", Servers: []int{s.id},
	})
}
