package raft

import (
	"math/rand"
	"time"
)

// Every timeout is drawn anew from this range (§5.2). The minimum is six
// heartbeat intervals, so that lost heartbeats depose nobody, and the width is
// many round trips, so that one candidate mostly wins before the next one
// stands up.
const (
	minElectionTimeout = 300 * time.Millisecond
	maxElectionTimeout = 600 * time.Millisecond
)

func (rf *Raft) resetElectionTimerLocked() {
	spread := rand.Int63n(int64(maxElectionTimeout - minElectionTimeout))
	rf.electionDeadline = time.Now().Add(minElectionTimeout + time.Duration(spread))
}

func (rf *Raft) electionLoop() {
	for !rf.killed() {
		time.Sleep(rf.checkElectionTimer())
	}
}

// checkElectionTimer does what is due when the timer has run off, and returns
// how long to sleep before looking again.
//
// That is until the deadline, but no longer than the minimum timeout. A
// deadline drawn during the sleep may lie before the present one, yet never
// less than the minimum timeout away: so no deadline is slept through.
//
// Followers 2, Candidates 4 (§5.2): start an election, or ask first whether it
// could be won. A leader's timer is about those who answer it.
func (rf *Raft) checkElectionTimer() time.Duration {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	if rf.role == leader && rf.options.NoCheckQuorum {
		return minElectionTimeout
	}
	if !time.Now().Before(rf.electionDeadline) {
		switch {
		case rf.role == leader:
			rf.checkQuorumLocked()
		case rf.options.NoPreVote:
			rf.campaignLocked()
		default:
			rf.preCampaignLocked()
		}
	}
	return min(time.Until(rf.electionDeadline), minElectionTimeout)
}

// campaignLocked is Candidates 1 (§5.2). The new term and the own vote are
// saved before the first request can leave.
func (rf *Raft) campaignLocked() {
	rf.becomeCandidateLocked()
	rf.persistLocked()
	args := RequestVoteArgs{
		Term:         rf.currentTerm,
		CandidateId:  rf.me,
		LastLogIndex: rf.log.lastIndex(),
		LastLogTerm:  rf.log.lastTerm(),
	}
	for peer := range rf.peers {
		if peer != rf.me {
			go rf.requestVote(peer, args)
		}
	}
	rf.onVoteLocked() // the own one: alone, a server leads with it
}

// onVoteLocked counts a vote granted in the current term.
//
// Candidates 2 (§5.2): a majority makes the leader.
func (rf *Raft) onVoteLocked() {
	rf.votes++
	if rf.votes >= rf.quorum() {
		rf.becomeLeaderLocked()
	}
}

// requestVote asks one peer for its vote, once, and handles the answer.
func (rf *Raft) requestVote(peer int, args RequestVoteArgs) {
	var reply RequestVoteReply
	if !rf.peers[peer].Call("Raft.RequestVote", &args, &reply) {
		return
	}
	rf.mu.Lock()
	defer rf.mu.Unlock()
	defer rf.persistLocked()
	if !rf.countsLocked(candidate, args.Term, reply.Term) {
		return
	}
	if reply.VoteGranted {
		rf.onVoteLocked()
	}
}

// RequestVote is Figure 2's RequestVote RPC, at the receiver.
func (rf *Raft) RequestVote(args *RequestVoteArgs, reply *RequestVoteReply) {
	rf.mu.Lock()
	defer rf.mu.Unlock()

	// Thesis §4.2.3: while this server hears its leader it does not heed the
	// request, nor its term.
	if rf.hearsLeaderLocked() && !rf.options.NoLease {
		reply.Term = rf.currentTerm
		return
	}
	defer rf.persistLocked()
	rf.observeTermLocked(args.Term)
	reply.Term = rf.currentTerm

	// RequestVote 1 (§5.1): refuse a candidate of an older term.
	if args.Term < rf.currentTerm {
		return
	}

	// RequestVote 2 (§5.2): one vote a term, and the same answer to the
	// same candidate when it asks again.
	if rf.votedFor != nobody && rf.votedFor != args.CandidateId {
		return
	}

	// RequestVote 2 (§5.4.1): only to a log at least as up-to-date as the own.
	if !rf.log.upToDate(args.LastLogIndex, args.LastLogTerm) {
		return
	}

	rf.voteLocked(args.CandidateId)
	rf.becomeFollowerLocked(rf.currentTerm) // a pre-candidate leaves it to the candidate
	reply.VoteGranted = true

	// Followers 2 (§5.2): a vote granted resets the timer, a refused one does not.
	rf.resetElectionTimerLocked()
}
