package invariant

import "time"

// server is what is known of one server.
type server struct {
	id     int
	played bool
	up     bool
	number int // of its instance

	left   sighting // the latest term that has left it; see terms.go
	before sighting // the same of earlier instances
	booted time.Duration
	wired  int // the latest term that has left it in a message
	latest int // the latest term that has left it or arrived

	// See durability.go.
	saved  uint64  // the step of its last save
	idle   uint64  // the step of its last save of what the disk held already
	missed int     // how many of fresh had reached it by then
	bounds []bound // of its term in the past
	fresh  []held  // what has reached it since the last save
	base   int     // the latest snapshot that a leader has sent it, or that it began with
	kept   int     // of these, the latest that a save may hold

	service
}

// service is what is known of the service above a server's instance.
type service struct {
	applied int   // the index up to which it has applied
	chain   Chain // of that
	first   int   // the index of the snapshot that it began with
	taken   int   // the index of the newest snapshot that it has taken or installed, of all instances
	lost    int   // the index of one that was not on the disk when it began
}

// term is what is known of one term.
type term struct {
	number  int
	leader  int           // -1 while none was seen
	seat    int           // the leader's instance
	seen    time.Duration // when it was first seen to lead
	segment *segment
	by      []standing // by server
	tip     place      // the last place of its leader's log that was seen
	shown   spans      // the indexes whose commands its leader has sent
	told    int        // the highest LeaderCommit that its leader has sent
	claimed int        // the highest index that its leader has told of or applied
	kept    int        // the last of its own entries that its leader may have saved
	sure    int        // and that it has
}

// standing is what is known of one server in one term.
type standing struct {
	vote      int // whom it has given its vote, -1 for nobody
	voteAt    time.Duration
	voter     int      // the instance that gave it
	asked     []uint64 // by candidate, the step at which its request for a vote arrived first
	heard     uint64   // the step at which the term first arrived
	stood     uint64   // the step at which its first request for a vote left
	candidacy place    // the end of the best log that it has asked with
	won       mask     // who granted it a vote
	ack       int      // the index up to which the leader knows its log to match
	open      []open   // AppendEntries with entries that have arrived and not been answered
	stored    int      // the index up to which it has said that its log matches
	answered  int      // the index up to which it can have said so
}

// open is a request that its server may have carried out: entries up to an index,
// if it has its leader's log up to prev. num is 0 for a second copy, whose answer
// is not seen.
type open struct {
	num      uint64
	prev, to int
}

// callID names a call.
type callID struct {
	server, peer int16
	incarnation  int32
	num          uint64
}

// call is what is kept of a call between the arrival of its request and that of
// its reply.
type call struct {
	arrived  uint64   // the step
	left     sighting // what had left the callee before
	replied  bool
	answered int // standing.answered as the reply left
}
