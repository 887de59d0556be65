// Package raft is the reference solution of the Raft labs, after the extended
// paper "In Search of an Understandable Consensus Algorithm". It holds leader
// election (§5.1, §5.2, §5.4.1).
//
// # Where Figure 2 is
//
//	State                          Raft in raft.go, raftLog in log.go
//	RequestVote RPC, receiver      RequestVote in election.go
//	AppendEntries RPC, receiver    AppendEntries in replication.go, rules 1 and 2
//	All Servers, rule 2            observeTermLocked in state.go
//	Followers, rule 1              RequestVote and AppendEntries
//	Followers, rule 2              checkElectionTimer in election.go
//	Candidates, rule 1             becomeCandidateLocked in state.go, campaignLocked
//	                               and requestVote in election.go
//	Candidates, rule 2             onVoteLocked in election.go
//	Candidates, rule 3             AppendEntries
//	Candidates, rule 4             checkElectionTimer
//	Leaders, rule 1                becomeLeaderLocked in state.go, replicate in
//	                               replication.go
//
// The rules which are about log entries are not here: no command is taken
// ([Raft.Start]), so every log is empty and nothing is committed. The checks
// of the log that elections rest on (§5.4.1) and the consistency check of
// AppendEntries (§5.3) are complete all the same.
//
// # The lock
//
// One mutex, mu, guards whatever changes in a [Raft], except dead. A function
// whose name ends in Locked is called with mu held, every other one without.
// mu is never held over a Call or a sleep. Arguments are built under it and
// sent after it, and whoever takes it again assumes nothing of what was true
// before: the handler of a reply begins with [Raft.countsLocked], which asks
// whether this server still has the role and the term in which it asked.
//
// Every section that may change currentTerm, votedFor or log saves them
// before the mutex is released, and before a goroutine that sends is started.
// So no other server and no other goroutine ever sees what a crash could take
// back.
//
// # Goroutines
//
// One runs the election timer for as long as the instance lives. One for each
// vote asked for lasts as long as its Call. A leader has one for each peer,
// which ends with the leadership, and one for each heartbeat under way: a Call
// over a dead link may take seconds to fail, and the next heartbeat must not
// wait for it. The number of those is bounded by the time a Call takes divided
// by the heartbeat interval. After Kill, all of them end within one minimum
// election timeout, as long as Calls return.
//
// # Beyond the paper
//
//   - The paper leaves open how the timer is built. The timer here is a
//     deadline, and a loop that sleeps until it; see checkElectionTimer.
//   - A leader has no election timer. When it steps down it draws a new
//     timeout, or its deadline of long ago would make it a candidate at once.
//   - §5.1 has servers retry an RPC that is not answered. A candidate here does
//     not repeat a RequestVote: its next candidacy, at most maxElectionTimeout
//     away, asks again. A leader's next heartbeat is its retry.
//   - An older AppendEntries of the leader's own term, which the network has
//     delayed, resets the election timer like any other. It says that there
//     was a leader in this term, and there can be only one.
package raft
