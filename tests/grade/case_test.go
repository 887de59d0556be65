package grade

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/lab"
)

func TestAPassingCaseEarnsItsPoints(t *testing.T) {
	r := gradeFake(t, "Passes", 5, nil)
	assert.Nil(t, r.Failure)
	assert.Equal(t, 0.5, r.Points)
	assert.Equal(t, 5, r.Passed)
	assert.GreaterOrEqual(t, r.VirtualSeconds, 5.0, "five seeds of a second")
	assert.Positive(t, r.RealSeconds)
	assert.Positive(t, r.CPUSeconds)
	assert.Greater(t, r.PeakBytes, int64(1<<20))
	again := gradeFake(t, "Passes", 5, nil)
	assert.Equal(t, r.Hash, again.Hash, "the same runs")
}

func TestAFailingCaseIsStoppedAfterEnoughFailures(t *testing.T) {
	r := gradeFake(t, "Fails", 30, nil)
	require.NotNil(t, r.Failure)
	assert.Zero(t, r.Points)
	assert.Equal(t, []int{0, enoughFailures, 30 - enoughFailures}, []int{r.Passed, r.Failed, r.NotRun})
	assert.Equal(t, uint64(7), r.Failure.Seed)
	assert.Equal(t, "assert", r.Failure.Kind)
	assert.Equal(t, "§5.2", r.Failure.Rule)
	assert.Equal(t, "two leaders in term 3", r.Failure.Text)
	assert.Equal(t, "go test -race ./"+fakeFolder+" -run '^TestFake$/^Fails$' -lab.seed=7", r.Failure.Again)
}

func TestAFlakyCaseShowsHowManySeedsPassed(t *testing.T) {
	r := gradeFake(t, "FailsSometimes", 9, nil)
	require.NotNil(t, r.Failure)
	assert.Equal(t, []int{6, 3, 0}, []int{r.Passed, r.Failed, r.NotRun})
	assert.Equal(t, uint64(9), r.Failure.Seed)
	assert.Zero(t, r.Points)
}

// A share of the points is the share of all seeds. What was stopped before, by another
// policy, runs again for that.
func TestForAShareAllSeedsRun(t *testing.T) {
	share := func(o *Options) { o.Policy.Credit = creditShare }
	r := gradeFake(t, "FailsSometimes", 60, share)
	assert.Equal(t, []int{40, 20, 0}, []int{r.Passed, r.Failed, r.NotRun})
	assert.InDelta(t, 0.33, r.partial(), 1e-9)

	stopped := gradeFake(t, "FailsSometimes", 60, nil)
	require.Equal(t, enoughFailures, stopped.Failed)
	require.Positive(t, stopped.NotRun)
	assert.Zero(t, stopped.partial())
	b, err := fakeBinary()
	require.NoError(t, err)
	w := workplace{tree: treeOf(t)}
	w.log, err = openCaseLog(filepath.Join(t.TempDir(), "cases.jsonl"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, w.log.close()) })
	require.NoError(t, w.log.keep("fake", stopped))
	for _, credit := range []string{creditAll, creditShare, creditAll} {
		o := Options{Seed: 7, Seeds: 60, Jobs: 1, Timeout: time.Minute, Memory: defaultMemory, Policy: Policy{Credit: credit}}
		var c CaseReport
		j := job{Stage{Name: "fake", Test: "TestFake", Student: fakeFolder}, Case{Name: "FailsSometimes", Points: 0.5}, b, &c}
		require.NoError(t, o.knownOrRun(t.Context(), w, j, t.TempDir()))
		if credit == creditShare {
			stopped.Passed, stopped.Failed, stopped.NotRun = 40, 20, 0
		}
		assert.Equal(t, []int{stopped.Passed, stopped.Failed, stopped.NotRun}, []int{c.Passed, c.Failed, c.NotRun}, credit)
	}
}

func TestTheSkeletonIsOneFriendlySentence(t *testing.T) {
	r := gradeFake(t, "Skeleton", 30, nil)
	require.NotNil(t, r.Failure)
	assert.Equal(t, "skeleton", r.Failure.Kind)
	assert.Contains(t, r.Failure.Text, "open handouts/none.md")
	assert.Empty(t, r.Failure.Again)
	assert.Empty(t, r.Failure.Detail)
	assert.Equal(t, 29, r.NotRun)
	assert.Less(t, r.RealSeconds, 10.0)
}

