// Package kvapi is the contract between a fault-tolerant key/value service,
// which is built on a Raft, and the suite that tests it. It holds types only.
//
// # The service
//
// Keys and values are strings. Put sets a key's value, Append adds to its end,
// Get returns it. A key that nobody has written has the value "": a Get of it
// returns that, an Append to it acts as a Put. Append returns nothing.
//
// Each server of the cluster is a [Server], started by a [StartFunc]. It makes
// its own Raft, reads what that applies, and answers clerks. A client uses a
// [Clerk], made by a [MakeClerkFunc]. A [Service] is the two constructors
// together, which is what a suite tests.
//
// The suite serves two values on each server's network, each under the name of
// its type: the Server, and the Raft that [Server].Raft returns. So the Server's
// type may be called as you like, but not Raft. What its methods are, and what a
// clerk and a server say to each other, is the implementation's own business:
// the suite reads none of it.
//
// # What a service promises
//
//   - Linearizability. Every operation takes effect at one instant between its
//     call and its return, and what each Get returns follows from the order of
//     these instants (§8). An operation whose call has not returned may have
//     taken effect, may do so later, or never.
//   - Exactly once. An operation that has returned took effect once, however
//     often the clerk sent it, whatever was lost or duplicated, and whichever
//     servers crashed meanwhile. One that has not returned took effect once at
//     most.
//   - Bounded memory. What a server keeps to tell a repeated request grows with
//     the number of clerks, and not with the number of operations.
//   - Snapshots. Where maxRaftState is not -1, the service has its Raft take a
//     snapshot when PersistBytes comes near maxRaftState, so that it stays below
//     8 times that; whoever is started with that snapshot goes on as if nothing
//     had been. What exactly once needs is part of it. With -1 there are no
//     snapshots.
//   - An answer, where there can be one. When a majority of the servers is up,
//     connected, and reached by the clerk, each operation returns: without
//     faults within three round trips and one hop, see below, and within 10 s of
//     a fault's end, whatever was under way when it began.
//   - No answer, where there can be none. A server that does not reach a majority
//     answers neither a write nor a Get with a value.
//   - After Kill every goroutine of the server ends within 2 s, those of its Raft
//     included, and so does every handler that waits for something: it answers,
//     or returns with an empty reply, which nobody hears.
//
// # Time
//
// All times are of the clock that the service sees, which in a test is a virtual
// one. An operation that nothing disturbs takes three round trips and one hop at
// most, from a clerk's second operation on: 35 ms where a hop takes 5 ms.
// Clerk to leader, leader to a majority and back, and leader to clerk are two
// round trips. The third is for a Raft that must wait for a request under way,
// or asks for a read index; the hop is for one that lets its followers know
// first. Nothing is left for a loop that looks every few milliseconds.
//
// A clerk that does not know the leader asks one server after the other, without
// a pause, until it has asked all. Only then it may wait: so as not to ask all
// the time while there is no leader, but for no longer than 250 ms.
//
// # Clerks
//
// The suite calls a clerk from one goroutine at a time, so it has one operation
// outstanding at most. It may use goroutines of its own inside an operation;
// they end within 2 s of the operation's end.
//
// A clerk tries until it has an answer. It has no time limit and does not give
// up, and it is never told that nobody needs the answer any more: there is no
// Kill. Each try takes some time, since a Call does, be it to a server that is
// down, from a client that was stopped, or over a network that was closed.
//
// The suite sees to the end: where a case goes well, it heals the network, starts
// what is down and waits for every operation. Where it fails, a clerk's next Call
// does not return: its goroutine is not heard of again.
//
// # What the suite calls, and when
//
// A StartFunc is called for each server once at the beginning and once after
// each crash or Kill, with the same servers and me, and a persister that holds
// what the last instance has saved. It returns quickly. Calls from clerks and
// peers arrive when it has returned, not before. A crash is a Kill after which
// nothing is sent or saved any more.
//
// Server.Raft is called right after the start and may be called at any time.
// Kill is called once, when the server is crashed or the case ends.
//
// A clerk is made when its client begins, and a client may begin at any time,
// also while no server is up. MakeClerk calls nobody.
package kvapi

import (
	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
)

// Clerk is a client's way to the service. Each method returns when the
// operation has taken effect, and not before.
type Clerk interface {
	// Get returns the key's value, "" if it has none.
	Get(key string) string

	// Put sets the key's value.
	Put(key, value string)

	// Append adds value to the end of the key's value.
	Append(key, value string)
}

// Server is one server of the service.
type Server interface {
	// Raft returns the server's Raft, always the same one. The suite serves it
	// on the network, asks who leads, and looks at PersistBytes. It does not
	// call Start, Snapshot or Kill: the Raft is the service's.
	Raft() raftapi.Raft

	// Kill tells the server that it is no longer needed. It kills its Raft too.
	Kill()
}

// MakeClerkFunc makes a clerk. servers has one end for each server, in any
// order, which differs from one clerk to another.
type MakeClerkFunc func(servers []*labrpc.ClientEnd) Clerk

// StartFunc starts server me. servers has one end for each server, this one's
// own included, in the same order on every server: they are its Raft's peers,
// and persister is its Raft's as well. The service restores itself from the
// persister's snapshot. maxRaftState is how large PersistBytes may grow, about,
// in bytes; -1 stands for any size.
type StartFunc func(servers []*labrpc.ClientEnd, me int, persister raftapi.Persister, maxRaftState int) Server

// Service is an implementation: its two constructors.
type Service struct {
	MakeClerk MakeClerkFunc
	Start     StartFunc
}
