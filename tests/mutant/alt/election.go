package alt

// canvass asks whether an election could be won, before the term rises (thesis
// §9.6). The timeout is up, so no leader has been heard for that long.
func (m *machine) canvass() {
	m.role = canvasser
	m.drawTimeout()
	m.ask("Raft.RequestPreVote", m.term+1)
}

// campaign is Candidates 1 (§5.2).
func (m *machine) campaign() {
	m.enter(m.term + 1)
	m.role, m.votedFor = candidate, m.me
	m.out.save = true
	m.drawTimeout()
	m.ask("Raft.RequestVote", m.term)
}

// ask begins a count, with this server's own yes, and asks all others.
func (m *machine) ask(method string, term int) {
	m.asked++
	m.yes = make([]bool, m.servers)
	for to := range m.servers {
		if to != m.me {
			m.send(&call{to: to, method: method, asked: m.asked, reply: new(VoteReply), args: &VoteArgs{
				Term: term, CandidateId: m.me, LastLogIndex: m.log.last(), LastLogTerm: m.log.lastTerm(),
			}})
		}
	}
	m.count(m.me)
}

// count notes a yes. A majority of pre-votes begins an election, a majority of
// votes ends it.
func (m *machine) count(voter int) {
	m.yes[voter] = true
	n := 0
	for _, yes := range m.yes {
		if yes {
			n++
		}
	}
	if n < m.quorum() {
		return
	}
	if m.role == canvasser {
		m.campaign()
	} else {
		m.lead()
	}
}

// onVoteReply counts an answer to the present question. An older one's number is
// another. A yes to a pre-vote has a term that nobody is in yet.
func (m *machine) onVoteReply(c *call, r *VoteReply) {
	if !r.VoteGranted {
		m.enter(r.Term)
	}
	asking := m.role == canvasser || m.role == candidate
	if asking && r.VoteGranted && c.asked == m.asked && c.term == m.term {
		m.count(c.to)
	}
}

// hearsLeader tells whether this server has to stand by its leader: it leads, or
// has heard a leader within the minimum election timeout (thesis §4.2.3). That is
// the promise that leases rest on, see read.go.
func (m *machine) hearsLeader() bool {
	return m.role == leader || m.now.Sub(m.heardAt) < minTimeout
}

// onPreVote changes nothing, whatever it answers (thesis §9.6).
func (m *machine) onPreVote(a *VoteArgs) *VoteReply {
	if a.Term > m.term && !m.hearsLeader() && m.log.fits(a.LastLogIndex, a.LastLogTerm) {
		return &VoteReply{Term: a.Term, VoteGranted: true}
	}
	return &VoteReply{Term: m.term}
}

// onVote is Figure 2's RequestVote.
func (m *machine) onVote(a *VoteArgs) *VoteReply {
	// Thesis §4.2.3: who hears its leader does not even look at the term.
	if m.hearsLeader() {
		return &VoteReply{Term: m.term}
	}
	m.enter(a.Term)

	// RequestVote 1 and 2 (§5.1, §5.2, §5.4).
	free := m.votedFor == nobody || m.votedFor == a.CandidateId
	if a.Term < m.term || !free || !m.log.fits(a.LastLogIndex, a.LastLogTerm) {
		return &VoteReply{Term: m.term}
	}
	if m.votedFor == nobody {
		m.votedFor = a.CandidateId
		m.out.save = true
	}
	m.role = follower // a canvasser waits for the outcome
	m.drawTimeout()
	return &VoteReply{Term: m.term, VoteGranted: true}
}

// follow is Candidates 3 and Followers 2 (§5.2): the leader of this term was heard.
func (m *machine) follow() {
	m.stepDown()
	m.heardAt = m.now
	m.drawTimeout()
}
