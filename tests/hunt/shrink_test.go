package hunt

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade"
	"raftlabs/tests/scenario"
)

// parsed is a scenario of some lines, a second apart.
func parsed(t *testing.T, lines ...string) *scenario.Scenario {
	for i := range lines {
		lines[i] += fmt.Sprintf(" // at %d s", i+1)
	}
	s, err := scenario.Parse(strings.Join(lines, "\n"))
	require.NoError(t, err)
	return s
}

// shrinkerOf shrinks runs that fail when fails says so; what a case does not come to
// is not in what it writes down.
func shrinkerOf(t *testing.T, fails func(has func(line string) bool) string) *shrinker {
	s := &shrinker{shrinking: shrinking{Tries: 500, Jobs: 3}, dir: t.TempDir(),
		run: run{stage: grade.Stage{Name: "stage", Test: "TestStage"}, name: "Case", seed: 1}}
	s.play = func(_ context.Context, r run, _ time.Duration, dir string) (Outcome, error) {
		text := fails(func(line string) bool {
			return line == "stalls" && r.faults.Stalls ||
				slices.ContainsFunc(r.faults.Faults, func(f scenario.Fault) bool { return f.String() == line })
		})
		if dir != "" {
			_, _, name := pageOf(dir, r)
			require.NoError(t, os.WriteFile(name, []byte(r.faults.String()), 0o600))
		}
		return Outcome{Pass: text == "", Text: text, Kind: "assert", At: 90 * time.Second}, nil
	}
	s.wanted = Outcome{Text: "S1 applied 3 at 1.2 s", Kind: "assert", At: 90 * time.Second}
	return s
}

// What is left is what it takes, whatever kinds that is of.
func TestShrinkingLeavesWhatItTakes(t *testing.T) {
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("drop S1 -> S2 AppendEntries #%d", i+1), fmt.Sprintf("submit %d S0", i+1), fmt.Sprintf("crash S%d #1", i))
	}
	lines = append(lines, "late 1s S0 -> S1 RequestVote #3", "twice 1s S0 -> S1 RequestVote #3", "pause S1 #1")
	for _, need := range [][]string{
		{},
		{"stalls"},
		{"crash S7 #1"},
		{"drop S1 -> S2 AppendEntries #4", "drop S1 -> S2 AppendEntries #31", "submit 12 S0"},
		{"stalls", "crash S7 #1", "crash S39 #1", "submit 1 S0", "twice 1s S0 -> S1 RequestVote #3"},
	} {
		all := parsed(t, slices.Clone(lines)...)
		all.Stalls = true
		s := shrinkerOf(t, func(has func(string) bool) string {
			for _, line := range need {
				if !has(line) {
					return ""
				}
			}
			return "S2 applied 17 at 3.4 s"
		})
		require.NoError(t, s.search(t.Context(), all))
		var got []string
		if s.best.Stalls {
			got = append(got, "stalls")
		}
		for _, f := range s.best.Faults {
			got = append(got, f.String())
		}
		assert.ElementsMatch(t, need, got)
		assert.Less(t, s.tries, 250)
	}
}

// Another failure is no smaller one of this kind.
func TestShrinkingKeepsToOneFailure(t *testing.T) {
	s := shrinkerOf(t, func(has func(string) bool) string {
		switch {
		case has("pause S1 #1"):
			return "S2 applied 5 at 0.1 s"
		case has("pause S2 #1"):
			return "S2 never applied 5"
		}
		return ""
	})
	require.NoError(t, s.search(t.Context(), parsed(t, "pause S1 #1", "pause S2 #1", "pause S3 #1")))
	assert.Equal(t, "pause S1 from 1 s on", s.best.InWords())
}

