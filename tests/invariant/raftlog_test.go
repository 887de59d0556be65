package invariant

import (
	"slices"

	"raftlabs/tests/wire"
)

func (n *node) heartbeats() {
	for p := range n.nodes {
		if p != n.id {
			n.replicate(p)
		}
	}
}

// replicate sends a peer what it may lack: entries, none, or a snapshot.
func (n *node) replicate(p int) {
	if !n.lead || p == n.id {
		return
	}
	prev := n.nextIndex[p] - 1
	if prev < n.base || n.base > 0 && n.chance(3) {
		n.ship(p)
		return
	}
	a := wire.AppendEntriesArgs{
		Term: n.term, LeaderId: n.id, PrevLogIndex: prev, PrevLogTerm: n.termAt(prev), LeaderCommit: n.commit,
	}
	if !n.chance(20) {
		entries := n.log[prev-n.base:]
		a.Entries = slices.Clone(entries[:min(len(entries), 1+n.rng.IntN(5))])
	}
	n.rpc(p, wire.AppendEntries, a, Snap{}, func(p *node) (wire.Message, int) { return p.onAppend(a) },
		func(r wire.Message, extra int) { n.onAppendReply(p, a, r.(wire.AppendEntriesReply), extra) })
	if n.chance(20) { // pipelining
		n.nextIndex[p] = prev + len(a.Entries) + 1
	}
}

func (n *node) onAppend(a wire.AppendEntriesArgs) (wire.Message, int) {
	if a.Term < n.term && n.is("takes back its term") {
		n.term = a.Term
	}
	if a.Term < n.term {
		return wire.AppendEntriesReply{Term: n.term}, 0
	}
	n.sees(a.Term)
	n.stands = false
	if n.lead {
		return wire.AppendEntriesReply{Term: n.term}, 0 // only a bug gets here
	}
	prev, entries := a.PrevLogIndex, a.Entries
	lastNew := prev + len(entries)
	if skip := n.base - prev; skip > 0 {
		prev, entries = n.base, entries[min(skip, len(entries)):]
	} else if prev > n.last() || n.termAt(prev) != a.PrevLogTerm {
		if !n.is("no check of the log") || prev > n.last() {
			n.save()
			return wire.AppendEntriesReply{Term: n.term}, min(prev, n.last()+1)
		}
	}
	for i, e := range entries {
		index := prev + 1 + i
		if index <= n.last() && n.termAt(index) == e.Term {
			continue
		}
		if index <= n.last() && index > n.base {
			if n.is("keeps what conflicts") {
				n.log = slices.Clone(n.log)
				n.log[index-n.base-1] = e
				continue
			}
			n.cut(index)
		}
		n.log = append(slices.Clone(n.log), e)
	}
	n.verified = max(n.verified, lastNew)
	if !n.is("entries not saved before the answer") {
		n.save()
	}
	known := min(a.LeaderCommit, lastNew)
	if n.extra {
		known = min(a.LeaderCommit, n.verified) // agrees with this leader up to there
	}
	if n.is("commits past the last new entry") {
		known = min(a.LeaderCommit, n.last())
	}
	if n.is("commits what it appends") {
		known = n.last()
	}
	n.commit = max(n.commit, known)
	return wire.AppendEntriesReply{Term: n.term, Success: true}, n.verified
}

func (n *node) onAppendReply(p int, a wire.AppendEntriesArgs, r wire.AppendEntriesReply, extra int) {
	if r.Term > n.term {
		n.sees(r.Term)
		n.save()
	}
	if !n.lead || a.Term != n.term {
		return
	}
	if !r.Success {
		n.nextIndex[p] = max(min(n.nextIndex[p], extra), n.match[p]+1)
		return
	}
	agrees := a.PrevLogIndex + len(a.Entries)
	switch {
	case n.is("matchIndex is the log's length"):
		agrees = n.last()
	case n.extra:
		agrees = max(agrees, extra)
	}
	n.match[p] = max(n.match[p], agrees)
	n.nextIndex[p] = max(n.nextIndex[p], n.match[p]+1)
	n.advance()
}

// advance is Leaders 4.
func (n *node) advance() {
	held := slices.Sorted(slices.Values(n.match))
	q := len(n.nodes)/2 + 1
	if n.is("minority commits") {
		q = max(q-1, 1)
	}
	at := held[len(held)-q]
	if at > n.commit && (n.termAt(at) == n.term || n.is("commits older terms by counting")) {
		n.commit = at
	}
}

// Snapshots.

func (n *node) snapshot() {
	index := n.applied
	if n.is("snapshot off by one") && index < n.last() {
		index++
	}
	n.emit(Event{Kind: Take, Server: n.id, Incarnation: n.inc, Index: n.applied})
	if index <= n.base || index > n.last() {
		return
	}
	term := n.termAt(index)
	n.log, n.base, n.baseTerm = slices.Clone(n.log[index-n.base:]), index, term
	n.snap = Snap{Index: n.applied, Chain: n.chain}
	n.save()
}

