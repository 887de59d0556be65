// Package labrpc is a network of servers in one process, for tests: it loses,
// delays, reorders, duplicates and cuts, as a seed tells it to, and it copies
// every message, so that servers share no memory.
//
// # For those who call
//
// A server gets one [ClientEnd] for each server of its cluster. One method is
// all there is:
//
//	ok := peers[2].Call("Raft.RequestVote", &args, &reply)
//
// Call sends args to the method RequestVote of the service Raft on server 2,
// waits, and fills in reply. It returns true if an answer came, false if
// none did: the request or the reply was lost, the server is down or out of
// reach, or this server itself was stopped meanwhile. After false the method
// may have run all the same. Call always returns, unless the method at the
// other end never does. Several Calls may be under way at once, over one end
// too, and may overtake each other. Hold no lock over a Call.
//
// args may be a struct or a pointer to one, reply is a pointer to a struct
// which is zero. Both are copied as gob copies: by field name, exported
// fields only.
//
// A method that can be called is exported and has the form
//
//	func (rf *Raft) RequestVote(args *RequestVoteArgs, reply *RequestVoteReply)
//
// It runs in a goroutine of its own, any number at a time. A wrong name, a
// wrong type, a method that is not exported: such a mistake is told to
// [Options].OnError in a sentence which lists what there is.
//
// # For those who test
//
// [New] makes a [Network] of n servers. [Network.Boot] starts an incarnation
// of a server and returns its ends, [Network.Serve] says what answers there,
// [Network.Crash] ends it: from that instant its goroutines, which go on to
// run, can neither send nor be heard, and its Calls return false.
// Links are directed. [Network.Cut] loses whatever leaves or arrives while the
// cut lasts, requests and replies alike: cutting 1 -> 0 loses 1's requests to
// 0 and 1's replies to 0. [Network.Pause] holds a server's messages back
// instead.
//
// What becomes of a message is its [Fate], decided by a [Fates] when it is
// sent. The default draws it from a hash of the seed, the link, the sender's
// incarnation and the message's number on that link, so that one more message
// on one link changes nothing on another. Latency is always more than zero and
// ends in a jitter of nanoseconds, so that every event has an instant of its
// own: inside a testing/synctest bubble a seed then repeats a run, as far as
// the servers themselves do.
//
// An [Observer] sees every event, decoded. Nothing here knows what the
// messages mean.
//
// # Races stay visible
//
// To the race detector a lock, a channel or a pool through which two
// goroutines of one server pass is an order between them, and hides that they
// have no other. So nothing of the network orders its callers: its
// own state is touched only in a context apart (see domain_race.go), messages
// enter and leave it as copies whose reads and writes are declared as the
// caller's own, and a method's goroutine starts without a past. What remains
// visible is just what the servers' code does itself.
package labrpc
