package raft

import (
	"bytes"
	"time"
)

// Snapshot has snapshot stand for everything up to index, and drops that part
// of the log (§7). State and snapshot go into one save: neither is of use
// without the other.
//
// An index up to that of the present snapshot is old news, a leader may have
// sent a newer one meanwhile. One beyond lastApplied was never given to the
// service.
func (rf *Raft) Snapshot(index int, snapshot []byte) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	if index <= rf.log.base || index > rf.lastApplied {
		return
	}
	rf.setSnapshotLocked(index, rf.log.term(index), bytes.Clone(snapshot))
	rf.persistLocked()
}

// setSnapshotLocked is the only place where the snapshot changes, and the log
// with it. The bytes are shared with requests under way and never change.
func (rf *Raft) setSnapshotLocked(index, term int, snapshot []byte) {
	rf.log.trim(index, term)
	rf.snapshot = snapshot
	rf.unsaved = true
}

// snapshotForLocked is the snapshot for a peer whose next entry was dropped.
func (rf *Raft) snapshotForLocked(r *replicator) InstallSnapshotArgs {
	r.sent, r.patience = rf.stampLocked(), snapshotPatience
	return InstallSnapshotArgs{
		Term:              rf.currentTerm,
		LeaderId:          rf.me,
		LastIncludedIndex: rf.log.base,
		LastIncludedTerm:  rf.log.baseTerm,
		Data:              rf.snapshot,
	}
}

// sendSnapshot sends a snapshot and handles the answer. An answer in this term
// means that the peer has it, or something newer.
func (rf *Raft) sendSnapshot(r *replicator, args InstallSnapshotArgs) {
	var reply InstallSnapshotReply
	ok := rf.peers[r.peer].Call("Raft.InstallSnapshot", &args, &reply)
	rf.mu.Lock()
	defer rf.mu.Unlock()
	defer rf.persistLocked()
	sent := r.sent
	r.sent, r.silent = stamp{}, !ok
	if !ok || !rf.countsLocked(leader, args.Term, reply.Term) {
		return
	}
	rf.onMatchLocked(r.peer, args.LastIncludedIndex)
	rf.onAnswerLocked(r.peer, sent)
}

// InstallSnapshot is Figure 13's InstallSnapshot RPC, at the receiver.
func (rf *Raft) InstallSnapshot(args *InstallSnapshotArgs, reply *InstallSnapshotReply) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	defer rf.persistLocked()
	rf.observeTermLocked(args.Term)
	reply.Term = rf.currentTerm

	// InstallSnapshot 1 (§5.1): refuse a leader of an older term.
	if args.Term < rf.currentTerm {
		return
	}

	// Candidates 3, Followers 2 (§5.2): this is the term's leader.
	rf.becomeFollowerLocked(args.Term)
	rf.resetElectionTimerLocked()
	rf.leaderHeard = time.Now()

	// What is committed here is in the log or in the own snapshot, and reaches
	// the service from there. A snapshot of it would take the service back.
	if args.LastIncludedIndex <= rf.commitIndex {
		return
	}

	// InstallSnapshot 5 to 7 (§7): save the snapshot; keep what follows it in
	// the log if the log contains its last entry, and nothing if not.
	rf.setSnapshotLocked(args.LastIncludedIndex, args.LastIncludedTerm, args.Data)

	// InstallSnapshot 8 (§7): it goes to the service, which the applier sees
	// to in its turn.
	rf.commitLocked(args.LastIncludedIndex)
}