func TestAPanicInAGoroutineNamesItsPlaceAndTheSeed(t *testing.T) {
	r := gradeFake(t, "PanicsInGoroutine", 5, nil)
	require.NotNil(t, r.Failure)
	assert.Equal(t, kindPanic, r.Failure.Kind)
	assert.Equal(t, uint64(8), r.Failure.Seed)
	assert.Contains(t, r.Failure.Text, placeOf(t, "goroutine panics"))
	assert.Contains(t, r.Failure.Text, "boom")
	assert.Equal(t, []int{1, 0, 4}, []int{r.Passed, r.Failed, r.NotRun})
}

func TestAnEarlierFailureComesBeforeTheCrash(t *testing.T) {
	r := gradeFake(t, "FailsThenPanics", 5, nil)
	require.NotNil(t, r.Failure)
	assert.Equal(t, "the first failure", r.Failure.Text)
	assert.Contains(t, strings.Join(r.Failure.Detail, "\n"), "later, in seed 9: a goroutine panicked")
	assert.Equal(t, []int{1, 1, 3}, []int{r.Passed, r.Failed, r.NotRun})
}

func TestEndingTheProcessIsNoPass(t *testing.T) {
	for _, c := range []struct{ name, kind, text string }{
		{"ExitsWith0", kindExit, "os.Exit(0) was called at " + placeOf(t, "goroutine exits")},
		{"ExitsQuietly", kindExit, "the process ended (exit status 0) while seed 7 was running"},
		{"ExitsByLog", kindExit, "the process ended (exit status 1) while seed 7 was running"},
		{"OddEnd", kindExit, "every seed passed, yet the process ended with exit status 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := gradeFake(t, c.name, 3, nil)
			require.NotNil(t, r.Failure)
			assert.Equal(t, c.kind, r.Failure.Kind)
			assert.Contains(t, r.Failure.Text, c.text)
			assert.Zero(t, r.Points)
			if c.name == "ExitsByLog" {
				assert.Contains(t, strings.Join(r.Failure.Detail, "\n"), "a student's last words")
			}
		})
	}
}

func TestForgedVerdictsEarnNothing(t *testing.T) {
	r := gradeFake(t, "PrintsForgery", 3, nil)
	require.NotNil(t, r.Failure)
	assert.Equal(t, "the truth", r.Failure.Text)
	assert.Equal(t, 3, r.Failed)

	for _, name := range []string{"WritesForgery", "WritesNonsense"} {
		r = gradeFake(t, name, 3, nil)
		require.NotNil(t, r.Failure, name)
		assert.Equal(t, kindVerdict, r.Failure.Kind, name)
		assert.Zero(t, r.Points, name)
		assert.Zero(t, r.Passed, "%s: none of its verdicts is believed", name)
	}
}

func TestTheTimeoutKillsTheWholeGroup(t *testing.T) {
	start := time.Now()
	r := gradeFake(t, "Hangs", 3, func(o *Options) { o.Timeout = 1500 * time.Millisecond })
	assert.Less(t, time.Since(start), 20*time.Second)
	require.NotNil(t, r.Failure)
	assert.Equal(t, kindTimeout, r.Failure.Kind)
	assert.Equal(t, "the case took more than 1.5s of wall time and was ended while seed 7 was running", r.Failure.Text)
	assert.Eventually(t, func() bool { return len(sleepers(t, "1000")) == 0 }, 10*time.Second, 10*time.Millisecond,
		"the process's child is killed, too")
	b, err := fakeBinary()
	require.NoError(t, err)
	assert.Empty(t, processesOf(t, b.binary))
}

func TestAChildThatKeepsThePipesOpenIsNotWaitedFor(t *testing.T) {
	r := gradeFake(t, "LeavesGroup", 1, nil)
	assert.NotEmpty(t, sleepers(t, "3"), "the child still holds the pipes")
	assert.Nil(t, r.Failure, "what the process said is read to the end")
	assert.Equal(t, 1, r.Passed)
}

