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
//	2  replication   handouts/02-replication.md   -run TestReplication
//	3  persistence   handouts/03-persistence.md   -run TestPersistence
//	4  snapshots     handouts/04-snapshots.md     -run TestSnapshots
//	5  the service above it, in kvraft
//	6  robust elections (pre-vote, CheckQuorum)   handouts/06-robust.md
//	7  reads (ReadIndex, leases)                  handouts/07-reads.md
//
// Stages 6 and 7 are extra. Nothing before asks for them, and what you write for
// them must leave the stages before as they are: run those again.
//
// A function that waits for its stage begins with a line notYet(...). Delete
// that line when you write the function. When the last one is gone, delete
// notYet too. RequestVote, AppendEntries and electionTicker have no such line:
// they are empty, and wait for stage 1 too. The comments marked "Your code here" go when your code stands
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
//
// From stage 2 on the tests measure, to the millisecond, how long a command takes.
// It is sent when Start takes it, not with the next heartbeat, and a committed
// entry goes to applyCh as soon as it is known to be committed. So whoever
// sends or applies waits on a condition: a loop that looks every 10 ms is late.
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
	// Stage 2, volatile state on all servers: commitIndex, lastApplied, 0 at first
	// Stage 2, volatile state on leaders, for each server: nextIndex, matchIndex
	// Stage 2, not in the figure: two conditions, made with labsync.NewCond(&rf.mu).
	//   One wakes those who send entries, the other wakes the one who applies them
	// Stage 4, persistent (Figure 13): lastIncludedIndex, lastIncludedTerm, of the
	//   last entry that the snapshot stands for, 0 without one; and the snapshot
	// Stage 6: a fourth role, pre-candidate; which of its pre-candidacies this is;
	//   when a leader was heard last; leaders, for each server: when the latest
	//   request left that it has answered in this term
	// Stage 7: a condition for those who wait in ReadIndex
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
	// Stage 2: start the goroutine that sends committed entries on applyCh, see
	// "Applying". Nobody else sends there.
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
	// Stage 2: wake all who wait on a condition: take the lock, and Broadcast.
	// Without the lock, one that has looked at killed and is about to Wait
	// would miss it.
}

// killed is asked by every loop that is to end with this server.
func (rf *Raft) killed() bool { return rf.dead.Load() }

// notYet says politely that a function still waits for you.
func notYet(function, handout string) {
	panic(raftapi.NotImplemented{Func: function, File: "raft.go", Handout: handout})
}

// ---- Stage 1: election (§5.1, §5.2, §5.4.1)

// Changing term. Write ONE function that moves this server to a later term: it
// sets currentTerm, and votedFor to -1, because a vote belongs to one term. It
// also makes this server a follower; a campaign sets candidate afterwards. Call
// it from everywhere; nothing else sets currentTerm. Within one term votedFor
// changes from -1 to a server and never back. From stage 3 on, each of its
// callers saves before anything leaves this server: see persist.
//
// All Servers 2 (§5.1): whenever a request or a reply carries a term higher
// than currentTerm, move to that term and become a follower. This holds in both
// handlers and in the code after both Calls, for leaders and candidates as for
// followers, and comes before anything else is looked at.
//
// The election timeout is drawn with math/rand (rand.Int63n; the test seeds it,
// which it cannot do with math/rand/v2). After the first, in Make, it is drawn
// anew at these moments and at no other: this server grants a vote; it hears
// AppendEntries from the leader of its current term; it starts an election; it
// was leader and steps down.
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
	//
	// Stage 3: save what has changed before the answer leaves, in every handler
	// and on every way out of it. A defer that comes after the one which unlocks
	// runs before it.
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

