package invariant

import (
	"math/bits"
	"slices"

	"raftlabs/tests/wire"
)

// node is a dumb Raft: Figure 2 and Figure 13 word by word. Where it asks for
// is("..."), a bug may be put into it.
type node struct {
	*world
	id, inc int
	up      bool
	disk    disk
	sent    map[int]uint64

	term, vote     int
	log            []wire.Entry // after base
	base, baseTerm int
	snap           Snap

	lead, stands bool
	won          uint
	nextIndex    []int
	match        []int
	verified     int // the log agrees with that of the present term's leader up to here
	commit       int

	applied   int // of the service
	chain     Chain
	asks      uint64
	delivered bool // the snapshot was, or the service began with it
}

// disk is what a node saves.
type disk struct {
	term, vote     int
	log            []wire.Entry
	base, baseTerm int
	snap           Snap
}

func (n *node) boot() {
	d := n.disk
	n.inc++
	n.up, n.sent = true, map[int]uint64{}
	n.term, n.vote, n.log, n.base, n.baseTerm, n.snap = d.term, d.vote, slices.Clone(d.log), d.base, d.baseTerm, d.snap
	if n.is("the saved snapshot is lost") {
		d.snap = Snap{}
	}
	n.lead, n.stands, n.verified, n.commit = false, false, 0, n.base
	n.applied, n.chain, n.delivered = n.base, n.snap.Chain, true
	n.emit(Event{Kind: Boot, Server: n.id, Incarnation: n.inc, Snap: d.snap})
}

func (n *node) crash() {
	n.up = false
	n.emit(Event{Kind: Crash, Server: n.id, Incarnation: n.inc})
}

func (n *node) save() {
	if !n.durable || n.is("never saves") {
		return
	}
	d := disk{n.term, n.vote, slices.Clone(n.log), n.base, n.baseTerm, n.snap}
	if n.is("term and vote not saved") {
		d.term, d.vote = n.disk.term, n.disk.vote
	}
	if n.is("log not saved") {
		d.log, d.base, d.baseTerm, d.snap = n.disk.log, n.disk.base, n.disk.baseTerm, n.disk.snap
	}
	n.disk = d
	n.emit(Event{Kind: Save, Server: n.id, Incarnation: n.inc})
}

// delay has something happen after so many other things at least.
func (n *node) delay(acts int, do func()) {
	if acts == 0 {
		do()
		return
	}
	n.later(func() { n.delay(acts-1, do) })
}

// The log.

func (n *node) last() int { return n.base + len(n.log) }

func (n *node) termAt(index int) int {
	if index <= n.base {
		return n.baseTerm
	}
	return n.log[index-n.base-1].Term
}

func (n *node) place() place { return place{n.last(), n.termAt(n.last())} }

func (n *node) cut(index int) { n.log = slices.Clone(n.log[:index-n.base-1]) }

func (n *node) majority() int {
	m := len(n.nodes)/2 + 1
	if n.is("majority off by one") {
		m = max(m-1, 1)
	}
	return m
}

// Roles.

// sees is All Servers 2.
func (n *node) sees(term int) {
	if term > n.term {
		n.term, n.vote, n.lead, n.stands, n.verified = term, -1, false, false, 0
	}
}

func (n *node) timeout() {
	if n.lead {
		return
	}
	if !n.prevote {
		n.campaign()
		return
	}
	at := n.place()
	a := wire.RequestVoteArgs{Term: n.term + 1, CandidateId: n.id, LastLogIndex: at.index, LastLogTerm: at.term}
	asked, granted := n.term, 1
	for p := range n.nodes {
		if p == n.id {
			continue
		}
		n.rpc(p, wire.RequestPreVote, a, Snap{}, func(p *node) (wire.Message, int) {
			if a.Term <= p.term || p.lead {
				return wire.RequestVoteReply{Term: p.term}, 0
			}
			return wire.RequestVoteReply{Term: a.Term, VoteGranted: true}, 0
		}, func(r wire.Message, _ int) {
			if granted++; r.(wire.RequestVoteReply).VoteGranted && n.term == asked && granted == n.majority() {
				n.campaign()
			}
		})
	}
	if n.majority() == 1 {
		n.campaign()
	}
}

