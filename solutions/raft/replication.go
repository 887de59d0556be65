package raft

import (
	"fmt"
	"time"
)

const (
	// heartbeatInterval is 20 heartbeats a second to a peer.
	heartbeatInterval = 50 * time.Millisecond

	// maxEntries is how many entries one AppendEntries carries at most.
	maxEntries = 1000

	// A request is taken for lost where another one that left this much later
	// was answered before it. Snapshots are large, and worth some patience.
	entriesPatience  = heartbeatInterval
	snapshotPatience = 10 * heartbeatInterval
)

// replicator sends entries and snapshots to one peer, for as long as this
// server leads term. It has one request under way at a time: what is started
// meanwhile goes into the next one. So each entry is sent once, however slow
// the link, and a burst of commands takes few requests.
//
// Heartbeats go out beside it. Their answers tell that a peer is there again
// after a loss, and that a request was lost whose Call does not return.
type replicator struct {
	peer, term int
	sent       stamp         // of the request under way; zero if none is
	patience   time.Duration // with that request
	silent     bool          // the last request was lost: only heartbeats until one is answered
}

// startReplicatorLocked makes a new goroutine responsible for a peer. The one
// before, if there is one, ends when its Call does.
func (rf *Raft) startReplicatorLocked(peer int) {
	r := &replicator{peer: peer, term: rf.currentTerm}
	rf.replicators[peer] = r
	go rf.replicate(r)
}

// replicate is Leaders 3 (§5.3): while a peer lacks entries, send them.
func (rf *Raft) replicate(r *replicator) {
	for {
		send := rf.awaitWork(r)
		if send == nil {
			return
		}
		send()
	}
}

// awaitWork waits until the peer lacks something and returns what sends it, nil
// once r is not responsible any more.
func (rf *Raft) awaitWork(r *replicator) (send func()) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	for rf.leadsLocked(r.term) && rf.replicators[r.peer] == r {
		switch next := rf.nextIndex[r.peer]; {
		case r.silent || next > rf.log.lastIndex():
			rf.toSend.Wait()
		case next <= rf.log.base:
			args := rf.snapshotForLocked(r)
			return func() { rf.sendSnapshot(r, args) }
		default:
			args := rf.entriesForLocked(r)
			return func() { rf.sendEntries(r, args) }
		}
	}
	return nil
}

// leadsLocked tells whether this server still leads term.
func (rf *Raft) leadsLocked(term int) bool {
	return rf.role == leader && rf.currentTerm == term && !rf.killed()
}

// entriesForLocked is an AppendEntries with what a peer lacks.
func (rf *Raft) entriesForLocked(r *replicator) AppendEntriesArgs {
	r.sent, r.patience = rf.stampLocked(), entriesPatience
	args := rf.heartbeatLocked(r.peer)
	args.Entries = rf.log.copyFrom(rf.nextIndex[r.peer], maxEntries)
	return args
}

// heartbeatLocked is an AppendEntries without entries for a peer. It asks
// whether the logs agree right before nextIndex. Where that lies in what was
// dropped, it asks for the end of the snapshot: a yes says that the peer has it.
func (rf *Raft) heartbeatLocked(peer int) AppendEntriesArgs {
	prev := max(rf.nextIndex[peer]-1, rf.log.base)
	return AppendEntriesArgs{
		Term:         rf.currentTerm,
		LeaderId:     rf.me,
		PrevLogIndex: prev,
		PrevLogTerm:  rf.log.term(prev),
		LeaderCommit: rf.commitIndex,
	}
}

// sendEntries sends entries and handles the answer.
func (rf *Raft) sendEntries(r *replicator, args AppendEntriesArgs) {
	var reply AppendEntriesReply
	ok := rf.peers[r.peer].Call("Raft.AppendEntries", &args, &reply)
	rf.mu.Lock()
	defer rf.mu.Unlock()
	defer rf.persistLocked()
	sent := r.sent
	r.sent, r.silent = stamp{}, !ok
	if !ok || !rf.countsLocked(leader, args.Term, reply.Term) {
		return
	}
	rf.onAppendReplyLocked(r.peer, &args, &reply)
	rf.onAnswerLocked(r.peer, sent)
}

// heartbeats is Leaders 1 (§5.2): heartbeats to all, at once and again in each
// interval, whatever else is under way. Each goes out in a goroutine of its
// own: an unanswered one may take seconds to fail, and the next one does not wait.
func (rf *Raft) heartbeats(term int) {
	for rf.beat(term) {
		time.Sleep(heartbeatInterval)
	}
}

