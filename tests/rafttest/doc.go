// Package rafttest holds the staged suites for Raft. A stage is a table of
// cases; a test file runs it with one line:
//
//	func TestElection(t *testing.T) { rafttest.Election.Run(t, Make) }
//
// Three kinds of case are in every stage. A Rule case has one real server
// whose peers the case plays over the wire, and tests one sentence of the
// paper. A Scenario case is a cluster with a script of faults. A Swarm case is
// a cluster under a mix of faults drawn from the seed, which must then heal.
//
// What a case may expect of correct code is what package raftapi promises and
// the paper says, nothing more: a leader may start its term with a no-op, ask
// for pre-votes first, keep a lease, answer with fields of its own, and draw
// its election timeouts from anywhere between 150 ms and 1 s.
package rafttest