// AppendEntriesReply is the answer. You may add fields of your own, and stage 2
// asks for some: see "Backing up".
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
	// PrevLogIndex with the term PrevLogTerm. Every log has index 0 with term 0.
	// Heartbeats are checked like any other. With false goes a hint, see
	// "Backing up".
	//
	// AppendEntries 3 (§5.3): if an entry of the log conflicts with a new one
	// (same index, other term), delete it and all that follow it. Without
	// a conflict delete nothing: this may be an old message that comes late.
	//
	// AppendEntries 4: append the new entries that are not in the log yet.
	//
	// AppendEntries 5: if LeaderCommit is higher than commitIndex, commitIndex
	// becomes the lower of LeaderCommit and the index of the last NEW entry,
	// which is PrevLogIndex + len(Entries), if that is higher than it was. What
	// the log holds beyond may not be the leader's. Wake the applier.
	//
	// Stage 3: save what has changed before the answer leaves.
	//
	// Stage 4: PrevLogIndex may lie below lastIncludedIndex. What a snapshot
	// stands for is committed, so the leader has the same there: skip the entries
	// up to lastIncludedIndex, and take the rest as if they came right after it.
	// If none is left, the answer is true. At lastIncludedIndex itself the term to
	// compare with is lastIncludedTerm.
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
		//   - stage 3: save, before anybody is asked
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
//		// All Servers 2 (§5.1): adopt reply.Term if it is higher. Stage 3: save.
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
//		// If not, give the lock back and return. If so, build
//		// AppendEntriesArgs, and give the lock back. No defer: it would
//		// unlock when the function ends, not with the round.
//		// Start a goroutine that does the Call and handles the answer.
//		time.Sleep(heartbeatInterval)
//	}
//
// The Call has a goroutine of its own because it may take seconds to fail, and
// the next heartbeat must not wait for it. In the answer, adopt a higher term
// (All Servers 2), which ends the leadership. Nobody else ends it: a leader
// that is cut off does not know, and goes on until it hears a higher term.

// ---- Stage 2: replication (§5.3, §5.4.2)

// Before you begin: write three small functions for the index and the term of
// the last entry, and the term of the entry at an index, and use them
// everywhere, in stage 1's code too. In stage 4 an index is no longer a position
// in the slice, and only these functions, and what cuts the log, will change.

// Start asks for agreement on command. Where this server is not leader it
// returns false at once. Where it is, it appends the command to its own log
// and returns the entry's index, currentTerm and true at once, without waiting
// for any other server.
func (rf *Raft) Start(command any) (index, term int, isLeader bool) {
	notYet("Start", "handouts/02-replication.md") // Stage 2: delete this line

	// Your code here (stage 2), with the lock held.
	//
	// A server that is not leader returns false and leaves its log alone.
	//
	// Leaders 2 (§5.3): append the entry, with currentTerm as its term. Stage 3:
	// save. Then wake the senders: the entry is to leave now.
	//
	// See whether it is committed (Leaders 4): one server alone is a majority.
	return index, term, isLeader
}

