package raft

import (
	"bytes"
	"fmt"
	"time"

	"raftlabs/labgob"
)

// persistent is the "persistent state on all servers" of Figure 2 as it is
// saved, with what a trimmed log begins with (§7).
//
// A save holds the whole log, and there is one for each command. So that it
// does not encode the whole log each time, entries are encoded in blocks: a
// block that is full is encoded once, and later saves copy its bytes.
type persistent struct {
	CurrentTerm       int
	VotedFor          int
	LastIncludedIndex int
	LastIncludedTerm  int
	Blocks            [][]byte   // the log but for its tail, each a []LogEntry of blockSize
	Tail              []LogEntry // less than a block
}

const blockSize = 64

// persistLocked saves what has changed since the last save, the snapshot
// together with the state. It is the only way to save, and runs before anything
// that rests on the change leaves this server (Figure 2: "updated on stable
// storage before responding to RPCs").
func (rf *Raft) persistLocked() {
	if !rf.unsaved {
		return
	}
	blocks, tail := rf.log.blocks()
	rf.persister.Save(encode(persistent{
		CurrentTerm:       rf.currentTerm,
		VotedFor:          rf.votedFor,
		LastIncludedIndex: rf.log.base,
		LastIncludedTerm:  rf.log.baseTerm,
		Blocks:            blocks,
		Tail:              tail,
	}), rf.snapshot)
	rf.unsaved = false
}

// blocks seals the blocks that have filled up since the last save. It returns
// all of them, and the entries after them.
func (l *raftLog) blocks() (blocks [][]byte, tail []LogEntry) {
	tail = l.entries[len(l.sealed)*blockSize:]
	for len(tail) >= blockSize {
		l.sealed = append(l.sealed, encode(tail[:blockSize]))
		tail = tail[blockSize:]
	}
	return l.sealed, tail
}

// restoreLocked takes up the state that an earlier instance saved. A server that
// never saved keeps its first state.
//
// What the snapshot stands for was committed and applied. The service restores
// itself from the persister's snapshot before it reads applyCh, so the first
// entry that it gets is the one after.
func (rf *Raft) restoreLocked() {
	state := rf.persister.ReadRaftState()
	if len(state) == 0 {
		return
	}
	var p persistent
	decode(state, &p)
	rf.enterTermLocked(p.CurrentTerm)
	rf.votedFor = p.VotedFor
	rf.log = raftLog{base: p.LastIncludedIndex, baseTerm: p.LastIncludedTerm, sealed: p.Blocks}
	for _, block := range p.Blocks {
		var entries []LogEntry
		decode(block, &entries)
		rf.log.append(entries...)
	}
	rf.log.append(p.Tail...)
	rf.snapshot = rf.persister.ReadSnapshot()
	rf.commitIndex = rf.log.base
	rf.lastApplied = rf.log.base
	rf.leaderHeard = time.Now() // perhaps; see lease.go
	rf.unsaved = false
}

// encode panics where it fails: without its state a server can say nothing
// that is true.
func encode(v any) []byte {
	var b bytes.Buffer
	if err := labgob.NewEncoder(&b).Encode(v); err != nil {
		panic(fmt.Errorf("raft: cannot encode the persistent state, a %T: %w", v, err))
	}
	return b.Bytes()
}

// decode panics likewise.
func decode(b []byte, v any) {
	if err := labgob.NewDecoder(bytes.NewReader(b)).Decode(v); err != nil {
		panic(fmt.Errorf("raft: cannot decode %d bytes of the persistent state to a %T: %w", len(b), v, err))
	}
}

// PersistBytes is the size of the saved state, without the snapshot.
func (rf *Raft) PersistBytes() int { return rf.persister.RaftStateSize() }
