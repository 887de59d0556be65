package lab

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What ends the process, what only the terminal shows, and the flags are
// tested in a child process: this test binary, running TestChild.

const childEnv = "LAB_CHILD"

// TestChild is the stage that the children run. In the parent it does nothing.
func TestChild(t *testing.T) {
	if os.Getenv(childEnv) == "" {
		return
	}
	childStage.Run(t, makeFake)
}

func childCase(name string, run func(c *T, f *fake)) Case[func() *fake] {
	return Case[func() *fake]{
		Name: name, Kind: Scenario, Points: 1, Doc: "a case of the child", Rule: "§5.2",
		Run: func(c *T, make func() *fake) {
			var f *fake
			c.Enter(1, "Make", func() { f = make() })
			c.Cleanup(func() { c.Enter(1, "Kill", f.Kill) })
			run(c, f)
		},
	}
}

func inMake(start func(*fake)) func(*T, *fake) {
	return func(c *T, f *fake) {
		c.Enter(1, "Make", func() { start(f) })
		c.Sleep(time.Second)
	}
}

var childStage = &Stage[func() *fake]{
	Name: "child", Test: "TestChild", Handout: "handouts/01-election.md",
	Cases: []Case[func() *fake]{
		childCase("Passes", func(c *T, _ *fake) { c.Count("elections", 2); c.Sleep(3 * time.Second) }),
		childCase("FailsFromSeedTwo", func(c *T, _ *fake) {
			c.Sleep(time.Duration(c.Seed()) * time.Second)
			if c.Seed() >= 2 {
				c.Failf("", "two leaders in term %d", c.Seed())
			}
		}),
		childCase("StillSkeleton", func(c *T, f *fake) { c.Enter(1, "Start", func() { f.Start(1) }) }),
		childCase("PanicInGoroutine", inMake((*fake).panicInGoroutine)),
		childCase("SkeletonInGoroutine", inMake((*fake).skeletonInGoroutine)),
		childCase("ConcurrentMapWrites", inMake((*fake).mapRace)),
		childCase("DataRace", inMake((*fake).race)),
		childCase("RaceAroundT", raceAroundT),
	},
}

// raceAroundT has two goroutines of the case call a student's function that
// forgets its lock, each with everything of T that they have in common around
// the call: none of it may order them.
func raceAroundT(c *T, f *fake) {
	for _, name := range []string{"first", "second"} {
		c.Go(name, func() {
			rng := c.Stream(name)
			for range 3 {
				c.Step(name)
				c.Sleep(time.Duration(rng.Uint64N(1000)) * time.Microsecond)
				c.Count("calls", 1)
				c.Enter(1, "GetState", func() { f.unlocked++ })
				c.Count("calls", 1)
				c.Cleanup(func() {})
				c.Step(name)
			}
		})
	}
	c.Sleep(time.Second)
}

type child struct {
	output   string
	failed   bool
	verdicts []Verdict
	started  []Started
}

// runChild runs the cases of the child stage that match.
func runChild(t *testing.T, cases string, args ...string) child {
	t.Helper()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	args = append([]string{"-test.run=^TestChild$/^" + cases + "$", "-lab.verdict=3"}, args...)
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), childEnv+"=1", "GORACE=atexit_sleep_ms=0")
	cmd.ExtraFiles = []*os.File{w}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start())
	require.NoError(t, w.Close())
	var c child
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if strings.Contains(lines.Text(), `"start":true`) {
			var s Started
			require.NoError(t, json.Unmarshal(lines.Bytes(), &s))
			c.started = append(c.started, s)
			continue
		}
		var v Verdict
		require.NoError(t, json.Unmarshal(lines.Bytes(), &v))
		c.verdicts = append(c.verdicts, v)
	}
	require.NoError(t, lines.Err())
	c.failed = cmd.Wait() != nil
	c.output = out.String()
	return c
}

func TestAPanicInAGoroutineNamesCaseSeedAndPlace(t *testing.T) {
	c := runChild(t, "PanicInGoroutine", "-lab.seed=7")
	assert.True(t, c.failed)
	for _, want := range []string{
		"assignment to entry in nil map", "fakes_test.go:",
		`"case": "Child/PanicInGoroutine"`, `"seed": "7"`, `"server": "S1"`,
		"go test -race " + tags() + `./tests/lab -run '^TestChild$/^PanicInGoroutine$' -lab.seed=7`,
	} {
		assert.Contains(t, c.output, want)
	}
	assert.Equal(t, []Started{{"child", "PanicInGoroutine", 7, true}}, c.started)
	assert.Empty(t, c.verdicts, "the run has no end")
}

func TestASkeletonInAGoroutineStillSaysWhatToOpen(t *testing.T) {
	c := runChild(t, "SkeletonInGoroutine")
	assert.True(t, c.failed)
	assert.Contains(t, c.output, "Start in raft.go is still the skeleton: open handouts/02-replication.md, and fill it in")
	assert.Contains(t, c.output, `"case": "Child/SkeletonInGoroutine"`)
}

func TestAFatalErrorOfTheRuntimeNamesCaseAndSeed(t *testing.T) {
	c := runChild(t, "ConcurrentMapWrites", "-lab.seed=7")
	assert.True(t, c.failed)
	if raceBuild {
		assert.Contains(t, c.output, "DATA RACE")
		return
	}
	assert.Contains(t, c.output, "fatal error: concurrent map writes")
	assert.Contains(t, c.output, `"case": "Child/ConcurrentMapWrites", "seed": "7"`)
}

