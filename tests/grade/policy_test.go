package grade

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/lab"
)

func twoStages() []Stage {
	return []Stage{
		{Name: "election", Cases: []Case{{Name: "ReElection", Points: 1.5}, {Name: "FaultSwarm", Points: 0.5}}},
		{Name: "kv", Cases: []Case{{Name: "FaultSwarm", Points: 3}}},
	}
}

func TestThePolicyThatIsBuiltInChangesNothing(t *testing.T) {
	p, err := builtinPolicy(Stages())
	require.NoError(t, err)
	assert.Equal(t, creditAll, p.Credit)
	assert.Equal(t, Stages(), p.apply(Stages()))
	assert.Empty(t, p.sentence())
}

func TestAPolicyOverridesTheCasesThatItNames(t *testing.T) {
	p, err := parsePolicy("p", "\ufeff# all\r\ncredit share # a remark\r\n\r\n  election/FaultSwarm\t0.25\r\nkv/FaultSwarm 0", twoStages())
	require.NoError(t, err)
	assert.Equal(t, Policy{Credit: creditShare, Points: map[string]float64{"election/FaultSwarm": 0.25, "kv/FaultSwarm": 0}}, p)
	before := twoStages()
	after := p.apply(before)
	assert.Equal(t, twoStages(), before, "the suites' tables stay as they are")
	assert.Equal(t, []Case{{Name: "ReElection", Points: 1.5}, {Name: "FaultSwarm", Points: 0.25}}, after[0].Cases)
	assert.Zero(t, after[1].Cases[0].Points)
}

func TestAWrongPolicySaysWhereAndWhatToDo(t *testing.T) {
	for text, want := range map[string]string{
		"election/ReElections 1":           `p:1: there is no case "election/ReElections": those of election are ReElection, FaultSwarm`,
		"\n#\nelections/ReElection 1":      `p:3: there is no case "elections/ReElection": the stages are election, kv`,
		"late 10%":                         `p:1: there is no setting "late": a line is`,
		"ReElection 1":                     `p:1: there is no setting "ReElection": a line is "credit all", "credit share" or STAGE/CASE POINTS`,
		"kv/FaultSwarm":                    "p:1: kv/FaultSwarm wants one value behind it, and has 0",
		"kv/FaultSwarm 1 point":            "p:1: kv/FaultSwarm wants one value behind it, and has 2: begin a remark with #",
		"kv/FaultSwarm -1":                 `p:1: "-1" is no number of points for kv/FaultSwarm: write one from 0 to 1000`,
		"kv/FaultSwarm 1,5":                `"1,5" is no number`,
		"kv/FaultSwarm NaN":                `"NaN" is no number`,
		"kv/FaultSwarm +Inf":               `"+Inf" is no number`,
		"kv/FaultSwarm 1001":               `"1001" is no number`,
		"kv/FaultSwarm 0.125":              `"0.125" is no number`,
		"kv/FaultSwarm 1\nkv/FaultSwarm 1": "p:2: kv/FaultSwarm stands in line 1 already: delete one of the two",
		"credit all\ncredit all":           "p:2: credit stands in line 1 already",
		"credit some":                      `there is no credit "some": write all or share`,
		"credit":                           "credit wants one value behind it",
		"election/ReElection 1\nelection/FaultSwarm x2": "p:2: ",
	} {
		_, err := parsePolicy("p", text, twoStages())
		assert.ErrorContains(t, err, want, text)
	}
}

func TestThePolicyThatIsShownIsReadAsItself(t *testing.T) {
	p, err := parsePolicy("p", "credit share\nelection/FaultSwarm 0.7", twoStages())
	require.NoError(t, err)
	text := p.text(twoStages())
	for _, want := range []string{"\n# election, 2.2 points\n", "\nelection/ReElection  1.5\nelection/FaultSwarm  0.7\n",
		"\n# kv, 3 points\n", "\n# all stages: 5.2 points\n", "\ncredit share\n"} {
		assert.Contains(t, text, want)
	}
	again, err := parsePolicy("p", text, twoStages())
	require.NoError(t, err)
	assert.Equal(t, p.apply(twoStages()), again.apply(twoStages()))
	assert.Equal(t, p.Credit, again.Credit)
}

