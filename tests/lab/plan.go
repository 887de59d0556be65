package lab

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"raftlabs/labsync"
	"raftlabs/tests/scenario"
	"raftlabs/tests/trace"
)

// plan is everything that is known about a run before it starts.
type plan struct {
	stage, title, test, handout string
	name, rule, doc             string
	seed                        uint64
	virtual                     time.Duration
	plainSync                   bool // see PlainSync
	durable                     bool // see Durable
	kind                        Kind
	faults                      *scenario.Scenario // nil: those that the seed draws
	as                          string             // the case whose streams it draws from, "" for its own; see Case.Faults
	first                       uint64             // the seed that seed 1 stands for, 0 for 1; likewise
	body                        func(*T)
}

// Result is how a run ended.
type Result struct {
	Failure *record        // nil: it passed
	Virtual time.Duration  // virtual time simulated
	Real    time.Duration  // wall time used
	CPU     time.Duration  // CPU time that the process used meanwhile
	Hash    string         // of the trace
	Events  int            // in the trace
	Counts  map[string]int // what the case observed
	Hints   []string       // what a failure of the case may come from
	trace   *trace.Recorder

	happened func() (stalls bool, list []scenario.Fault) // the faults of the run; nil: it has not come to any
}

// mixed is what every stream of the run starts from: a hash of the seed, the
// stage and the case, so that two cases with one seed draw different numbers.
func (p plan) mixed() uint64 {
	seed := p.seed
	if p.first > 0 {
		seed += p.first - 1
	}
	return mix(seed, p.stage+"/"+cmp.Or(p.as, p.name))
}

func mix(seed uint64, text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // never fails
	return scramble(scramble(seed) ^ h.Sum64())
}

// scramble is SplitMix64's output function: seeds that differ by 1 become
// numbers that differ in half of their bits.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// id is how labels and messages name the case: "Election/ReElection".
func (p plan) id() string { return p.title + "/" + p.name }

// ReplayOf is the environment variable by which package hunt tells a run what
// it was built from, "./raft": it runs the same way again by another command.
const ReplayOf = "RAFTLABS_REPLAY_OF"

// again is the command that runs the same case with the same seed.
func (p plan) again() string {
	if of := os.Getenv(ReplayOf); of != "" {
		with := ""
		if *flagScenario != "" {
			with = " -scenario " + *flagScenario
		}
		return fmt.Sprintf("go run ./tests/cmd/replay %s -run %s -seed %d%s", of, p.id(), p.seed, with)
	}
	with := ""
	if *flagScenario != "" {
		with = " -lab.scenario=" + *flagScenario
	}
	if *flagRealtime {
		with += " -lab.realtime"
	}
	return fmt.Sprintf("go test -race %s%s -run '^%s$/^%s$' -lab.seed=%d%s",
		tags(), packageUnderTest(), strings.ReplaceAll(p.test, "/", "$/^"), p.name, p.seed, with)
}

// hunt is the command that looks, from this seed on, for one with which the case
// fails in a machine that leaves nothing to chance: what is found there comes again.
// It is "" where that does not help. Package hunt takes the packages that have whole
// stages, those of students and their reference, and none of the framework's own.
func (p plan) hunt(kind FailureKind) string {
	pkg := packageUnderTest()
	if os.Getenv(ReplayOf) != "" || *flagRealtime || !foundByHunt(kind) ||
		strings.Contains(p.test, "/") || pkg == "." || strings.HasPrefix(pkg, "./tests/") {
		return ""
	}
	with := ""
	if *flagScenario != "" {
		with = " -scenario " + *flagScenario
	}
	return fmt.Sprintf("go run ./tests/cmd/hunt %s -run %s -seed %d%s", pkg, p.id(), p.seed, with)
}

// foundByHunt tells whether package hunt can find a failure of a kind, and says as
// much of it: it has no race detector, and a loop without an end it can only stop.
func foundByHunt(kind FailureKind) bool {
	switch kind {
	case Race, Spin, RealBudget, Skeleton, Stopped:
		return false
	}
	return true
}

// commands are the lines below a failure of a kind, with what to run next.
func (p plan) commands(kind FailureKind) []string {
	lines := []string{"again: " + p.again()}
	if hunt := p.hunt(kind); hunt != "" {
		lines = append(lines, "hunt:  "+hunt)
	}
	return lines
}

// againStage is the command that runs a stage again.
func againStage(test string) string {
	return fmt.Sprintf("go test -race %s%s -run '^%s$'", tags(), packageUnderTest(), strings.ReplaceAll(test, "/", "$/^"))
}

// tags are the build tags that this process was built with, as go test takes
// them, with a space behind.
func tags() string {
	if labsync.DeadlockDetection() {
		return "-tags deadlock "
	}
	return ""
}

// packageUnderTest is the folder of the package whose test this is, as seen
// from the folder of go.mod: "./raft". go test runs a test in its package's
// folder. Where no go.mod is above it, "." is right from there.
var packageUnderTest = sync.OnceValue(func() string {
	here, err := os.Getwd()
	if err != nil {
		return "."
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			rel, err := filepath.Rel(dir, here)
			if err != nil || rel == "." {
				return "."
			}
			return "./" + filepath.ToSlash(rel)
		}
		if dir == filepath.Dir(dir) {
			return "."
		}
	}
})
