package grade

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// handIn writes a submission as a folder and returns its path.
func handIn(t *testing.T, in, name string, files map[string][]byte) string {
	t.Helper()
	path := filepath.Join(in, name)
	require.NoError(t, os.MkdirAll(path, 0o755))
	for file, text := range files {
		require.NoError(t, writeFile(filepath.Join(path, filepath.FromSlash(file)), text))
	}
	return path
}

// synthetic hands in a class: the reference, twice, and some that are not.
func synthetic(t *testing.T) (paths []string) {
	t.Helper()
	in := t.TempDir()
	good := asStudents(t, "solutions/raft", "raft")
	with := func(file, text string) map[string][]byte {
		files := maps.Clone(good)
		files[file] = []byte(text)
		return files
	}
	return []string{
		handIn(t, in, "alice", good),
		handIn(t, in, "bob", with("raft/raft_test.go", "package raft\n")), // the tests are not taken
		handIn(t, in, "carol", with("raft/log.go", "package raft\n\nfunc (\n")),
		handIn(t, in, "dave", with("raft/spy.go", "package raft\n\nimport \"os\"\n\nvar spy, _ = os.ReadFile(\"/etc/passwd\")\n")),
		handIn(t, in, "erin", with("raft/typo.go", "package raft\n\nvar typo int = \"text\"\n")),
		handIn(t, in, "frank", map[string][]byte{"README.md": []byte("soon\n")}),
	}
}

func classOptions(t *testing.T, out string) (Options, []Stage) {
	t.Helper()
	o := Options{Tree: treeOf(t), Out: out, Stages: []string{"election"}, Seeds: 1, Seed: 3, SeedNamed: true, Jobs: 2, Timeout: time.Minute, Memory: defaultMemory}
	stages, err := o.choose(Stages())
	require.NoError(t, err)
	stages[0].Cases = stages[0].Cases[:4]
	return o, stages
}

func TestAClassIsGraded(t *testing.T) {
	out := t.TempDir()
	o, stages := classOptions(t, out)
	var progress bytes.Buffer
	paths := synthetic(t)
	reports, err := o.gradeClass(t.Context(), paths, stages, &progress)
	require.NoError(t, err)
	require.Len(t, reports, len(paths))
	assert.Equal(t, len(paths), strings.Count(progress.String(), " left\n"))
	assert.Contains(t, progress.String(), "6/6 ")

	for name, want := range map[string]struct {
		full bool
		note string
	}{
		"alice": {true, ""},
		"bob":   {true, ""},
		"carol": {false, "refused: "},
		"dave":  {false, "imports os"},
		"erin":  {false, "./raft does not compile"},
		"frank": {false, "no Go file in raft/ or kvraft/"},
	} {
		r := reports[name]
		assert.Equal(t, want.full, r.full(), name)
		assert.Contains(t, r.note(), want.note, name)
		if !want.full {
			assert.Zero(t, r.Points, name)
		}
		text, err := os.ReadFile(filepath.Join(out, name, "results.json"))
		require.NoError(t, err)
		var kept Report
		require.NoError(t, json.Unmarshal(text, &kept))
		assert.Equal(t, r.Points, kept.Points)
		assert.Equal(t, name, kept.Target)
	}
	assert.Contains(t, reports["erin"].Builds[0].Errors, "raft/typo.go:3:16: cannot use \"text\"")

	// What has the same content ran once.
	assert.Len(t, logsIn(t, out), 2, "alice's and bob's, and erin's")

	text, err := os.ReadFile(filepath.Join(out, "class.csv"))
	require.NoError(t, err)
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+len(paths))
	assert.Equal(t, []string{"submission", "points", "max", "note", "election", "election/" + stages[0].Cases[0].Name}, rows[0][:6])
	assert.Equal(t, []string{"alice", points(reports["alice"].Max), points(reports["alice"].Max), ""}, rows[1][:4])
	assert.Equal(t, "0", rows[5][1])

	var table bytes.Buffer
	require.NoError(t, writeClassTable(&table, byName(reports), stages))
	assert.Contains(t, table.String(), "6 submissions, 2 with full marks, ")
	for line := range strings.Lines(table.String()) {
		assert.LessOrEqual(t, len([]rune(line)), classWidth+1, line)
	}
}

