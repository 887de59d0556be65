package raft

import "time"

// heartbeatInterval is 20 heartbeats a second to a peer.
const heartbeatInterval = 50 * time.Millisecond

// replicate keeps one peer following for as long as this server leads term.
// Each heartbeat goes out in a goroutine of its own: an unanswered one may take
// seconds to fail, and the next one does not wait for it.
//
// Leaders 1 (§5.2).
func (rf *Raft) replicate(peer, term int) {
	for !rf.killed() {
		args, ok := rf.heartbeat(term)
		if !ok {
			return
		}
		go rf.appendEntries(peer, args)
		time.Sleep(heartbeatInterval)
	}
}

// heartbeat builds an AppendEntries without entries. ok is false once this
// server does not lead term any more.
func (rf *Raft) heartbeat(term int) (args AppendEntriesArgs, ok bool) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	if rf.role != leader || rf.currentTerm != term {
		return args, false
	}
	return AppendEntriesArgs{
		Term:         term,
		LeaderId:     rf.me,
		PrevLogIndex: rf.log.lastIndex(),
		PrevLogTerm:  rf.log.lastTerm(),
	}, true
}

// appendEntries sends args to one peer and handles the answer. Of a heartbeat's
// answer only the term matters.
func (rf *Raft) appendEntries(peer int, args AppendEntriesArgs) {
	var reply AppendEntriesReply
	if !rf.peers[peer].Call("Raft.AppendEntries", &args, &reply) {
		return
	}
	rf.mu.Lock()
	defer rf.mu.Unlock()
	defer rf.persistLocked()
	rf.observeTermLocked(reply.Term)
}

// AppendEntries is Figure 2's AppendEntries RPC, at the receiver. It stores no
// entries: a request that carries some is answered with Success false, so that
// no leader counts them as held here.
func (rf *Raft) AppendEntries(args *AppendEntriesArgs, reply *AppendEntriesReply) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	defer rf.persistLocked()
	rf.observeTermLocked(args.Term)
	reply.Term = rf.currentTerm

	// AppendEntries 1 (§5.1): refuse a leader of an older term.
	if args.Term < rf.currentTerm {
		return
	}

	// Candidates 3 (§5.2): this term has a leader, so follow it.
	rf.becomeFollowerLocked(args.Term)

	// Followers 2 (§5.2): the current leader resets the timer, whatever its
	// request says about the log.
	rf.resetElectionTimerLocked()

	// AppendEntries 2 (§5.3): refuse if the log lacks the entry before.
	if !rf.log.contains(args.PrevLogIndex, args.PrevLogTerm) {
		return
	}
	reply.Success = len(args.Entries) == 0
}
