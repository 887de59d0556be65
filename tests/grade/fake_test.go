package grade

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/lab"
)

const fakeFolder = "tests/grade/testdata/fake"

// treeOf is the framework's folder.
func treeOf(t *testing.T) string {
	t.Helper()
	tree, err := FindTree()
	require.NoError(t, err)
	return tree
}

// fakeFolderBuilt is where the fake's binary is, or "".
var fakeFolderBuilt string

var fakeBinary = sync.OnceValues(func() (built, error) {
	tree, err := FindTree()
	if err != nil {
		return built{}, err
	}
	if fakeFolderBuilt, err = os.MkdirTemp("", "grade-test-"); err != nil {
		return built{}, err
	}
	return build(context.Background(), tree, []string{fakeFolder}, fakeFolderBuilt, laid{})
})

func TestMain(m *testing.M) {
	code := m.Run()
	if fakeFolderBuilt != "" {
		_ = os.RemoveAll(fakeFolderBuilt) // the system empties its own temporary folder
	}
	os.Exit(code)
}

// gradeFake runs one case of testdata/fake with seeds 7, 8, 9, ...
func gradeFake(t *testing.T, name string, seeds int, change func(*Options)) CaseReport {
	t.Helper()
	b, err := fakeBinary()
	require.NoError(t, err)
	require.Empty(t, b.errors)
	o := Options{Tree: treeOf(t), Seed: 7, Seeds: seeds, Jobs: 1, Timeout: time.Minute, Memory: defaultMemory}
	if change != nil {
		change(&o)
	}
	stage := Stage{Name: "fake", Test: "TestFake", Handout: "handouts/none.md", Student: fakeFolder}
	var r CaseReport
	j := job{stage, Case{Name: name, Kind: lab.Scenario, Points: 0.5, Doc: "misbehaves"}, b, &r}
	require.NoError(t, o.runCase(context.Background(), workplace{tree: o.Tree}, j, t.TempDir()))
	assert.Equal(t, seeds, r.Passed+r.Failed+r.NotRun)
	return r
}

// placeOf is where the fake has the comment, "tests/.../fake_test.go:12".
func placeOf(t *testing.T, comment string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/fake/fake_test.go")
	require.NoError(t, err)
	for i, line := range strings.Split(string(text), "\n") {
		if strings.HasSuffix(line, "// "+comment) {
			return fakeFolder + "/fake_test.go:" + strconv.Itoa(i+1)
		}
	}
	require.Fail(t, "no such comment", comment)
	return ""
}

// processesOf are the running processes that have the text in their command
// line, separated by spaces.
func processesOf(t *testing.T, text string) []int {
	t.Helper()
	names, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	var pids []int
	for _, name := range names {
		line, err := os.ReadFile(name)
		if err != nil || !strings.Contains(strings.ReplaceAll(string(line), "\x00", " "), text) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		require.NoError(t, err)
		if pid != os.Getpid() && syscall.Kill(pid, 0) == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// sleepers are the processes that testdata/fake has started for this test
// process, and that still run.
func sleepers(t *testing.T, seconds string) []int {
	t.Helper()
	return processesOf(t, "sleep "+seconds+"."+strconv.Itoa(os.Getpid()))
}