// Sending entries (stage 2).
//
// Upon election nextIndex is the last log index + 1 and matchIndex is 0, for
// every peer, each time anew (Figure 2, State). Stage 1's heartbeat goroutines
// stay; what they send now has PrevLogIndex, PrevLogTerm and LeaderCommit like any
// other (see Leaders 3). Beside them start one sender for each peer: a goroutine
// that is told the term it works in.
//
//	for {
//		// With the lock held: wait while there is nothing to send, that is
//		// while nextIndex lies beyond the last entry. Return when killed, or when
//		// this server does not lead that term any more. Look after each Wait.
//		// Build the arguments. Give the lock back.
//		// Do the Call, here and not in another goroutine. Handle the answer.
//	}
//
// It is woken with Broadcast by whatever may end its wait: Start, a refusal that
// moves nextIndex back, the end of the leadership, Kill.
//
// So one request with entries at most is under way to a peer, however long it
// does not answer, and what is started meanwhile goes out together in the next.
// A slow peer holds up its own sender and nobody else. After a Call that
// returns false, go round: the request or its answer was lost, and the same
// entries are sent again, for as long as this server leads. Such a Call has taken
// its time already, no sleep is needed.
//
// Leaders 3 (§5.3), the arguments: PrevLogIndex is nextIndex - 1, and PrevLogTerm
// that entry's term. Entries are all from nextIndex on, COPIED: a slice of the
// log itself would be read by the Call while you change the log. LeaderCommit is
// commitIndex. A heartbeat is built alike, without entries. Read everything that
// goes into one message under one lock, in which you have seen that this
// server leads that term: otherwise an old leader speaks in a new term.
//
// The answer, to a heartbeat as to entries:
//
//   - All Servers 2 (§5.1): adopt a higher term. Stage 3: save. Then, as in stage
//     1: if role or term are not those of the request, ignore the answer.
//   - Success: matchIndex becomes PrevLogIndex + len(Entries) OF THE REQUEST, if
//     that is higher than it was: answers overtake each other, and it never
//     goes back. The log may have grown since, so its length says nothing.
//     nextIndex is at least matchIndex + 1 from then on. See Leaders 4.
//   - Refused for the log's sake: nextIndex moves back, see "Backing up". This
//     counts only while nextIndex is still the request's PrevLogIndex + 1: an
//     old refusal that comes late must not undo what is known since. nextIndex
//     stays above matchIndex, and so never gets below 1.
//
// Backing up (end of §5.3). One entry a round trip is too slow for a long
// conflict: a round trip must do away with a whole term at least. Let the
// refusal say where to go on, in fields that you add to AppendEntriesReply, for
// example ConflictTerm and ConflictIndex:
//
//   - The log ends before PrevLogIndex: ConflictIndex is the index after its last
//     entry, ConflictTerm is 0, which is no entry's term.
//   - It has another term there: ConflictTerm is that term, and ConflictIndex the
//     first index at which the log has this term.
//   - The leader looks in its own log, before PrevLogIndex, for the last entry
//     of ConflictTerm. nextIndex becomes the index after it, where there is
//     one, and ConflictIndex where not.
//
// Committing. Leaders 4 (§5.3, §5.4.2), whenever a matchIndex has grown: the
// highest N for which a majority has matchIndex >= N, where the leader counts
// itself with its last entry. If N is above commitIndex and the entry at N is of
// currentTerm, commitIndex becomes N, and the applier is woken. Otherwise nothing
// happens: entries of earlier terms are committed along with one of the leader's
// own, never alone (Figure 8). Followers hear of it with the next message, the
// heartbeat. A leader may begin its term with an entry whose Command is nil,
// to have such a one soon (§8): the tests accept that and do not ask for it.
//
// Applying. All Servers 1 (§5.3): one goroutine, which Make starts, sends every
// entry from lastApplied+1 to commitIndex on applyCh, as
// ApplyMsg{CommandValid: true, ...}, in order, each once.
//
//	for {
//		// With the lock held: wait while lastApplied is commitIndex. Return
//		// when killed. Copy what is due, and set lastApplied to its last index.
//		// Give the lock back. Send what you copied, one by one, and return
//		// when killed in between.
//	}
//
// The reader of applyCh may stop for seconds. Elections, heartbeats and
// replication go on meanwhile, because a send holds no lock. After Kill somebody
// reads applyCh until all goroutines have ended, so a send does not stay for ever.

// ---- Stage 3: persistence (Figure 2, "Persistent state on all servers")

