package raft

// The arguments and replies of the RPCs. The fields carry Figure 2's names,
// by which gob matches them.

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

type AppendEntriesReply struct {
	Term    int // the receiver's currentTerm, for the leader to adopt
	Success bool
}
