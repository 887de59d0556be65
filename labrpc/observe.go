package labrpc

import (
	"fmt"
	"time"
)

// EventKind says what happened to a message.
type EventKind uint8

const (
	Sent       EventKind = iota + 1 // a request left its caller
	Delivered                       // a request (or a second copy of it) reached its method
	Duplicated                      // a second copy of a request is on its way
	Dropped                         // a request or a reply was lost; Reason says how
	Replied                         // a method returned and its reply left
	Returned                        // a reply reached its caller, whose Call returns true
)

var kindNames = [...]string{"?", "sent", "delivered", "duplicated", "dropped", "replied", "returned"}

func (k EventKind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("EventKind(%d)", uint8(k))
}

// Event is one thing that happened to one message.
type Event struct {
	Kind EventKind
	At   time.Duration // since the network was made
	Message
	ToIncarnation int    // of the callee; 0 where it is not known
	Second        bool   // it is about the second copy of a request
	Reason        string // of a Dropped

	// Args is the request and Result the reply, decoded at the callee's type
	// and the caller's; nil where there is none. They may be read until the
	// Observer returns, and not be changed: a server gets the very same
	// memory next.
	Args, Result any
}

// Observer is told every event, in the order in which they happen and never
// from two goroutines at a time. It must not call the Network, but for
// [Network.Now].
type Observer interface {
	Observe(Event)
}

// ObserverFunc is a function as [Observer].
type ObserverFunc func(Event)

func (f ObserverFunc) Observe(e Event) { f(e) }

// Count is a number of messages and their bytes as gob encodes them, the
// descriptions of types left out.
type Count struct {
	Messages, Bytes int
}

func (c *Count) add(bytes int) {
	c.Messages++
	c.Bytes += bytes
}

// Traffic is what one server sent for one method: requests as a caller and
// replies as a callee.
type Traffic struct {
	Server   int
	Method   string
	Requests Count
	Replies  Count
}

type trafficKey struct {
	server int
	method string
}

// Stats is the traffic of a network so far. Messages count when they are
// sent, lost ones included.
type Stats struct {
	rows map[trafficKey]Traffic
}

// Of returns what server sent for method; zero if nothing.
func (s Stats) Of(server int, method string) Traffic {
	t := s.rows[trafficKey{server, method}]
	t.Server, t.Method = server, method
	return t
}

// Total returns the requests and the replies of all servers, for one method
// or for all of them where method is "".
func (s Stats) Total(method string) (requests, replies Count) {
	for k, t := range s.rows {
		if method != "" && k.method != method {
			continue
		}
		requests.Messages += t.Requests.Messages
		requests.Bytes += t.Requests.Bytes
		replies.Messages += t.Replies.Messages
		replies.Bytes += t.Replies.Bytes
	}
	return requests, replies
}
