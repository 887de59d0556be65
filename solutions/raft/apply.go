package raft

import (
	"bytes"

	"raftlabs/raft/raftapi"
)

// applyBatch is how many entries are copied in one section of the lock.
const applyBatch = 256

// applyLoop sends what is committed on applyCh, in order. It is the only one
// who does, so a snapshot cannot overtake an entry, nor an entry a snapshot.
// A service that is slow to read holds up this goroutine and nobody else.
func (rf *Raft) applyLoop() {
	var due []raftapi.ApplyMsg
	for {
		due = rf.awaitCommitted(due[:0])
		if len(due) == 0 {
			return
		}
		for _, msg := range due {
			if rf.killed() {
				return
			}
			rf.applyCh <- msg
		}
		clear(due) // the commands and snapshots may go
	}
}

// awaitCommitted waits until something is to be applied and appends it to due.
// It appends nothing once the instance was killed.
//
// All Servers 1 (§5.3): apply from lastApplied+1 to commitIndex. Where the log
// was trimmed past lastApplied by a leader's snapshot, that comes first.
func (rf *Raft) awaitCommitted(due []raftapi.ApplyMsg) []raftapi.ApplyMsg {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	for rf.lastApplied >= rf.commitIndex {
		if rf.killed() {
			return nil
		}
		rf.toApply.Wait()
	}
	if rf.lastApplied < rf.log.base {
		rf.lastApplied = rf.log.base
		return append(due, raftapi.ApplyMsg{
			SnapshotValid: true,
			Snapshot:      bytes.Clone(rf.snapshot),
			SnapshotTerm:  rf.log.baseTerm,
			SnapshotIndex: rf.log.base,
		})
	}
	count := min(rf.commitIndex-rf.lastApplied, applyBatch)
	for _, entry := range rf.log.copyFrom(rf.lastApplied+1, count) {
		rf.lastApplied++
		due = append(due, raftapi.ApplyMsg{
			CommandValid: true,
			Command:      entry.Command,
			CommandIndex: rf.lastApplied,
		})
	}
	return due
}
