package autograder

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const tree = "../../.."

// What Gradescope would do with it, in another folder: the scripts' paths are
// moved there, and nothing is installed.
func TestASubmissionIsGradedAsGradescopeDoes(t *testing.T) {
	root := t.TempDir()
	source := filepath.Join(root, "source")
	require.NoError(t, Write(tree, source))

	setup, err := os.ReadFile(filepath.Join(source, "setup.sh"))
	require.NoError(t, err)
	assert.Contains(t, string(setup), "version="+runtime.Version()+"\n")
	for _, script := range []string{"setup.sh", "run_autograder"} {
		out, err := exec.Command("bash", "-n", filepath.Join(source, script)).CombinedOutput()
		assert.NoError(t, err, "%s", out)
		info, err := os.Stat(filepath.Join(source, script))
		require.NoError(t, err)
		assert.NotZero(t, info.Mode()&0o100, "%s is to be executable", script)
	}
	for _, left := range []string{"tests/mutant", "tests/handouts", ".ci", "handouts"} {
		assert.NoDirExists(t, filepath.Join(source, "raftlabs", left))
	}

	// The student hands in the skeleton.
	skeleton, err := os.ReadFile(filepath.Join(tree, "raft", "raft.go"))
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(root, "submission", "raft"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "submission", "raft", "raft.go"), skeleton, 0o644))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "results"), 0o755))

	run, err := os.ReadFile(filepath.Join(source, "run_autograder"))
	require.NoError(t, err)
	text := strings.ReplaceAll(string(run), "/autograder/", root+"/")
	text = strings.Replace(text, "--format gradescope", "--format gradescope --stage election --seeds 1", 1)
	cmd := exec.Command("bash", "-c", text)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	results, err := os.ReadFile(filepath.Join(root, "results", "results.json"))
	require.NoError(t, err)
	var got struct {
		Score *float64 `json:"score"`
		Tests []struct {
			Score *float64 `json:"score"`
			Name  string   `json:"name"`
		} `json:"tests"`
	}
	require.NoError(t, json.Unmarshal(results, &got), "%s", results)
	assert.NotContains(t, string(results), "The autograder failed", "%s", out)
	require.NotNil(t, got.Score)
	assert.Zero(t, *got.Score)
	assert.Greater(t, len(got.Tests), 20)
}

func TestAFolderWithSomethingInItIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mine"), nil, 0o644))
	assert.ErrorContains(t, Write(tree, dir), "is not empty: name a new folder")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}