func (n *node) campaign() {
	n.term++
	n.vote, n.lead, n.stands, n.won, n.verified = n.id, false, true, 1<<n.id, 0
	if n.selfAsk {
		n.vote, n.won = -1, 0
	}
	if n.is("votes for itself and for others") {
		n.vote = -1
	}
	if !n.is("term not saved before it is sent") {
		n.save()
	}
	n.solicit()
	n.wins()
	if n.is("elects itself") && n.chance(20) {
		n.leads()
	}
}

// solicit asks for votes.
func (n *node) solicit() {
	at := n.place()
	a := wire.RequestVoteArgs{Term: n.term, CandidateId: n.id, LastLogIndex: at.index, LastLogTerm: at.term}
	for p := range n.nodes {
		if p != n.id || n.selfAsk {
			n.rpc(p, wire.RequestVote, a, Snap{}, func(p *node) (wire.Message, int) { return p.onVote(a), 0 },
				func(r wire.Message, _ int) { n.onVoteReply(p, a.Term, r.(wire.RequestVoteReply)) })
		}
	}
}

func (n *node) onVote(a wire.RequestVoteArgs) wire.RequestVoteReply {
	if n.lease && n.chance(30) {
		return wire.RequestVoteReply{Term: n.term}
	}
	if n.is("votes in older terms") && a.Term < n.term {
		return wire.RequestVoteReply{Term: a.Term, VoteGranted: true}
	}
	if n.is("forgets its vote in the same term") && a.Term == n.term && !n.lead {
		n.vote = -1
	}
	n.sees(a.Term)
	at := n.place()
	fits := a.LastLogTerm > at.term || a.LastLogTerm == at.term && a.LastLogIndex >= at.index || n.is("votes for any log")
	granted := a.Term == n.term && (n.vote == -1 || n.vote == a.CandidateId || n.is("votes twice")) && fits
	if granted {
		n.vote = a.CandidateId
	}
	if !n.is("vote not saved before the answer") || !granted {
		n.save()
	}
	return wire.RequestVoteReply{Term: n.term, VoteGranted: granted}
}

func (n *node) onVoteReply(p, asked int, r wire.RequestVoteReply) {
	if r.Term > n.term {
		n.sees(r.Term)
		n.save()
	}
	if r.VoteGranted && n.stands && (asked == n.term || n.is("counts votes of older candidacies")) {
		n.won |= 1 << p
		n.wins()
	}
}

func (n *node) wins() {
	if n.stands && bits.OnesCount(n.won) >= n.majority() {
		n.leads()
	}
}

func (n *node) leads() {
	n.stands, n.lead = false, true
	n.nextIndex, n.match = make([]int, len(n.nodes)), make([]int, len(n.nodes))
	for p := range n.nodes {
		n.nextIndex[p] = n.last() + 1
	}
	n.match[n.id] = n.last()
	if n.noop {
		n.add(wire.Entry{Term: n.term})
	}
	n.advance()
	n.heartbeats()
}

// add appends a leader's own entry.
func (n *node) add(e wire.Entry) {
	if n.is("overwrites its own log") && n.last() > n.commit && n.chance(20) {
		n.cut(n.last())
	}
	if n.is("drops its own entries") && n.last() > n.commit && n.termAt(n.last()) < n.term && n.chance(50) {
		n.cut(n.last())
	}
	n.log = append(slices.Clone(n.log), e)
	index, term := n.last(), n.term
	saved := func() {
		n.save()
		if n.lead && n.term == term {
			n.match[n.id] = max(n.match[n.id], index)
			n.advance()
		}
	}
	switch {
	case !n.early:
		saved()
	case n.is("counts itself before it has saved"):
		n.match[n.id] = index
		n.delay(n.rng.IntN(15), saved)
	default:
		n.delay(n.rng.IntN(15), saved)
	}
}
