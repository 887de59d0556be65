// Package raftapi is the contract between a Raft implementation, the service
// above it and the suites that test it. It holds types only.
//
// # One instance
//
// Make starts one server of a cluster; its type is [MakeFunc]. The value it
// returns is a [Raft]. It answers RPCs under the service name "Raft", which
// is the name of its type: Raft.RequestVote, Raft.AppendEntries,
// Raft.InstallSnapshot and, from the robust-elections stage on,
// Raft.RequestPreVote.
//
// RPC structs are the implementation's own. Their fields carry the names of
// the paper's Figure 2 and Figure 13, and gob matches fields by name, so a
// test can read them and can play a peer:
//
//	RequestVote      Term CandidateId LastLogIndex LastLogTerm
//	                 -> Term VoteGranted
//	AppendEntries    Term LeaderId PrevLogIndex PrevLogTerm
//	                 Entries []{Term Command} LeaderCommit
//	                 -> Term Success
//	InstallSnapshot  Term LeaderId LastIncludedIndex LastIncludedTerm Data
//	                 -> Term
//
// More fields are free. RequestPreVote has RequestVote's fields, its Term is
// the asker's currentTerm+1. InstallSnapshot is sent whole.
//
// # What an instance promises
//
//   - Log indexes start at 1. Every committed entry reaches applyCh in index
//     order and without a gap, once in the lifetime of the instance. A
//     snapshot may jump forward. After a restart an instance may first deliver
//     its saved snapshot or go on at LastIncludedIndex+1; without a snapshot
//     it replays from 1.
//   - An entry without a client's command (a leader's no-op) is delivered with
//     CommandValid true and Command nil.
//   - After Kill every goroutine of the instance ends within 2 s. Pending
//     Calls return false at once, and applyCh is drained meanwhile. The
//     instance may close applyCh, it need not.
//   - Leaders send at most 25 heartbeats a second to an idle peer. A leader is
//     there within 5 s of a majority being connected. A command is replicated
//     when it is started, not at the next heartbeat.
//   - No leader is deposed without a fault, where the minimum election timeout
//     is at least 3 heartbeat intervals and 10 round trips.
//
// # Reads
//
// From the reads stage on the instance is a [Reader], too: it tells how far a
// service must have applied the log to answer a read by itself, without an entry
// for it.
//
// All of these times are of the clock that the instance sees, which in a test
// is a virtual one.
package raftapi

import (
	"fmt"

	"raftlabs/labrpc"
)

// ApplyMsg is what an instance sends on applyCh: a committed entry
// (CommandValid) or a snapshot to install in the service (SnapshotValid).
type ApplyMsg struct {
	CommandValid bool
	Command      any
	CommandIndex int

	SnapshotValid bool
	Snapshot      []byte
	SnapshotTerm  int
	SnapshotIndex int
}

// Raft is one server of a replicated log, as the service above it sees it.
// Every method may be called from any goroutine, at any time, before and
// after Kill, and returns without waiting for another server.
type Raft interface {
	// Start asks for agreement on command. It returns at once: the index the
	// command will have if it is ever committed, the current term, and
	// whether this server believes that it is the leader. Where it is not,
	// the command is not taken and index says nothing.
	Start(command any) (index, term int, isLeader bool)

	// GetState returns currentTerm and whether this server believes that it
	// is the leader.
	GetState() (term int, isLeader bool)

	// Snapshot tells that the service has put everything up to and including
	// index into snapshot, so that the log up to there can go (§7).
	Snapshot(index int, snapshot []byte)

	// PersistBytes is the size of the saved Raft state, in bytes.
	PersistBytes() int

	// Kill tells the instance that it is no longer needed.
	Kill()
}

// Reader is what a [Raft] offers from the reads stage on (Ongaro's thesis,
// §6.4). The suites ask for it with a type assertion, and call it at leaders and
// others, from any goroutine, at any time, before and after Kill.
//
// Both methods return an index such that a state machine which has applied it
// holds every command that was answered, by any server, before the call began.
// So a service may answer a read that came before the call as soon as it has
// applied the index; applyCh tells. ok is false where this server cannot say:
// it does not lead, or cannot know it, or has committed no entry of its own term
// yet (§6.4, step 1), for until then a new leader does not know what is
// committed. index says nothing then, and the client is to ask again, maybe
// elsewhere. A server that was deposed without knowing it must say false
// although it believes that it leads.
type Reader interface {
	// ReadIndex waits for other servers: a majority must answer a message that
	// was sent after the call began. Calls that are under way together share
	// such rounds: a call waits for two at most. It returns false within 2 s if
	// there are no answers, and soon after Kill. It relies on no clock, and
	// leaves no entry in the log, but for one without a command which a leader
	// may append once a term.
	ReadIndex() (index int, ok bool)

	// LeaseRead returns at once and sends nothing. It relies on the lease: on
	// answers of a majority to what the leader sent less than a minimum election
	// timeout ago, counted from when it was SENT, within which the answerers
	// elect nobody else. In a leader that has been answered all the time it is
	// true. Where it is false, ReadIndex may know.
	LeaseRead() (index int, ok bool)
}

// Persister is a server's stable storage. A Save is atomic, and durable the
// moment it returns. Save keeps copies, the Reads return them.
type Persister interface {
	// Save replaces the Raft state and the snapshot. Pass the present
	// snapshot again where only the state has changed.
	Save(raftState, snapshot []byte)

	// ReadRaftState and ReadSnapshot return what was saved last, an empty
	// slice where nothing was. They never return nil.
	ReadRaftState() []byte
	ReadSnapshot() []byte

	// RaftStateSize and SnapshotSize are the lengths of what was saved last.
	RaftStateSize() int
	SnapshotSize() int
}

// MakeFunc starts server me of a cluster. peers has one end for each server,
// this one's own included, in the same order on every server. The instance
// reads its persister first, sends what it commits on applyCh, and returns
// quickly: what takes long belongs in its own goroutines.
type MakeFunc func(peers []*labrpc.ClientEnd, me int, persister Persister, applyCh chan ApplyMsg) Raft

// NotImplemented is what a skeleton's function panics with while it waits for
// its student. The suites report it as work to do, not as a crash.
type NotImplemented struct {
	Func    string // the function still to be written, "Start"
	File    string // the file it is in, "raft.go"
	Handout string // what to read, "handouts/02-replication.md"
}

func (n NotImplemented) Error() string {
	return fmt.Sprintf("%s in %s is still the skeleton: open %s, and fill it in", n.Func, n.File, n.Handout)
}
