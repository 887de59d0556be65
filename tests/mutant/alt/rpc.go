package alt

// The messages, with the field names of Figure 2 and Figure 13, by which gob
// matches them.

// VoteArgs are RequestVote's and RequestPreVote's. In a pre-vote, Term is the term
// of the election that would follow.
type VoteArgs struct {
	Term         int
	CandidateId  int
	LastLogIndex int
	LastLogTerm  int
}

// VoteReply answers both.
type VoteReply struct {
	Term        int
	VoteGranted bool
}

// AppendArgs are AppendEntries'.
type AppendArgs struct {
	Term         int
	LeaderId     int
	PrevLogIndex int
	PrevLogTerm  int
	Entries      []Entry
	LeaderCommit int
}

// AppendReply answers AppendEntries. Where the log is the reason of a refusal,
// Runs tell the leader what the follower has instead.
type AppendReply struct {
	Term    int
	Success bool
	Runs    []Run
}

// SnapshotArgs are InstallSnapshot's, for a snapshot that is sent whole.
type SnapshotArgs struct {
	Term              int
	LeaderId          int
	LastIncludedIndex int
	LastIncludedTerm  int
	Data              []byte
}

// SnapshotReply answers InstallSnapshot.
type SnapshotReply struct {
	Term int
}
