package mutant

import (
	"cmp"
	"math"
	"slices"
)

// Report is what a run over the catalogue found.
type Report struct {
	Seeds       int          `json:"seeds"` // a case; 0: as many as its kind has by default
	FirstSeed   uint64       `json:"first_seed"`
	AllSeeds    bool         `json:"all_seeds"` // cases went on after a seed had failed
	Race        bool         `json:"race"`
	GoVersion   string       `json:"go_version"`
	CPUs        int          `json:"cpus"`
	Jobs        int          `json:"jobs"`
	RealSeconds float64      `json:"real_seconds"`
	CPUSeconds  float64      `json:"cpu_seconds"` // of the runs
	Edits       []EditReport `json:"edits"`
}

// EditReport is one edit.
type EditReport struct {
	Edit
	Error       string       `json:"error,omitempty"` // why it could not be built or run to its end
	RealSeconds float64      `json:"real_seconds"`
	Cases       []CaseReport `json:"cases"` // as they ran: a mutant's own stage first
}

// CaseReport is one case over one edit.
type CaseReport struct {
	Stage        string   `json:"stage"`
	Name         string   `json:"name"`
	Kind         string   `json:"kind"`          // "rule", "scenario", "swarm"
	Seeds        int      `json:"seeds"`         // asked for
	DefaultSeeds int      `json:"default_seeds"` // of a case of this kind
	Ran          int      `json:"ran"`
	Failed       int      `json:"failed"`
	FailedSeeds  []uint64 `json:"failed_seeds,omitempty"`
	CPUSeconds   float64  `json:"cpu_seconds"`
	First        *Failure `json:"first,omitempty"` // null or absent where none failed

	running bool     // a seed has begun and not ended
	harness *Failure // of the framework itself
}

// Failure is a run that failed.
type Failure struct {
	Seed      uint64  `json:"seed"`
	Kind      string  `json:"kind"` // of tests/lab, or "died" where the process ended
	Rule      string  `json:"rule"`
	Text      string  `json:"text"`
	AtSeconds float64 `json:"at_seconds"` // virtual
}

// Caught tells whether any case failed.
func (e *EditReport) Caught() bool { return e.Failed() > 0 }

// Failed is the number of runs that failed.
func (e *EditReport) Failed() (n int) {
	for _, c := range e.Cases {
		n += c.Failed
	}
	return n
}

// Runs is the number of runs.
func (e *EditReport) Runs() (n int) {
	for _, c := range e.Cases {
		n += c.Ran
	}
	return n
}

// CPUSeconds is what the runs computed.
func (e *EditReport) CPUSeconds() (s float64) {
	for _, c := range e.Cases {
		s += c.CPUSeconds
	}
	return s
}

// Sure is the probability that one run of the stages with their default numbers
// of seeds catches the edit, taking the shares of failed seeds for the
// probabilities. It says something where all seeds ran.
func (e *EditReport) Sure() float64 {
	escape := 1.0
	for _, c := range e.Cases {
		escape *= math.Pow(1-c.share(), float64(c.DefaultSeeds))
	}
	return 1 - escape
}

// share is the part of the runs that failed.
func (c *CaseReport) share() float64 {
	if c.Ran == 0 {
		return 0
	}
	return float64(c.Failed) / float64(c.Ran)
}

// Failing is the cases that failed, those that failed most surely first.
func (e *EditReport) Failing() []CaseReport {
	cases := slices.DeleteFunc(slices.Clone(e.Cases), func(c CaseReport) bool { return c.Failed == 0 })
	slices.SortStableFunc(cases, func(a, b CaseReport) int { return cmp.Compare(b.share(), a.share()) })
	return cases
}

// good tells whether the edit is as the suites are to see it.
func (e *EditReport) good() bool { return e.Error == "" && e.Caught() == (e.Kind == Mutant) }

// round keeps three decimals.
func round(seconds float64) float64 { return math.Round(seconds*1000) / 1000 }
