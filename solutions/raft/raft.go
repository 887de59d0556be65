package raft

import (
	"sync/atomic"
	"time"

	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/raft/raftapi"
)

// nobody is votedFor where no vote was given in the current term.
const nobody = -1

// Raft is one server. It implements [raftapi.Raft], and its type's name is
// the name of the RPC service.
type Raft struct {
	peers     []*labrpc.ClientEnd // by server, this one's own included
	me        int
	persister raftapi.Persister
	dead      atomic.Bool // set by Kill

	mu labsync.Mutex // guards everything below

	// Persistent state on all servers, saved by persistLocked.
	currentTerm int
	votedFor    int // in currentTerm; nobody if none
	log         raftLog

	// Beside Figure 2.
	role             role
	votes            int       // candidates: granted in currentTerm, the own one included
	electionDeadline time.Time // followers and candidates: when to campaign
	unsaved          bool      // the persistent state differs from what is saved
}

var _ raftapi.MakeFunc = Make

// Make starts server me. It begins as a follower with the state it saved last.
// Nothing is committed without log entries, so nothing is sent on applyCh.
func Make(peers []*labrpc.ClientEnd, me int, persister raftapi.Persister, applyCh chan raftapi.ApplyMsg) raftapi.Raft {
	rf := &Raft{
		peers:     peers,
		me:        me,
		persister: persister,
		votedFor:  nobody,
	}
	rf.mu.Lock()
	defer rf.mu.Unlock()
	rf.restoreLocked()
	rf.resetElectionTimerLocked()
	go rf.electionLoop()
	return rf
}

// Start takes no command, on a leader either: there is no replication that
// could ever commit it. It returns isLeader false, which in the contract means
// that the command was not taken, and leaves the log as it is.
func (rf *Raft) Start(command any) (index, term int, isLeader bool) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	return -1, rf.currentTerm, false
}

// GetState tells what this server believes. A leader that is cut off does not
// know it, and says so until it hears a higher term.
func (rf *Raft) GetState() (term int, isLeader bool) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	return rf.currentTerm, rf.role == leader
}

// Snapshot has nothing to do: no entry was ever applied, so no snapshot can
// stand for one.
func (rf *Raft) Snapshot(index int, snapshot []byte) {}

// PersistBytes is the size of the saved state.
func (rf *Raft) PersistBytes() int { return rf.persister.RaftStateSize() }

// Kill stops the instance. Its goroutines see that when they next wake.
func (rf *Raft) Kill() { rf.dead.Store(true) }

func (rf *Raft) killed() bool { return rf.dead.Load() }

// quorum is a majority of the cluster, of an even one too.
func (rf *Raft) quorum() int { return len(rf.peers)/2 + 1 }
