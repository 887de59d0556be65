package mutant

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade"
)

func TestWhatCameOutIsSaid(t *testing.T) {
	edits := []Edit{
		{Name: "noop", Kind: Variant, Doc: "A no-op.", Lacks: []string{"kv"}},
		{Name: "slow", Kind: Variant, Doc: "Slow | sure."},
		{Name: "rare", Kind: Mutant, Stage: "election", Harm: "liveness", Doc: "Rare.", Breaks: "§5.2"},
		{Name: "sure", Kind: Mutant, Stage: "election", Harm: "safety", Doc: "Sure.", Breaks: "§5.2"},
	}
	r := newResults("")
	r.Machine = "2 CPUs"
	rare, sure := &MutantResult{Key: Key{"1", "aa"}, Date: "2026-01-02", Seeds: map[int]int{}}, &MutantResult{Key: Key{"2", "bb"}, Date: "2026-01-01", Seeds: map[int]int{}}
	for i := range 20 {
		sure.add(Repetition{Caught: true, Seeds: 1, Stage: "election", Case: "OneVotePerTerm", CPUSeconds: 0.5})
		switch {
		case i < 16:
			rare.add(Repetition{Caught: true, Seeds: 2, Stage: "election", Case: "FaultSwarm", CPUSeconds: 2})
		case i < 18:
			rare.add(Repetition{Caught: true, Seeds: 4, Stage: "replication", Case: "CutSwarm"})
		default:
			rare.add(Repetition{Seeds: 20, Stage: "election", Case: "FaultSwarm"})
		}
	}
	r.Mutants["rare"], r.Mutants["sure"] = rare, sure
	r.setStage(edits[0], StageResult{Date: "2026-01-03", Stage: "election", Seeds: 200, Runs: 900, CPUSeconds: 3})
	slow := StageResult{Date: "2026-01-03", Stage: "election", Seeds: 20, Runs: 90}
	slow.add(CaseReport{Stage: "election", Name: "ReElection", Ran: 10, Failed: 1, First: &Failure{Seed: 7, Text: "no leader", Rule: "§5.2"}})
	r.setStage(edits[1], slow)

	var out bytes.Buffer
	assert.Equal(t, ExitWrong, r.say(edits, &out))
	assert.Equal(t, `slow is accused: election/ReElection failed 1 times, first with seed 7: no leader (§5.2)
rare survives: caught in 18 of 20 repetitions
1 of 2 mutants caught in 19 of 20 repetitions or more (1 safety, 1 liveness, 0 performance); 38 of 40 repetitions, 42 CPU s
1 of 2 variants never accused; 1 of 1000 runs failed, 3 CPU s
`, out.String())
	assert.Equal(t, ExitGood, r.say(edits[3:], &out))

	tables := r.tables(edits, []grade.Stage{{Name: "election"}, {Name: "kv"}})
	for _, line := range []string{
		"- **rare survives: caught in 18 of 20 repetitions**",
		"- run from 2026-01-01 to 2026-01-03 on 2 CPUs; digests of the code, with the number of results of each:  (2), aa (1), bb (1)",
		"| all | 50.0 % | 90.0 % | 90.0 % | 95.0 % | 95.0 % | 100.0 % |",
		"| liveness | 0.0 % | 80.0 % | 80.0 % | 90.0 % | 90.0 % | 100.0 % |",
		"| performance | - | - | - | - | - | - |",
		"| rare | Rare. | §5.2 | liveness | **18/20** | FaultSwarm 16, replication/CutSwarm 2 | 20 | 1.60 |\n| sure | Sure. | §5.2 | safety | 20/20 | OneVotePerTerm 20 | 1 | 0.50 |",
		`| slow | Slow \| sure. | 0 to 20 | 100 | **1** | 0 |` + "\n| noop | A no-op. Not run over kv, which ask for what it leaves out. | 200 | 900 | 0 | 3 |",
	} {
		assert.Contains(t, tables, line+"\n")
	}
}

func TestAQuickRunIsAPartOfTheCatalogue(t *testing.T) {
	catalogue, err := Catalogue()
	require.NoError(t, err)
	count := map[Kind]int{}
	stages := map[string]bool{}
	for _, e := range quickPart(catalogue) {
		count[e.Kind]++
		stages[e.Stage] = true
	}
	for _, s := range grade.Stages() {
		assert.True(t, stages[s.Name], "no mutant of %s", s.Name)
	}
	all := map[Kind]int{}
	for _, e := range catalogue {
		all[e.Kind]++
	}
	assert.InDelta(t, all[Mutant]/quickMutants, count[Mutant], float64(all[Mutant])/10)
	assert.InDelta(t, all[Variant]/quickVariants, count[Variant], float64(all[Variant])/10)
}

func TestAQuickRunKeepsNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	var out, errs bytes.Buffer
	args := []string{"--tree", tree, "--quick", "--kind", "mutants", "--stage", "election", "--name", "vote", "--results", path}
	require.Equal(t, ExitGood, Main(t.Context(), args, &out, &errs), "%s%s", &out, &errs)
	assert.Regexp(t, `^([0-9]+) of ([0-9]+) mutants caught`, out.String())
	assert.Positive(t, strings.Count(errs.String(), "caught   "))
	assert.NoFileExists(t, path)
}
