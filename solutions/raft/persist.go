package raft

import (
	"bytes"
	"fmt"

	"raftlabs/labgob"
)

// persistent is Figure 2's "persistent state on all servers" as it is saved.
type persistent struct {
	CurrentTerm int
	VotedFor    int
	Log         []LogEntry
}

// persistLocked saves what has changed since the last save. It is the only way
// to save, and runs before anything that rests on the change leaves this
// server (Figure 2: "updated on stable storage before responding to RPCs").
// The snapshot is saved as it was.
func (rf *Raft) persistLocked() {
	if !rf.unsaved {
		return
	}
	var state bytes.Buffer
	err := labgob.NewEncoder(&state).Encode(persistent{rf.currentTerm, rf.votedFor, rf.log.entries})
	if err != nil {
		panic(fmt.Errorf("raft: cannot encode the persistent state: %w", err))
	}
	rf.persister.Save(state.Bytes(), rf.persister.ReadSnapshot())
	rf.unsaved = false
}

// restoreLocked takes up the state that an earlier instance saved. A server that
// never saved keeps its first state.
func (rf *Raft) restoreLocked() {
	state := rf.persister.ReadRaftState()
	if len(state) == 0 {
		return
	}
	var p persistent
	if err := labgob.NewDecoder(bytes.NewReader(state)).Decode(&p); err != nil {
		panic(fmt.Errorf("raft: cannot decode the %d bytes of saved state: %w", len(state), err))
	}
	rf.enterTermLocked(p.CurrentTerm)
	rf.votedFor = p.VotedFor
	rf.log.entries = p.Log
	rf.unsaved = false
}