func TestARaceFailsTheCaseUnderTheRaceDetector(t *testing.T) {
	c := runChild(t, "DataRace", "-lab.seed=7")
	require.Len(t, c.verdicts, 1)
	if !raceBuild {
		assert.True(t, c.verdicts[0].Pass, "nobody can see it")
		return
	}
	assert.True(t, c.failed)
	require.NotNil(t, c.verdicts[0].Failure)
	assert.Equal(t, Race, c.verdicts[0].Failure.Kind)
	assert.Contains(t, c.output, "WARNING: DATA RACE")
	assert.Contains(t, c.output, "Child/DataRace seed 7 at")
	assert.Contains(t, c.output, "again: go test -race")
}

func TestNothingInTHidesARace(t *testing.T) {
	c := runChild(t, "RaceAroundT", "-lab.seed=1")
	assert.Equal(t, raceBuild, strings.Contains(c.output, "WARNING: DATA RACE"), c.output)
	require.Len(t, c.verdicts, 1)
	assert.Equal(t, 12, c.verdicts[0].Counts["calls"])
}

func TestVerdictsSayHowEachRunEnded(t *testing.T) {
	c := runChild(t, "(Passes|FailsFromSeedTwo)", "-lab.seeds=2")
	assert.True(t, c.failed)
	require.Len(t, c.verdicts, 4)
	assert.Len(t, c.started, 4)
	first := c.verdicts[0]
	assert.True(t, first.Pass)
	assert.Equal(t, "Passes", first.Case)
	assert.Equal(t, map[string]int{"elections": 2}, first.Counts)
	assert.GreaterOrEqual(t, first.VirtualNS, int64(3*time.Second))
	assert.Positive(t, first.RealNS)
	assert.Len(t, first.TraceHash, 16)
	last := c.verdicts[3]
	assert.Equal(t, uint64(2), last.Seed)
	require.NotNil(t, last.Failure)
	assert.Equal(t, VerdictFailure{Rule: "§5.2", Text: "two leaders in term 2", Detail: []string{}, AtNS: int64(2 * time.Second), Kind: Assert}, *last.Failure)
}

func TestAFailureOnTheTerminal(t *testing.T) {
	c := runChild(t, "FailsFromSeedTwo", "-test.v")
	assert.Contains(t, c.output, "Child/FailsFromSeedTwo seed 2 at 2.000 s: two leaders in term 2 (§5.2)\n")
	assert.Contains(t, c.output, "again: go test -race "+tags()+"./tests/lab -run '^TestChild$/^FailsFromSeedTwo$' -lab.seed=2\n")
	assert.Contains(t, c.output, "1 more seeds were not run (-lab.allseeds runs them)")
	assert.Contains(t, c.output, "virtual,", "-v has a summary")
	assert.Len(t, c.verdicts, 2, "3 seeds, stopped at the second")
}

func TestAllSeedsRunWhereAsked(t *testing.T) {
	c := runChild(t, "FailsFromSeedTwo", "-lab.allseeds")
	assert.Len(t, c.verdicts, 3)
	c = runChild(t, "FailsFromSeedTwo", "-lab.seed=3")
	require.Len(t, c.verdicts, 1)
	assert.Equal(t, uint64(3), c.verdicts[0].Seed)
}

func TestASkeletonIsOneFriendlyLineACase(t *testing.T) {
	c := runChild(t, "StillSkeleton", "-lab.allseeds")
	const sentence = "Start in raft.go is still the skeleton: open handouts/02-replication.md, and fill it in\n"
	assert.Equal(t, 1, strings.Count(c.output, sentence))
	assert.NotContains(t, c.output, "panic")
	assert.NotContains(t, c.output, "again:")
	require.Len(t, c.verdicts, 1)
	assert.Equal(t, Skeleton, c.verdicts[0].Failure.Kind)
}

func TestTheTraceIsWrittenWhereAsked(t *testing.T) {
	dir := t.TempDir()
	runChild(t, "Passes", "-lab.trace="+dir, "-lab.seed=4")
	assert.FileExists(t, dir+"/child-Passes-seed4.jsonl")
	page, err := os.ReadFile(dir + "/child-Passes-seed4.html")
	require.NoError(t, err)
	assert.Contains(t, string(page), "Passes")
	index, err := os.ReadFile(dir + "/child.html")
	require.NoError(t, err)
	assert.Contains(t, string(index), `href="child-Passes-seed4.html"`)
}

func TestAFailureComesWithAPage(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	c := runChild(t, "FailsFromSeedTwo", "-lab.seed=2")
	name := dir + "/raftlabs-traces/child-FailsFromSeedTwo-seed2.html"
	assert.Contains(t, c.output, "page:  "+name+"\n")
	assert.FileExists(t, name)
	c = runChild(t, "FailsFromSeedTwo", "-lab.seed=3", "-lab.trace=none")
	assert.NotContains(t, c.output, "page:")
	left, err := os.ReadDir(dir + "/raftlabs-traces")
	require.NoError(t, err)
	assert.Len(t, left, 1, "neither a run that passed nor one that nobody wants")
}

func TestRealTimeRunsOnTheWallClock(t *testing.T) {
	start := time.Now()
	c := runChild(t, "FailsFromSeedTwo", "-lab.realtime", "-lab.seed=1")
	assert.False(t, c.failed, c.output)
	assert.GreaterOrEqual(t, time.Since(start), time.Second)
}
