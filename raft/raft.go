// Package raft is yours: a replicated log after the extended Raft paper, "In
// Search of an Understandable Consensus Algorithm". This file is the only one
// to fill in. Keep Figure 2 of the paper open beside it. Every comment which
// begins with a rule's name, like "RequestVote 1 (§5.1)", stands where the code
// for that rule belongs.
//
// # Stages
//
// The work comes in stages. Each has its own handout and its own test, and
// "Stage 1", "Stage 2" in the comments say when a part is due.
//
//	1  election      handouts/01-election.md      -run TestElection
//	2  replication   handouts/02-replication.md
//	3  persistence   handouts/03-persistence.md
//	4  snapshots     handouts/04-snapshots.md
//	5  robust elections (pre-vote, CheckQuorum)
//
// A function that waits for its stage begins with a line notYet(...). Delete
// that line when you write the function. When the last one is gone, delete
// notYet too. The comments marked "Your code here" go when your code stands
// there, and the lint line above persist goes in stage 3.
//
// You may add functions, types and files as you like. Keep the names, parameters
// and results of the exported functions, the names of the fields in the RPC
// structs, and the name Raft of the type: other servers call "Raft.RequestVote".
//
// # Time
//
// The tests run on a virtual clock. It stands still while any of your
// goroutines computes, and jumps to the next event when all of them wait. Use
// the package time as usual: time.Now, time.Sleep, time.Since. Three things stop
// this clock, and the test with it:
//
//   - A loop that never waits, or sleeps 0: for !done {}, time.Sleep(0), a
//     select with a default, runtime.Gosched.
//   - A plain sync.Mutex that is held during a sleep, a Call or a send on a
//     channel while another goroutine wants it. Use labsync.Mutex and
//     labsync.NewCond: the same methods, and the clock goes on.
//   - Waiting for something outside the test: the keyboard, a real socket.
//
// Prefer time.Sleep to time.After, Timer and Ticker: a timer's channel can hide
// a data race from the race detector.
//
// # The lock
//
// One mutex, mu, is enough. Hold it whenever you touch a field that it guards,
// reading included. Do not hold it over a Call, a sleep, or a send on applyCh:
// the other side may be waiting for it, and a Call can take seconds. Whenever
// you have taken the lock again, everything may have changed: look at role and
// term again before you act on what you knew. Give functions that are called
// with the lock held a name that ends in Locked. The mutex is not reentrant: a
// function that locks must not be called by one that holds the lock.
//
// # Timing
//
//   - A leader sends at most 25 heartbeats a second to a peer: the interval is
//     40 ms or more.
//   - The shortest election timeout is at least 3 heartbeat intervals and at
//     least 10 round trips. A message takes 5 ms one way by default, so a round
//     trip is 10 ms. Some tests have links that are slower.
//   - When a majority is connected there is a leader within 5 s, even if the
//     first votes are split or messages are lost. So timeouts stay well below a
//     second, and they differ: from server to server and from one time to the
//     next.
//
// Heartbeats every 50 ms and timeouts drawn between 300 and 600 ms satisfy all
// three.
package raft

import (
	"sync/atomic"
	"time"

	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/raft/raftapi"
)

// Raft is one server.
type Raft struct {
	peers     []*labrpc.ClientEnd   // one for each server, peers[me] is this one's own
	me        int                   // this server's place in peers
	persister raftapi.Persister     // Stage 3: this server's stable storage
	applyCh   chan raftapi.ApplyMsg // Stage 2: where committed entries go
	dead      atomic.Bool           // set by Kill

	mu labsync.Mutex // guards everything below

	// Your code here: the fields of Figure 2's box "State", under its names.
	//
	// Stage 1, persistent state on all servers:
	//   currentTerm int         the latest term this server has seen, 0 at first
	//   votedFor    int         who got its vote in currentTerm, -1 if nobody
	//   log         []LogEntry  empty until stage 2. Indexes start at 1; a dummy
	//                           entry of term 0 at index 0 saves many special cases
	// Stage 1, not in the figure:
	//   what this server is: follower, candidate or leader; a follower at first
	//   when its election timeout ends: a time.Time, drawn anew at each reset
	//   candidates: the votes granted so far
	// Stage 2, volatile state on all servers: commitIndex, lastApplied
	// Stage 2, volatile state on leaders: nextIndex, matchIndex, for each server
}

// LogEntry is a command and the term of the leader that took it. It travels in
// AppendEntries and will be saved, so its fields are exported.
type LogEntry struct {
	Term    int
	Command any
}