func TestEveryCaseOfTheCourseCanStandInAPolicy(t *testing.T) {
	p, err := builtinPolicy(Stages())
	require.NoError(t, err)
	all, err := parsePolicy("p", p.text(Stages()), Stages())
	require.NoError(t, err)
	cases := 0
	for _, s := range Stages() {
		cases += len(s.Cases)
	}
	assert.Len(t, all.Points, cases)
	assert.Equal(t, Stages(), all.apply(Stages()))
}

func TestCredit(t *testing.T) {
	failed := func(kind lab.FailureKind) *Failure { return &Failure{Kind: string(kind)} }
	for _, c := range []struct {
		what string
		c    CaseReport
		want float64
	}{
		{"all seeds pass", CaseReport{Points: 2, Passed: 50}, 2},
		{"a share of them", CaseReport{Passed: 30, Failed: 20, Failure: failed(lab.Assert)}, 1.2},
		{"rounded down", CaseReport{Passed: 2, Failed: 1, Failure: failed(lab.Assert)}, 1.33},
		{"no less than it is", CaseReport{Passed: 29, Failed: 71, Failure: failed(lab.Assert)}, 0.58},
		{"ended after ten failures", CaseReport{Passed: 10, Failed: 10, NotRun: 30, Failure: failed(lab.Assert)}, 0},
		{"a data race", CaseReport{Passed: 49, Failed: 1, Failure: failed(lab.Race)}, 0},
		{"the process died", CaseReport{Passed: 20, NotRun: 30, Failure: &Failure{Kind: kindPanic}}, 0},
		{"it died after a failure", CaseReport{Passed: 20, Failed: 1, NotRun: 29, Failure: failed(lab.Assert)}, 0},
		{"a bad end after all seeds", CaseReport{Passed: 50, Failure: &Failure{Kind: kindExit}}, 0},
	} {
		c.c.Name, c.c.Max, c.c.Seeds = "FaultSwarm", 2, c.c.Passed+c.c.Failed+c.c.NotRun
		for credit, want := range map[string]float64{creditShare: c.want, creditAll: c.c.Points} {
			r := &Report{Credit: credit}
			r.add(Stage{Name: "kv"}, []CaseReport{c.c})
			assert.Equal(t, want, r.Points, "%s, credit %s", c.what, credit)
		}
	}
}

func TestSumsOfPointsAreWhatTheyLookLike(t *testing.T) {
	r := &Report{}
	r.add(Stage{Name: "kv"}, []CaseReport{{Points: 0.1, Max: 0.1}, {Points: 0.2, Max: 0.2}})
	assert.Equal(t, 0.3, r.Points)
	assert.Equal(t, "0.3", points(r.Stages[0].Max))
}

func TestTheCommandTakesAPolicy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.txt")
	require.NoError(t, os.WriteFile(file, []byte("credit share\nelection/VoteAgain 4\n"), 0o600))
	status, stdout, _ := command(t, "--policy", file, "--show-policy")
	assert.Equal(t, ExitFull, status)
	assert.Contains(t, stdout, "\nelection/VoteAgain")
	assert.Contains(t, stdout, "\ncredit share\n")

	status, stdout, _ = command(t, "solutions", "--case", "VoteAgain", "--seeds", "1", "--policy", file)
	assert.Equal(t, ExitFull, status)
	assert.Contains(t, stdout, "solutions: 4 of 4 points")
	assert.Contains(t, stdout, "scored by policy.txt: credit share, points of its own for 1 case\n")

	require.NoError(t, os.WriteFile(file, []byte("\nelection/VoteAgain many\n"), 0o600))
	status, _, stderr := command(t, "solutions", "--policy", file)
	assert.Equal(t, ExitFailed, status)
	assert.Contains(t, stderr, file+`:2: "many" is no number of points`)
	status, _, stderr = command(t, "--policy", file+".none")
	assert.Equal(t, ExitFailed, status)
	assert.Contains(t, stderr, "--show-policy > policy.txt.none writes one to begin with")
}

func TestThePolicyFileFits(t *testing.T) {
	for line := range strings.Lines(defaultPolicy) {
		assert.LessOrEqual(t, len(line), width, line)
	}
	assert.Contains(t, defaultPolicy, "\ncredit all\n", "what --show-policy replaces")
}
