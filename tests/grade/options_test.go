package grade

import (
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/lab"
)

func TestFlagsStandBeforeAndAfterTheTarget(t *testing.T) {
	want := Options{Target: "solutions", Stages: []string{"election"}, Seeds: 3, Seed: 9, SeedNamed: true, Jobs: 2,
		Timeout: 90 * time.Second, Memory: defaultMemory, Format: "json", Policy: Policy{Credit: creditAll, Points: map[string]float64{}}}
	for _, args := range [][]string{
		{"--stage", "election", "--seeds=3", "--seed", "9", "--jobs", "2", "--timeout", "90s", "--format=json", "solutions"},
		{"solutions", "--stage", "election", "--seeds=3", "--seed", "9", "--jobs", "2", "--timeout", "90s", "--format=json"},
		{"--stage", "election", "--seeds=3", "solutions", "-seed", "9", "-jobs=2", "--timeout=90s", "--format=json"},
	} {
		got, err := parse(args, Stages())
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func TestDefaults(t *testing.T) {
	o, err := parse(nil, Stages())
	require.NoError(t, err)
	assert.Equal(t, targetStudent, o.Target)
	assert.Equal(t, runtime.NumCPU(), o.Jobs)
	assert.Equal(t, defaultTimeout, o.Timeout)
	assert.Equal(t, "text", o.Format)
	assert.Equal(t, "raft", o.folder(Stages()[0]))
	for kind, seeds := range map[lab.Kind]int{lab.Rule: 2, lab.Scenario: 6, lab.Swarm: 20} {
		assert.Equal(t, seeds, Case{Kind: kind}.seeds(o.Seeds))
	}
}

func TestTheFirstSeedIsDrawnAnewEachTime(t *testing.T) {
	drawn := map[uint64]bool{}
	for range 20 {
		o, err := parse(nil, Stages())
		require.NoError(t, err)
		assert.Positive(t, o.Seed)
		assert.Less(t, o.Seed, uint64(1<<32))
		drawn[o.Seed] = true
	}
	assert.Greater(t, len(drawn), 15)
}

func TestAWrongCommandLineSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--stage", "elections"}, `there is no stage "elections": the stages are election`},
		{[]string{"--stage", ""}, `there is no stage ""`},
		{[]string{"--seeds", "0"}, "--seeds 0: it is to be from 1"},
		{[]string{"--seeds", "x"}, "invalid value"},
		{[]string{"--seed", "0"}, "--seed 0: it is to be from 1"},
		{[]string{"--jobs", "0"}, "--jobs 0: it is to be 1 or more"},
		{[]string{"--timeout", "-1s"}, "--timeout -1s: it is to be more than 0"},
		{[]string{"--format", "xml"}, `there is no format "xml": the formats are text, json, gradescope, junit, csv, html`},
		{[]string{"--leaderboard"}, "--leaderboard goes with --format gradescope"},
		{[]string{"--frobnicate"}, "flag provided but not defined: -frobnicate"},
		{[]string{"solutions", "solutions"}, "the reference is graded alone"},
		{[]string{"nowhere"}, `there is no target "nowhere"`},
		{[]string{t.TempDir(), "nowhere"}, `there is no target "nowhere"`},
		{[]string{"--out", "x"}, "--out x: that is for submissions, and none is named"},
	} {
		_, err := parse(c.args, Stages())
		assert.ErrorContains(t, err, c.want)
		assert.ErrorAs(t, err, &usageError{})
		status, stdout, stderr := command(t, c.args...)
		assert.Equal(t, ExitFailed, status)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, c.want)
		assert.Contains(t, stderr, "--help")
	}
}

func TestAnUnknownCaseListsTheCases(t *testing.T) {
	status, _, stderr := command(t, "--case", "ReElections")
	assert.Equal(t, ExitFailed, status)
	assert.Contains(t, stderr, `there is no case "ReElections": the cases are`)
	assert.Contains(t, stderr, "ManyElections")
}

func TestHelp(t *testing.T) {
	_, err := parse([]string{"solutions", "--help"}, Stages())
	require.ErrorIs(t, err, flag.ErrHelp)
	status, stdout, stderr := command(t, "--help")
	assert.Equal(t, ExitFull, status)
	assert.Equal(t, usage(treeOf(t)), stdout)
	assert.Contains(t, stdout, "\n  solutions      the reference solution\n")
	assert.Contains(t, stdout, "\n  starter DIR    write")

	// A student's repository has no reference, and the help says nothing of it.
	status, stdout, _ = command(t, "--tree", t.TempDir(), "--help")
	assert.Equal(t, ExitFull, status)
	for _, lacking := range []string{"solutions", "starter", "gradescope DIR", "@"} {
		assert.NotContains(t, stdout, lacking)
	}
	assert.Contains(t, stdout, "\n  (none)         this working tree's")
	assert.Empty(t, stderr)
}

func TestEveryStageOfTheRegistryCanBeGraded(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Stages() {
		assert.False(t, seen[s.Name], s.Name)
		seen[s.Name] = true
		assert.NotEmpty(t, s.Cases)
		assert.FileExists(t, filepath.Join(treeOf(t), s.Handout))
		for _, folder := range []string{s.Student, s.Reference} {
			assert.DirExists(t, filepath.Join(treeOf(t), folder))
		}
		for _, c := range s.Cases {
			assert.Zero(t, int(c.Points*10)%5, "%s: points are multiples of a half", c.Name)
		}
	}
}

// command runs the grader with the arguments.
func command(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var files [2]*os.File
	for i := range files {
		var err error
		files[i], err = os.Create(filepath.Join(t.TempDir(), "out"))
		require.NoError(t, err)
	}
	status = Main(context.Background(), args, files[0], files[1])
	var texts [2]string
	for i, f := range files {
		_, err := f.Seek(0, io.SeekStart)
		require.NoError(t, err)
		text, err := io.ReadAll(f)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		texts[i] = string(text)
	}
	return status, texts[0], texts[1]
}
