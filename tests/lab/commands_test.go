package lab

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// of has the process be the test of another package.
func of(t *testing.T, pkg string) {
	t.Helper()
	before := packageUnderTest
	packageUnderTest = func() string { return pkg }
	t.Cleanup(func() { packageUnderTest = before })
}

var reElection = plan{title: "Election", test: "TestElection", name: "ReElection", seed: 3}

func TestAFailureSaysHowToRunItAgainAndHowToHuntForIt(t *testing.T) {
	of(t, "./raft")
	again := "again: go test -race " + tags() + "./raft -run '^TestElection$/^ReElection$' -lab.seed=3"
	hunt := "hunt:  go run ./tests/cmd/hunt ./raft -run Election/ReElection -seed 3"
	assert.Equal(t, []string{again, hunt}, reElection.commands(Assert))
	assert.Equal(t, []string{again, hunt}, reElection.commands(Deadlock))

	lines := strings.Split(strings.TrimSuffix(reElection.report(&record{Failure: Failure{Kind: Assert, Text: "x", Detail: make([]string, 100)}}), "\n"), "\n")
	require.Len(t, lines, maxLines-1, "and one for the page")
	assert.Equal(t, []string{"    ... and 65 more lines", again, hunt}, lines[36:])
}

func TestAHuntIsNotOfferedWhereItDoesNotHelp(t *testing.T) {
	of(t, "./raft")
	for _, kind := range []FailureKind{Race, Spin, RealBudget, Stopped} {
		assert.Len(t, reElection.commands(kind), 1, kind)
	}
	part := reElection
	part.test = "TestElection/part"
	assert.Len(t, part.commands(Assert), 1, "a stage within another test")

	*flagRealtime = true
	assert.Len(t, reElection.commands(Assert), 1, "on the wall clock")
	*flagRealtime = false

	for pkg, lines := range map[string]int{"./solutions/kvraft": 2, "./tests/mutant/alt": 1, ".": 1} {
		of(t, pkg)
		assert.Len(t, reElection.commands(Assert), lines, pkg)
	}
}

func TestARunOfHuntsIsReplayed(t *testing.T) {
	of(t, ".")
	t.Setenv(ReplayOf, "./raft")
	assert.Equal(t, []string{"again: go run ./tests/cmd/replay ./raft -run Election/ReElection -seed 3"}, reElection.commands(Assert))
}
