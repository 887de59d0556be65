// Package wire holds the messages of Raft as the framework reads and sends
// them: the paper's Figure 2 and Figure 13, and the pre-vote of Ongaro's
// thesis, §9.6. A student's own messages have the same field names, which is
// all that gob needs to turn one into the other, and all that a [Reader]
// needs to read them.
package wire

import (
	"fmt"
	"strconv"
	"strings"
)

// The methods of the service Raft.
const (
	RequestVote     = "Raft.RequestVote"
	RequestPreVote  = "Raft.RequestPreVote"
	AppendEntries   = "Raft.AppendEntries"
	InstallSnapshot = "Raft.InstallSnapshot"
)

// RequestVoteArgs is a candidate's request, for RequestPreVote too, where
// Term is the asker's currentTerm+1.
type RequestVoteArgs struct {
	Term         int
	CandidateId  int
	LastLogIndex int
	LastLogTerm  int
}

// RequestVoteReply answers RequestVote and RequestPreVote.
type RequestVoteReply struct {
	Term        int
	VoteGranted bool
}

// Entry is one entry of a log.
type Entry struct {
	Term    int
	Command any

	// Index is no field of the paper's, and is not read. A played leader sends
	// it for those servers whose entries have one and rely on it.
	Index int `wire:"unread"`
}

// AppendEntriesArgs is a leader's request; without entries it is a heartbeat.
type AppendEntriesArgs struct {
	Term         int
	LeaderId     int
	PrevLogIndex int
	PrevLogTerm  int
	Entries      []Entry
	LeaderCommit int
}

// AppendEntriesReply answers AppendEntries.
type AppendEntriesReply struct {
	Term    int
	Success bool
}

// InstallSnapshotArgs is a leader's snapshot, sent whole.
type InstallSnapshotArgs struct {
	Term              int
	LeaderId          int
	LastIncludedIndex int
	LastIncludedTerm  int
	Data              []byte
}

// InstallSnapshotReply answers InstallSnapshot.
type InstallSnapshotReply struct {
	Term int
}

func (a RequestVoteArgs) String() string {
	return fmt.Sprintf("term %d candidate S%d last (%d,%d)", a.Term, a.CandidateId, a.LastLogIndex, a.LastLogTerm)
}

func (r RequestVoteReply) String() string {
	if r.VoteGranted {
		return "term " + strconv.Itoa(r.Term) + " granted"
	}
	return "term " + strconv.Itoa(r.Term) + " refused"
}

func (a AppendEntriesArgs) String() string {
	return fmt.Sprintf("term %d leader S%d prev (%d,%d) +%d commit %d",
		a.Term, a.LeaderId, a.PrevLogIndex, a.PrevLogTerm, len(a.Entries), a.LeaderCommit)
}

func (r AppendEntriesReply) String() string {
	if r.Success {
		return "term " + strconv.Itoa(r.Term) + " success"
	}
	return "term " + strconv.Itoa(r.Term) + " no"
}

func (a InstallSnapshotArgs) String() string {
	return fmt.Sprintf("term %d leader S%d last (%d,%d) %d B", a.Term, a.LeaderId, a.LastIncludedIndex, a.LastIncludedTerm, len(a.Data))
}

func (r InstallSnapshotReply) String() string { return "term " + strconv.Itoa(r.Term) }

// Message is one of the types above, by value.
type Message interface {
	fmt.Stringer
	term() int
}

func (a RequestVoteArgs) term() int      { return a.Term }
func (r RequestVoteReply) term() int     { return r.Term }
func (a AppendEntriesArgs) term() int    { return a.Term }
func (r AppendEntriesReply) term() int   { return r.Term }
func (a InstallSnapshotArgs) term() int  { return a.Term }
func (r InstallSnapshotReply) term() int { return r.Term }

// Term is the term that a message carries.
func Term(m Message) int { return m.term() }

// Short is a method without its service: "RequestVote".
func Short(method string) string {
	_, name, _ := strings.Cut(method, ".")
	return name
}
