package raft

import (
	"cmp"
	"slices"
	"time"
)

// stamp marks a moment in the life of an instance. Every request of a leader has
// the stamp of when it was built, and its answer counts from then: what was true
// of a peer when it answered was true at some time after that, and nothing is
// known of the time since.
//
// seq is for what must not rest on a clock, which is the order of things. at is
// for what cannot do without one.
type stamp struct {
	seq int // the next stamp's is one more
	at  time.Time
}

func (rf *Raft) stampLocked() stamp {
	rf.seq++
	return stamp{seq: rf.seq, at: time.Now()}
}

// resetContactLocked is how a leadership begins: nobody has answered it, and
// everybody has an election timeout to do so.
func (rf *Raft) resetContactLocked() {
	clear(rf.contact)
	rf.electionDeadline = time.Now().Add(maxElectionTimeout)
}

// onAnswerLocked notes that a peer has answered a request of the current term,
// which left at sent. By the same term the peer says that it follows this leader.
func (rf *Raft) onAnswerLocked(peer int, sent stamp) {
	if sent.seq > rf.contact[peer].seq {
		rf.contact[peer] = sent
	}
	rf.advanceReadsLocked()
}

// quorumContactLocked is the latest stamp from which on a majority has answered
// something, this server included, who is in contact with itself at any time.
func (rf *Raft) quorumContactLocked() stamp {
	contact := slices.Clone(rf.contact)
	contact[rf.me] = stamp{seq: rf.seq, at: time.Now()}
	slices.SortFunc(contact, func(a, b stamp) int { return cmp.Compare(a.seq, b.seq) })
	return contact[len(contact)-rf.quorum()]
}

// checkQuorumLocked is what a leader does when its timer runs off (thesis §6.2):
// it steps down if no majority has answered it for an election timeout. The
// term stays, since nothing has happened in it.
//
// So the clients of a leader that is cut off go elsewhere. And followers that
// hear a leader which hears none of them get rid of it.
func (rf *Raft) checkQuorumLocked() {
	deadline := rf.quorumContactLocked().at.Add(maxElectionTimeout)
	if time.Now().Before(deadline) {
		rf.electionDeadline = deadline
		return
	}
	rf.becomeFollowerLocked(rf.currentTerm)
}
