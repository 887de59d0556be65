package raft

import "time"

// leaseTimeout is how long a leader may count on a majority that has answered
// it, from when it asked. It is less than the minimum election timeout by more
// than the clocks of two servers can differ over that time.
const leaseTimeout = minElectionTimeout - heartbeatInterval

// A lease (thesis §6.4.1) is a promise of a majority, and it takes both sides.
//
// The voters: for a minimum election timeout after it has heard a leader a
// server takes no part in the election of another one. It does not campaign,
// because no timeout is shorter, and does not vote, because of hearsLeaderLocked.
// It counts from when the request ARRIVED.
//
// The leader: it counts from when the request LEFT, which is earlier, whatever
// the way took, and counts less. So while it has the answers of a majority,
// every majority that could elect somebody has a server which still keeps its
// promise. When it steps down it may vote itself, so the lease is void.

// hearsLeaderLocked tells whether this server has a leader, as far as it can
// know: it leads itself, or has heard one within the minimum election timeout. A
// higher term, or that it led before, changes nothing about whom it has heard.
//
// A server that was restarted has forgotten whom it heard, perhaps a moment
// ago. It counts as heard when the server starts.
func (rf *Raft) hearsLeaderLocked() bool {
	return rf.role == leader || time.Since(rf.leaderHeard) < minElectionTimeout
}

// LeaseRead is ReadIndex without a message, by the clock. Right after an
// election, and where the answers are late, it does not know.
func (rf *Raft) LeaseRead() (index int, ok bool) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	if rf.options.NoLease || !rf.leadsLocked(rf.currentTerm) || !rf.knowsCommittedLocked() {
		return 0, false
	}
	if time.Since(rf.quorumContactLocked().at) >= leaseTimeout {
		return 0, false
	}
	return rf.commitIndex, true
}