// beat sends one round of heartbeats. It returns false once this server does
// not lead term any more.
func (rf *Raft) beat(term int) bool {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	if !rf.leadsLocked(term) {
		return false
	}
	sent := rf.stampLocked()
	for peer := range rf.peers {
		if peer != rf.me {
			go rf.sendHeartbeat(peer, rf.heartbeatLocked(peer), sent)
		}
	}
	rf.toRead.Broadcast() // who has waited enough gives up
	return true
}

// sendHeartbeat sends a heartbeat that was built at sent, and handles the
// answer.
func (rf *Raft) sendHeartbeat(peer int, args AppendEntriesArgs, sent stamp) {
	var reply AppendEntriesReply
	if !rf.peers[peer].Call("Raft.AppendEntries", &args, &reply) {
		return
	}
	rf.mu.Lock()
	defer rf.mu.Unlock()
	defer rf.persistLocked()
	if !rf.countsLocked(leader, args.Term, reply.Term) {
		return
	}
	rf.onAppendReplyLocked(peer, &args, &reply)
	rf.onAnswerLocked(peer, sent)

	// The peer is there. What was lost on the way to it can be sent again.
	r := rf.replicators[peer]
	r.silent = false
	if r.sent != (stamp{}) && sent.at.Sub(r.sent.at) >= r.patience {
		rf.startReplicatorLocked(peer)
	}
	rf.toSend.Broadcast()
}

// onAppendReplyLocked handles an answer of the current term.
//
// Leaders 3 (§5.3): on success the peer holds what the request said, on failure
// nextIndex goes back.
func (rf *Raft) onAppendReplyLocked(peer int, args *AppendEntriesArgs, reply *AppendEntriesReply) {
	if reply.Success {
		rf.onMatchLocked(peer, args.PrevLogIndex+len(args.Entries))
		return
	}
	// An answer to a question that was settled meanwhile says nothing.
	if args.PrevLogIndex != rf.nextIndex[peer]-1 || args.PrevLogIndex <= rf.matchIndex[peer] {
		return
	}
	// End of §5.3: skip all that cannot agree, on both sides.
	agree := rf.log.lastUpTo(reply.HintIndex, reply.HintTerm)
	rf.nextIndex[peer] = max(agree, rf.matchIndex[peer]) + 1
}

// onMatchLocked notes that a peer holds everything up to index. Answers may
// come late and in any order, so matchIndex never goes back.
func (rf *Raft) onMatchLocked(peer, index int) {
	if index > rf.matchIndex[peer] {
		rf.matchIndex[peer] = index
		rf.nextIndex[peer] = max(rf.nextIndex[peer], index+1)
		rf.advanceCommitLocked()
	}
}

// AppendEntries is Figure 2's AppendEntries RPC, at the receiver.
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
	rf.leaderHeard = time.Now()

	// What the snapshot stands for is committed, so the leader has it too.
	prev, entries := args.PrevLogIndex, args.Entries
	lastNew := prev + len(entries)
	if skip := rf.log.base - prev; skip > 0 {
		prev, entries = rf.log.base, entries[min(skip, len(entries)):]
	} else if !rf.log.contains(prev, args.PrevLogTerm) {
		// AppendEntries 2 (§5.3): refuse if the log lacks the entry before. Tell
		// where the logs can still agree: the leader's terms up to there are
		// all up to PrevLogTerm.
		reply.HintIndex = max(rf.log.lastUpTo(prev, args.PrevLogTerm), rf.log.base)
		reply.HintTerm = rf.log.term(reply.HintIndex)
		return
	}
	reply.Success = true
	rf.storeLocked(prev, entries)

	// AppendEntries 5 (§5.3): of what is beyond the last new entry, the
	// request does not say that it agrees with the leader's log.
	rf.commitLocked(min(args.LeaderCommit, lastNew))
}

// storeLocked puts the entries that follow index prev into the log.
func (rf *Raft) storeLocked(prev int, entries []LogEntry) {
	for i, entry := range entries {
		index := prev + 1 + i
		if rf.log.contains(index, entry.Term) {
			continue // an old request, late: nothing after it may go
		}

		// AppendEntries 3 (§5.3): a conflict removes an entry and all after it.
		if index <= rf.log.lastIndex() {
			if index <= rf.commitIndex {
				panic(fmt.Sprintf("raft: entry %d of term %d conflicts with a committed one of term %d",
					index, entry.Term, rf.log.term(index)))
			}
			rf.log.truncate(index)
		}

		// AppendEntries 4 (§5.3): append what is new.
		rf.log.append(entries[i:]...)
		rf.unsaved = true
		return
	}
}