// persist saves currentTerm, votedFor and log. Call it with the lock held, after
// a change to any of them and before the lock is given back: what a crash could
// take away must not leave this server. The places are
//
//   - RequestVote, AppendEntries and InstallSnapshot, before they return: a later
//     term (with a refusal, too), a vote, entries added or deleted;
//   - the start of an election, before the votes are asked for;
//   - every answer that brings a later term, be it to RequestVote,
//     AppendEntries or InstallSnapshot;
//   - Start, before the entry is sent and before it returns;
//   - Snapshot.
//
// One save after all changes of a handler is enough. One where nothing has
// changed is not needed (allowed here, dear on a real disk): it encodes the whole
// log, and most messages are heartbeats.
//
//lint:ignore U1000 Your code calls it from stage 3 on. Delete this line then.
func (rf *Raft) persist() {
	notYet("persist", "handouts/03-persistence.md") // Stage 3: delete this line

	// Your code here (stage 3). Do not call persist before that.
	//
	//	buffer := new(bytes.Buffer)
	//	encoder := labgob.NewEncoder(buffer) // raftlabs/labgob
	//	encoder.Encode(rf.currentTerm)       // and the others; handle the errors
	//	rf.persister.Save(buffer.Bytes(), nil)
	//
	// Stage 4: lastIncludedIndex and lastIncludedTerm belong to the state. Save
	// replaces both parts at once, so the snapshot goes with every save: keep it
	// in memory, and pass it instead of nil.
}

// readPersist restores what persist saved. Make calls it after a restart.
// Nothing else is restored: commitIndex and lastApplied begin at 0 again, and
// what was committed is committed anew by the leader of the day.
func (rf *Raft) readPersist(state []byte) {
	notYet("readPersist", "handouts/03-persistence.md") // Stage 3: delete this line

	// Your code here (stage 3): labgob.NewDecoder(bytes.NewReader(state)), and
	// Decode into new variables, in the order in which persist encoded them. An
	// error is a reason to panic: a server without its memory may vote twice.
	// Each entry must have the index that it had: if the dummy entry was saved
	// with the log, do not add another.
	//
	// Stage 4: restore lastIncludedIndex and lastIncludedTerm as well, and the
	// snapshot, with ReadSnapshot: the next save needs it, and so does a peer far
	// behind. commitIndex and lastApplied begin at lastIncludedIndex: the service
	// has read the snapshot by itself, and gets what follows it. (lastApplied may
	// begin at 0 instead: then the snapshot is sent on applyCh first.)
}

// PersistBytes is the size of the saved state, without the snapshot.
func (rf *Raft) PersistBytes() int {
	notYet("PersistBytes", "handouts/03-persistence.md") // Stage 3: delete this line

	return rf.persister.RaftStateSize()
}

// ---- Stage 4: snapshots (§7, Figure 13)

// The log loses its beginning: it starts after lastIncludedIndex, the entry at
// which is known by its term only, lastIncludedTerm. Let the dummy entry take that
// part, or do without it; either way the small functions on indexes and terms
// change first, and TestReplication and TestPersistence must still pass. With
// all entries dropped, the last index and term are those of the snapshot,
// in RequestVote too. A search for ConflictIndex ends at lastIncludedIndex + 1,
// and the leader's for ConflictTerm at lastIncludedIndex.

// Snapshot tells that the service has put everything up to and including index
// into snapshot. It may be called by the goroutine that reads applyCh: so it
// must not wait for room on applyCh.
func (rf *Raft) Snapshot(index int, snapshot []byte) {
	notYet("Snapshot", "handouts/04-snapshots.md") // Stage 4: delete this line

	// Your code here (stage 4), with the lock held.
	//
	// Ignore an index at or below lastIncludedIndex: there is a later snapshot.
	//
	// Take the term of the entry at index, and drop all entries up to index, that
	// one included. Copy those that remain into a new slice: a slice of the old
	// one keeps what was dropped in memory. Then set lastIncludedIndex and
	// lastIncludedTerm, keep the snapshot, and save all of it in one Save.
}

// InstallSnapshotArgs is what a leader sends to a peer that needs entries which
// the leader has dropped. It is sent whole, without Figure 13's offset and
// done. Keep the fields' names.
type InstallSnapshotArgs struct {
	Term              int // the leader's term
	LeaderId          int
	LastIncludedIndex int // the snapshot stands for all entries up to this one
	LastIncludedTerm  int
	Data              []byte
}