func TestTheGroupIsKilledWhenItsFirstProcessHasEnded(t *testing.T) {
	r := gradeFake(t, "LeavesChild", 2, nil)
	assert.Nil(t, r.Failure)
	assert.Eventually(t, func() bool { return len(sleepers(t, "2000")) == 0 }, 10*time.Second, 10*time.Millisecond)
}

func TestARaceFailsTheCaseAndShowsBothPlaces(t *testing.T) {
	for _, name := range []string{"Races", "RacesLate"} {
		r := gradeFake(t, name, 2, nil)
		require.NotNil(t, r.Failure, name)
		assert.Equal(t, kindRace, r.Failure.Kind, name)
		detail := strings.Join(r.Failure.Detail, "\n")
		assert.Contains(t, detail, placeOf(t, "first racer"), name)
		assert.Contains(t, detail, placeOf(t, "second racer"), name)
		assert.Zero(t, r.Points, name)
	}
}

func TestAFloodOfOutputIsCutAndHangsNobody(t *testing.T) {
	r := gradeFake(t, "Floods", 2, nil)
	require.NotNil(t, r.Failure)
	assert.Equal(t, "flooded", r.Failure.Text)
	assert.Equal(t, 2, r.Failed)
}

func TestTheMemoryLimitEndsTheCase(t *testing.T) {
	r := gradeFake(t, "EatsMemory", 1, func(o *Options) { o.Memory = 256 << 20 })
	require.NotNil(t, r.Failure)
	assert.Equal(t, kindMemory, r.Failure.Kind)
	assert.Equal(t, "the process took more than 256 MiB of memory and was ended while seed 7 was running", r.Failure.Text)
	assert.Less(t, r.PeakBytes, int64(2<<30), "it is ended soon after")
}

func TestDeepRecursionIsToldFromAnAssertion(t *testing.T) {
	r := gradeFake(t, "DeepRecursion", 1, nil)
	require.NotNil(t, r.Failure)
	// What comes first depends on the machine: the stack's own limit, the limit
	// of memory, or the watchdog, which sees a loop that lets no time pass.
	assert.Contains(t, []string{kindExit, kindMemory, string(lab.Spin)}, r.Failure.Kind)
	assert.Regexp(t, "stack overflow|2 GiB of memory|without letting time pass", r.Failure.Text)
}

func TestTheEnvironmentIsScrubbed(t *testing.T) {
	t.Setenv("INSTRUCTORS_SECRET", "42")
	r := gradeFake(t, "LooksAround", 1, nil)
	require.NotNil(t, r.Failure)
	seen := strings.Join(r.Failure.Detail, "\n")
	assert.NotContains(t, seen, "INSTRUCTORS_SECRET")
	assert.Contains(t, seen, "GOMAXPROCS=1\n")
	assert.Contains(t, seen, "dir="+treeOf(t)+"/"+fakeFolder)
}

// What keeps a process from its first seed keeps all cases of the package: one of
// them is waited for.
func TestAPackageThatDoesNotBeginIsTriedOnce(t *testing.T) {
	before := beginTime
	t.Cleanup(func() { beginTime = before })
	beginTime = 50 * time.Millisecond
	script := filepath.Join(t.TempDir(), "silent.test")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\nexec sleep 1000\n"), 0o755))
	b := built{folder: fakeFolder, binary: script, silent: new(atomic.Bool)}
	o := Options{Tree: treeOf(t), Seed: 7, Seeds: 3, Jobs: 1, Timeout: time.Minute, Memory: defaultMemory}
	for _, want := range []string{silence, silence + ": no other case was tried"} {
		var r CaseReport
		j := job{Stage{Name: "fake", Test: "TestFake", Student: fakeFolder}, Case{Name: "Passes", Points: 1}, b, &r}
		require.NoError(t, o.runCase(t.Context(), workplace{tree: o.Tree}, j, t.TempDir()))
		require.NotNil(t, r.Failure)
		assert.Equal(t, kindTimeout, r.Failure.Kind)
		assert.Equal(t, want, r.Failure.Text)
		assert.Equal(t, 3, r.NotRun)
		assert.Zero(t, r.Points)
	}
}
