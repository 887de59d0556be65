package hunt

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade"
	"raftlabs/tests/lab"
)

// A swarm's checks hold whatever happens: correct code passes with any part of the
// faults that a seed draws. Otherwise shrinking would end with a failure that is the
// case's own.
func TestFewerFaultsAccuseNobody(t *testing.T) {
	tree, err := grade.FindTree()
	require.NoError(t, err)
	swarms, built := 0, map[string]string{}
	for _, stage := range grade.Stages() {
		folder := filepath.Join(tree, filepath.FromSlash(stage.Reference))
		for _, c := range stage.Cases {
			if c.Kind != lab.Swarm {
				continue
			}
			swarms++
			if built[folder] == "" {
				built[folder] = filepath.Join(t.TempDir(), "reference.test")
				cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", built[folder], ".")
				cmd.Dir = folder
				out, err := cmd.CombinedOutput()
				require.NoError(t, err, string(out))
			}
			play := func(args ...string) {
				args = append(args, fmt.Sprintf("-test.run=^%s$/^%s$", stage.Test, c.Name), "-test.v")
				cmd := exec.CommandContext(t.Context(), built[folder], args...)
				cmd.Dir = folder
				out, err := cmd.CombinedOutput()
				require.NoError(t, err, string(out))
				assert.Contains(t, string(out), "--- PASS: "+stage.Test+"/"+c.Name+"/seed=1")
			}
			dir := t.TempDir()
			play("-lab.seed=1", "-lab.trace="+dir)
			_, _, name := pageOf(dir, run{stage: stage, name: c.Name, seed: 1})
			all, err := readScenario(name)
			require.NoError(t, err)
			assert.NotEmpty(t, all.Faults, c.Name)
			random := rand.New(rand.NewPCG(1, uint64(swarms)))
			for _, p := range []float64{0.7, 0.3, 0.05, 0} {
				some := *all
				some.Stalls = all.Stalls && random.Float64() < p
				some.Faults = nil
				for _, f := range all.Faults {
					if random.Float64() < p {
						some.Faults = append(some.Faults, f)
					}
				}
				file := filepath.Join(dir, "some.scenario")
				require.NoError(t, os.WriteFile(file, []byte(some.String()), 0o600))
				play("-lab.scenario="+file, "-lab.trace=none")
			}
		}
	}
	assert.GreaterOrEqual(t, swarms, 13)
}
