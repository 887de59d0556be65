package rafttest

import (
	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
)

// Election is the first stage: elections and heartbeats, without a log.
// §5.1, §5.2, §5.4.1.
var Election = &lab.Stage[raftapi.MakeFunc]{
	Name:     "election",
	Test:     "TestElection",
	Handout:  "handouts/01-election.md",
	Observes: electionRules,
	Cases: []lab.Case[raftapi.MakeFunc]{
		{Name: "CampaignAsksEveryone", Kind: lab.Rule, Points: 0.5, Rule: "§5.2", Run: campaignAsksEveryone,
			Doc: "a candidate asks every peer at once for its vote, in the next term"},
		{Name: "MajorityElects", Kind: lab.Rule, Points: 0.5, Rule: "§5.2", Run: majorityElects,
			Doc: "just a majority elects, in clusters of 2 to 7, and silent peers hold nothing up"},
		{Name: "LeaderAnnounces", Kind: lab.Rule, Points: 0.5, Rule: "§5.2", Run: leaderAnnounces,
			Doc: "a new leader tells every peer at once, and goes on telling"},
		{Name: "OneVotePerTerm", Kind: lab.Rule, Points: 0.5, Rule: "§5.2", Run: oneVotePerTerm,
			Doc: "a server votes for one candidate a term, for itself when it is one, and anew in the next"},
		{Name: "VoteAgain", Kind: lab.Rule, Points: 0.5, Rule: "§5.2", Run: voteAgain,
			Doc: "asked again by the candidate that has its vote, a server grants it again"},
		{Name: "OlderTermRefused", Kind: lab.Rule, Points: 0.5, Rule: "§5.1", Run: olderTermRefused,
			Doc: "requests of an older term are refused, with the current term in the reply"},
		{Name: "HigherTermFollows", Kind: lab.Rule, Points: 0.5, Rule: "§5.1", Run: higherTermFollows,
			Doc: "a higher term in a request or a reply makes a candidate and a leader follow"},
		{Name: "CandidateYields", Kind: lab.Rule, Points: 0.5, Rule: "§5.2", Run: candidateYields,
			Doc: "a candidate follows a leader of its own term, whatever votes still come"},
		{Name: "StaleVotes", Kind: lab.Rule, Points: 0.5, Rule: "§5.2", Run: staleVotes,
			Doc: "votes granted to an earlier candidacy, or twice by one voter, count for nothing"},
		{Name: "GrantResetsTimer", Kind: lab.Rule, Points: 0.5, Rule: "§5.2, Figure 2, Followers", Run: grantResetsTimer,
			Doc: "granting a vote puts the next election off"},
		{Name: "LeaderResetsTimer", Kind: lab.Rule, Points: 0.5, Rule: "§5.2, Figure 2, Followers", Run: leaderResetsTimer,
			Doc: "AppendEntries of the current leader puts the next election off"},
		{Name: "RefusalKeepsTimer", Kind: lab.Rule, Points: 0.5, Rule: "§5.2, Figure 2, Followers", Run: refusalKeepsTimer,
			Doc: "refusing a vote does not put the next election off"},
		{Name: "OldLeaderKeepsTimer", Kind: lab.Rule, Points: 0.5, Rule: "§5.2, Figure 2, Followers", Run: oldLeaderKeepsTimer,
			Doc: "AppendEntries of an older term does not put the next election off"},
		{Name: "TimeoutsDiffer", Kind: lab.Rule, Points: 0.5, Rule: "§5.2", Run: timeoutsDiffer,
			Doc: "election timeouts differ from round to round and from server to server"},

		{Name: "InitialElection", Kind: lab.Scenario, Points: 1, Rule: "§5.2", Run: initialElection,
			Doc: "3 servers elect one leader, and without faults it leads its term for 30 s"},
		{Name: "ReElection", Kind: lab.Scenario, Points: 0.5, Rule: "§5.2", Run: reElection,
			Doc: "a leader that is cut off is replaced; without a majority nobody leads"},
		{Name: "CutLeaderRejoins", Kind: lab.Scenario, Points: 0.5, Rule: "§5.1", Run: cutLeaderRejoins,
			Doc: "an old leader that comes back, from a cut or from a pause, follows at once"},
		{Name: "ManyElections", Kind: lab.Scenario, Points: 1, Rule: "§5.2", Run: manyElections,
			Doc: "7 servers, ten times: 3 of them are cut off, the other 4 elect"},
		{Name: "NoQuorumNoLeader", Kind: lab.Scenario, Points: 0.5, Rule: "§5.2", Run: noQuorumNoLeader,
			Doc: "2 of 5 servers elect nobody"},
		{Name: "EvenCluster", Kind: lab.Scenario, Points: 0.5, Rule: "§5.2", Run: evenCluster,
			Doc: "half of 4 servers elect nobody, nor does 1 of 2; 1 of 1 leads alone"},
		{Name: "SplitVote", Kind: lab.Scenario, Points: 0.5, Rule: "§5.2", Run: splitVote,
			Doc: "candidates that all start at once still elect one of them in bounded time"},
		{Name: "LossyStable", Kind: lab.Scenario, Points: 0.5, Rule: "§5.2", Run: lossyStable,
			Doc: "with 10 % of all messages lost, leaders still last"},
		{Name: "ElectionTraffic", Kind: lab.Scenario, Points: 0.5, Rule: "§5.2", Run: electionTraffic,
			Doc: "bounded numbers of RPCs, idle and while electing"},

		{Name: "LossySwarm", Kind: lab.Swarm, Points: 1, Rule: "§5.2", Run: lossySwarm,
			Doc: "loss, duplicates and long reordering, 3 to 7 servers; then one leader lasts"},
		{Name: "FaultSwarm", Kind: lab.Swarm, Points: 1.5, Rule: "§5.2", Run: faultSwarm,
			Doc: "cuts, one-way cuts, partitions, pauses, stalls and loss, mixed by the seed; then one leader lasts"},
	},
}