// Make starts server me of a cluster. It must return quickly: what goes on
// for long runs in a goroutine.
func Make(peers []*labrpc.ClientEnd, me int, persister raftapi.Persister, applyCh chan raftapi.ApplyMsg) raftapi.Raft {
	notYet("Make", "handouts/01-election.md") // Stage 1: delete this line

	rf := &Raft{peers: peers, me: me, persister: persister, applyCh: applyCh}

	// Your code here (stage 1). Set every field whose first value is not zero:
	// votedFor is -1, and the first election timeout is drawn now.

	// Stage 3: what this server saved in an earlier life. Empty at first.
	if state := persister.ReadRaftState(); len(state) > 0 {
		rf.readPersist(state)
	}

	go rf.electionTicker()
	// Stage 2: start the goroutine that sends committed entries on applyCh.
	return rf
}

// GetState returns currentTerm and whether this server believes that it is the
// leader. It never waits for another server.
func (rf *Raft) GetState() (term int, isLeader bool) {
	notYet("GetState", "handouts/01-election.md") // Stage 1: delete this line

	rf.mu.Lock()
	defer rf.mu.Unlock()
	// Your code here (stage 1).
	return term, isLeader
}

// Kill tells this server that it is no longer needed. Within 2 s all of its
// goroutines must have ended. Calls that are under way return false at once.
func (rf *Raft) Kill() {
	rf.dead.Store(true)
	// Your code here, if a goroutine of yours waits without looking at killed.
}

// killed is asked by every loop that is to end with this server.
func (rf *Raft) killed() bool { return rf.dead.Load() }

// notYet says politely that a function still waits for you.
func notYet(function, handout string) {
	panic(raftapi.NotImplemented{Func: function, File: "raft.go", Handout: handout})
}

// ---- Stage 1: election (§5.1, §5.2, §5.4.1)

// Changing term. Write ONE function that moves this server to a later term: it
// sets currentTerm, and votedFor to -1, because a vote belongs to one term. Call
// it from everywhere; nothing else sets currentTerm. Within one term votedFor
// changes from -1 to a server and never back.
//
// All Servers 2 (§5.1): whenever a request or a reply carries a term higher
// than currentTerm, move to that term and become a follower. This holds in both
// handlers and in the code after both Calls, for leaders and candidates as for
// followers, and comes before anything else is looked at.
//
// The election timeout is drawn anew, with math/rand (rand.Int63n; the test
// seeds it, which it cannot do with math/rand/v2), at these moments and at no
// other: this server grants a vote; it hears AppendEntries from the leader
// of its current term; it starts an election; it was leader and steps down.
// A request that is refused, and a message of an older term, leave it alone.

// RequestVoteArgs is what a candidate asks with. Keep the fields' names.
type RequestVoteArgs struct {
	Term         int // the candidate's term
	CandidateId  int
	LastLogIndex int // index of the candidate's last log entry, 0 if it has none
	LastLogTerm  int // term of that entry, 0 if there is none
}

// RequestVoteReply is the answer.
type RequestVoteReply struct {
	Term        int // the voter's currentTerm, for the candidate to catch up
	VoteGranted bool
}

// RequestVote is called when a candidate asks this server for its vote. It
// may be called several times at once, and twice with the same request.
func (rf *Raft) RequestVote(args *RequestVoteArgs, reply *RequestVoteReply) {
	// Your code here (stage 1), with the lock held from the first line to the last.
	//
	// All Servers 2 (§5.1): adopt a higher term. Then reply.Term is currentTerm.
	//
	// RequestVote 1 (§5.1): if args.Term is older than currentTerm, refuse.
	//
	// RequestVote 2 (§5.2, §5.4): grant if both hold.
	//   - votedFor is -1 or args.CandidateId. The second because a request may
	//     come twice, or its answer may have been lost.
	//   - The candidate's log is at least as up-to-date as this server's
	//     (§5.4.1): its last entry has a higher term, or the same term and an
	//     index that is not lower. All logs are empty in stage 1, but write it now.
	//
	// When granting: set votedFor, VoteGranted, and draw a new election timeout.
}

// AppendEntriesArgs is what a leader sends, as a heartbeat too. Keep the
// fields' names.
type AppendEntriesArgs struct {
	Term         int // the leader's term
	LeaderId     int
	PrevLogIndex int        // Stage 2: index of the entry right before Entries
	PrevLogTerm  int        // Stage 2: term of that entry
	Entries      []LogEntry // Stage 2: empty in a heartbeat
	LeaderCommit int        // Stage 2: the leader's commitIndex
}

