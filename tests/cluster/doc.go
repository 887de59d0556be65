// Package cluster runs the servers of a case on one labrpc network: it starts,
// crashes, restarts, pauses, cuts and joins them, asks them who leads, and
// records what happens.
//
// A [Cluster] consists of real servers, all made by the same constructor. A
// [Scripted] cluster has one real server, S0, whose peers are played by the
// case over the wire, with the messages of package wire.
//
// A cluster may also be of servers of a service that makes its own Raft, with
// clients on the same network; see [NewServices].
//
// Everything that a cluster does to its servers takes place at a virtual
// instant of its own, and in the order of the network's events. What is
// recorded goes to the case's trace, and to the rules of package invariant: the
// first that is broken ends the case, wherever it is.
package cluster
