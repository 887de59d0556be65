// Package raft is the reference solution of the Raft labs, after the extended
// paper "In Search of an Understandable Consensus Algorithm": leader election
// (§5.1, §5.2, §5.4.1), log replication (§5.3, §5.4.2), persistence, and
// snapshots (§7). From Ongaro's thesis, "Consensus: Bridging Theory and Practice",
// come pre-vote (thesis §9.6), CheckQuorum (§6.2), leases (§4.2.3, §6.4.1) and
// reads without an entry (§6.4).
//
// # Where Figure 2 is
//
//	State                          Raft in raft.go, raftLog in log.go
//	RequestVote RPC, receiver      RequestVote in election.go
//	AppendEntries RPC, receiver    AppendEntries in replication.go; rules 3 and
//	                               4 are storeLocked there
//	All Servers, rule 1            awaitCommitted in apply.go
//	All Servers, rule 2            observeTermLocked in state.go
//	Followers, rule 1              RequestVote, AppendEntries, InstallSnapshot
//	Followers, rule 2              checkElectionTimer in election.go
//	Candidates, rule 1             becomeCandidateLocked in state.go, campaignLocked
//	                               and requestVote in election.go
//	Candidates, rule 2             onVoteLocked in election.go
//	Candidates, rule 3             AppendEntries, InstallSnapshot
//	Candidates, rule 4             checkElectionTimer
//	Leaders, rule 1                becomeLeaderLocked in state.go, heartbeats in
//	                               replication.go
//	Leaders, rule 2                Start in raft.go; the command is answered by
//	                               the service, once it is applied
//	Leaders, rule 3                replicate and onAppendReplyLocked in replication.go
//	Leaders, rule 4                advanceCommitLocked in commit.go
//
// and Figure 13:
//
//	InstallSnapshot RPC, receiver  InstallSnapshot in snapshot.go; rules 2 to 4
//	                               are about chunks, of which there are none
//	InstallSnapshot RPC, sender    sendSnapshot in snapshot.go
//
// and the thesis:
//
//	§9.6, pre-vote                 prevote.go
//	§6.2, a leader steps down      checkQuorumLocked in checkquorum.go
//	§4.2.3, whom a voter ignores   hearsLeaderLocked in lease.go
//	§6.4, reads by a round         ReadIndex in read.go
//	§6.4.1, reads by the clock     LeaseRead in lease.go
//
// Each of them can be switched off; see [Options].
//
// # The lock
//
// One mutex, mu, guards whatever changes in a [Raft], except dead. A function
// whose name ends in Locked is called with mu held, every other one without.
// mu is never held over a Call, a sleep or a send on a channel. Arguments are
// built under it and sent after it, and whoever takes it again assumes nothing
// of what was true before: the handler of a reply begins with
// [Raft.countsLocked], which asks whether this server still has the role and
// the term in which it asked.
//
// Every section that may change currentTerm, votedFor, the log or the snapshot
// saves them before the mutex is released, and before a goroutine that sends
// is started. So no other server and no other goroutine ever sees what a crash
// could take back.
//
// What leaves the log is copied, into arguments as on applyCh, and so is what
// comes in: a slice of the log would be read by a Call while the log changes.
//
// # Goroutines
//
// As long as the instance lives, one runs the election timer and one sends on
// applyCh. One for each vote asked for lasts as long as its Call.
//
// A leader has one goroutine for each peer, the replicator, and one for the
// heartbeats to all. A replicator waits on a condition, which Start signals,
// and has one request with entries or a snapshot under way at a time. Each
// heartbeat has a goroutine of its own: a Call over a dead link may take
// seconds to fail, and the next heartbeat must not wait for it. The number of
// those is bounded by the time a Call takes divided by the heartbeat interval.
//
// Kill wakes who waits. Who sleeps does so for one minimum election timeout at
// most, and who sends on applyCh ends when somebody reads. So all have ended
// soon after Kill, as long as Calls return.
//
// # How entries travel
//
// A command leaves for a peer when it is started, if no request to that peer
// is under way, and in the next request if one is. So it is committed one
// round trip after Start, or two; it is sent to each peer once; and a burst of
// commands becomes a few large requests. A peer at the end of a slow link has
// one request under way, however much is started meanwhile, and holds up
// nobody but itself.
//
// A Call that fails leaves the peer with heartbeats alone, which are small,
// until it answers one; then it gets what it lacks at once. And if the answer
// to a heartbeat overtakes that to a request which left long before it, the
// request was lost, and a new replicator goes on in place of the one that
// still waits for its Call.
//
// Followers learn what is committed with the next request, which is the next
// heartbeat at the latest.
//
// # Beyond the paper
//
//   - The paper leaves open how the timer is built. The timer here is a
//     deadline, and a loop that sleeps until it; see checkElectionTimer.
//   - A leader's timer is about those who answer it. When it steps down it
//     draws a new timeout, or it would campaign at once.
//   - §5.1 has servers retry an RPC that is not answered. A candidate here does
//     not repeat a RequestVote: its next candidacy, at most maxElectionTimeout
//     away, asks again. Of entries and snapshots, see above.
//   - An older AppendEntries of the leader's own term, which the network has
//     delayed, resets the election timer like any other. It says that there
//     was a leader in this term, and there can be only one.
//   - The end of §5.3 sketches how nextIndex goes back by a term at a time. Here
//     both sides skip what cannot agree, the follower by the leader's term and
//     the leader by the follower's; see raftLog.lastUpTo.
//   - A heartbeat asks about the entry before nextIndex like any AppendEntries.
//     So its answer, too, moves nextIndex and matchIndex, and a new leader
//     learns how far its peers are before it has anything to send.
//   - A new leader appends no entry of its own unless somebody wants to read.
//     What older terms left is committed together with its first command
//     (§5.4.2), or with an entry that its first ReadIndex appends.
//   - A server whose term is ahead, come back from where it campaigned alone, is
//     not heeded by those who hear their leader. It is brought back by its
//     refusal of that leader's AppendEntries, whose term deposes the leader.
//   - The thesis tells a new leader to append an entry and to wait for it. A
//     LeaseRead does neither, and does not know until a ReadIndex or a command did.
//   - Figure 13 says nothing of a snapshot whose entries are committed at the
//     receiver already. It is ignored, for it would take the service back. And
//     an AppendEntries that begins in what a snapshot stands for counts as
//     agreeing there, since what is committed is the same everywhere.
//   - A snapshot is sent whole, so it must fit into one message, as must the
//     entries of one request, up to maxEntries of them.
//   - After a restart, the snapshot that was saved is not sent on applyCh: the
//     service has read it from the persister. The first entry sent is the one
//     after it.
package raft
