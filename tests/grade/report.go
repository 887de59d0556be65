package grade

import (
	"cmp"
	"runtime"

	"raftlabs/tests/lab"
)

// reportVersion is the version of the JSON report.
const reportVersion = 1

// Report is what a grading found. Times are in seconds, with three decimals.
type Report struct {
	Version        int           `json:"version"`          // 1
	Target         string        `json:"target"`           // "raft" for the working tree's, "solutions", or a submission's name
	FirstSeed      uint64        `json:"first_seed"`       // of every case; --seed repeats it
	Points         float64       `json:"points"`           // earned
	Max            float64       `json:"max"`              // what the chosen cases are worth
	Credit         string        `json:"credit"`           // what some seeds of a case earn: "all" nothing, "share" a share
	Policy         string        `json:"policy,omitempty"` // by which file it was scored, in a sentence; absent for the one built in
	Gate           []Finding     `json:"gate,omitempty"`   // what was seen in the code before anything of it ran
	Stages         []StageReport `json:"stages"`           // in the order of the course
	Builds         []BuildReport `json:"builds"`           // one for each package under test
	VirtualSeconds float64       `json:"virtual_seconds"`  // simulated, all cases
	RealSeconds    float64       `json:"real_seconds"`     // wall time of running the cases, side by side
	CPUSeconds     float64       `json:"cpu_seconds"`      // of the cases' processes
	GoVersion      string        `json:"go_version"`       // "go1.26.8"
	Machine        Machine       `json:"machine"`
}

// Machine is where the grading ran.
type Machine struct {
	OS   string `json:"os"`   // "linux"
	Arch string `json:"arch"` // "amd64"
	CPUs int    `json:"cpus"`
	Jobs int    `json:"jobs"` // cases in parallel

	Network string `json:"network"` // of the cases: "cut off", or "not cut off: " and why
}

// Finding is something seen in the code by reading it.
type Finding struct {
	File    string `json:"file"`    // "raft/raft.go", or "" where it is about all of them
	Line    int    `json:"line"`    // 0 where it is about the whole file
	Rule    string `json:"rule"`    // a short name: "import", "cgo", "vet"
	Text    string `json:"text"`    // a sentence: what is there, and what to do about it
	Refused bool   `json:"refused"` // nothing of the code runs then; otherwise it is shown and not scored
}

// BuildReport is the build of one package under test.
type BuildReport struct {
	Package     string  `json:"package"`          // "./raft"
	Errors      string  `json:"errors,omitempty"` // the compiler's, where it failed: then no case of the package ran
	RealSeconds float64 `json:"real_seconds"`
}

// StageReport is one stage.
type StageReport struct {
	Name    string       `json:"name"`    // "election"
	Handout string       `json:"handout"` // "handouts/01-election.md"
	Points  float64      `json:"points"`
	Max     float64      `json:"max"`
	Cases   []CaseReport `json:"cases"`
}

// CaseReport is one case. Passed, Failed and NotRun add up to Seeds.
type CaseReport struct {
	Name           string   `json:"name"`
	Kind           string   `json:"kind"` // "rule", "scenario", "swarm"
	Doc            string   `json:"doc"`  // what it does, one line
	Points         float64  `json:"points"`
	Max            float64  `json:"max"`
	Seeds          int      `json:"seeds"`
	Passed         int      `json:"passed"`
	Failed         int      `json:"failed"`
	NotRun         int      `json:"not_run"` // or begun and not ended
	VirtualSeconds float64  `json:"virtual_seconds"`
	RealSeconds    float64  `json:"real_seconds"` // wall time of its process
	CPUSeconds     float64  `json:"cpu_seconds"`
	PeakBytes      int64    `json:"peak_bytes"`        // resident memory
	Hash           string   `json:"hash"`              // of its seeds' traces; equal where the runs were the same
	Failure        *Failure `json:"failure,omitempty"` // null or absent where it earned its points
	Beside         *Beside  `json:"beside,omitempty"`  // lost cases of the service only: over the reference's Raft
}

// Failure is why a case did not earn all its points: its first failing seed, or
// what ended its process.
type Failure struct {
	Seed      uint64   `json:"seed"`   // the failing seed, or the one that was running; 0 where none was
	Rule      string   `json:"rule"`   // the place in the paper, "§5.2", or ""
	Text      string   `json:"text"`   // one sentence
	Kind      string   `json:"kind"`   // of tests/lab ("assert", "race", "leak", ...), or one of those below
	Detail    []string `json:"detail"` // more lines
	AtSeconds float64  `json:"at_seconds"`
	Again     string   `json:"again"`          // the command that runs it again, or ""
	Page      string   `json:"page,omitempty"` // the trace page, an address relative to the report's
}

// Kinds of failure that the grader itself finds.
const (
	kindGate    = "gate"    // the gate refused the code
	kindBuild   = "build"   // the package does not compile
	kindPanic   = "panic"   // a panic ended the process (also a kind of tests/lab)
	kindRace    = "race"    // the race detector reported after the verdicts (also a kind of tests/lab)
	kindExit    = "exit"    // the process ended before all seeds had, or with a status other than 0
	kindTimeout = "timeout" // --timeout
	kindMemory  = "memory"  // the memory limit
	kindVerdict = "verdict" // the verdict pipe carried what the runner does not write
)

func newReport(o Options) *Report {
	name := cmp.Or(o.submission, o.Target, "raft")
	return &Report{
		Version: reportVersion, Target: name, FirstSeed: o.Seed,
		Credit: cmp.Or(o.Policy.Credit, creditAll), Policy: o.Policy.sentence(),
		GoVersion: runtime.Version(),
		Machine:   Machine{OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU(), Jobs: o.Jobs, Network: network().String()},
	}
}

// full tells whether every point was earned.
func (r *Report) full() bool { return r.Points == r.Max }

// harnessAtFault names a case in which the framework itself failed, or "".
func (r *Report) harnessAtFault() string {
	for _, s := range r.Stages {
		for _, c := range s.Cases {
			if c.Failure != nil && c.Failure.Kind == string(lab.Harness) {
				return s.Name + "/" + c.Name
			}
		}
	}
	return ""
}