// AppendEntriesReply is the answer. You may add fields of your own.
type AppendEntriesReply struct {
	Term    int  // the receiver's currentTerm, for the leader to catch up
	Success bool // Stage 2: the receiver has the entry before Entries. True for heartbeats until then
}

// AppendEntries is called when a leader sends entries or a heartbeat.
func (rf *Raft) AppendEntries(args *AppendEntriesArgs, reply *AppendEntriesReply) {
	// Your code here (stage 1), with the lock held from the first line to the last.
	//
	// All Servers 2 (§5.1): adopt a higher term. Then reply.Term is currentTerm.
	//
	// AppendEntries 1 (§5.1): if args.Term is older than currentTerm, answer
	// false and change nothing, the election timeout included.
	//
	// Candidates 3 (§5.2): the sender leads the current term. A candidate of
	// this same term becomes a follower. Its vote stays given.
	//
	// Followers 2 (§5.2): draw a new election timeout.
	//
	// Stage 2:
	// AppendEntries 2 (§5.3): answer false if the log has no entry at
	// PrevLogIndex with the term PrevLogTerm. Heartbeats are checked like any other.
	//
	// AppendEntries 3 (§5.3): if an entry of the log conflicts with a new one
	// (same index, other term), delete it and all that follow it. Without
	// a conflict delete nothing: this may be an old message that comes late.
	//
	// AppendEntries 4: append the new entries that are not in the log yet.
	//
	// AppendEntries 5: if LeaderCommit is higher than commitIndex, commitIndex
	// becomes the lower of LeaderCommit and the index of the last NEW entry,
	// which is PrevLogIndex + len(Entries).
}

// electionTicker starts an election when the timeout has ended without news of
// a leader. Make starts it, in a goroutine of its own.
func (rf *Raft) electionTicker() {
	for !rf.killed() {

		// Your code here (stage 1). With the lock held:
		//
		// Followers 2 and Candidates 4 (§5.2): if this server is not leader, and
		// its election timeout has ended, start an election.
		//
		// Candidates 1 (§5.2), an election, all of it in one go under the lock:
		//   - move to the term currentTerm+1, and become candidate
		//   - vote for yourself: votedFor, and a count of one vote
		//   - draw a new election timeout
		//   - build RequestVoteArgs, and start one goroutine for each other peer
		//     which sends them (see below)
		//   - if one vote is a majority already, lead: a cluster of one server
		//     elects itself
		//
		// Then give the lock back, and only then sleep.

		time.Sleep(10 * time.Millisecond) // never 0, and never with the lock held
	}
}

// Asking for a vote (stage 1). In a goroutine for each peer, without the lock:
//
//	func (rf *Raft) askForVote(peer int, args RequestVoteArgs) {
//		var reply RequestVoteReply // a new one for each Call
//		if !rf.peers[peer].Call("Raft.RequestVote", &args, &reply) {
//			return // lost, cut off or crashed; the next election asks again
//		}
//		// Take the lock.
//		// All Servers 2 (§5.1): adopt reply.Term if it is higher.
//		// Is this server still a candidate, and currentTerm still args.Term?
//		// If not, the answer is to an old question: ignore it.
//		// Candidates 2 (§5.2): count a granted vote. With a majority, lead.
//	}
//
// A majority is len(rf.peers)/2 + 1 votes, the own one included: 2 of 3, 3 of
// 4, 3 of 5. It is counted over all servers, not over those that answer. Do not
// wait for all answers, and do not wait for them in electionTicker: a Call to a
// server that is cut off may take seconds.
//
// Leading (stage 1).
//
// Leaders 1 (§5.2): upon election, become leader and send a heartbeat to every
// other peer at once; repeat it every heartbeat interval. One way to do it:
// start one goroutine for each peer, and tell it the term it is to lead.
//
//	for !rf.killed() {
//		// With the lock held: still leader, and currentTerm still that term?
//		// If not, return. If so, build AppendEntriesArgs. Give the lock back.
//		// Start a goroutine that does the Call and handles the answer.
//		time.Sleep(heartbeatInterval)
//	}
//
// The Call has a goroutine of its own because it may take seconds to fail, and
// the next heartbeat must not wait for it. In the answer, adopt a higher term
// (All Servers 2), which ends the leadership. Nobody else ends it: a leader
// that is cut off does not know, and goes on until it hears a higher term.

// ---- Stage 2: replication (§5.3, §5.4.2)

