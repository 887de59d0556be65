package kvraft

import (
	"math/rand"
	"time"

	"raftlabs/kvraft/kvapi"
	"raftlabs/labrpc"
)

// retryInterval is how long a clerk waits after it has asked all servers in
// vain. There is no leader then, and an election takes several times as long.
const retryInterval = 50 * time.Millisecond

// Clerk is a client of the service. It is used by one goroutine at a time, so it
// has one operation outstanding at most, which is what lets a server remember
// just its last one.
type Clerk struct {
	servers []*labrpc.ClientEnd
	id      int64 // no other clerk has it
	seq     int   // of the last operation
	leader  int   // who answered last: in servers, not a server's number
}

var _ kvapi.MakeClerkFunc = MakeClerk

// MakeClerk makes a clerk. A random id is unique as far as 63 bits go. Thesis
// §6.3 has the service give it out instead, through the log.
func MakeClerk(servers []*labrpc.ClientEnd) kvapi.Clerk {
	return &Clerk{servers: servers, id: rand.Int63()}
}

// Get returns the key's value.
func (ck *Clerk) Get(key string) string {
	return ck.execute(Op{Kind: Get, Key: key})
}

// Put sets the key's value.
func (ck *Clerk) Put(key, value string) {
	ck.execute(Op{Kind: Put, Key: key, Value: value})
}

// Append adds to the end of the key's value.
func (ck *Clerk) Append(key, value string) {
	ck.execute(Op{Kind: Append, Key: key, Value: value})
}

// execute has the service execute op and returns its result. It asks the
// server that answered last, and the next one at once where that one does not
// do it, until one does. Every try has the same number: how often it was sent
// does not matter.
func (ck *Clerk) execute(op Op) string {
	ck.seq++
	op.Clerk, op.Seq = ck.id, ck.seq
	for {
		for range ck.servers {
			var reply Reply
			if ck.servers[ck.leader].Call("KVServer.Execute", &op, &reply) && reply.Done {
				return reply.Value
			}
			ck.leader = (ck.leader + 1) % len(ck.servers)
		}
		time.Sleep(retryInterval)
	}
}
