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
	applyCh   chan raftapi.ApplyMsg
	options   Options
	dead      atomic.Bool // set by Kill

	mu labsync.Mutex // guards everything below

	// Persistent state on all servers, saved by persistLocked.
	currentTerm int
	votedFor    int // in currentTerm; nobody if none
	log         raftLog
	snapshot    []byte // of everything up to log.base (§7)

	// Volatile state on all servers.
	commitIndex int
	lastApplied int // the last that the applier has taken out of the log

	// Volatile state on leaders, by server, made anew by becomeLeaderLocked.
	nextIndex  []int
	matchIndex []int // with this server's own

	// Beside Figure 2.
	role             role
	votes            int           // candidates: granted in currentTerm, the own one included
	electionDeadline time.Time     // when to campaign; leaders: when to step down, see checkquorum.go
	unsaved          bool          // the persistent state differs from what is saved
	replicators      []*replicator // leaders: who sends to a server, by server
	toSend           *labsync.Cond // a peer may lack something, or this server leads no more
	toApply          *labsync.Cond // commitIndex has grown

	// Of the thesis: pre-vote, CheckQuorum, leases and reads.
	leaderHeard  time.Time     // when a leader was heard last; see lease.go
	preCandidacy int           // counts them
	preVotes     int           // pre-candidates: granted in this one, the own one included
	seq          int           // of the last stamp
	contact      []stamp       // leaders: of the latest request that a server has answered, by server
	heard        int           // the seq that a majority has answered, when last looked at
	readSeq      int           // what the latest ReadIndex needs an answer to
	round        int           // the seq of the last round that a ReadIndex began
	toRead       *labsync.Cond // a reader may be through, or has waited enough
}

var (
	_ raftapi.MakeFunc = Make
	_ raftapi.Reader   = (*Raft)(nil)
)

// Make starts server me. It begins as a follower with the state it saved last.
// If that has a snapshot, the first entry sent on applyCh is the one after the
// snapshot: the service itself has read that from the persister.
func Make(peers []*labrpc.ClientEnd, me int, persister raftapi.Persister, applyCh chan raftapi.ApplyMsg) raftapi.Raft {
	return MakeWith(Options{})(peers, me, persister, applyCh)
}

// start is Make with options.
func start(peers []*labrpc.ClientEnd, me int, persister raftapi.Persister, applyCh chan raftapi.ApplyMsg, o Options) *Raft {
	rf := &Raft{
		peers:       peers,
		me:          me,
		persister:   persister,
		applyCh:     applyCh,
		options:     o,
		votedFor:    nobody,
		nextIndex:   make([]int, len(peers)),
		matchIndex:  make([]int, len(peers)),
		replicators: make([]*replicator, len(peers)),
		contact:     make([]stamp, len(peers)),
	}
	rf.toSend = labsync.NewCond(&rf.mu)
	rf.toApply = labsync.NewCond(&rf.mu)
	rf.toRead = labsync.NewCond(&rf.mu)
	rf.mu.Lock()
	defer rf.mu.Unlock()
	rf.restoreLocked()
	rf.resetElectionTimerLocked()
	go rf.electionLoop()
	go rf.applyLoop()
	return rf
}

// Start takes a command where this server leads.
//
// Leaders 2 (§5.3): append it to the log, save, and have it replicated at once.
func (rf *Raft) Start(command any) (index, term int, isLeader bool) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	if rf.role != leader || rf.killed() {
		return -1, rf.currentTerm, false
	}
	index = rf.appendLocked(command)
	rf.toSend.Broadcast()
	return index, rf.currentTerm, true
}

// appendLocked appends an entry of this leader's to its log, and saves it.
func (rf *Raft) appendLocked(command any) (index int) {
	rf.log.append(LogEntry{Term: rf.currentTerm, Command: command})
	rf.unsaved = true
	rf.persistLocked()
	index = rf.log.lastIndex()
	rf.matchIndex[rf.me] = index // now that it is saved
	rf.advanceCommitLocked()     // alone, a server commits with it
	return index
}

// GetState tells what this server believes. A leader that is cut off does not
// know it, and says so until it hears a higher term, or has heard nothing for too
// long (checkquorum.go).
func (rf *Raft) GetState() (term int, isLeader bool) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	return rf.currentTerm, rf.role == leader
}

// Kill stops the instance. Whoever waits is woken to see it, whoever sleeps
// sees it then.
func (rf *Raft) Kill() {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	rf.dead.Store(true)
	rf.toSend.Broadcast()
	rf.toApply.Broadcast()
	rf.toRead.Broadcast()
}

func (rf *Raft) killed() bool { return rf.dead.Load() }

// quorum is a majority of the cluster, of an even one too.
func (rf *Raft) quorum() int { return len(rf.peers)/2 + 1 }
