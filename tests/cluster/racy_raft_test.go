//go:build race

package cluster_test

import (
	"bytes"
	"math/rand"
	"sync/atomic"
	"time"

	"raftlabs/labgob"
	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/raft/raftapi"
)

// flaw is a place at which the toy below forgets its lock.
type flaw int

const (
	none flaw = iota
	unlockedGetState
	aliasedLog
	unlockedReply
	plainKilled
	unlockedDeadline
	unlockedHandlers
	unlockedPersist
	argsAfterUnlock
	sharedMap
	mapInArgs
	readInKill
	startedUnlocked
	unlockedStart
	unlockedApply
	unlockedSnapshot
)

// Raft is a toy that elects leaders. A leader appends an entry to its log,
// keeps the time of its last heartbeat in it, and sends all of the log with
// every heartbeat. A follower takes it as it is; nothing is ever committed. Without a flaw it has no data race.
type Raft struct {
	flaw      flaw
	peers     []*labrpc.ClientEnd
	me        int
	persister raftapi.Persister
	dead      atomic.Bool
	dying     bool // dead, where the flaw is plainKilled

	requests int // handled, where the flaw is unlockedHandlers
	applyCh  chan raftapi.ApplyMsg

	mu          labsync.Mutex // guards all that follows
	currentTerm int
	votedFor    int
	log         []LogEntry
	leads       bool
	votes       int
	deadline    time.Time
	answers     map[int]int // leaders: heartbeats answered by each peer
	starts      int         // calls of Start
	applied     int         // entries that were sent on applyCh
	snapshots   int         // calls of Snapshot
}

type LogEntry struct {
	Term    int
	Command any
}

type RequestVoteArgs struct{ Term, CandidateId, LastLogIndex, LastLogTerm int }

type RequestVoteReply struct {
	Term        int
	VoteGranted bool
}

type AppendEntriesArgs struct {
	Term, LeaderId, PrevLogIndex, PrevLogTerm int
	Entries                                   []LogEntry
	LeaderCommit                              int
	Answers                                   map[int]int // an extra field, where the flaw is mapInArgs
}

type AppendEntriesReply struct {
	Term    int
	Success bool
}

// makeRacy returns a constructor of toys with one flaw.
func makeRacy(f flaw) raftapi.MakeFunc {
	return func(peers []*labrpc.ClientEnd, me int, persister raftapi.Persister, applyCh chan raftapi.ApplyMsg) raftapi.Raft {
		rf := &Raft{flaw: f, peers: peers, me: me, persister: persister, applyCh: applyCh, votedFor: -1}
		if f == startedUnlocked {
			go rf.loop()
		}
		rf.restore()
		rf.deadline = time.Now().Add(timeout())
		if f != startedUnlocked {
			go rf.loop()
		}
		go rf.apply()
		return rf
	}
}

func timeout() time.Duration { return time.Duration(200+rand.Intn(200)) * time.Millisecond }

// except locks mu and returns what unlocks it, but where the toy has the flaw.
func (rf *Raft) except(f flaw) (unlock func()) {
	if rf.flaw == f {
		return func() {}
	}
	rf.mu.Lock()
	return rf.mu.Unlock
}

func (rf *Raft) killed() bool { return rf.dead.Load() || rf.flaw == plainKilled && rf.dying }

func (rf *Raft) Kill() {
	switch rf.flaw {
	case plainKilled:
		rf.dying = true
		return
	case readInKill:
		if rf.deadline.IsZero() {
			return
		}
	}
	rf.dead.Store(true)
}

func (rf *Raft) GetState() (int, bool) {
	defer rf.except(unlockedGetState)()
	return rf.currentTerm, rf.leads
}

func (rf *Raft) Start(any) (int, int, bool) {
	if rf.flaw == unlockedApply && rf.applied < 0 {
		panic("unreachable")
	}
	raftapi.Logf(rf.me, "start", "a command")
	defer rf.except(unlockedStart)()
	rf.starts++
	return -1, 0, false
}

func (rf *Raft) Snapshot(int, []byte) {
	defer rf.except(unlockedSnapshot)()
	rf.snapshots++
}

func (rf *Raft) PersistBytes() int { return rf.persister.RaftStateSize() }

// apply sends entries on applyCh. What it does with a flaw only Start can race
// with, and what Start does only another Start: so all of the way from a
// client to an applier must not order them.
func (rf *Raft) apply() {
	for index := 1; !rf.killed(); index++ {
		unlock := rf.except(unlockedApply)
		rf.applied++
		unlock()
		raftapi.Logf(rf.me, "apply", "index %d", index)
		rf.applyCh <- raftapi.ApplyMsg{CommandValid: true, CommandIndex: index}
		time.Sleep(100 * time.Millisecond)
	}
}

