// Package labsync has a Mutex and a RWMutex for code that runs in virtual
// time. They are used as sync's are; everything else that sync exports is here
// too, so that
//
//	import sync "raftlabs/labsync"
//
// is all that a file which uses sync needs.
//
// # The rule
//
// Do not hold a lock over a sleep, an RPC or a channel operation. Copy what is
// needed under the lock, let it go, call, lock again, and check that what was
// true before still is:
//
//	rf.mu.Lock()
//	args := RequestVoteArgs{Term: rf.currentTerm, CandidateId: rf.me}
//	rf.mu.Unlock()
//
//	ok := peer.Call("Raft.RequestVote", &args, &reply)
//
//	rf.mu.Lock()
//	defer rf.mu.Unlock()
//	if !ok || rf.currentTerm != args.Term || rf.role != candidate {
//		return
//	}
//
// # Why not sync's
//
// A case runs in a bubble of testing/synctest. Its clock moves on when every
// goroutine in the bubble is durably blocked: asleep, in a channel operation,
// in Cond.Wait, in WaitGroup.Wait. Waiting for a sync.Mutex does not count. So
// if one goroutine breaks the rule and sleeps with a sync.Mutex held, and
// another waits for that mutex, the sleep never ends and the case is frozen.
// Here a goroutine that waits for a mutex is in Cond.Wait. The clock moves on,
// the sleep ends, and the case can say who held which lock, taken where, over
// how many milliseconds, instead of hanging.
//
// Outside a bubble the same mutexes work on the wall clock.
//
// # What differs from sync
//
//   - Waiters get the lock in order of arrival; Unlock hands it to the first.
//     So a RWMutex lets in readers only up to the next waiting writer.
//   - Unlock of an unlocked mutex panics with a sentence. sync's is fatal.
//   - A mutex that is waited for inside a bubble must be unlocked inside that
//     bubble. A package-level mutex may be used by one bubble after another,
//     or outside of them; a goroutine outside that unlocks it while one inside
//     waits ends the program ("semaphore wake of synctest goroutine from
//     outside bubble").
//   - A Once is sync's: while its function sleeps, another goroutine's Do
//     freezes the clock.
//   - A Lock with its Unlock costs more than ten times what sync's do, most of
//     it for finding the caller. Where many fight for one lock, each
//     hand-off is a switch of goroutines. See the benchmarks.
//
// The race detector is told what sync's mutexes tell it, to the letter: the
// inside of this package orders nothing, nor do waiting, stalls and their
// bookkeeping. Code that is racy with sync is reported with labsync.
//
// # Who waits for whom
//
// A mutex knows its holder: the goroutine, the caller of Lock, and since when.
// [Waiting] lists the waits in progress, for a watchdog; [SetOnWait] hears of
// each wait that took virtual time, when it has ended. In a correct program
// there is none, stalls apart: what is done under a lock takes no virtual time
// unless it blocks.
//
// # Stalls
//
// [SetStalls] puts goroutines to sleep for some virtual time at Lock and after
// Unlock, drawn by a seed: like a preempted thread, or a garbage collection.
// This costs no real time and brings about orders that schedulers rarely
// show: state not checked again after relocking, arguments built after
// unlocking, a leader that goes on in a term which it has lost. Every program
// must bear it. A goroutine that holds one mutex may stall at another, and
// those who wait for the first then wait with nobody to blame:
// [Wait.HolderStalled] says so. TryLock never stalls.
//
// # Lock order
//
//	go test -tags deadlock ./raft -run TestElection
//
// has github.com/sasha-s/go-deadlock watch every Lock. It reports, at once and
// without a run that hangs, a goroutine that locks what it holds already, and
// two locks that are taken in both orders; [SetOnDeadlock] hears of it. No
// other tag is needed: the mutexes stay these, durable, with their holders and
// stalls. go-deadlock's own global lock orders everything, so leave -race for
// a run without the tag: with both, races are hidden. A Lock then costs some
// 1.5 µs. A lock got by TryLock is not shown to go-deadlock.
package labsync