// Where the failure came early, what came later goes at once; and the search ends
// when it has had its runs.
func TestShrinkingIsBounded(t *testing.T) {
	var lines []string
	for i := range 400 {
		lines = append(lines, fmt.Sprintf("drop S1 -> S2 AppendEntries #%d", i+1))
	}
	s := shrinkerOf(t, func(has func(string) bool) string {
		if has("drop S1 -> S2 AppendEntries #3") && has("drop S1 -> S2 AppendEntries #80") {
			return "S1 applied 3 at 1.2 s"
		}
		return ""
	})
	s.Tries = 4
	require.NoError(t, s.search(t.Context(), parsed(t, lines...)))
	assert.LessOrEqual(t, s.tries, 6, "a batch is played whole")
	assert.LessOrEqual(t, len(s.best.Faults), 90)

	s = shrinkerOf(t, func(func(string) bool) string { return "" })
	require.NoError(t, s.search(t.Context(), parsed(t, "pause S1 #1")))
	assert.Nil(t, s.best)
	assert.Equal(t, chances, s.tries)
}

func TestTheGistOfAFailure(t *testing.T) {
	assert.Equal(t, gist("S0, S1 and S2 have been connected for 5 s"), gist("S3 and S4 have been connected for 1.25 s"))
	assert.Equal(t, gist("S1 applied 3 at 1.2 s"), gist("S2 applied 17 at 3.4 s"))
	assert.Equal(t, gist(`C0's Get("k1") returned "0.1 0.2 0.2 "`), gist(`C2's Get("k7") returned "1.3 1.3 "`))
	assert.NotEqual(t, gist("S1 applied 3"), gist("S1 saved 3"))
}

// A bug is shrunk to a few faults, which are told in words, replayed, and kept: with
// them it fails natively, too, and correct code does not.
func TestABugIsShrunkToWhatItTakes(t *testing.T) {
	b := buildCommands(t)
	b.with("solutions/raft/commit.go", "n > rf.commitIndex && rf.log.term(n) == rf.currentTerm {", "n > rf.commitIndex {")
	dir := t.TempDir()
	require.Equal(t, ExitFailure, b.run("hunt", "./solutions/raft", "-run", "Replication/^CutSwarm$", "-seeds", "20", "-shrink", "-trace", dir), "%s%s", b.stdout, b.stderr)
	told := regexp.MustCompile(`shrunk in \d+ runs, \d+ s: (\d+) faults and \d+ events to ([1-5]) faults and \d+ events\n    (.*)\n`).FindStringSubmatch(b.stdout)
	require.NotNil(t, told, b.stdout)
	assert.Greater(t, len(told[1]), 2, "of hundreds of faults")
	assert.Regexp(t, `Start\(\d+\) of S\d at \d`, told[3])
	again := regexp.MustCompile(`again: go run ./tests/cmd/replay ./solutions/raft (-run) (\S+) (-seed) (\d+) (-scenario) (\S+)\n`).FindStringSubmatch(b.stdout)
	require.NotNil(t, again, b.stdout)
	file := again[6]
	assert.Contains(t, b.stdout, "scenario: "+file+"\n")

	for _, args := range [][]string{again[1:], {"-scenario", file}} {
		require.Equal(t, ExitFailure, b.run("replay", append([]string{"./solutions/raft"}, args...)...), "%s%s", b.stdout, b.stderr)
		assert.Contains(t, b.stdout, "(Commit Rule, §5.4.2, Figure 8)")
	}
	b.overlay = ""
	require.Equal(t, ExitPass, b.run("replay", "./solutions/raft", "-scenario", file), "%s%s", b.stdout, b.stderr)
	require.Equal(t, ExitPass, b.run("hunt", "./solutions/raft", "-scenario", file, "-seeds", "2"), "%s%s", b.stdout, b.stderr)
	assert.Contains(t, b.stderr, "2 of 2 seeds of 1 cases")

	require.Equal(t, ExitUsage, b.run("replay", "./solutions/raft", "-scenario", file, "-run", "Election"))
	assert.Contains(t, b.stderr, "-run Election: the scenario is of Replication/CutSwarm")
	bad := filepath.Join(dir, "bad")
	require.NoError(t, os.WriteFile(bad, []byte("lose S1"), 0o600))
	require.Equal(t, ExitUsage, b.run("replay", "./solutions/raft", "-scenario", bad))
	assert.Contains(t, b.stderr, `line 1, "lose S1": there is no "lose"`)
}
