package rafttest

import (
	"fmt"
	"math"
	"slices"
	"time"

	"raftlabs/labrpc"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// shipment is one AppendEntries of a real server's, and what became of it.
type shipment struct {
	from, to, term int
	prev, entries  int // PrevLogIndex, and how many entries follow
	lastTerm       int // of the entry at last
	sent           time.Duration
	over           bool          // answered, or lost
	returned       time.Duration // when the answer came, if one did
	success        bool          // it said so, in the term of the request
	refused        bool          // it said no in that term: the logs do not agree at prev
}

// last is the index up to which the receiver's log is the sender's, if it
// answers with success.
func (s *shipment) last() int { return s.prev + s.entries }

// resent is how many of its entries have an index up to some.
func (s *shipment) resent(upTo int) int { return max(0, min(s.last(), upTo)-s.prev) }

// journal is kept of all AppendEntries of real servers, and knows from them
// what is committed: an index is, once a majority has told the leader of a term
// that it holds an entry of that very term, there or further on (§5.3, §5.4.2).
// What a server applies before that, it cannot know to be committed.
//
// It is written inside the network and read in Cluster.Do.
type journal struct {
	t         *lab.T
	c         *cluster.Cluster
	shipments []*shipment
	open      map[labrpc.Message]*shipment
	told      map[int][]int   // by term: the index up to which each server acknowledged that term's entries
	leader    map[int]int     // by term
	committed []time.Duration // when each index was, from index 1 on at [1]
	checked   []int           // by server: the index up to which what it applied was checked
}

// keepJournal begins a journal of what is sent from now on. It is to begin with
// the cluster.
func keepJournal(t *lab.T, c *cluster.Cluster) *journal {
	j := &journal{
		t: t, c: c, open: map[labrpc.Message]*shipment{}, told: map[int][]int{}, leader: map[int]int{},
		committed: []time.Duration{0}, checked: make([]int, c.Size()),
	}
	c.Watch(j.watch)
	return j
}

func (j *journal) watch(p cluster.Packet) {
	a, ok := p.Request.(wire.AppendEntriesArgs)
	if !ok || p.Incarnation == 0 || p.From == p.To {
		return
	}
	id := p.Message
	id.Reply, id.Bytes = false, 0
	if p.Kind == labrpc.Sent {
		s := &shipment{
			from: p.From, to: p.To, term: a.Term, prev: a.PrevLogIndex, entries: len(a.Entries),
			lastTerm: a.PrevLogTerm, sent: j.t.Now(),
		}
		if s.entries > 0 {
			s.lastTerm = a.Entries[s.entries-1].Term
		}
		j.shipments = append(j.shipments, s)
		j.open[id] = s
		return
	}
	s := j.open[id]
	if s == nil || p.Kind != labrpc.Returned && p.Kind != labrpc.Dropped {
		return
	}
	s.over = true // or its second copy was lost, and the first is still on its way
	if r, ok := p.Reply.(wire.AppendEntriesReply); ok && p.Kind == labrpc.Returned {
		delete(j.open, id)
		s.returned = j.t.Now()
		s.success, s.refused = r.Success && r.Term == s.term, !r.Success && r.Term == s.term
		if s.success && s.lastTerm == s.term {
			j.acknowledged(s)
		}
	}
}

// acknowledged is a leader being told that a server holds an entry of its term.
func (j *journal) acknowledged(s *shipment) {
	held := j.told[s.term]
	if held == nil {
		held = make([]int, j.c.Size())
		held[s.from] = math.MaxInt // its own entries
		j.told[s.term], j.leader[s.term] = held, s.from
	}
	held[s.to] = max(held[s.to], s.last())
	sorted := slices.Sorted(slices.Values(held))
	n := sorted[len(sorted)-(len(sorted)/2+1)] // a majority holds n or more
	for len(j.committed) <= n {
		j.committed = append(j.committed, j.t.Now())
	}
}

// committedAt is when an index was first committed, as far as the leaders were
// told.
func (j *journal) committedAt(index int) (at time.Duration, ok bool) {
	j.c.Do(func() {
		if index < len(j.committed) {
			at, ok = j.committed[index], true
		}
	})
	return at, ok
}

// count is how many shipments are such.
func (j *journal) count(such func(s *shipment) bool) (n int) {
	j.c.Do(func() {
		for _, s := range j.shipments {
			if such(s) {
				n++
			}
		}
	})
	return n
}

// sum adds up a number over all shipments.
func (j *journal) sum(of func(s *shipment) int) (n int) {
	j.c.Do(func() {
		for _, s := range j.shipments {
			n += of(s)
		}
	})
	return n
}

// widest is the longest time between two AppendEntries from one server to
// another since some instant, up to now.
func (j *journal) widest(from, to int, since time.Duration) (gap time.Duration) {
	last := since
	j.c.Do(func() {
		for _, s := range j.shipments {
			if s.from == from && s.to == to && s.sent >= since {
				gap, last = max(gap, s.sent-last), s.sent
			}
		}
	})
	return max(gap, j.t.Now()-last)
}

// verify asserts that whatever was applied so far had been committed before.
func (j *journal) verify() {
	if j.c.Size() == 1 {
		return // a server alone commits by itself
	}
	verified := 0
	for i := range j.checked {
		for applied := j.c.Applied(i); j.checked[i] < applied; j.checked[i]++ {
			index := j.checked[i] + 1
			at, ok := j.c.AppliedAt(i, index)
			since, is := j.committedAt(index)
			if ok && (!is || at < since) {
				j.t.Fail(j.premature(i, index, at))
			}
			verified++
		}
	}
	j.t.Count("applied after commit", verified)
}

// premature is the failure of a server that applied an index too early.
func (j *journal) premature(server, index int, at time.Duration) lab.Failure {
	f := lab.Failure{Rule: "§5.3, §5.4.2, Figure 2, Leaders", Text: lab.Sentence(
		"S%d applied index %d at %.3f s, when it was not committed: no leader had been told by a majority of %d servers "+
			"that they hold an entry of the leader's own term at this index or a later one", server, index, at.Seconds(), j.c.Size())}
	j.c.Do(func() {
		for _, s := range j.shipments {
			if s.success && s.returned <= at && s.last() >= index {
				f.Detail = append(f.Detail, fmt.Sprintf("at %.3f s S%d acknowledged up to index %d, an entry of term %d, to S%d, the leader of term %d",
					s.returned.Seconds(), s.to, s.last(), s.lastTerm, s.from, s.term))
			}
		}
	})
	if len(f.Detail) == 0 {
		f.Detail = append(f.Detail, lab.Sentence("until then nobody had acknowledged index %d to any leader", index))
	}
	return f
}
