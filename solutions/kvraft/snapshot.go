package kvraft

import (
	"bytes"
	"fmt"

	"raftlabs/labgob"
)

// snapshot is the machine up to an index, as Raft saves it and sends it to a
// follower (§7). The sessions belong to it: without them, a write that it
// contains would be executed again when its clerk repeats it.
type snapshot struct {
	LastApplied int
	Values      map[string]string
	Sessions    map[int64]int
}

// encode copies the machine, so that it can go on meanwhile.
func encode(m machine, lastApplied int) []byte {
	var b bytes.Buffer
	s := snapshot{LastApplied: lastApplied, Values: m.values, Sessions: m.sessions}
	if err := labgob.NewEncoder(&b).Encode(s); err != nil {
		panic(fmt.Errorf("kvraft: cannot encode a snapshot of %d keys: %w", len(m.values), err))
	}
	return b.Bytes()
}

// decode panics where data is no snapshot: a server that goes on without its
// state answers with what is not true.
func decode(data []byte) (m machine, lastApplied int) {
	s := snapshot{Values: map[string]string{}, Sessions: map[int64]int{}} // gob leaves out what is empty
	if err := labgob.NewDecoder(bytes.NewReader(data)).Decode(&s); err != nil {
		panic(fmt.Errorf("kvraft: cannot decode %d bytes as a snapshot: %w", len(data), err))
	}
	return machine{values: s.Values, sessions: s.Sessions}, s.LastApplied
}

// maybeSnapshot has Raft drop what was applied when its state nears maxRaftState.
// At three quarters there is room for what is under way.
//
// Some of the state cannot be dropped: what is not applied yet, above all where a
// server catches up, and Raft's own. So that there is no snapshot for each entry
// then, a quarter must have been applied since the last one.
func (kv *KVServer) maybeSnapshot() {
	limit := kv.maxRaftState
	if limit < 0 || kv.grown < limit/4 || kv.rf.PersistBytes() < limit/4*3 {
		return
	}
	index, data := kv.takeSnapshot()
	kv.rf.Snapshot(index, data)
}

func (kv *KVServer) takeSnapshot() (index int, data []byte) {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	kv.grown = 0
	return kv.lastApplied, encode(kv.machine, kv.lastApplied)
}
