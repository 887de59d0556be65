package kvraft

// sessions holds, for each clerk, the number of its last write that was executed
// (§8, thesis §6.3). A clerk has one operation outstanding and numbers them in
// order, so a number up to that one belongs to a write which was executed, or
// to one which its clerk does not wait for any more.
//
// Invariant: there is one entry a clerk that has ever written. Numbers of
// operations do not pile up, results are not kept: a write has none, and a Get
// is executed again. Nobody tells when a clerk is gone, so its entry stays.
// Removing the oldest is possible if all servers do it at one place in the log,
// but a clerk that was away for long would then write twice.
type sessions map[int64]int

// executed tells whether a clerk's write of that number is not to be executed
// any more.
func (s sessions) executed(clerk int64, seq int) bool { return seq <= s[clerk] }

// note keeps that a clerk's write was executed.
func (s sessions) note(clerk int64, seq int) { s[clerk] = seq }
