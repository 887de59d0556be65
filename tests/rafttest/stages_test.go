package rafttest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/invariant"
	"raftlabs/tests/lab"
	"raftlabs/tests/rafttest"
)

// stages is every stage with the points that it is worth.
var stages = []struct {
	*lab.Stage[raftapi.MakeFunc]
	points float64
}{
	{rafttest.Election, 15},
	{rafttest.Replication, 20},
	{rafttest.Persistence, 15},
	{rafttest.Snapshots, 20},
	{rafttest.Robust, 15},
	{rafttest.Reads, 15},
}

func TestEveryStageIsWellFormedAndWorthItsPoints(t *testing.T) {
	for _, s := range stages {
		require.NoError(t, s.Check())
		assert.Equal(t, s.points, s.Points(), s.Name)
		kinds := map[lab.Kind]int{}
		for _, c := range s.Cases {
			kinds[c.Kind]++
			assert.NotEmpty(t, c.Rule, "%s/%s cites no section", s.Name, c.Name)
			assert.Positive(t, c.Points)
			assert.Zero(t, c.Points*2-float64(int(c.Points*2)), "%s/%s: points come in halves", s.Name, c.Name)
		}
		for _, k := range []lab.Kind{lab.Rule, lab.Scenario, lab.Swarm} {
			assert.Positive(t, kinds[k], "%s has no %v case", s.Name, k)
		}
	}
}

// Each rule that is watched comes up in some stage, and then in all that follow.
func TestEveryRuleIsObservedFromSomeStageOn(t *testing.T) {
	var before []string
	for _, s := range stages {
		assert.Subset(t, s.Observes, before, s.Name)
		before = s.Observes
		assert.Equal(t, s.Name != "election" && s.Name != "replication", s.Durable, s.Name)
	}
	for _, rule := range invariant.Rules() {
		assert.Contains(t, before, rule.String())
	}
}
