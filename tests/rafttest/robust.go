package rafttest

import (
	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
)

const robustHandout = "handouts/06-robust.md"

// Robust is a stage on top of the paper's: servers that come and go depose
// nobody, and leaders that reach nobody step down. Ongaro's thesis, §4.2.3, §6.2,
// §9.6. Sections of the thesis are named as such; others are the paper's.
var Robust = &lab.Stage[raftapi.MakeFunc]{
	Name:     "robust",
	Test:     "TestRobust",
	Handout:  robustHandout,
	Durable:  true,
	Observes: snapshotRules,
	Cases: answering("RequestPreVote", robustHandout, []lab.Case[raftapi.MakeFunc]{
		{Name: "PreVoteFirst", Kind: lab.Rule, Points: 0.5, Rule: "thesis §9.6", Run: preVoteFirst,
			Doc: "before it campaigns a server asks every peer for a pre-vote, and stays in its term"},
		{Name: "PreVoteMajority", Kind: lab.Rule, Points: 0.5, Rule: "thesis §9.6", Run: preVoteMajority,
			Doc: "just a majority of pre-votes, in clusters of 2 to 7, begins a real election in the next term"},
		{Name: "PreVotesCountOnce", Kind: lab.Rule, Points: 0.5, Rule: "thesis §9.6", Run: preVotesCountOnce,
			Doc: "pre-votes of earlier rounds do not add up"},
		{Name: "PreVoteBindsNobody", Kind: lab.Rule, Points: 0.5, Rule: "thesis §9.6", Run: preVoteBindsNobody,
			Doc: "a pre-vote changes neither the term nor the vote, and does not count as one"},
		{Name: "PreVoteKeepsTimer", Kind: lab.Rule, Points: 0.5, Rule: "thesis §9.6", Run: preVoteKeepsTimer,
			Doc: "granting a pre-vote does not put the next election off, refusing one neither"},
		{Name: "PreVoteLog", Kind: lab.Rule, Points: 0.5, Rule: "§5.4.1, thesis §9.6", Run: preVoteLog,
			Doc: "a pre-vote is granted to a log as up-to-date as the own, and to no other"},
		{Name: "PreVoteOldTerm", Kind: lab.Rule, Points: 0.5, Rule: "§5.1, thesis §9.6", Run: preVoteOldTerm,
			Doc: "a pre-vote for an older term is refused, with the current term in the reply"},
		{Name: "PreVoteTeachesTerm", Kind: lab.Rule, Points: 0.5, Rule: "§5.1, thesis §9.6", Run: preVoteTeachesTerm,
			Doc: "a refusal with a higher term is adopted, and the next pre-vote is for the one after it"},
		{Name: "LeaderHeard", Kind: lab.Rule, Points: 0.5, Rule: "thesis §4.2.3, §9.6", Run: leaderHeard,
			Doc: "who heard its leader a moment ago refuses pre-votes and votes, and keeps its term"},
		{Name: "LeaderGone", Kind: lab.Rule, Points: 0.5, Rule: "thesis §4.2.3, §9.6", Run: leaderGone,
			Doc: "who has heard no leader for its timeout grants them again, to anybody up-to-date"},
		{Name: "OldLeaderGrants", Kind: lab.Rule, Points: 0.5, Rule: "thesis §9.6", Run: oldLeaderGrants,
			Doc: "so does a server that has led itself, whatever ended that"},
		{Name: "PreCandidateYields", Kind: lab.Rule, Points: 0.5, Rule: "thesis §9.6", Run: preCandidateYields,
			Doc: "a server that hears its leader while it asks goes back, whatever pre-votes still come"},

		{Name: "IsolatedTermStill", Kind: lab.Scenario, Points: 0.5, Rule: "thesis §9.6", Run: isolatedTermStill,
			Doc: "the term of a server that is cut off does not rise, and its return deposes nobody"},
		{Name: "DeafServer", Kind: lab.Scenario, Points: 0.5, Rule: "thesis §9.6", Run: deafServer,
			Doc: "a server that reaches all and hears nobody disturbs nobody"},
		{Name: "FlakyLink", Kind: lab.Scenario, Points: 0.5, Rule: "thesis §9.6", Run: flakyLink,
			Doc: "one follower's links go on and off, also in one direction only, and the leader stays"},
		{Name: "MuteLeader", Kind: lab.Scenario, Points: 0.5, Rule: "thesis §6.2", Run: muteLeader,
			Doc: "a leader that reaches nobody, or hears nobody, steps down, and the others elect"},
		{Name: "MinorityLeaderStepsDown", Kind: lab.Scenario, Points: 0.5, Rule: "thesis §6.2", Run: minorityLeaderStepsDown,
			Doc: "a leader with half of the servers or fewer steps down, and its Start says so"},
		{Name: "StaleAnswers", Kind: lab.Scenario, Points: 0.5, Rule: "thesis §6.2", Run: staleAnswers,
			Doc: "answers to what it sent in an older term keep no leader that reaches nobody any more"},
		{Name: "LeaderLease", Kind: lab.Scenario, Points: 0.5, Rule: "thesis §4.2.3", Run: leaderLease,
			Doc: "while a leader is heard, no server of its cluster grants a pre-vote, and no follower a vote"},
		{Name: "HealthyLeader", Kind: lab.Scenario, Points: 0.5, Rule: "thesis §6.2", Run: healthyLeader,
			Doc: "a leader that just a majority answers leads on, in clusters of 1 to 5"},
		{Name: "RestartedServer", Kind: lab.Scenario, Points: 0.5, Rule: "thesis §6.2, §9.6", Run: restartedServer,
			Doc: "followers restart one after the other, and the leader stays; all restart, and one leads and stays"},
		{Name: "LeaderDown", Kind: lab.Scenario, Points: 0.5, Rule: "§5.2, thesis §9.6", Run: leaderDown,
			Doc: "3 to 7 servers replace a leader that crashes, or is cut off, within the usual time"},
		{Name: "LongLogLowTerm", Kind: lab.Scenario, Points: 0.5, Rule: "§5.4.1, thesis §9.6", Run: longLogLowTerm,
			Doc: "a long log with a low term and a short log with a high term are a majority, and elect"},
		{Name: "BehindInTerm", Kind: lab.Scenario, Points: 0.5, Rule: "§5.1, thesis §9.6", Run: behindInTerm,
			Doc: "a server behind in terms, the only one that can reach the others, is elected"},
		{Name: "AheadInTerm", Kind: lab.Scenario, Points: 0.5, Rule: "§5.1, thesis §9.6", Run: aheadInTerm,
			Doc: "a server without entries joins a leader of a lower term, and all get into one term with one leader"},

		{Name: "QuietSwarm", Kind: lab.Swarm, Points: 1, Rule: "thesis §9.6", Run: quietSwarm,
			Doc: "cuts, one-way cuts, pauses and crashes of all but the leader and just a majority: the leader stays"},
		{Name: "QuorumSwarm", Kind: lab.Swarm, Points: 1.5, Rule: "thesis §6.2, §9.6", Run: quorumSwarm,
			Doc: "cuts of all kinds, under load: whoever lacks a majority steps down; then all apply the same"},
	}),
}