// InstallSnapshotReply is the answer.
type InstallSnapshotReply struct {
	Term int // the receiver's currentTerm, for the leader to catch up
}

// InstallSnapshot is called when a leader sends its snapshot.
func (rf *Raft) InstallSnapshot(args *InstallSnapshotArgs, reply *InstallSnapshotReply) {
	notYet("InstallSnapshot", "handouts/04-snapshots.md") // Stage 4: delete this line

	// Your code here (stage 4), with the lock held from the first line to the last.
	//
	// All Servers 2 (§5.1): adopt a higher term. Then reply.Term is currentTerm.
	//
	// InstallSnapshot 1: if args.Term is older than currentTerm, change nothing.
	//
	// Candidates 3, Followers 2 (§5.2): the sender leads the current term. Do
	// what AppendEntries does.
	//
	// InstallSnapshot 2 to 4 are about chunks: there are none here.
	//
	// InstallSnapshot 5: a snapshot that comes late is old. At or below
	// commitIndex it says nothing new, so ignore it. It would take back what has
	// been applied. A newer one replaces the snapshot of this server.
	//
	// InstallSnapshot 6: if the log has an entry at LastIncludedIndex with
	// LastIncludedTerm, keep the entries after it.
	//
	// InstallSnapshot 7: if not, drop them all: they are not the leader's.
	//
	// InstallSnapshot 8: the service is to be set to the snapshot, see
	// "Delivering a snapshot". commitIndex is now LastIncludedIndex. Set
	// lastIncludedIndex and lastIncludedTerm, and save state and snapshot in one
	// Save before the answer leaves.
}

// Delivering a snapshot (stage 4). The applier does it, as it does everything else
// on applyCh: a handler that sends there may be overtaken by an entry. Whenever
// lastApplied lies below lastIncludedIndex, the entries between are gone, and
// the snapshot is due instead:
//
//	ApplyMsg{SnapshotValid: true, Snapshot: ..., SnapshotTerm: ..., SnapshotIndex: ...}
//
// and lastApplied becomes lastIncludedIndex. The entries after it follow. So the
// service never sees an older state after a newer one. (InstallSnapshot 6 of the
// figure keeps the state machine; here the service cannot have applied the
// entries up to LastIncludedIndex, or rule 5 would have ended it.)
//
// Sending a snapshot (stage 4). A sender whose peer has a nextIndex at or below
// lastIncludedIndex sends it InstallSnapshot instead of entries: one at a time,
// like entries, and again only when the Call has returned false. Upon the answer,
// as always: a higher term, then role and term as they were. Then matchIndex
// is at least args.LastIncludedIndex, nextIndex at least one more, and the
// sender goes on with entries. The own snapshot may be a later one by then.
//
// Heartbeats to such a peer go on, or it campaigns while a large snapshot is under
// way. Their PrevLogIndex is lastIncludedIndex, with lastIncludedTerm. A peer
// that refuses it changes nothing, since nextIndex is not PrevLogIndex + 1.

// ---- Stage 6: robust elections (Ongaro's thesis §9.6, §6.2, §4.2.3)

// A server that was cut off has campaigned all the while. When it comes back its
// term is higher than everybody's, and it deposes a leader that did nothing wrong.
// Pre-vote keeps it from that. And a leader that is cut off does not know.
// CheckQuorum tells it.

// RequestPreVote is called when another server asks whether it could win an
// election, before it begins one. The structs are RequestVote's: Term is the term
// that the election would be for, the asker's currentTerm+1.
func (rf *Raft) RequestPreVote(args *RequestVoteArgs, reply *RequestVoteReply) {
	notYet("RequestPreVote", "handouts/06-robust.md") // Stage 6: delete this line

	// Your code here (stage 6), with the lock held from the first line to the last.
	// The answer is a forecast and binds nobody: currentTerm, votedFor and the
	// election timeout stay as they are, whatever it is. Several servers may be
	// told yes for the same term.
	//
	// Grant if all of these hold. Then reply.Term is args.Term, and nobody adopts
	// it: no server is in that term yet. With a refusal, reply.Term is currentTerm.
	//   - args.Term is higher than currentTerm.
	//   - This server does not lead, and has heard no leader within the MINIMUM
	//     election timeout. What counts is when one was heard: that this server
	//     led once, or has learned of a higher term, says nothing about it.
	//   - The asker's log is at least as up-to-date as this server's (§5.4.1). Its
	//     last term is compared, not its Term: one with a short log may be in a
	//     high term.
}

