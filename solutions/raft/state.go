package raft

// role is what a server is at present (§5.1, Figure 4).
type role int

const (
	follower     role = iota
	preCandidate      // a follower that asks whether it could win (thesis §9.6)
	candidate
	leader
)

// enterTermLocked begins a term. It is the only place where currentTerm
// changes, so terms never go back, and the vote belongs to one term only.
func (rf *Raft) enterTermLocked(term int) {
	if term <= rf.currentTerm {
		return
	}
	rf.currentTerm = term
	rf.votedFor = nobody
	rf.unsaved = true
}

// voteLocked gives this server's vote in the current term.
func (rf *Raft) voteLocked(server int) {
	rf.votedFor = server
	rf.unsaved = true
}

// observeTermLocked is called with the term of every request and reply.
//
// All Servers 2 (§5.1): if it is higher than currentTerm, adopt it and become
// a follower. That alone does not reset the election timer (§5.2).
func (rf *Raft) observeTermLocked(term int) {
	if term > rf.currentTerm {
		rf.becomeFollowerLocked(term)
	}
}

// becomeFollowerLocked follows in term, which is the current one or a later
// one. Within a term the vote stays given.
func (rf *Raft) becomeFollowerLocked(term int) {
	rf.enterTermLocked(term)
	if rf.role == leader {
		rf.resetElectionTimerLocked() // a leader's deadline is long past
		rf.toSend.Broadcast()         // its replicators end
		rf.toRead.Broadcast()         // its readers give up
	}
	rf.role = follower
}

// becomePreCandidateLocked changes neither the term nor the vote (thesis §9.6):
// new timeout, and a count of its own.
func (rf *Raft) becomePreCandidateLocked() {
	rf.role = preCandidate
	rf.preCandidacy++
	rf.preVotes = 0
	rf.resetElectionTimerLocked()
}

// becomeCandidateLocked is the first half of Candidates 1 (§5.2): next term,
// own vote, new timeout.
func (rf *Raft) becomeCandidateLocked() {
	rf.enterTermLocked(rf.currentTerm + 1)
	rf.role = candidate
	rf.voteLocked(rf.me)
	rf.votes = 0
	rf.resetElectionTimerLocked()
}

// becomeLeaderLocked leads the current term. What an earlier leadership knew
// of the peers is forgotten: their logs may have changed since.
//
// Leaders 1 (§5.2): the first heartbeats go out at once.
func (rf *Raft) becomeLeaderLocked() {
	rf.role = leader
	for peer := range rf.peers {
		rf.nextIndex[peer] = rf.log.lastIndex() + 1
		rf.matchIndex[peer] = 0
		if peer != rf.me {
			rf.startReplicatorLocked(peer)
		}
	}
	rf.matchIndex[rf.me] = rf.log.lastIndex()
	rf.resetContactLocked()
	go rf.heartbeats(rf.currentTerm)
}

// countsLocked is how the handler of a reply begins. It reports whether the
// reply still counts: this server has the role and the term in which it asked.
// A later term in the reply is adopted whether it counts or not.
func (rf *Raft) countsLocked(asked role, term, replyTerm int) bool {
	rf.observeTermLocked(replyTerm)
	return rf.role == asked && rf.currentTerm == term
}
