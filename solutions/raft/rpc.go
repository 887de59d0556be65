package raft

// The arguments and replies of the RPCs. The fields carry the names of Figure 2
// and Figure 13, by which gob matches them. RequestPreVote has RequestVote's.

type RequestVoteArgs struct {
	Term         int // the candidate's
	CandidateId  int
	LastLogIndex int // of the candidate's log
	LastLogTerm  int
}

type RequestVoteReply struct {
	Term        int // the voter's currentTerm, for the candidate to adopt
	VoteGranted bool
}

type AppendEntriesArgs struct {
	Term         int // the leader's
	LeaderId     int
	PrevLogIndex int // of the entry right before Entries
	PrevLogTerm  int
	Entries      []LogEntry // empty in a heartbeat
	LeaderCommit int        // the leader's commitIndex
}

// AppendEntriesReply has two fields beside Figure 2's. They are set where
// Success is false because of the log, and name the last entry of the receiver
// at which the two logs can still agree (end of §5.3); see raftLog.lastUpTo.
type AppendEntriesReply struct {
	Term      int // the receiver's currentTerm, for the leader to adopt
	Success   bool
	HintIndex int
	HintTerm  int
}

// InstallSnapshotArgs has no offset and no done: a snapshot is sent whole.
type InstallSnapshotArgs struct {
	Term              int // the leader's
	LeaderId          int
	LastIncludedIndex int // of the last entry that the snapshot stands for
	LastIncludedTerm  int
	Data              []byte
}

type InstallSnapshotReply struct {
	Term int // the receiver's currentTerm, for the leader to adopt
}
