package grade

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/lab"
)

func TestTheReferenceEarnsFullMarksAndTheSameSeedTheSameRuns(t *testing.T) {
	hash := ""
	for range 2 {
		status, stdout, stderr := command(t, "solutions", "--case", "InitialElection", "--seeds", "2", "--seed", "5", "--format", "json")
		assert.Equal(t, ExitFull, status)
		assert.Empty(t, stderr, "no progress where nobody watches")
		var r Report
		require.NoError(t, json.Unmarshal([]byte(stdout), &r))
		assert.Equal(t, "solutions", r.Target)
		assert.Equal(t, r.Max, r.Points)
		assert.Equal(t, uint64(5), r.FirstSeed)
		c := r.Stages[0].Cases[0]
		assert.Equal(t, 2, c.Passed)
		if hash != "" {
			assert.Equal(t, hash, c.Hash)
		}
		hash = c.Hash
	}
}

func TestAFailingCaseIsExitStatus1(t *testing.T) {
	o := Options{Tree: treeOf(t), Seed: 7, Seeds: 2, Jobs: 2, Timeout: time.Minute, Memory: defaultMemory}
	r, err := Grade(context.Background(), o, []Stage{fakeStage("Passes", "Fails", "PanicsInGoroutine")}, nil)
	require.NoError(t, err)
	assert.Equal(t, 0.5, r.Points, "what kills one case costs no other")
	assert.Equal(t, 1.5, r.Max)
	assert.False(t, r.full())
}

func TestAnInterruptedGraderLeavesNothingBehind(t *testing.T) {
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	ctx, cancel := context.WithCancelCause(context.Background())
	go func() {
		for len(sleepers(t, "1000")) == 0 && ctx.Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
		cancel(errors.New("interrupted by the test"))
	}()
	o := Options{Tree: treeOf(t), Seed: 7, Seeds: 2, Jobs: 1, Timeout: time.Minute, Memory: defaultMemory}
	_, err := Grade(ctx, o, []Stage{fakeStage("Hangs", "Passes")}, nil)
	assert.ErrorContains(t, err, "interrupted by the test")
	assert.Eventually(t, func() bool { return len(sleepers(t, "1000")) == 0 }, 10*time.Second, 10*time.Millisecond)
	left, err := filepath.Glob(filepath.Join(scratch, "grade-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestTheScriptPassesTheStatusOnFromAnyFolder(t *testing.T) {
	script := filepath.Join(treeOf(t), "grade.sh")
	for want, args := range map[int][]string{
		ExitFull:   {"solutions", "--case", "VoteAgain", "--seeds", "1"},
		ExitFailed: {"--stage", "nothing"},
	} {
		cmd := exec.Command(script, args...)
		cmd.Dir = t.TempDir()
		out, err := cmd.CombinedOutput()
		if want != 0 {
			assert.Error(t, err)
		}
		assert.Equal(t, want, cmd.ProcessState.ExitCode(), string(out))
	}
}

func fakeStage(names ...string) Stage {
	s := Stage{Name: "fake", Test: "TestFake", Handout: "handouts/none.md", Student: fakeFolder}
	for _, name := range names {
		s.Cases = append(s.Cases, Case{Name: name, Kind: lab.Scenario, Points: 0.5, Doc: "misbehaves"})
	}
	return s
}

func TestTheSkeletonIsGradedPolitely(t *testing.T) {
	for _, s := range Stages() {
		if s.Name != "election" && s.Name != "kv" {
			continue
		}
		file := map[string]string{"raft": "raft.go", "kvraft": "server.go"}[s.Student]
		skeleton, err := os.ReadFile(filepath.Join(treeOf(t), s.Student, file))
		require.NoError(t, err)
		if !strings.Contains(string(skeleton), "raftapi.NotImplemented") {
			// Somebody has written it here: what it earns is not known.
			continue
		}
		status, stdout, _ := command(t, "--stage", s.Name)
		assert.Equal(t, ExitLess, status)
		for _, c := range s.Cases {
			assert.Contains(t, stdout, c.Name+": ")
		}
		assert.Contains(t, stdout, "open "+s.Handout)
		assert.Contains(t, stdout, "raft: 0 of ")
	}
}
