package raft

// Pre-vote (thesis §9.6). A server that hears no leader asks whether it could
// win an election before it begins a term for it. One that was cut off thus comes
// back with the term it left with, and deposes nobody.
//
// The request has RequestVote's fields, with the term that the election would
// be for. The answer is a forecast: it binds nobody, and leaves the voter's term,
// vote and timer as they are. So any number of servers may be told yes in the
// same term, and there is nothing to save.

// preCampaignLocked asks every peer. Each time it runs the count begins anew: a
// yes from an earlier time may not be true any more.
func (rf *Raft) preCampaignLocked() {
	rf.becomePreCandidateLocked()
	args := RequestVoteArgs{
		Term:         rf.currentTerm + 1,
		CandidateId:  rf.me,
		LastLogIndex: rf.log.lastIndex(),
		LastLogTerm:  rf.log.lastTerm(),
	}
	for peer := range rf.peers {
		if peer != rf.me {
			go rf.requestPreVote(peer, rf.preCandidacy, args)
		}
	}
	rf.onPreVoteLocked() // the own one
}

// onPreVoteLocked counts a yes. With a majority the election begins.
func (rf *Raft) onPreVoteLocked() {
	rf.preVotes++
	if rf.preVotes >= rf.quorum() {
		rf.campaignLocked()
	}
}

// requestPreVote asks one peer, once, and handles the answer.
func (rf *Raft) requestPreVote(peer, preCandidacy int, args RequestVoteArgs) {
	var reply RequestVoteReply
	if !rf.peers[peer].Call("Raft.RequestPreVote", &args, &reply) {
		return
	}
	rf.mu.Lock()
	defer rf.mu.Unlock()
	defer rf.persistLocked()

	// A refusal has the voter's own term. Adopting a higher one is what lets a
	// server behind in terms be elected: with the next one it asks again. A yes
	// has the term of the request, which nobody is in.
	if !reply.VoteGranted {
		rf.observeTermLocked(reply.Term)
		return
	}
	// A later term, a leader that was heard and a vote given have all made it a
	// follower.
	if rf.role == preCandidate && rf.preCandidacy == preCandidacy {
		rf.onPreVoteLocked()
	}
}

// RequestPreVote says whether this server would vote for the asker if it
// campaigned now.
func (rf *Raft) RequestPreVote(args *RequestVoteArgs, reply *RequestVoteReply) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	reply.Term = rf.currentTerm

	// RequestPreVote 1: refuse a term that is not to come. The asker may have
	// the longer log, and learns the term that it lacks from the answer.
	if args.Term <= rf.currentTerm {
		return
	}

	// RequestPreVote 2 (§4.2.3, §9.6): refuse while there is a leader. It is
	// enough that it was heard a moment ago: that the asker has not is its own
	// trouble.
	if rf.hearsLeaderLocked() {
		return
	}

	// RequestPreVote 3 (§5.4.1 of the paper): only a log that could win. The
	// asker's term says nothing about it: who has a short log and a high term
	// is refused, and lends its term to who has the long one, by rule 1.
	if !rf.log.upToDate(args.LastLogIndex, args.LastLogTerm) {
		return
	}

	reply.Term, reply.VoteGranted = args.Term, true
}
