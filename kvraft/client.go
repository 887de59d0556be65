package kvraft

import (
	"raftlabs/kvraft/kvapi"
	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
)

// Clerk is a client's way to the service. It is called from one goroutine at a
// time: one operation has returned before the next one is called.
type Clerk struct {
	servers []*labrpc.ClientEnd // one for each server, in an order of this clerk's own

	// Your code here.
	//
	// Step A: which of servers executed the last operation. It is most likely the
	// leader still.
	//
	// Step B: who this clerk is, and the number of its operation. The id must be one
	// that no other clerk has: a large random number will do (math/rand's
	// Int63, which the test seeds).
}

// MakeClerk makes a clerk. It calls no server: there may be none yet.
func MakeClerk(servers []*labrpc.ClientEnd) kvapi.Clerk {
	notYet("MakeClerk", "client.go") // Step A: delete this line

	ck := &Clerk{servers: servers}
	// Your code here.
	return ck
}

// Get returns the key's value, "" if it has none.
func (ck *Clerk) Get(key string) string {
	notYet("Get", "client.go") // Step A: delete this line

	// Your code here. See "Asking".
	return ""
}

// Put sets the key's value. It returns when that has taken effect.
func (ck *Clerk) Put(key, value string) {
	notYet("Put", "client.go") // Step A: delete this line

	// Your code here.
}

// Append adds value to the end of the key's value. A key without a value counts
// as one with "".
func (ck *Clerk) Append(key, value string) {
	notYet("Append", "client.go") // Step A: delete this line

	// Your code here.
}

// Asking. Write ONE function that has an operation executed and returns its
// result, and let the three above call it.
//
//	var reply Reply // a new one for each Call
//	ok := ck.servers[i].Call("KVServer.Execute", &args, &reply)
//
// There are three outcomes, and the clerk must tell only the first from the rest:
//
//   - The server has executed it. Return.
//   - The server says that it cannot, because it does not lead (any more).
//   - Call returned false. Whether the operation was executed is not known: the
//     request may be lost, or the answer.
//
// Step A: in the last two cases ask another server, at once. Remember who has
// executed the operation: the next one begins there. A clerk that sleeps before
// it asks the next server is late where the leader is the third one. When all have
// been asked in vain there is no leader, so sleep a little, 50 ms say, and begin
// again. A clerk does not give up.
//
// Step B: an operation whose answer was lost is asked for again, and must not be
// executed again. So the servers must be able to tell that two requests are one
// operation (§8): the clerk's id and the operation's number are part of the
// request, and the number stays the same however often it is sent. A
// new operation gets a new one.

// notYet says politely that a function still waits for you.
func notYet(function, file string) {
	panic(raftapi.NotImplemented{Func: function, File: file, Handout: "handouts/05-kv.md"})
}
