package alt

import (
	"slices"
	"time"
)

const (
	// maxEntries is how many entries one message carries at most.
	maxEntries = 400

	// A request is given up where another one that left this much later was
	// answered before it.
	patience         = 2 * beatInterval
	snapshotPatience = time.Second

	// maxPings is how many heartbeats may be under way to a peer for others to be
	// sent beside the regular ones.
	maxPings = 4
)

// peer is what a leader knows of a server. Its own match is its last index.
type peer struct {
	match, next int // matchIndex and nextIndex of Figure 2

	// The request with entries or a snapshot that is under way. There is one at a
	// time: what comes meanwhile goes into the next one.
	busy *call
	away bool // the last one failed: heartbeats only, until something is answered

	pings int   // heartbeats under way
	told  int   // the commit index that this peer has been sent, as far as it can follow
	heard stamp // of the latest message of this term that was answered
}

// lead is what a candidate does that has won (§5.2). A leader's first entry has no
// command. By it the leader learns what is committed (§5.4.2, thesis §6.4), and
// its followers of the leader.
func (m *machine) lead() {
	m.role, m.round = leader, 0
	m.peers = make([]*peer, m.servers)
	for i := range m.peers {
		m.peers[i] = &peer{next: m.log.last() + 1, heard: stamp{at: m.now}}
	}
	m.timeout = m.now.Add(beatInterval)
	m.append(nil)
}

// onPropose is Leaders 2 (§5.3).
func (m *machine) onPropose(command any) proposed {
	if m.role != leader {
		return proposed{index: -1, term: m.term}
	}
	m.append(command)
	return proposed{m.log.last(), m.term, true}
}

// append counts this server for the entry, which is saved before anybody hears of
// that.
func (m *machine) append(command any) {
	m.log.add(Entry{m.term, command})
	m.out.save = true
	m.peers[m.me].match = m.log.last()
	m.serveAll()
	m.advance()
}

// onBeat is Leaders 1 (§5.2): heartbeats, to those too that are sent entries. A
// leader that a majority has not answered for an election timeout steps down
// (thesis §6.2); when the answered messages left is what counts.
func (m *machine) onBeat() {
	if m.now.Sub(m.quorumHeard().at) > maxTimeout {
		m.stepDown()
		return
	}
	m.timeout = m.now.Add(beatInterval)
	m.expireReads()
	for to := range m.peers {
		if to != m.me {
			m.ping(to)
		}
	}
}

// ping sends a heartbeat. It asks about the last entry that the peer is known to
// have, so that the answer is yes, and says only that the peer is there.
func (m *machine) ping(to int) {
	p := m.peers[to]
	prev := p.match
	if prev < m.log.base {
		prev = 0 // of what was dropped, only the beginning of every log is known
	}
	c := m.appendTo(to, prev, nil)
	c.ping = true
	p.pings++
	m.send(c)
}

// appendTo is an AppendEntries.
func (m *machine) appendTo(to, prev int, entries []Entry) *call {
	p := m.peers[to]
	p.told = max(p.told, min(m.commit, prev+len(entries)))
	return &call{to: to, method: "Raft.AppendEntries", reply: new(AppendReply), args: &AppendArgs{
		Term: m.term, LeaderId: m.me, PrevLogIndex: prev, PrevLogTerm: m.log.term(prev), Entries: entries, LeaderCommit: m.commit,
	}}
}

// serve is Leaders 3 (§5.3): send a peer what there is to tell it, if it can take
// that now. It is called whenever there may be something new, and does nothing
// where there is not.
func (m *machine) serve(to int) {
	p := m.peers[to]
	switch {
	case to == m.me || p.away:
	case p.busy == nil && p.next <= m.log.base:
		p.busy = &call{to: to, method: "Raft.InstallSnapshot", reply: new(SnapshotReply), args: &SnapshotArgs{
			Term: m.term, LeaderId: m.me, LastIncludedIndex: m.log.base, LastIncludedTerm: m.log.baseTerm, Data: m.snapshot,
		}}
		m.send(p.busy)
	case p.busy == nil && p.next <= m.log.last():
		p.busy = m.appendTo(to, p.next-1, m.log.part(p.next, maxEntries))
		m.send(p.busy)
	case p.told < min(m.commit, p.match) && p.match >= m.log.base && p.pings == 0:
		m.ping(to)
	}
}

func (m *machine) serveAll() {
	for to := range m.peers {
		m.serve(to)
	}
}

// onAnswered takes a call back: answered, or failed, which says that nothing is
// known. A failed one is not repeated at once, since it may fail at once again.
func (m *machine) onAnswered(c *call, ok bool) {
	if r, vote := c.reply.(*VoteReply); vote {
		if ok {
			m.onVoteReply(c, r)
		}
		return
	}
	if ok {
		m.enter(termOf(c.reply))
	}
	if m.role != leader || c.term != m.term {
		return // it was asked by an earlier leader
	}
	p := m.peers[c.to]
	mine := p.busy == c
	if mine {
		p.busy, p.away = nil, !ok
	}
	if c.ping {
		p.pings--
	}
	if ok {
		m.onAlive(p, c)
		m.onAgreement(p, c, mine)
		m.advance()
		m.advanceReads()
		m.serve(c.to)
	}
}

// onAlive notes that a peer was there and followed this leader after c had left.
func (m *machine) onAlive(p *peer, c *call) {
	if c.sent.number > p.heard.number {
		p.heard = c.sent
	}
	p.away = false
	if p.busy == nil {
		return
	}
	wait := patience
	if _, large := p.busy.args.(*SnapshotArgs); large {
		wait = snapshotPatience
	}
	if c.sent.at.Sub(p.busy.sent.at) >= wait {
		p.busy = nil // lost, most likely
	}
}

// onAgreement learns how far a peer's log agrees. matchIndex never goes back. A
// refusal moves nextIndex if it answers the request that was waited for; any other
// is old.
func (m *machine) onAgreement(p *peer, c *call, waited bool) {
	switch a := c.args.(type) {
	case *SnapshotArgs:
		p.match = max(p.match, a.LastIncludedIndex)
	case *AppendArgs:
		r := c.reply.(*AppendReply)
		if r.Success {
			p.match = max(p.match, a.PrevLogIndex+len(a.Entries))
		} else if waited {
			p.next = min(m.log.agrees(r.Runs)+1, a.PrevLogIndex)
		}
	}
	p.next = max(p.next, p.match+1)
}

// advance is Leaders 4 (§5.3, §5.4.2): what a majority has is committed, if it is of
// this term, and everything before it.
func (m *machine) advance() {
	matches := make([]int, m.servers)
	for i, p := range m.peers {
		matches[i] = p.match
	}
	slices.Sort(matches)
	n := matches[m.servers-m.quorum()]
	if n <= m.commit || m.log.term(n) != m.term {
		return
	}
	m.commit = n
	m.deliver()
	m.serveAll()
	m.advanceReads()
}

// termOf is the term in an answer to a leader.
func termOf(reply any) int {
	switch r := reply.(type) {
	case *AppendReply:
		return r.Term
	case *SnapshotReply:
		return r.Term
	}
	return 0
}
