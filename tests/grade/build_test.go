package grade

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestACompileErrorScoresZeroAtItsPlace(t *testing.T) {
	o := Options{Tree: treeOf(t), Seed: 7, Seeds: 1, Jobs: 1, Timeout: defaultTimeout, Memory: defaultMemory}
	stage := Stage{Name: "fake", Test: "TestFake", Student: "tests/grade/testdata/broken", Cases: []Case{{Name: "Passes", Points: 2}}}
	r, err := Grade(context.Background(), o, []Stage{stage}, nil)
	require.NoError(t, err)
	assert.Zero(t, r.Points)
	assert.Equal(t, 2.0, r.Max)
	assert.Equal(t, kindBuild, r.Stages[0].Cases[0].Failure.Kind)
	require.Len(t, r.Builds, 1)
	assert.Contains(t, r.Builds[0].Errors, "tests/grade/testdata/broken/broken.go:4:28: ")
}

func TestAFailedBuildIsBlamedOnWhoeverWroteIt(t *testing.T) {
	for _, c := range []struct {
		output string
		blamed bool
	}{
		{"# raftlabs/raft\nraft/raft.go:12:3: undefined: x", true},
		{"# raftlabs/raft [raftlabs/raft.test]\nraft/raft_test.go:11:50: cannot use Make", true},
		{"raft/raft.go:5:2: package nothere is not in std", true},
		{"found packages raft (raft.go) and main (x.go) in /tree/raft", true},
		{"# raftlabs/labrpc\nlabrpc/call.go:1:1: undefined: x", false},
		{"# raftlabs/raft/raftapi\nraft/raftapi/raftapi.go:1:1: undefined: x", false},
		{"go: -race requires cgo; enable cgo by setting CGO_ENABLED=1", false},
	} {
		assert.Equal(t, c.blamed, blames(c.output, []string{"raft"}), c.output)
	}
}

// The service is graded on its author's own Raft.
func TestTheRaftBelowAServiceIsItsAuthorsToo(t *testing.T) {
	stages := Stages()
	kv := stages[slices.IndexFunc(stages, func(s Stage) bool { return s.Name == "kv" })]
	assert.Equal(t, []string{"kvraft", "raft"}, Options{}.folders(kv))
	assert.Equal(t, []string{"solutions/kvraft", "solutions/raft"}, Options{Target: targetSolutions}.folders(kv))
	assert.Equal(t, []string{"raft"}, Options{}.folders(stages[0]))

	const output = "# raftlabs/raft\nraft/raft.go:12:3: undefined: x"
	assert.True(t, blames(output, Options{}.folders(kv)))
	assert.False(t, blames(output, []string{"kvraft"}))
}

func TestAnEmptyPackageScoresZeroAndAMissingTestFileIsTold(t *testing.T) {
	b, err := build(context.Background(), treeOf(t), []string{"handouts"}, t.TempDir(), laid{})
	require.NoError(t, err)
	assert.Contains(t, b.errors, "no Go files")
	_, err = build(context.Background(), treeOf(t), []string{"tests/cmd/grade"}, t.TempDir(), laid{})
	assert.ErrorContains(t, err, "made no test binary: is its _test.go file missing?")
}

// A build that takes too long is ended, with the compiler, and its author is told.
func TestABuildThatTakesTooLongIsEnded(t *testing.T) {
	before := buildTime
	t.Cleanup(func() { buildTime = before })
	buildTime = time.Millisecond
	b, err := build(t.Context(), treeOf(t), []string{"raft"}, t.TempDir(), laid{})
	require.NoError(t, err)
	assert.Contains(t, b.errors, "did not come to an end within 1ms")
	assert.Empty(t, b.binary)
}

// A build that takes too much is ended by the system, and its author is told.
func TestABuildThatTakesTooMuchIsEnded(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("another process's limits are set on Linux alone")
	}
	memory, file := buildMemory, buildFile
	t.Cleanup(func() { buildMemory, buildFile = memory, file })
	for _, limit := range []*int64{&buildMemory, &buildFile} {
		buildMemory, buildFile = memory, file
		*limit = 1 << 20
		b, err := build(t.Context(), treeOf(t), []string{"raft"}, t.TempDir(), laid{})
		require.NoError(t, err)
		assert.Contains(t, b.errors, "of memory, or wrote more than")
		assert.Empty(t, b.binary)
	}
}
