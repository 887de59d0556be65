// Package alt is a second Raft, correct and of another build than the reference.
// It implements [raftapi.Raft] and [raftapi.Reader] after the extended paper
// (elections, replication, persistence, snapshots) and Ongaro's thesis (pre-vote
// §9.6, CheckQuorum §6.2, leases §4.2.3, reads §6.4). It is there for the suites'
// sake: they must accuse no correct design, and one that shares no line with the
// reference is where they would.
//
// # The machine and the loop
//
// A [machine] is Raft without a clock, a lock, a network or a disk. It is handed
// an event and the time, changes its state, and notes what is to be done: whether
// to save, what to send, what to apply, whom to answer. Nothing in it waits.
//
// A [Raft] is the shell around one. A single goroutine, the loop, takes events
// from a queue, steps the machine, and then does what was noted. Everything
// arrives as an event: RPCs, answers to RPCs, the timer, and the methods of the
// contract, GetState included. Who wants an answer hands in a channel with room for
// it, and waits for the answer or for the loop's end.
//
// The loop's rule: steps first, then one Save if any of them asks for it, and only
// then answers, messages and entries leave, in this order. So whatever the
// machine decides may rest on what is not saved yet, a leader's own entry counted
// for a majority included: nobody hears of it before the disk has it. Events that
// are waiting when a step is done are stepped before the Save, and share it.
//
// The loop waits for events and for nothing else. A Call has a goroutine, which
// posts the answer as an event and ends. Another goroutine, the applier, holds
// what is to be sent on applyCh in a queue without a bound, and always takes more:
// a service that reads nothing holds up nobody. Kill closes one channel, on which
// everyone who waits looks as well.
//
// # Beside the reference
//
//	                     here                           solutions/raft
//	mutual exclusion     one goroutine                  one mutex
//	sending              a goroutine for each message   one for each peer
//	a new leader         appends an entry without a     appends nothing before
//	                     command (thesis §6.4)          somebody reads
//	a heartbeat asks     about matchIndex, which        about nextIndex-1
//	                     nobody can refuse
//	a refusal tells      the follower's terms, with     one index and its term
//	                     first and last index of each
//	followers learn of   at once                        with the next message
//	a commit
//	the log in a         shared: an entry's place is    copied
//	message              never written again
//	saves                one for all events at hand     one for each change
//	heartbeats           22 a second                    20 a second
//	election timeouts    280 to 560 ms                  300 to 600 ms
package alt
