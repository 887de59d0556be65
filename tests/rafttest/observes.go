package rafttest

import (
	"slices"

	"raftlabs/tests/invariant"
)

// The rules that each stage gives the reference the occasion to break. All that
// there are are watched in each stage; those that are missing here do not come
// up before a later one.
var (
	electionRules = rules(invariant.ElectionSafety, invariant.OneVote, invariant.Terms)

	replicationRules = slices.Concat(electionRules, rules(
		invariant.LogMatching, invariant.LeaderAppendOnly, invariant.LeaderCompleteness, invariant.CommitRule,
		invariant.StateMachineSafety, invariant.ApplyOrder, invariant.StartPromise, invariant.Provenance,
	))

	persistenceRules = slices.Concat(replicationRules, rules(invariant.Durability))

	snapshotRules = slices.Concat(persistenceRules, rules(invariant.Snapshots))

	readsRules = snapshotRules
)

func rules(all ...invariant.Rule) []string {
	names := make([]string, len(all))
	for i, r := range all {
		names[i] = r.String()
	}
	return names
}