// Start asks for agreement on command. Where this server is not leader it
// returns false at once. Where it is, it appends the command to its own log
// and returns the entry's index, currentTerm and true at once, without waiting
// for any other server.
func (rf *Raft) Start(command any) (index, term int, isLeader bool) {
	notYet("Start", "handouts/02-replication.md") // Stage 2: delete this line

	// Your code here (stage 2).
	//
	// Leaders 2 (§5.3): append the entry, and have it sent now: not with the
	// next heartbeat. A labsync.NewCond(&rf.mu) can wake who sends.
	return index, term, isLeader
}

// Sending entries (stage 2).
//
// Upon election nextIndex is the last log index + 1 and matchIndex is 0, for
// every peer, each time anew (Figure 2, State).
//
// Leaders 3 (§5.3): send each peer the entries from its nextIndex on. Copy them
// into the arguments: a slice of the log itself would be read by the Call while
// you change the log. On success, matchIndex becomes PrevLogIndex + len(Entries)
// OF THE REQUEST, and never goes back. On failure for the log's sake, nextIndex
// moves back, never below 1, and not one entry at a time (end of §5.3). As in
// stage 1, ignore an answer if role or term are not those of the request.
//
// Leaders 4 (§5.3, §5.4.2): commitIndex becomes the highest N for which a
// majority has matchIndex >= N (the leader itself counts), if the entry at N is
// of currentTerm. Earlier entries are committed along with it, never alone.
//
// All Servers 1 (§5.3): one goroutine sends every entry from lastApplied+1 to
// commitIndex on applyCh, in order, as ApplyMsg{CommandValid: true, ...}. It
// waits on a condition, copies what is due under the lock, and sends without
// it. After Kill it must end, also when it is waiting.

// ---- Stage 3: persistence (Figure 2, "Persistent state on all servers")

// persist saves currentTerm, votedFor and log. Call it with the lock held, after
// a change to any of them and before anything that depends on it leaves this
// server: a reply, a request, a return from Start.
//
//lint:ignore U1000 Your code calls it from stage 3 on. Delete this line then.
func (rf *Raft) persist() {
	notYet("persist", "handouts/03-persistence.md") // Stage 3: delete this line

	// Your code here (stage 3). Do not call persist before that.
	//
	//	buffer := new(bytes.Buffer)
	//	encoder := labgob.NewEncoder(buffer) // raftlabs/labgob
	//	encoder.Encode(rf.currentTerm)       // and the others; handle the errors
	//	rf.persister.Save(buffer.Bytes(), nil) // Stage 4: not nil but the snapshot
}

// readPersist restores what persist saved. Make calls it after a restart.
// commitIndex and lastApplied are not saved, and begin at 0 again.
func (rf *Raft) readPersist(state []byte) {
	notYet("readPersist", "handouts/03-persistence.md") // Stage 3: delete this line

	// Your code here (stage 3): labgob.NewDecoder(bytes.NewReader(state)), and
	// Decode into new variables, in the order in which persist encoded them.
}

// PersistBytes is the size of the saved state.
func (rf *Raft) PersistBytes() int {
	notYet("PersistBytes", "handouts/03-persistence.md") // Stage 3: delete this line

	return rf.persister.RaftStateSize()
}

// ---- Stage 4: snapshots (§7, Figure 13)

// Snapshot tells that the service has put everything up to and including index
// into snapshot. It may be called by the goroutine that reads applyCh: so it
// must not wait for room on applyCh.
func (rf *Raft) Snapshot(index int, snapshot []byte) {
	notYet("Snapshot", "handouts/04-snapshots.md") // Stage 4: delete this line

	// Your code here (stage 4). Ignore an index at or below the last snapshot's.
	// Drop the entries up to index, keep their last index and term, and save
	// state and snapshot in one Save. Put all index arithmetic in a few small
	// functions first: a log position is then no longer an index.
}

// InstallSnapshot (stage 4) is yours to add, as RequestVote is here, with
//
//	InstallSnapshotArgs   Term, LeaderId, LastIncludedIndex, LastIncludedTerm int; Data []byte
//	InstallSnapshotReply  Term int
//
// A leader sends it whole where a peer's nextIndex lies in what it has dropped.
// The receiver hands the snapshot to the service on applyCh as
// ApplyMsg{SnapshotValid: true, ...}, never an older state than it has applied.

// ---- Stage 5: robust elections (Ongaro's thesis §9.6, §6.2)

// RequestPreVote (stage 5) is yours to add, with structs of RequestVote's
// fields. Term is the asker's currentTerm+1, and no server changes its term, its
// vote or its timeout because of the request.
