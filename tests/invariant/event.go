package invariant

import (
	"fmt"
	"time"

	"raftlabs/tests/wire"
)

// Kind says what happened.
type Kind uint8

// What a service does is told of the running instance of its server only. Of
// each call of Start and GetState there is one event before it and one after.
const (
	Boot      Kind = iota + 1 // an instance is about to start; Snap is the snapshot on its disk
	Crash                     // an instance has ended: nothing of it has an effect any more
	Save                      // an instance's Save has taken effect
	Submit                    // Start is about to be called with Command
	Submitted                 // it has returned: Index, Term, Leader
	Ask                       // GetState is about to be called; Num tells calls apart
	State                     // it has returned: Term, Leader
	Apply                     // a service was handed Command with Index
	Install                   // a service was handed a snapshot, Snap, with Index
	Take                      // a service is about to hand its server a snapshot up to Index
	Sent                      // a request left its caller
	Delivered                 // a request, or its second copy, reached its method
	Replied                   // a method returned and its reply left
	Returned                  // a reply reached its caller
	Dropped                   // a request or a reply was lost
	kinds
)

var kindNames = [kinds]string{
	"?", "boot", "crash", "save", "submit", "submitted", "ask", "state", "apply", "install", "take",
	"sent", "delivered", "replied", "returned", "dropped",
}

func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// Event is one thing that happened. Fields that say nothing for a kind are
// zero.
type Event struct {
	At     time.Duration // since the run began
	Kind   Kind
	Server int // who did it; of a message and its reply, the caller

	// Incarnation is which of Server's instances it was, counted from 1. 0 is
	// the case itself, which speaks in Server's name.
	Incarnation int

	// Of a message.
	Peer            int // the callee
	PeerIncarnation int // of the callee; 0 where it is not known
	Method          string
	Num             uint64 // of the call, for its caller's instance and its callee
	Second          bool   // it is about the second copy of the request

	// Request is set for all of a message's events, Reply where there is one. A
	// message that cannot be read is nil; see [Checker.Blind].
	Request, Reply wire.Message

	// Of everything else.
	Command Command
	Index   int
	Term    int
	Leader  bool
	Snap    Snap // of a sent InstallSnapshot, too, where its data was read
	Same    bool // of a Save: it wrote what the disk held already, so it holds nothing new
}

// Snap is what a service's snapshot says of itself. The zero value is none.
type Snap struct {
	Index int    // it contains everything up to here
	Chain Chain  // the checksum of that
	Wrong string // why it is none that a service has made; "" if it is one
}

// Chain is the checksum of a state machine: of all that it has applied, in
// order. It is 0 before the first entry.
type Chain uint64

// Then is the checksum after one command more.
func (c Chain) Then(command Command) Chain {
	x := uint64(c)*0x9e3779b97f4a7c15 + command.Sum
	x ^= x >> 29
	x *= 0xbf58476d1ce4e5b9
	return Chain(x ^ x>>32)
}
