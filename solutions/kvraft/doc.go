// Package kvraft is the reference solution of the key/value lab: a linearizable
// service on top of the reference Raft, after §8 of the extended Raft paper and
// chapter 6 of Ongaro's thesis.
//
// # Where the ideas are
//
//	finding the leader (§8, thesis §6.2)        Clerk.execute in client.go
//	one number for all tries of an operation
//	(§8, thesis §6.3)                           Clerk.execute, Op in op.go
//	executed once (§8, thesis §6.3)             machine.go, session.go
//	answered once it is applied (Figure 2,
//	Leaders 2)                                  propose and commit in server.go, waiters.go
//	sent away when leadership is lost
//	(thesis §6.2)                               waiters.go, watch.go
//	no stale reads (§8, thesis §6.4)            read.go
//	state, sessions and snapshot (§7)           snapshot.go
//
// # The way of an operation
//
// A clerk sends it to the server that answered last. That server gives it to
// Raft's Start, notes who waits at the index that Start returns, and answers when
// that index is applied: clerk to leader, leader to a majority and back, leader
// to clerk, which is two round trips, and nothing in between waits for a timer.
// Any other server refuses, and the clerk asks the next one at once. When all have
// refused there is no leader, and it waits a little.
//
// A Get needs no entry. Raft says up to which index the machine must have applied
// the log, once a majority has confirmed that this server still leads, and the
// server answers from its machine when that is so far: two round trips again, and
// all Gets of a moment share one round. [StartWith] selects another way, by the
// leader's lease or through the log, see read.go. A Raft that is no
// raftapi.Reader has its Gets in the log.
//
// # Exactly once
//
// An operation has the clerk's id and a number, the same in all tries. It may be
// in the log several times. Whether it is executed is decided when it is
// applied, by what was applied before, which is the same on every server. A look
// at the sessions before Start only spares the log an entry.
//
// What is kept is one number a clerk. It is enough because a clerk has one
// operation outstanding. It lies in the snapshot beside the values, so it is
// as old as they are, always.
//
// # Who waits, and for how long
//
// A handler waits for an index in a term. It is told when
//
//   - its operation is applied there: it answers;
//   - something else is applied there, a snapshot jumps over it, Start says that
//     this server does not lead or leads another term, or the server is killed:
//     it sends its clerk away, which asks the next server.
//
// All of these come to pass without anybody asking for them. They leave two gaps,
// and Raft says nothing by itself in either: a leader that was deposed while
// nobody writes any more, and a leader in a minority that does not know. While
// somebody waits, a goroutine looks for both ten times a second; see watchLoop.
// It takes a second without progress to give the second up, so where a commit
// takes longer than that, Gets cannot be answered. A Raft that elects within
// less does not work there either.
//
// # The lock
//
// One mutex, mu, guards what changes in a KVServer. It is held over Raft's Start
// and GetState, which wait for nobody, and never over Snapshot, a Call or a
// wait. The send that answers a handler goes into a channel with room for it. Raft
// never calls the service, so mu comes before Raft's own lock everywhere.
//
// # Goroutines
//
// One reads applyCh and alone changes the machine and takes snapshots, between
// two entries. One watches, while there is somebody to watch for. Each request
// has the network's. After Kill the reader stays for a second, because Raft may
// be about to send, and then nobody is left.
package kvraft
