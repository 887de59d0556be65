package lab

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/scenario"
)

func keptStage(faults string) *Stage[int] {
	run := func(*T, int) {}
	return &Stage[int]{Name: "storms", Test: "TestStorms", Handout: "handouts/none.md", Cases: []Case[int]{
		{Name: "Storm", Kind: Swarm, Points: 1, Doc: "a storm", Run: run},
		{Name: "Rain", Kind: Scenario, Points: 1, Doc: "what a storm has shown", Run: run, Faults: faults},
	}}
}

// A case that is kept runs as the one whose faults it has: with its seed, its
// streams, and as a swarm.
func TestACaseIsKeptWithItsFaults(t *testing.T) {
	s := keptStage("case Storms/Storm\nseed 812\ndrop S1 -> S2 #7\n")
	require.NoError(t, s.Check())
	storm, rain := s.plan(&s.Cases[0], nil), s.plan(&s.Cases[1], nil)
	storm.seed, rain.seed = 812, 1
	assert.Equal(t, storm.mixed(), rain.mixed(), "seed 1 is the scenario's")
	storm.seed, rain.seed = 813, 2
	assert.Equal(t, storm.mixed(), rain.mixed(), "and so on")
	assert.Equal(t, "Storms/Rain", rain.id())
	assert.Nil(t, storm.faults)
	assert.Equal(t, Swarm, rain.kind)
	require.Len(t, rain.faults.Faults, 1)

	asked := &scenario.Scenario{}
	rain = s.plan(&s.Cases[1], asked)
	assert.Same(t, asked, rain.faults, "-lab.scenario goes first")
	assert.Equal(t, "Storm", rain.as)
}

func TestFaultsThatCannotBeKept(t *testing.T) {
	for faults, want := range map[string]string{
		"drop it":                  "is no message",
		"seed 1\n":                 "the scenario is to name its case and its seed",
		"case Storms/Storm\n":      "the scenario is to name its case and its seed",
		"case Storms/Sun\nseed 1":  "the scenario is of Storms/Sun, which is no case of this stage",
		"case Storms/Rain\nseed 1": "the scenario is of Storms/Rain, which is no case of this stage",
	} {
		assert.ErrorContains(t, keptStage(faults).Check(), `case "Rain": Faults: `, faults)
		assert.ErrorContains(t, keptStage(faults).Check(), want)
	}
}

// A scenario runs its case alone, from its seed on; one that names none runs all.
func TestAScenarioNamesItsRuns(t *testing.T) {
	assert.True(t, isOf(nil, "TestStorms", "Storm"))
	assert.True(t, isOf(&scenario.Scenario{}, "TestStorms", "Storm"))
	assert.True(t, isOf(&scenario.Scenario{Case: "Storms/Storm"}, "TestStorms", "Storm"))
	assert.False(t, isOf(&scenario.Scenario{Case: "Storms/Storm"}, "TestStorms", "Rain"))
	assert.False(t, isOf(&scenario.Scenario{Case: "Storms/Storm"}, "TestCalm", "Storm"))
	s := keptStage("")
	require.NoError(t, s.has(nil))
	require.NoError(t, s.has(&scenario.Scenario{Case: "Storms/Storm"}))
	require.NoError(t, s.has(&scenario.Scenario{Case: "Calm/Sun"}), "another stage runs it")
	assert.ErrorContains(t, s.has(&scenario.Scenario{Case: "Storms/Sun"}), "it is of Storms/Sun, which is no case of this stage")
	assert.Equal(t, uint64(0), seedOf(nil))
	assert.Equal(t, uint64(9), seedOf(&scenario.Scenario{Seed: 9}))
}

// What a run writes down is a scenario of itself.
func TestARunWritesItsFaults(t *testing.T) {
	p := keptStage("").plan(&keptStage("").Cases[0], nil)
	p.seed = 4
	var b strings.Builder
	require.NoError(t, p.writeFaults(&b, Result{
		Failure: &record{Failure: Failure{Text: "it rains"}},
		happened: func() (bool, []scenario.Fault) {
			return true, []scenario.Fault{{Kind: scenario.Crash, Whom: "S1", N: 2, At: 2e9}, {Kind: scenario.PowerCut, N: 1, At: 1e9, Until: 3e9}}
		},
	}))
	assert.Equal(t, "case Storms/Storm\nseed 4\n// it rains\n\nstalls\npower-cut #1 // from 1 s to 3 s\ncrash S1 #2  // from 2 s on\n", b.String())
}
