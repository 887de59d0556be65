package grade

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestShardsAreTheWholeClass(t *testing.T) {
	paths := []string{"a", "b", "c", "d", "e"}
	assert.Equal(t, paths, shard{}.of(paths))
	assert.Equal(t, []string{"a", "d"}, shard{1, 3}.of(paths))
	assert.Equal(t, []string{"b", "e"}, shard{2, 3}.of(paths))
	assert.Equal(t, []string{"c"}, shard{3, 3}.of(paths))
	assert.Empty(t, shard{6, 6}.of(paths))
	for _, text := range []string{"", "1", "0/3", "4/3", "a/3", "1/3/5", "-1/2"} {
		_, err := parseShard(text)
		assert.ErrorAs(t, err, &usageError{}, text)
		assert.ErrorContains(t, err, "from 1/3 to 3/3")
	}
}

// graded is a folder with the grades of some submissions, as if they had run.
func graded(t *testing.T, s settings, reports ...*Report) string {
	t.Helper()
	path := t.TempDir()
	f, _, err := openFolder(path, s, true)
	require.NoError(t, err)
	defer f.close()
	for _, r := range reports {
		require.NoError(t, f.write(r.Target+"/results.json", r))
		require.NoError(t, f.replace(r.Target+"/traces/page.html", []byte(r.Target)))
	}
	return path
}

func TestFoldersOfGradesAreJoined(t *testing.T) {
	s := settings{Version: 1, Framework: "f", Stages: []string{"election/A"}, Seed: 3}
	stages := []Stage{{Name: "election", Cases: []Case{{Name: "A", Points: 2}}}}
	course := []Stage{{Name: "election", Cases: []Case{{Name: "A", Points: 2}, {Name: "B"}}}, {Name: "kv", Cases: []Case{{Name: "C"}}}}
	report := func(name string, points float64) *Report {
		r := &Report{Target: name}
		r.add(stages[0], []CaseReport{{Name: "A", Points: points, Max: 2}})
		return r
	}
	one, two := graded(t, s, report("alice", 2), report("carol", 0)), graded(t, s, report("bob", 2))
	out := t.TempDir()
	reports, err := merge(out, []string{one, two}, course)
	require.NoError(t, err)
	require.Len(t, reports, 3)
	text, err := os.ReadFile(filepath.Join(out, "class.csv"))
	require.NoError(t, err)
	assert.Equal(t, "submission,points,max,note,election,election/A\r\nalice,2,2,,2,2\r\nbob,2,2,,2,2\r\ncarol,0,2,,0,0\r\n", string(text))
	text, err = os.ReadFile(filepath.Join(out, "bob", "traces", "page.html"))
	require.NoError(t, err)
	assert.Equal(t, "bob", string(text))
	again, err := readReports(out)
	require.NoError(t, err)
	assert.Equal(t, reports, again)

	_, err = merge(t.TempDir(), []string{one, graded(t, s, report("alice", 1))}, stages)
	assert.ErrorContains(t, err, "alice has grades in "+one)
	other := s
	other.Seed = 4
	_, err = merge(t.TempDir(), []string{one, graded(t, other)}, stages)
	assert.ErrorContains(t, err, "with one --seed")
	_, err = merge(t.TempDir(), []string{t.TempDir()}, stages)
	assert.ErrorContains(t, err, "is no folder of grades")
	_, err = merge(t.TempDir(), nil, stages)
	assert.ErrorAs(t, err, &usageError{})
}

// A class graded in two parts and joined is the class graded as a whole, and a grading
// can go on from there.
func TestShardsAreGradedAsTheWholeClassIs(t *testing.T) {
	paths := synthetic(t)
	grades := func(out string, part shard) string {
		o, stages := classOptions(t, out)
		stages[0].Cases = stages[0].Cases[:2]
		_, err := o.gradeClass(t.Context(), part.of(paths), stages, io.Discard)
		require.NoError(t, err)
		text, err := os.ReadFile(filepath.Join(out, "class.csv"))
		require.NoError(t, err)
		return string(text)
	}
	one, two, joined := t.TempDir(), t.TempDir(), t.TempDir()
	grades(one, shard{1, 2})
	grades(two, shard{2, 2})
	reports, err := merge(joined, []string{one, two}, Stages())
	require.NoError(t, err)
	assert.Len(t, reports, len(paths))
	text, err := os.ReadFile(filepath.Join(joined, "class.csv"))
	require.NoError(t, err)
	assert.Equal(t, grades(t.TempDir(), shard{}), string(text))

	known := logsIn(t, joined)
	require.Len(t, known, 2, "alice's and bob's, and erin's")
	assert.Equal(t, string(text), grades(joined, shard{}))
	assert.Equal(t, known, logsIn(t, joined), "nothing ran again")
}
