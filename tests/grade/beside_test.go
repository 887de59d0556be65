package grade

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asStudents is a package of the reference as a student would hand it in.
func asStudents(t *testing.T, reference, folder string) map[string][]byte {
	t.Helper()
	names, err := sources(treeOf(t), reference)
	require.NoError(t, err)
	files := map[string][]byte{}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(treeOf(t), filepath.FromSlash(name)))
		require.NoError(t, err)
		files[path.Join(folder, path.Base(name))] = []byte(strings.ReplaceAll(string(text), `"raftlabs/solutions/raft"`, `"raftlabs/raft"`))
	}
	return files
}

// oneCase is the stage kv with one of its cases.
func oneCase(t *testing.T, name string) []Stage {
	t.Helper()
	stages, err := Options{Stages: []string{"kv"}, Cases: []string{name}}.choose(Stages())
	require.NoError(t, err)
	return stages
}

// A good service on a Raft that is none: the case is lost, and beside it stands
// that it passes on the reference's Raft.
func TestALostCaseOfAServiceRunsOverTheReference(t *testing.T) {
	scratch := t.TempDir()
	p, err := newPristine(t.Context(), treeOf(t), scratch)
	require.NoError(t, err)
	w := workplace{framework: treeOf(t), tree: p.tree, files: asStudents(t, "solutions/kvraft", "kvraft")}
	w.over, err = lay(w.tree, w.files, filepath.Join(scratch, "laid"))
	require.NoError(t, err)
	o := Options{Seeds: 2, Seed: 5, Jobs: 1, Timeout: time.Minute, Memory: defaultMemory}
	report, err := o.grade(t.Context(), w, oneCase(t, "Basic"), scratch, newProgress(os.Stderr))
	require.NoError(t, err)
	c := report.Stages[0].Cases[0]
	require.NotNil(t, c.Failure)
	assert.Contains(t, c.Failure.Text, "still the skeleton")
	assert.Zero(t, report.Points)
	assert.Equal(t, &Beside{Seeds: 2, Passed: 2}, c.Beside)
	assert.Contains(t, c.Failure.Detail, "on the reference's Raft it passes with all 2 seeds, so look in raft/ first")

	// Together with the reference's Raft nothing is lost, so nothing runs twice.
	for name, text := range asStudents(t, "solutions/raft", "raft") {
		w.files[name] = text
	}
	w.over, err = lay(w.tree, w.files, filepath.Join(scratch, "laid"))
	require.NoError(t, err)
	report, err = o.grade(t.Context(), w, oneCase(t, "Basic"), scratch, newProgress(os.Stderr))
	require.NoError(t, err)
	assert.Nil(t, report.Stages[0].Cases[0].Failure)
	assert.Nil(t, report.Stages[0].Cases[0].Beside)
	assert.Equal(t, report.Max, report.Points)
}

// A tree without a reference, as students have it, has nothing to run beside.
func TestWithoutAReferenceNothingRunsBeside(t *testing.T) {
	files, err := referenceRaft(t.TempDir())
	require.NoError(t, err)
	assert.Nil(t, files)
	files, err = referenceRaft(treeOf(t))
	require.NoError(t, err)
	assert.Contains(t, files, "raft/raft.go")
	assert.False(t, slices.ContainsFunc(sorted(files), func(name string) bool { return strings.HasSuffix(name, "_test.go") }))
}

func sorted(files map[string][]byte) (names []string) {
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
