// Package kvraft is yours: a fault-tolerant key/value service on top of your
// Raft, after §8 of the extended Raft paper and chapter 6 of Ongaro's thesis.
// The files to fill in are client.go, the clerk, and server.go. What they must
// promise is in package kvapi: read its manual first.
//
// It needs stages 1 to 4 of package raft. A Raft that is almost right shows its
// last mistakes here: when a case fails, look for the cause in both.
//
// # Steps
//
//	A  a service without faults      put operations into the log, apply them, answer
//	B  faults                        a clerk that tries again; each write once;
//	                                 leaders that lose their leadership
//	C  snapshots                     the state and what "once" needs, in a snapshot
//
// "Step A" in the comments says when a part is due. A function that waits for its
// step begins with a line notYet(...): delete it when you write the function. When
// the last one is gone, delete notYet too. You may add functions, types, RPCs and
// files as you like, and change the types of this package. Keep MakeClerk and
// StartKVServer with their parameters and results, and do not call the server's
// type Raft.
//
// # The way of an operation
//
//	clerk     -> a server     Get, Put or Append, as an RPC
//	server    -> its Raft     Start(op): an index and a term, if it leads
//	Raft      -> applyCh      the op again, on every server, at that index
//	server    -> its state    applied, by the one goroutine that reads applyCh
//	server    -> clerk        the answer, from the handler that called Start
//
// The handler waits between the second line and the last. What it waits for comes
// from another goroutine, and need not come at all: that is most of the work.
//
// A Get takes the same way. To look into the state without it is quick and wrong:
// a server that was cut off does not know what the others have done meanwhile, be
// it ever so sure to be the leader.
//
// # Time, and the lock
//
// All that the manual of package raft says of the virtual clock and of the lock
// holds here: labsync.Mutex; no loop without a wait; the lock is not held over a
// Call, a sleep, or a wait for somebody who needs it.
//
// An operation that nothing disturbs takes three round trips and one hop at most,
// in virtual time, to the millisecond. Two round trips it takes by its nature. So
// the one who waits for an answer is woken, by a channel or a condition: a loop
// that looks every few milliseconds whether the answer is there is late.
package kvraft
