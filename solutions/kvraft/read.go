package kvraft

import (
	"raftlabs/kvraft/kvapi"
	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
)

// Reads says how a server answers a Get: with a value that is not older than
// the Get itself, whoever else believes to be leader (§8).
type Reads int

const (
	ByReadIndex Reads = iota // all Gets of a moment share a round of heartbeats (thesis §6.4)
	ByLease                  // no messages while the leader has its lease (thesis §6.4.1)
	ByLog                    // each Get is an entry of the log (§8)
)

// StartWith returns a StartKVServer that answers Gets in a way of its own.
func StartWith(reads Reads) kvapi.StartFunc {
	return func(servers []*labrpc.ClientEnd, me int, persister raftapi.Persister, maxRaftState int) kvapi.Server {
		return start(servers, me, persister, maxRaftState, reads)
	}
}

// readPath answers a Get.
type readPath func(*KVServer, Op) Reply

// over is the way on a Raft, which may have nothing but its log for it.
func (r Reads) over(rf raftapi.Raft) readPath {
	reader, ok := rf.(raftapi.Reader)
	switch {
	case r == ByLog || !ok:
		return readThroughLog
	case r == ByLease:
		return func(kv *KVServer, op Op) Reply { return kv.readByLease(reader, op) }
	default:
		return func(kv *KVServer, op Op) Reply { return kv.readByIndex(reader, op) }
	}
}

// readThroughLog gives the Get a place in the log, like a write. What the
// machine holds when it comes to that place is the answer, and only a leader that
// reaches a majority gets there. It costs a round and a save for each read.
func readThroughLog(kv *KVServer, op Op) Reply { return kv.commit(op) }

// readByIndex asks Raft how far the machine must be, which takes it a round, and
// leaves no entry.
func (kv *KVServer) readByIndex(reader raftapi.Reader, op Op) Reply {
	index, ok := reader.ReadIndex()
	if !ok {
		return Reply{} // another server leads, or nobody does
	}
	return kv.valueAt(index, op)
}

// readByLease does the same by the clock. A leader that is new, or was not
// answered lately, takes the round.
func (kv *KVServer) readByLease(reader raftapi.Reader, op Op) Reply {
	index, ok := reader.LeaseRead()
	if !ok {
		return kv.readByIndex(reader, op)
	}
	return kv.valueAt(index, op)
}

// valueAt answers once the machine has come to index. It is committed, and this
// server knows it, so nothing keeps the applier from getting there: a leadership
// that is lost meanwhile does not matter. What the machine has applied beyond
// index is newer, and as good.
func (kv *KVServer) valueAt(index int, op Op) Reply {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	for kv.lastApplied < index && !kv.dead {
		kv.toRead.Wait()
	}
	if kv.dead {
		return Reply{}
	}
	return Reply{Done: true, Value: kv.machine.values[op.Key]}
}
