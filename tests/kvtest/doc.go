// Package kvtest tests key/value services (package kvapi).
//
// # Histories
//
// A [Recorder] is a clerk that writes down what its clerk did: each [Operation]
// with the stamps of its call and its return. Stamps are numbers that only grow,
// one row for all clients. They are not the clock's: many things share one
// instant of virtual time, and two operations one after the other would look
// concurrent.
//
// # Linearizability
//
// [Check] tells whether a history is linearizable: whether there is an order of
// its operations that keeps every one of them between its call and its return,
// and in which each Get returns what a map would (§8). It is porcupine that looks
// for the order. Keys do not depend on each other, so each is checked by itself.
//
// The search is exponential at worst. What it costs is decided by how many
// operations of one key are under way at a time, not by the length of the history:
// with up to 4 of them on average it checks 200,000 operations a second and more,
// with 5 not even 5,000, and with 6 it often does not end; where there is no order
// it takes longer. See BenchmarkCheck. So a case keeps to 2 a key. A write that
// never returns is under way until the end, and counts among them.
//
// A check has a time limit, and its result may be [Unknown]. That says nothing
// about the service, but that the case was made too hard.
//
// A history that is not linearizable is explained in a sentence: which Get
// returned what, and why it cannot have. The [Verdict] can be written as a page
// that shows the operations, and how far an order was found.
package kvtest
