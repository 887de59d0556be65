package trace

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// None stands in From or To where an event has no such server.
const None = -1

// Event is one thing that happened in a run. As JSON it is one object:
//
//	{"at":4207123456,"kind":"sent","from":1,"to":2,"num":12,"method":"Raft.RequestVote","bytes":87}
//
// Fields that say nothing for a kind are left out, except from and to, where
// 0 is a server: None (-1) says that there is none. The kinds are
//
//	sent, delivered, replied,  a message: from, to, inc, num, method, bytes; reply and second say
//	returned, dropped,         which of a call's it is. sent and replied have its term, note and
//	duplicated                 fields, dropped has the reason for a note
//	cluster                    a cluster of index servers begins: a case may have several, one by one.
//	                           Nodes from index on are its clients
//	start, crash               an instance of from
//	pause, resume              the messages of from are held back
//	isolate, rejoin            all links of from, both directions
//	cut, join                  the link from -> to; what is lost is that direction
//	partition, heal            all links; the note of a partition is its groups, "[[0 1] [2]]"
//	faults                     of the link from -> to, or of all; the note has them
//	hold, release              the service of from stops reading applyCh, and goes on
//	save                       from has saved so many bytes
//	submit                     Start of from was given a command: term, and index where it took it
//	apply                      the service of from was handed the entry at index
//	install                    the service of from was handed a snapshot up to index
//	snapshot                   the service of from has taken one up to index
//	leader, term               GetState of from said a new thing: that it leads term, that it is in it
//	call, return               a client's operation, its node is from: note
//	log                        a line of from's own (raftapi.Logf): topic, note
//	violation                  a rule is broken, by from and to where they are named: rule, note
//
// Roles, terms and commit indexes between these are inferred from the messages:
// package infer.
type Event struct {
	// At is the virtual time since the case began, in nanoseconds.
	At time.Duration `json:"at"`

	// Kind is one word; see [Event].
	Kind string `json:"kind"`

	// From and To are servers by index, or None.
	From int `json:"from"`
	To   int `json:"to"`

	// Num is the number of the message on its link.
	Num uint64 `json:"num,omitempty"`

	// Method is the RPC's service and method, "Raft.RequestVote".
	Method string `json:"method,omitempty"`

	// Bytes is the size of the message.
	Bytes int `json:"bytes,omitempty"`

	// Term is the Raft term that the event speaks of, 0 where it has none.
	Term int `json:"term,omitempty"`

	// Note is what else a reader should know, in words.
	Note string `json:"note,omitempty"`

	// Inc is the caller's incarnation, 0 for what the case itself sends. With
	// it, a call that crosses a restart is told from the next one of its number.
	Inc int `json:"inc,omitempty"`

	// Reply says that the event is about a reply: From is then the callee.
	Reply bool `json:"reply,omitempty"`

	// Second says that the event is about the second copy of a request.
	Second bool `json:"second,omitempty"`

	// Index is the index in the log that the event speaks of: what was
	// applied, where Start put a command, how far a snapshot reaches.
	Index int `json:"index,omitempty"`

	// Topic is that of a line of the student's log, whose text is the note.
	Topic string `json:"topic,omitempty"`

	// Rule is what a violation breaks, "Election Safety, §5.2". The note is
	// the sentence.
	Rule string `json:"rule,omitempty"`

	// Fields are a message's fields, a line each: "Term: 4".
	Fields string `json:"fields,omitempty"`
}

// String is the event on one line, for a terminal.
func (e Event) String() string { return e.Among(0) }

// Among is String where the nodes from number servers on are clients: C0 is the
// first of them. With 0 all are servers.
func (e Event) Among(servers int) string {
	name := func(node int) string {
		if servers > 0 && node >= servers {
			return "C" + strconv.Itoa(node-servers)
		}
		return "S" + strconv.Itoa(node)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%11.6f s  %-10s", e.At.Seconds(), e.Kind)
	switch {
	case e.From != None && e.To != None:
		fmt.Fprintf(&b, " %s -> %s", name(e.From), name(e.To))
	case e.From != None:
		fmt.Fprintf(&b, " %s", name(e.From))
	case e.To != None:
		fmt.Fprintf(&b, " -> %s", name(e.To))
	}
	if e.Method != "" {
		fmt.Fprintf(&b, " %s", strings.TrimPrefix(e.Method, "Raft."))
	}
	if e.Num != 0 {
		fmt.Fprintf(&b, " #%d", e.Num)
	}
	if e.Bytes != 0 {
		fmt.Fprintf(&b, " %d B", e.Bytes)
	}
	if e.Term != 0 {
		fmt.Fprintf(&b, " term %d", e.Term)
	}
	if e.Note != "" {
		fmt.Fprintf(&b, " %s", e.Note)
	}
	return b.String()
}

// compare orders the events of one instant by everything they say.
func compare(a, b Event) int {
	return cmp.Or(
		cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.From, b.From),
		cmp.Compare(a.To, b.To),
		cmp.Compare(a.Num, b.Num),
		cmp.Compare(a.Method, b.Method),
		cmp.Compare(a.Bytes, b.Bytes),
		cmp.Compare(a.Term, b.Term),
		cmp.Compare(a.Note, b.Note),
		cmp.Compare(a.Inc, b.Inc),
		compareBool(a.Reply, b.Reply),
		compareBool(a.Second, b.Second),
		cmp.Compare(a.Index, b.Index),
		cmp.Compare(a.Topic, b.Topic),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Fields, b.Fields),
	)
}

// compareBool has false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
