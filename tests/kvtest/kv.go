package kvtest

import (
	"slices"

	"raftlabs/kvraft/kvapi"
	"raftlabs/tests/invariant"
	"raftlabs/tests/lab"
)

// KV is the fifth stage: a key/value service on the Raft of the first four.
// §8; thesis, chapter 6. Every case checks that what its clients did is
// linearizable.
var KV = &lab.Stage[kvapi.Service]{
	Name:    "kv",
	Test:    "TestKV",
	Handout: "handouts/05-kv.md",
	Durable: true,
	Observes: observed(
		invariant.ElectionSafety, invariant.OneVote, invariant.Terms, invariant.LogMatching, invariant.LeaderAppendOnly,
		invariant.LeaderCompleteness, invariant.CommitRule, invariant.Durability, invariant.Snapshots, invariant.Provenance,
	),
	Cases: slices.Concat(quietCases, leaderCases, networkCases, onceCases, restartCases, snapshotCases, swarmCases),
}

// observed are the names of rules that are watched from the wire alone: what
// Start says and what is applied are the service's own.
func observed(rules ...invariant.Rule) []string {
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = r.String()
	}
	return names
}
