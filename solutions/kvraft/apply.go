package kvraft

import (
	"time"

	"raftlabs/raft/raftapi"
)

// drainTime is how long a server that was killed goes on to read applyCh. It is
// for Raft, one of whose goroutines may be about to send there: it ends only when
// somebody reads. Raft need not say when it is through.
const drainTime = time.Second

// applyLoop takes what Raft commits, in order. Nobody else changes the machine.
func (kv *KVServer) applyLoop() {
	for {
		select {
		case msg, open := <-kv.applyCh:
			if !open {
				return
			}
			kv.deliver(msg)
		case <-kv.killed:
			kv.drain()
			return
		}
	}
}

func (kv *KVServer) drain() {
	enough := time.After(drainTime)
	for {
		select {
		case _, open := <-kv.applyCh:
			if !open {
				return
			}
		case <-enough:
			return
		}
	}
}

// deliver takes one message of Raft's.
func (kv *KVServer) deliver(msg raftapi.ApplyMsg) {
	if msg.SnapshotValid {
		kv.install(msg.SnapshotIndex, msg.Snapshot)
		return
	}
	kv.apply(msg.CommandIndex, msg.Command)
	kv.maybeSnapshot()
}

// apply applies the entry at index and tells who waits for it. A leader's no-op,
// whose command is nil, changes nothing.
func (kv *KVServer) apply(index int, command any) {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	var value string
	if op, ok := command.(Op); ok {
		value = kv.machine.apply(op)
		kv.grown += op.size()
	}
	kv.lastApplied = index
	kv.waiters.applied(index, command, value)
	kv.toRead.Broadcast()
}

// install replaces the machine by that of a leader's snapshot. Raft may send the
// one that the machine was restored from when the server started.
func (kv *KVServer) install(index int, data []byte) {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	if index <= kv.lastApplied {
		return
	}
	kv.machine, kv.lastApplied = decode(data)
	kv.waiters.installed(&kv.machine)
	kv.toRead.Broadcast()
	kv.grown = 0
}
