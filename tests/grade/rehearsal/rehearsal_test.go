package rehearsal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade"
	"raftlabs/tests/grade/rehearsal"
)

// asGrader is the variable that has this test binary be the grader, with
// arguments that a line each has.
const asGrader = "RAFTLABS_REHEARSAL_ARGUMENTS"

func init() {
	if args := os.Getenv(asGrader); args != "" {
		_ = os.Unsetenv(asGrader) // not for the cases
		os.Exit(grade.Main(context.Background(), strings.Split(args, "\n"), os.Stdout, os.Stderr))
	}
}

// grader is the grader as a command with arguments.
func grader(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asGrader+"="+strings.Join(args, "\n"))
	return cmd
}

// some are the cases that catch the class's mutants of Raft, and one of the service's
// is not among them: that would double what is compiled.
const some = "OneVotePerTerm,MajorityElects,HigherTermFollows,InitialElection," + // election
	"StartTakes,MissingPrevRefused,BasicAgree," + // replication
	"TermSurvives,SnapshotTrims,PreVoteFirst,ReadNeedsRound"

// quick are arguments with which the class takes a minute.
func quick(tree, out string, paths []string) []string {
	return append([]string{"--tree", tree, "--out", out, "--case", some, "--seeds", "1", "--seed", "1001"}, paths...)
}

// written is the class as it is handed in.
func written(t testing.TB) (tree string, class []rehearsal.Submission, paths []string) {
	t.Helper()
	tree, err := grade.FindTree()
	require.NoError(t, err)
	class, err = rehearsal.Class(tree)
	require.NoError(t, err)
	paths, err = rehearsal.Write(class, filepath.Join(t.TempDir(), "class"))
	require.NoError(t, err)
	return tree, class, paths
}

// repeatable is a class's table without the mutants: what a bug leaves to chance, the
// order of two goroutines for one, no seed decides, so a case that only sometimes
// shows it may end otherwise the next time.
func repeatable(table string) (rows []string) {
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "mutant-") {
			rows = append(rows, line)
		}
	}
	return rows
}

func TestTheClassHasSixty(t *testing.T) {
	_, class, paths := written(t)
	assert.Len(t, class, 60)
	assert.Len(t, paths, 60)
	names := map[string]bool{}
	for _, s := range class {
		assert.False(t, names[s.Name], s.Name)
		names[s.Name] = true
		assert.True(t, strings.HasSuffix(s.Doc, "."), s.Doc)
	}
}

// The class is graded by one command, and everybody gets what is due. Then a grader of
// the same class is killed and started again: it comes to the same table, and what
// was known does not run again. Another grader does not get into its folder.
func TestTheClassGetsWhatIsDue(t *testing.T) {
	tree, class, paths := written(t)
	whole, out := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "killed")
	table := finish(t, whole, quick(tree, whole, paths))
	judge(t, whole, class)

	first := grader(quick(tree, out, paths)...)
	require.NoError(t, first.Start())
	require.Eventually(t, func() bool { return known(t, out) >= 60 }, 8*time.Minute, 5*time.Millisecond)
	second, err := grader(quick(tree, out, paths)...).CombinedOutput()
	assert.Error(t, err)
	assert.Contains(t, string(second), "another run writes its results into that folder")
	require.NoError(t, first.Process.Kill())
	assert.EqualError(t, first.Wait(), "signal: killed")
	before := logs(t, out)
	assert.NoFileExists(t, filepath.Join(out, "class.csv"), "the grader had ended before it was killed")

	assert.Equal(t, repeatable(table), repeatable(finish(t, out, quick(tree, out, paths))))
	judge(t, out, class)
	after := logs(t, out)
	for name, text := range before {
		text = text[:strings.LastIndexByte(text, '\n')+1]
		assert.True(t, strings.HasPrefix(after[name], text), "what was known has run again")
	}
	assert.Len(t, after, len(logs(t, whole)))
	for name, text := range after {
		seen := map[string]bool{}
		for line := range strings.Lines(text) {
			var c struct {
				Stage string
				Case  struct{ Name string }
			}
			require.NoError(t, json.Unmarshal([]byte(line), &c))
			assert.False(t, seen[c.Stage+c.Case.Name], "%s of %s ran twice", c.Case.Name, name)
			seen[c.Stage+c.Case.Name] = true
		}
	}
}

// finish has the class graded to its end, and returns the table.
func finish(t *testing.T, out string, args []string) string {
	t.Helper()
	cmd := grader(args...)
	said, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Equal(t, grade.ExitLess, cmd.ProcessState.ExitCode(), "%s", said)
	table, err := os.ReadFile(filepath.Join(out, "class.csv"))
	require.NoError(t, err)
	return string(table)
}

// A submission that knows a seed passes with it, and only with it.
func TestASeedThatIsKnownHelpsNobody(t *testing.T) {
	tree, class, paths := written(t)
	i := slices.IndexFunc(class, func(s rehearsal.Submission) bool { return s.Name == "attack-default-seeds" })
	for seed, want := range map[string]int{"1": grade.ExitFull, "1001": grade.ExitLess} {
		cmd := grader("--tree", tree, "--case", "OneVotePerTerm", "--seeds", "1", "--seed", seed, paths[i])
		text, _ := cmd.CombinedOutput() // the status tells
		assert.Equal(t, want, cmd.ProcessState.ExitCode(), "seed %s: %s", seed, text)
	}
}

// known is how much is known of the cases in a folder of grades.
func known(t testing.TB, out string) (lines int) {
	for _, text := range logs(t, out) {
		lines += strings.Count(text, "\n")
	}
	return lines
}

// logs is what is known of the cases in a folder of grades, by file.
func logs(t testing.TB, out string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(out, "cases", "*.jsonl"))
	require.NoError(t, err)
	found := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		found[name] = string(text)
	}
	return found
}

// judge compares what everybody got with what is due.
func judge(t testing.TB, out string, class []rehearsal.Submission) {
	t.Helper()
	for _, s := range class {
		text, err := os.ReadFile(filepath.Join(out, s.Name, "results.json"))
		require.NoError(t, err)
		var r grade.Report
		require.NoError(t, json.Unmarshal(text, &r))
		at := slices.IndexFunc(r.Stages, func(stage grade.StageReport) bool { return stage.Name == s.Loses })
		switch {
		case s.Full():
			assert.Equal(t, r.Max, r.Points, "%s: %s", s.Name, said(r))
		case s.Loses == "":
			assert.Zero(t, r.Points, "%s: %s", s.Name, said(r))
		case at >= 0:
			assert.Less(t, r.Stages[at].Points, r.Stages[at].Max, "%s loses points in %s", s.Name, s.Loses)
		}
		assert.Contains(t, said(r), s.Says, s.Name)
		t.Logf("| %s | %s | %g of %g | %s |", s.Name, s.Earns(), r.Points, r.Max, first(said(r), s.Says))
	}
}

// first is the first line of a text that contains another one.
func first(text, part string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// said is all that a report says against a submission, or of it.
func said(r grade.Report) string {
	var b strings.Builder
	for _, f := range r.Gate {
		fmt.Fprintf(&b, "%s:%d: %s\n", f.File, f.Line, f.Text)
	}
	for _, build := range r.Builds {
		b.WriteString(build.Errors + "\n")
	}
	for _, s := range r.Stages {
		for _, c := range s.Cases {
			if c.Failure != nil {
				b.WriteString(s.Name + "/" + c.Name + ": " + c.Failure.Kind + ": " + c.Failure.Text + "\n")
			}
		}
	}
	return b.String()
}
