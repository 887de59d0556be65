package rafttest

import (
	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
)

// Reads is the stage of linearizable reads that leave no entry in the log: a
// round of heartbeats confirms that the leader still leads, or its lease says so.
// Thesis, §6.4.
var Reads = &lab.Stage[raftapi.MakeFunc]{
	Name:     "reads",
	Test:     "TestReads",
	Handout:  "handouts/07-reads.md",
	Durable:  true,
	Observes: readsRules,
	Cases: begun(callReader, []lab.Case[raftapi.MakeFunc]{
		{Name: "FollowerRefuses", Kind: lab.Rule, Points: 1, Rule: "thesis §6.4", Run: followerRefuses,
			Doc: "who does not lead returns ok false, to ReadIndex and LeaseRead"},
		{Name: "DeposedRefuses", Kind: lab.Rule, Points: 1.5, Rule: "thesis §6.4.1", Run: deposedRefuses,
			Doc: "a leader that steps down has no lease from then on, however fresh it was"},
		{Name: "ReadNeedsRound", Kind: lab.Rule, Points: 1.5, Rule: "thesis §6.4", Run: readNeedsRound,
			Doc: "without the answers of a majority, which heard the leader after the call, ReadIndex returns ok false within 2 s"},
		{Name: "OlderRoundIgnored", Kind: lab.Rule, Points: 1.5, Rule: "thesis §6.4", Run: olderRoundIgnored,
			Doc: "answers to what was sent before the call confirm nothing, however late they come"},
		{Name: "LoneLeaderRefuses", Kind: lab.Rule, Points: 1, Rule: "thesis §6.4", Run: loneLeaderRefuses,
			Doc: "ReadIndex of a leader in a minority returns ok false within 2 s, and soon after Kill"},

		{Name: "ReadYourWrites", Kind: lab.Scenario, Points: 1, Rule: "thesis §6.4", Run: readYourWrites,
			Doc: "a leader that nothing disturbs answers both ways, with all that was committed, and ReadIndex after two round trips at most"},
		{Name: "ReadsCostNothing", Kind: lab.Scenario, Points: 1, Rule: "thesis §6.4", Run: readsCostNothing,
			Doc: "LeaseRead sends no message, 100 ReadIndex calls at once share a few, and none leaves an entry"},
		{Name: "NewLeaderWaits", Kind: lab.Scenario, Points: 1.5, Rule: "thesis §6.4, step 1", Run: newLeaderWaits,
			Doc: "a new leader does not know what is committed before an entry of its own term is, and says nothing until then"},
		{Name: "OldLeaderRefuses", Kind: lab.Scenario, Points: 2, Rule: "thesis §6.4.1", Run: oldLeaderRefuses,
			Doc: "a leader is cut off right after a heartbeat round, slow answers included: once another one has committed it has no lease any more"},
		{Name: "RestartedVoterWaits", Kind: lab.Scenario, Points: 1, Rule: "thesis §6.4.1", Run: restartedVoterWaits,
			Doc: "a voter that restarts has forgotten which leader it promised a lease, so it elects nobody for as long"},

		{Name: "ReadSwarm", Kind: lab.Swarm, Points: 1, Rule: "thesis §6.4", Run: readSwarm,
			Doc: "clients read both ways at all servers under cuts, pauses, loss, stalls and slow services, and no answer is stale"},
		{Name: "ReadCrashSwarm", Kind: lab.Swarm, Points: 1, Rule: "thesis §6.4", Run: readCrashSwarm,
			Doc: "the same, and servers crash, also in the middle of a save"},
	}),
}

// callReader finds out whether the stage is begun. It calls nothing: whoever has
// written one of the two methods is to see how far that one comes.
func callReader(rf raftapi.Raft) {
	if _, ok := rf.(raftapi.Reader); !ok {
		panic(raftapi.NotImplemented{Func: "ReadIndex", File: "raft.go", Handout: "handouts/07-reads.md"})
	}
}
