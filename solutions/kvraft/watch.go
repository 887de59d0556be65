package kvraft

import "time"

const (
	// watchInterval is how often a server that is waited for asks its Raft
	// whether it still leads. It is two heartbeat intervals: a leader that was
	// cut off and is back learns of the new one with the next heartbeat.
	watchInterval = 100 * time.Millisecond

	// patience is how long handlers wait while nothing at all is applied. By
	// then the others have mostly elected somebody else.
	patience = time.Second
)

// watchLoop ends the waits that the log does not end. A handler is mostly sent
// away by what it waits for: its index is applied, another entry is applied
// there, a snapshot jumps over it, or a Start shows a new term. But a leader that
// was deposed may never apply anything again, be it because it was cut off or
// because nobody writes any more. Raft tells nobody that it was deposed, so
// somebody has to ask.
//
// This goroutine asks, while there are waiters, and sleeps for good while there
// are none. A leader in a minority may go on to believe that it leads, if its Raft
// does not check for a quorum (§5.1 lets only a higher term depose it), so the time
// without progress counts as well. To send a handler away is always safe: its
// clerk asks again.
func (kv *KVServer) watchLoop() {
	for kv.awaitWaiters() {
		time.Sleep(watchInterval)
		kv.checkLeadership()
	}
}

// awaitWaiters waits until there are waiters. It returns false once the server
// was killed.
func (kv *KVServer) awaitWaiters() bool {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	for len(kv.waiters.at) == 0 && !kv.dead {
		kv.toWatch.Wait()
	}
	return !kv.dead
}

// checkLeadership sends all waiters away if this server does not lead their term
// any more, or leads it without effect.
func (kv *KVServer) checkLeadership() {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	term, isLeader := kv.rf.GetState()
	if !isLeader || term != kv.waiters.term || time.Since(kv.waiters.moved) > patience {
		kv.waiters.lose()
	}
}