func (n *node) ship(p int) {
	if n.base == 0 {
		return
	}
	a := wire.InstallSnapshotArgs{Term: n.term, LeaderId: n.id, LastIncludedIndex: n.base, LastIncludedTerm: n.baseTerm}
	if n.is("LastIncludedTerm is the present term") {
		a.LastIncludedTerm = n.term
	}
	snap := n.snap
	n.rpc(p, wire.InstallSnapshot, a, snap, func(p *node) (wire.Message, int) { return p.onInstall(a, snap), 0 },
		func(r wire.Message, _ int) {
			if term := wire.Term(r); term > n.term {
				n.sees(term)
				n.save()
			}
			if n.lead && n.term == a.Term {
				n.match[p] = max(n.match[p], a.LastIncludedIndex)
				n.nextIndex[p] = max(n.nextIndex[p], n.match[p]+1)
			}
		})
}

func (n *node) onInstall(a wire.InstallSnapshotArgs, snap Snap) wire.Message {
	if a.Term >= n.term {
		n.sees(a.Term)
		n.stands = false
		n.save()
		if n.lazy {
			n.later(func() { n.take(a, snap) })
		} else {
			n.take(a, snap)
		}
	}
	return wire.InstallSnapshotReply{Term: n.term}
}

// take puts a leader's snapshot in the place of the log up to there.
func (n *node) take(a wire.InstallSnapshotArgs, snap Snap) {
	stale := a.LastIncludedIndex <= n.commit && !n.is("installs old snapshots")
	if stale || n.lead || a.LastIncludedIndex <= n.base {
		return
	}
	if a.LastIncludedIndex <= n.last() && n.termAt(a.LastIncludedIndex) == a.LastIncludedTerm {
		n.log = slices.Clone(n.log[a.LastIncludedIndex-n.base:])
	} else {
		n.log = nil
	}
	n.base, n.baseTerm, n.snap = a.LastIncludedIndex, a.LastIncludedTerm, snap
	n.commit, n.delivered = max(n.commit, n.base), false
	n.save()
}

// What a node's clients see.

func (n *node) client() {
	if n.again && n.next > 0 && n.chance(10) {
		n.start(1 + n.rng.IntN(n.next))
		return
	}
	n.world.next++
	n.start(n.next)
}

func (n *node) start(command int) {
	e := Event{Kind: Submit, Server: n.id, Incarnation: n.inc, Command: CommandOf(command)}
	n.emit(e)
	e.Kind = Submitted
	e.Leader, e.Term = n.lead, n.term
	switch {
	case n.lead:
		e.Index = n.last() + 1
		if n.is("Start returns the wrong index") {
			e.Index++
		}
		n.add(wire.Entry{Term: n.term, Command: command})
		if n.chance(50) {
			n.heartbeats()
		}
	case n.is("a follower takes commands") && n.chance(10):
		e.Leader, e.Index = true, n.last()+1
	case n.is("refuses and takes") || n.is("a follower forwards commands"):
		p := n.nodes[n.rng.IntN(len(n.nodes))]
		if p.up && p.lead {
			if n.is("a follower forwards commands") {
				p.emit(Event{Kind: Submit, Server: p.id, Incarnation: p.inc, Command: e.Command})
				p.emit(Event{Kind: Submitted, Server: p.id, Incarnation: p.inc, Command: e.Command, Term: p.term})
			}
			p.add(wire.Entry{Term: p.term, Command: command})
		}
	}
	n.later(func() { n.emit(e) })
}

func (n *node) ask() {
	n.asks++
	e := Event{Kind: Ask, Server: n.id, Incarnation: n.inc, Num: n.asks}
	n.emit(e)
	n.later(func() {
		e.Kind, e.Term, e.Leader = State, n.term, n.lead
		n.later(func() { n.emit(e) })
	})
}

// apply hands the service what comes next.
func (n *node) apply() {
	if n.is("applies what another has committed") {
		p := n.nodes[n.rng.IntN(len(n.nodes))]
		if p.up && p.commit > n.commit && p.base <= n.applied && n.applied < p.commit && n.applied >= n.last() {
			n.handOver(n.applied+1, p.log[n.applied-p.base])
			return
		}
	}
	if n.applied >= n.commit {
		return
	}
	if n.applied < n.base || !n.delivered {
		index := n.snap.Index
		if n.applied > index && !n.is("installs old snapshots") {
			n.delivered = true
			return
		}
		n.applied, n.chain, n.delivered = index, n.snap.Chain, true
		n.emit(Event{Kind: Install, Server: n.id, Incarnation: n.inc, Index: index, Snap: n.snap})
		return
	}
	index := n.applied + 1
	if n.is("applies twice") && n.chance(5) && n.applied > n.base {
		index--
	}
	if n.is("skips an entry") && n.chance(5) && index < n.commit {
		index++
	}
	n.handOver(index, n.log[index-n.base-1])
}

func (n *node) handOver(index int, e wire.Entry) {
	command := CommandOf(e.Command)
	n.applied, n.chain = index, n.chain.Then(command)
	n.emit(Event{Kind: Apply, Server: n.id, Incarnation: n.inc, Index: index, Command: command})
}
