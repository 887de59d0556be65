package kvraft

import (
	"sync/atomic"

	"raftlabs/kvraft/kvapi"
	"raftlabs/labgob"
	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/raft"
	"raftlabs/raft/raftapi"
)

// Op is what goes into the log. It travels and is saved, so its fields begin with
// capital letters.
type Op struct {
	// Your code here.
	//
	// Step A: what to do, with which key and which value.
	//
	// Step B: whose operation it is, and which: see "Exactly once".
}

// Args is what a clerk asks with. It may well be an Op.
type Args struct {
	// Your code here.
}

// Reply is the answer: the value that a Get has found, and whether the operation
// was executed at all. A reply without anything set must not look like success.
type Reply struct {
	// Your code here.
}

// KVServer is one server of the service. Clerks call its methods by the name of
// this type: "KVServer.Execute".
type KVServer struct {
	rf           raftapi.Raft
	applyCh      chan raftapi.ApplyMsg // Raft sends, one goroutine of this server reads
	maxRaftState int                   // Step C: how large PersistBytes may grow, about; -1: no snapshots
	dead         atomic.Bool           // set by Kill

	mu labsync.Mutex // guards everything below

	// Your code here.
	//
	// Step A: the values by key, and who waits for which index.
	//
	// Step B: for each clerk, what was executed for it last.
	//
	// Step C: the index up to which all of this is applied.
}

// StartKVServer starts server me. servers are its Raft's peers, and persister is
// its Raft's. It must return quickly.
func StartKVServer(servers []*labrpc.ClientEnd, me int, persister raftapi.Persister, maxRaftState int) kvapi.Server {
	notYet("StartKVServer", "server.go") // Step A: delete this line

	labgob.Register(Op{}) // Raft knows its commands as any, so gob must be told

	kv := &KVServer{maxRaftState: maxRaftState, applyCh: make(chan raftapi.ApplyMsg)}

	// Your code here (step A): make the maps.
	//
	// Step C: take up what persister.ReadSnapshot returns, if it is not empty. Raft
	// will send only what comes after it. (It may send that same snapshot first.)

	kv.rf = raft.Make(servers, me, persister, kv.applyCh)

	// Step A: start the goroutine that reads applyCh, see "Applying".
	return kv
}

// Raft is this server's Raft. The tests serve it on the network, and ask it who
// leads.
func (kv *KVServer) Raft() raftapi.Raft { return kv.rf }

// Kill tells this server that it is no longer needed. Within 2 s all of its
// goroutines must have ended, those of its Raft and all handlers included.
func (kv *KVServer) Kill() {
	kv.dead.Store(true)
	kv.rf.Kill()

	kv.mu.Lock()
	defer kv.mu.Unlock()
	// Your code here (step A): send away all handlers that wait.
	//
	// The reader of applyCh must go on for a while: a goroutine of Raft's may be
	// about to send, and ends only when that is read. Let it read for another
	// second, without applying anything, and then end. A reader that waits for
	// applyCh does not see a flag: close a channel too, for which it waits as well.
}

// killed is asked by every loop that is to end with this server.
//
//lint:ignore U1000 Your code calls it from step A on. Delete this line then.
func (kv *KVServer) killed() bool { return kv.dead.Load() }

// ---- Step A: operations

// Execute is called when a clerk asks for an operation. Any number of clerks may
// ask at once, and the network may deliver one request twice.
func (kv *KVServer) Execute(args *Args, reply *Reply) {
	notYet("Execute", "server.go") // Step A: delete this line

	// Your code here.
	//
	// Give the operation to Raft's Start. Where this server does not lead, or was
	// killed, say so: the clerk asks another one.
	//
	// Otherwise wait until the operation has been applied, and answer with the
	// result. See "Waiting". The lock must not be held meanwhile: the one who
	// applies needs it.
}

// Applying. One goroutine reads applyCh as long as this server lives, and does
// with the state what each operation says, in the order in which they come. Nobody
// else changes it. Every server does this, whether it leads or not: this is what
// makes them equal.
//
//   - A message with CommandValid has an operation in Command: op, ok := m.Command.(Op).
//     Command may be nil, where Raft has put an entry of its own into the log. The
//     state stays as it is, but the index is applied, and whoever waits there has
//     lost his place.
//   - Step C: a message with SnapshotValid replaces the state.
//
// What a Get returns is what the state holds at this very moment, when its turn
// in the log has come. A moment later may be too late, and the moment of the
// request is too early.

// Waiting. A handler that Start has given an index waits for what is applied at
// that index. The goroutine that applies finds out who waits there, and hands over
// the result: for example with a channel that has room for one result, kept in a
// map under the index. It must not be kept waiting itself.
//
// Start may return after the entry was applied, if the lock is not held: then
// nobody comes any more. Either hold the lock over Start, which waits for
// nobody, until the handler stands in the map, or look whether the index is
// applied already. If you do the former, take the locks in this order everywhere:
// never call the service with Raft's lock held.

// ---- Step B: faults

// Whose entry is it? An index that Start has returned may hold something else in
// the end: this server was deposed before the entry was replicated, and a later
// leader's entry stands there (§5.3). A handler that answers just because its
// index was applied confirms what was never executed. Compare the operation that
// was applied with the one that was started: clerk and number, not one of them.
//
// Losing leadership. A handler must not wait for ever. It is to tell its clerk to
// go elsewhere when its operation has lost its place, or may have:
//
//   - another operation was applied at its index, and then those that wait for
//     later indexes of the same term have lost theirs as well;
//   - this server leads another term than the one in which it started the
//     operation, or leads no more. Each Start tells the term. But if nobody calls
//     Start and nothing is applied, nobody notices: somebody must ask GetState now
//     and then, while anybody waits;
//   - this server was cut off with a minority. Its Raft cannot know, and says that
//     it leads. Nothing is applied any more, so only the time tells: a second
//     without any progress, while somebody waits, is a long time;
//   - the server is killed.
//
// Telling a clerk to go elsewhere is never wrong, even if the operation is
// executed after all. It will ask again, and that must do no harm:

// Exactly once (§8, thesis §6.3). An operation can be in the log more than once,
// because its clerk has asked two servers, or the network has delivered the
// request twice. So it is not enough to look before Start. The decision is made
// when the operation is applied, from what was applied before, and then it is the
// same on all servers: a write that was executed already changes nothing.
//
// What has to be remembered is little. A clerk has one operation at a time and
// numbers them in order: so a number at or below that of its last executed write
// was executed, or nobody waits for it. One entry a clerk is enough, and the
// table must not grow with the number of operations: the tests look. Does a Get
// belong into it? Think about what it means to execute one twice.

// ---- Step C: snapshots (§7)

// Taking one. After applying an operation, compare PersistBytes with
// maxRaftState. When it comes near, to three quarters say, encode the state with
// labgob and give it to Raft's Snapshot, with the index that was applied last.
// Encode with the lock held: the maps must not change meanwhile. Call Snapshot
// from the goroutine that applies, and nothing can come in between. maxRaftState
// -1 is no limit at all.
//
// What belongs into it: all that applying depends on. If the values are in the
// snapshot and what is remembered of the clerks is not, then after a restart a
// write is executed again whose answer was lost.
//
// Installing one. A message with SnapshotValid replaces the whole state by that of
// SnapshotIndex, unless this server is there already. Handlers that wait for
// indexes up to there will not be told: their entries do not come one by one any
// more. Send them away.