// logsIn is what is known of the cases in a folder of grades, by file.
func logsIn(t *testing.T, out string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(out, "cases", "*.jsonl"))
	require.NoError(t, err)
	logs := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		if len(text) > 0 {
			logs[name] = string(text)
		}
	}
	return logs
}

// asGrader is the variable that has this test binary be the grader, with
// arguments that a line each has.
const asGrader = "RAFTLABS_GRADE_ARGUMENTS"

func init() {
	if args := os.Getenv(asGrader); args != "" {
		_ = os.Unsetenv(asGrader) // not for the cases
		os.Exit(Main(context.Background(), strings.Split(args, "\n"), os.Stdout, os.Stderr))
	}
}

// A grader that was killed goes on when it is started again: what was known is
// not run again, nothing is lost, and the class is that of a grader that nobody killed.
func TestAGraderThatWasKilledGoesOn(t *testing.T) {
	killed, whole := t.TempDir(), t.TempDir()
	paths := synthetic(t)[:3]
	start := func(out string) *exec.Cmd {
		args := append([]string{"--tree", treeOf(t), "--out", out, "--stage", "election", "--seeds", "2", "--seed", "3"}, paths...)
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), asGrader+"="+strings.Join(args, "\n"))
		require.NoError(t, cmd.Start())
		return cmd
	}
	first := start(killed)
	known := func() (lines int) {
		for _, text := range logsIn(t, killed) {
			lines += strings.Count(text, "\n")
		}
		return lines
	}
	require.Eventually(t, func() bool { return known() >= 3 }, 2*time.Minute, time.Millisecond)
	require.NoError(t, first.Process.Kill())
	assert.EqualError(t, first.Wait(), "signal: killed")
	before := logsIn(t, killed)
	require.Less(t, known(), 25, "the grader had ended before it was killed")

	var exit *exec.ExitError
	for _, out := range []string{killed, whole} {
		require.ErrorAs(t, start(out).Wait(), &exit)
		assert.Equal(t, ExitLess, exit.ExitCode())
	}
	after := logsIn(t, killed)
	for name, text := range before {
		text = text[:strings.LastIndexByte(text, '\n')+1]
		assert.True(t, strings.HasPrefix(after[name], text), "what was known has run again")
	}
	for name, text := range logsIn(t, whole) {
		assert.Equal(t, strings.Count(text, "\n"), strings.Count(after[filepath.Join(killed, "cases", filepath.Base(name))], "\n"))
	}
	want, err := os.ReadFile(filepath.Join(whole, "class.csv"))
	require.NoError(t, err)
	got, err := os.ReadFile(filepath.Join(killed, "class.csv"))
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
}

func TestAFolderOfGradesIsForOneSetting(t *testing.T) {
	out := t.TempDir()
	s := settings{Version: 1, Framework: "f", Stages: []string{"election/A"}, Seed: 3}
	f, have, err := openFolder(out, s, true)
	require.NoError(t, err)
	assert.Equal(t, s, have)

	_, _, err = openFolder(out, s, true)
	assert.ErrorContains(t, err, "another run writes its results into that folder")
	f.close()

	drawn := s
	drawn.Seed = 8
	f, have, err = openFolder(out, drawn, false)
	require.NoError(t, err)
	assert.Equal(t, uint64(3), have.Seed, "nobody named a seed, so it is the one that the folder began with")
	f.close()

	for want, change := range map[string]func(*settings){
		"--seed 3, not 8":          func(s *settings) { s.Seed = 8 },
		"--seeds 0, not 4":         func(s *settings) { s.Seeds = 4 },
		"for 1 cases, not for":     func(s *settings) { s.Stages = nil },
		"another version of the f": func(s *settings) { s.Framework = "g" },
	} {
		other := s
		change(&other)
		_, _, err = openFolder(out, other, true)
		assert.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, "Name another folder with --out")
	}
	f, _, err = openFolder(out, s, true)
	require.NoError(t, err, "a refusal leaves nothing locked")
	f.close()
}

func TestTwoSubmissionsOfOneNameAreRefused(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	files := map[string][]byte{"raft/raft.go": []byte("package raft\n")}
	_, err := takeAll([]string{handIn(t, a, "alice", files), handIn(t, b, "Alice", files)})
	assert.ErrorContains(t, err, "rename one of them")
	assert.ErrorAs(t, err, &usageError{})
}
