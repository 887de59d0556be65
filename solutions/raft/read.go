package raft

import "time"

// ReadIndex is the thesis's §6.4. It returns an index such that a machine that
// has applied it holds every command that was answered before the call.
func (rf *Raft) ReadIndex() (index int, ok bool) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	term, giveUp := rf.currentTerm, time.Now().Add(maxElectionTimeout)
	if !rf.leadsLocked(term) {
		return 0, false
	}

	// ReadIndex 1: a new leader has every committed entry, but does not know
	// which ones are, until one of its own term is. Where no client sends a
	// command, an entry without one does it.
	if rf.log.lastTerm() < term {
		rf.appendLocked(nil)
		rf.toSend.Broadcast()
	}
	if !rf.awaitReadLocked(term, giveUp, rf.knowsCommittedLocked) {
		return 0, false
	}

	// ReadIndex 2: what is committed now. What is committed later is after the
	// call, and need not be waited for.
	index = rf.commitIndex

	// ReadIndex 3: somebody else may lead by now, and have committed more. Not
	// if a majority follows this server in a round that begins now.
	need := rf.seq + 1 // of whatever is sent from here on
	rf.readSeq = need
	rf.advanceReadsLocked()
	confirmed := func() bool { return rf.quorumContactLocked().seq >= need }
	return index, rf.awaitReadLocked(term, giveUp, confirmed)
}

// knowsCommittedLocked tells whether an entry of the leader's term is committed.
func (rf *Raft) knowsCommittedLocked() bool {
	return rf.log.term(rf.commitIndex) == rf.currentTerm
}

// awaitReadLocked waits until something is so while this server leads term. It
// gives up at a time, give or take a heartbeat interval.
func (rf *Raft) awaitReadLocked(term int, giveUp time.Time, is func() bool) bool {
	for rf.leadsLocked(term) && time.Now().Before(giveUp) {
		if is() {
			return true
		}
		rf.toRead.Wait()
	}
	return false
}

// advanceReadsLocked is called when a reader has come or a peer has answered. It
// wakes the readers if a majority has answered more than before, and begins a
// round if somebody needs one.
//
// There is one round under way at a time, which all who come meanwhile wait for,
// and then they share the next. The regular heartbeats do as well as a round, and
// so does any other request that leaves later: where a message of the round is
// lost, the next heartbeat stands in for it.
func (rf *Raft) advanceReadsLocked() {
	heard := rf.quorumContactLocked().seq
	if heard != rf.heard {
		rf.heard = heard
		rf.toRead.Broadcast()
	}
	if heard < rf.readSeq && heard >= rf.round {
		rf.beginRoundLocked()
	}
}

// beginRoundLocked sends heartbeats to those who have answered lately. The
// others get the regular ones alone, or there would be no bound to the requests
// that wait for a server which is down.
func (rf *Raft) beginRoundLocked() {
	sent := rf.stampLocked()
	rf.round = sent.seq
	for peer := range rf.peers {
		if peer != rf.me && sent.at.Sub(rf.contact[peer].at) < minElectionTimeout {
			go rf.sendHeartbeat(peer, rf.heartbeatLocked(peer), sent)
		}
	}
}
