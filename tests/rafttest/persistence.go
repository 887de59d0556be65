package rafttest

import (
	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
)

// Persistence is the third stage: what a server has promised, it still knows
// after a crash. Figure 2, State; §5.1, §5.2, §5.3, §5.4.
var Persistence = &lab.Stage[raftapi.MakeFunc]{
	Name:     "persistence",
	Test:     "TestPersistence",
	Handout:  "handouts/03-persistence.md",
	Durable:  true,
	Observes: persistenceRules,
	Cases: begun(callPersistBytes, []lab.Case[raftapi.MakeFunc]{
		{Name: "TermSurvives", Kind: lab.Rule, Points: 0.5, Rule: "Figure 2, State", Run: termSurvives,
			Doc: "a term that a server has told outlives a restart, wherever it had heard of it: six ways"},
		{Name: "VoteSurvives", Kind: lab.Rule, Points: 0.5, Rule: "Figure 2, State", Run: voteSurvives,
			Doc: "a vote outlives a restart, however the server had come into that term: six ways"},
		{Name: "OwnVoteSurvives", Kind: lab.Rule, Points: 0.5, Rule: "Figure 2, State", Run: ownVoteSurvives,
			Doc: "a candidate and a leader that restart have voted for themselves, and never ask in that term again"},
		{Name: "LogSurvives", Kind: lab.Rule, Points: 0.5, Rule: "Figure 2, State", Run: logSurvives,
			Doc: "a follower's log outlives restarts, entry by entry: appended, replaced, and cut short"},
		{Name: "LeaderLogSurvives", Kind: lab.Rule, Points: 0.5, Rule: "Figure 2, State", Run: leaderLogSurvives,
			Doc: "what Start put into a leader's log and counted outlives the leader's restart"},
		{Name: "SaveIsWhole", Kind: lab.Rule, Points: 0.5, Rule: "Figure 2, State", Run: saveIsWhole,
			Doc: "whatever a server saves for, the term, the vote and the log are all in it"},
		{Name: "VoteSavedFirst", Kind: lab.Rule, Points: 0.5, Rule: "Figure 2, State", Run: voteSavedFirst,
			Doc: "no vote and no new term leaves in a reply before it is saved"},
		{Name: "EntriesSavedFirst", Kind: lab.Rule, Points: 0.5, Rule: "Figure 2, State", Run: entriesSavedFirst,
			Doc: "no entry is acknowledged before it is saved, whether it was appended or replaced another"},
		{Name: "CampaignSavedFirst", Kind: lab.Rule, Points: 0.5, Rule: "Figure 2, State", Run: campaignSavedFirst,
			Doc: "a candidate's term and own vote are saved before its first request leaves"},
		{Name: "LeaderCountsSaved", Kind: lab.Rule, Points: 0.5, Rule: "§5.3", Run: leaderCountsSaved,
			Doc: "a leader counts itself for an entry only when it has saved it"},
		{Name: "CommitRelearned", Kind: lab.Rule, Points: 0.5, Rule: "Figure 2, State", Run: commitRelearned,
			Doc: "after a restart nothing new is applied before a leader says so, and then all of it from index 1"},

		{Name: "Persist1", Kind: lab.Scenario, Points: 0.5, Rule: "Figure 2, State", Run: persist1,
			Doc: "3 servers: all of them, the leader, a follower restart, with agreement in between"},
		{Name: "Persist2", Kind: lab.Scenario, Points: 1, Rule: "§5.4.1", Run: persist2,
			Doc: "5 servers, rolling crashes: each majority shares one server with the one before"},
		{Name: "Persist3", Kind: lab.Scenario, Points: 0.5, Rule: "§5.4.1", Run: persist3,
			Doc: "3 servers: two crash, and the one that restarts meets the one that had been cut off"},
		{Name: "Figure8", Kind: lab.Scenario, Points: 1, Rule: "§5.4.2, Figure 8", Run: crashFigure8,
			Doc: "the paper's Figure 8, both ends, then 40 leaders that crash right after Start"},
		{Name: "UnreliableAgree", Kind: lab.Scenario, Points: 0.5, Rule: "§5.3", Run: unreliableAgree,
			Doc: "5 servers, 10 % loss, 4 clients, one server after the other restarts"},
		{Name: "Figure8Unreliable", Kind: lab.Scenario, Points: 1, Rule: "§5.4.2, Figure 8", Run: figure8Unreliable,
			Doc: "leaders crash or are cut off right after Start, with loss and long reordering"},
		{Name: "ReliableChurn", Kind: lab.Scenario, Points: 0.5, Rule: "§5.4.3", Run: reliableChurn,
			Doc: "3 clients, while servers crash, restart, are cut off and rejoin all the time"},
		{Name: "UnreliableChurn", Kind: lab.Scenario, Points: 0.5, Rule: "§5.4.3", Run: unreliableChurn,
			Doc: "the same with loss, duplicates and reordering"},
		{Name: "PowerCut", Kind: lab.Scenario, Points: 1, Rule: "§5.4.3", Run: powerCut,
			Doc: "all servers crash at one instant, ten times, clients going on: what was committed stays"},
		{Name: "CrashAtSave", Kind: lab.Scenario, Points: 1.5, Rule: "Figure 2, State", Run: crashAtSave,
			Doc: "a leader, a follower crash right before and right after their k-th save, for every k of a short run"},

		{Name: "CrashSwarm", Kind: lab.Swarm, Points: 1.5, Rule: "§5.4.3", Run: crashSwarm,
			Doc: "crashes at any instant and at any save, cuts, pauses, stalls and loss, mixed by the seed, 3 to 7 servers"},
	}),
}
