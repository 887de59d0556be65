package kvraft

import (
	"raftlabs/kvraft/kvapi"
	"raftlabs/labgob"
	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/raft/raftapi"
	"raftlabs/solutions/raft"
)

// KVServer is one server of the service. Clerks call "KVServer.Execute".
type KVServer struct {
	rf           raftapi.Raft
	applyCh      chan raftapi.ApplyMsg
	maxRaftState int
	read         readPath
	killed       chan struct{} // closed by Kill

	grown int // bytes applied since the last snapshot, about; the applier's own

	mu labsync.Mutex // guards everything below; taken before Raft's own, never after

	machine     machine
	lastApplied int // the last index that machine contains
	waiters     waiters
	toWatch     *labsync.Cond // there are waiters, or dead is set
	toRead      *labsync.Cond // lastApplied has grown, or dead is set
	dead        bool          // set by Kill
}

var _ kvapi.StartFunc = StartKVServer

// StartKVServer starts server me with the machine that its last snapshot holds.
// What was applied after that, Raft applies again. Gets are answered ByReadIndex.
func StartKVServer(servers []*labrpc.ClientEnd, me int, persister raftapi.Persister, maxRaftState int) kvapi.Server {
	return start(servers, me, persister, maxRaftState, ByReadIndex)
}

// start is StartKVServer with a way to answer Gets.
func start(servers []*labrpc.ClientEnd, me int, persister raftapi.Persister, maxRaftState int, reads Reads) *KVServer {
	labgob.Register(Op{}) // it travels and is saved as a Raft command, an any
	kv := &KVServer{
		applyCh:      make(chan raftapi.ApplyMsg),
		maxRaftState: maxRaftState,
		killed:       make(chan struct{}),
		machine:      newMachine(),
		waiters:      newWaiters(),
	}
	kv.toWatch = labsync.NewCond(&kv.mu)
	kv.toRead = labsync.NewCond(&kv.mu)
	if saved := persister.ReadSnapshot(); len(saved) > 0 {
		kv.machine, kv.lastApplied = decode(saved)
	}
	kv.rf = raft.Make(servers, me, persister, kv.applyCh)
	kv.read = reads.over(kv.rf)
	go kv.applyLoop()
	go kv.watchLoop()
	return kv
}

// Raft is this server's Raft.
func (kv *KVServer) Raft() raftapi.Raft { return kv.rf }

// Kill stops the server and its Raft. Handlers that wait are sent away.
func (kv *KVServer) Kill() {
	if kv.close() {
		close(kv.killed)
		kv.rf.Kill()
	}
}

// close lets nobody wait any more. It returns false if that was so before.
func (kv *KVServer) close() bool {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	if kv.dead {
		return false
	}
	kv.dead = true
	kv.waiters.lose()
	kv.toWatch.Broadcast()
	kv.toRead.Broadcast()
	return true
}

// Execute is what clerks call: it executes an operation, and answers once that
// has taken effect or when nobody here can tell any more.
func (kv *KVServer) Execute(op *Op, reply *Reply) {
	if op.Kind == Get {
		*reply = kv.read(kv, *op)
	} else {
		*reply = kv.commit(*op)
	}
}

// commit puts an operation into the log and waits until it is applied, without
// the lock.
func (kv *KVServer) commit(op Op) Reply {
	w, reply := kv.propose(op)
	if w != nil {
		reply = <-w.answer
	}
	return reply
}

// propose gives an operation to Raft and returns who waits for it. Where there is
// nothing to wait for, it returns the answer.
//
// The lock is held over Raft's Start, which waits for nobody: otherwise the
// entry could be applied before anybody waits for it.
func (kv *KVServer) propose(op Op) (*waiter, Reply) {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	if kv.machine.executed(op) {
		return nil, Reply{Done: true} // the answer to an earlier try was lost
	}
	if kv.dead {
		return nil, Reply{}
	}
	index, term, isLeader := kv.rf.Start(op)
	if !isLeader {
		kv.waiters.lose()
		return nil, Reply{}
	}
	w := kv.waiters.add(index, term, op)
	kv.toWatch.Signal()
	return w, Reply{}
}
