package raft

import "slices"

// advanceCommitLocked is called when a matchIndex of the leader has grown, its
// own included.
//
// Leaders 4 (§5.3, §5.4.2): commit the last entry that a majority holds, if it
// is of the current term; what is before it is committed along with it. Terms
// never fall along a log, so if that entry is of an older term, every one before
// it is, too.
func (rf *Raft) advanceCommitLocked() {
	held := slices.Clone(rf.matchIndex)
	slices.Sort(held)
	n := held[len(held)-rf.quorum()] // a quorum of servers hold n or more
	if n > rf.commitIndex && rf.log.term(n) == rf.currentTerm {
		rf.commitLocked(n)
		rf.toRead.Broadcast() // it may be the first of its term
	}
}

// commitLocked commits everything up to index and has it applied. What is
// committed stays so.
func (rf *Raft) commitLocked(index int) {
	if index > rf.commitIndex {
		rf.commitIndex = index
		rf.toApply.Signal()
	}
}