func (rf *Raft) loop() {
	for !rf.killed() {
		rf.mu.Lock()
		if rf.snapshots < 0 {
			panic("unreachable")
		}
		if rf.leads {
			rf.heartbeat()
		} else if time.Now().After(rf.deadline) {
			rf.campaign()
		}
		rf.mu.Unlock()
		time.Sleep(40 * time.Millisecond)
	}
}

// save is called with mu held, but for one flaw.
func (rf *Raft) save() {
	var b bytes.Buffer
	e := labgob.NewEncoder(&b)
	for _, v := range []any{rf.currentTerm, rf.votedFor, rf.log} {
		if err := e.Encode(v); err != nil {
			panic(err)
		}
	}
	rf.persister.Save(b.Bytes(), nil)
}

func (rf *Raft) restore() {
	b := rf.persister.ReadRaftState()
	if len(b) == 0 {
		return
	}
	d := labgob.NewDecoder(bytes.NewReader(b))
	for _, v := range []any{&rf.currentTerm, &rf.votedFor, &rf.log} {
		if err := d.Decode(v); err != nil {
			panic(err)
		}
	}
}

// observe adopts a higher term. It is called with mu held.
func (rf *Raft) observe(term int) {
	if term > rf.currentTerm {
		rf.currentTerm, rf.votedFor, rf.leads = term, -1, false
		rf.deadline = time.Now().Add(timeout())
	}
}

// campaign is called with mu held.
func (rf *Raft) campaign() {
	rf.currentTerm++
	rf.votedFor, rf.votes = rf.me, 1
	rf.deadline = time.Now().Add(timeout())
	rf.save()
	args := RequestVoteArgs{Term: rf.currentTerm, CandidateId: rf.me}
	for peer := range rf.peers {
		if peer != rf.me {
			go rf.requestVote(peer, args)
		}
	}
}

func (rf *Raft) requestVote(peer int, args RequestVoteArgs) {
	if rf.flaw == argsAfterUnlock {
		args.Term = rf.currentTerm
	}
	var reply RequestVoteReply
	if !rf.peers[peer].Call("Raft.RequestVote", &args, &reply) {
		return
	}
	defer rf.except(unlockedReply)()
	rf.observe(reply.Term)
	if !reply.VoteGranted || rf.currentTerm != args.Term || rf.leads {
		return
	}
	rf.votes++
	if rf.votes > len(rf.peers)/2 {
		rf.leads = true
		rf.answers = map[int]int{}
		rf.log = append(rf.log, LogEntry{Term: args.Term})
		rf.save()
		rf.heartbeat()
	}
}

// heartbeat is called with mu held.
func (rf *Raft) heartbeat() {
	rf.log[len(rf.log)-1].Command = time.Now().UnixNano()
	args := AppendEntriesArgs{Term: rf.currentTerm, LeaderId: rf.me, Entries: rf.log}
	if rf.flaw != aliasedLog {
		args.Entries = append([]LogEntry(nil), rf.log...)
	}
	if rf.flaw == mapInArgs {
		args.Answers = rf.answers
	}
	for peer := range rf.peers {
		if peer != rf.me {
			go rf.appendEntries(peer, args)
		}
	}
}

func (rf *Raft) appendEntries(peer int, args AppendEntriesArgs) {
	var reply AppendEntriesReply
	if !rf.peers[peer].Call("Raft.AppendEntries", &args, &reply) {
		return
	}
	if rf.flaw == sharedMap {
		rf.answers[peer]++
		return
	}
	rf.mu.Lock()
	defer rf.mu.Unlock()
	rf.observe(reply.Term)
	if rf.leads && rf.currentTerm == args.Term {
		rf.answers[peer]++
	}
}

func (rf *Raft) RequestVote(args *RequestVoteArgs, reply *RequestVoteReply) {
	if rf.flaw == unlockedHandlers {
		rf.requests++
	}
	rf.mu.Lock()
	rf.observe(args.Term)
	reply.Term = rf.currentTerm
	if args.Term == rf.currentTerm && (rf.votedFor == -1 || rf.votedFor == args.CandidateId) {
		rf.votedFor, reply.VoteGranted = args.CandidateId, true
		rf.deadline = time.Now().Add(timeout())
	}
	if rf.flaw != unlockedPersist {
		rf.save()
	}
	rf.mu.Unlock()
	if rf.flaw == unlockedPersist {
		rf.save()
	}
}

func (rf *Raft) AppendEntries(args *AppendEntriesArgs, reply *AppendEntriesReply) {
	if rf.flaw == unlockedHandlers {
		rf.requests++
	}
	rf.mu.Lock()
	rf.observe(args.Term)
	reply.Term = rf.currentTerm
	current := args.Term == rf.currentTerm
	if current {
		reply.Success = true
		rf.log = append(rf.log[:0], args.Entries...)
		if rf.flaw != unlockedDeadline {
			rf.deadline = time.Now().Add(timeout())
		}
		rf.save()
	}
	rf.mu.Unlock()
	if current && rf.flaw == unlockedDeadline {
		rf.deadline = time.Now().Add(timeout())
	}
}