// Asking (stage 6). Where the election timeout ends, do not campaign. Become a
// pre-candidate: currentTerm and votedFor stay, a new timeout is drawn, and the
// count begins anew with your own yes. Ask all others as in stage 1. In the answer:
//
//   - Refused: adopt reply.Term if it is higher (stage 3: save). So a server with
//     the longest log and an old term learns the term in which to ask next.
//   - Granted: count it if this is still the SAME pre-candidacy. Role and term do
//     not say so, because the term stays the same from one to the next: number
//     them. With a majority, campaign as in stage 1, in the term currentTerm+1.
//
// A pre-candidate that hears its leader follows it again, and so does one that
// grants its vote. Alone, a server has a majority at once.
//
// CheckQuorum (stage 6, §6.2). A leader that no majority has answered for an
// election timeout, itself counted, becomes a follower, in the same term. Note for
// each peer when the latest request left that it has answered in this term: an
// answer of an older term does not count, and neither does a request of the
// peer's. A new leader has a whole timeout before it is asked for the first time.
//
// Leases (stage 6, §4.2.3). A server that leads, or has heard its leader within the
// minimum election timeout, does not heed RequestVote: it refuses, with
// currentTerm in the answer, and does not adopt the request's term. It does heed a
// higher term in AppendEntries and in any ANSWER. That is how a leader learns of
// a server that is ahead of it, which nobody would hear otherwise. Do this only
// together with CheckQuorum: it is what deposes a leader that hears nobody.

// ---- Stage 7: reads (thesis §6.4)

// These two make a Raft a raftapi.Reader, whose comments are the contract.

// ReadIndex returns an index such that a service which has applied it may answer a
// read that came before the call. It waits for a majority.
func (rf *Raft) ReadIndex() (index int, ok bool) {
	notYet("ReadIndex", "handouts/07-reads.md") // Stage 7: delete this line

	// Your code here (stage 7).
	//
	// ReadIndex 1: where this server does not lead, false. Where no entry of
	// currentTerm is committed, it does not know yet what is: false, or wait. If
	// no client writes, an entry with a nil Command gets it there.
	//
	// ReadIndex 2: take commitIndex, BEFORE the round.
	//
	// ReadIndex 3: a round of heartbeats, sent after the call began, that a majority
	// answers in this term. Answers to older ones show nothing: somebody else may
	// have been elected since. Number what you send. Calls that come while a round
	// is under way wait for it, and then share ONE of their own.
	//
	// Wait on a condition. Return false when this server leads that term no more,
	// when it is killed, and when no answers come for an election timeout.
	return index, ok
}

// LeaseRead is ReadIndex without a message, by the clock.
func (rf *Raft) LeaseRead() (index int, ok bool) {
	notYet("LeaseRead", "handouts/07-reads.md") // Stage 7: delete this line

	// Your code here (stage 7). It needs the leases of stage 6.
	//
	// As ReadIndex 1 and 2, and it never waits. Instead of the round: a majority,
	// this server included, has answered a request that LEFT less than the lease
	// ago. The lease is shorter than the minimum election timeout, within which the
	// answerers elect nobody. Counted from the answer's arrival it would be too
	// long, and so would a timeout drawn at random. Stepping down ends it.
	//
	// A server that was restarted has forgotten whom it heard. So it grants
	// nothing, vote or pre-vote, for one minimum election timeout after Make, if
	// there was a state to restore.
	return index, ok
}
