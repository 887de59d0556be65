package lab

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
)

// Verdict is the line that -lab.verdict writes when a run has ended. When a
// run starts, a [Started] line goes before it: a process that dies has then
// named the run that killed it.
type Verdict struct {
	Stage     string          `json:"stage"`
	Case      string          `json:"case"`
	Seed      uint64          `json:"seed"`
	Pass      bool            `json:"pass"`
	VirtualNS int64           `json:"virtual_ns"`
	RealNS    int64           `json:"real_ns"`
	CPUNS     int64           `json:"cpu_ns"`
	TraceHash string          `json:"trace_hash"`
	Events    int             `json:"events"`
	Counts    map[string]int  `json:"counts"`
	Failure   *VerdictFailure `json:"failure,omitempty"`
}

// VerdictFailure is a failure in a [Verdict].
type VerdictFailure struct {
	Rule   string      `json:"rule"`
	Text   string      `json:"text"`
	Detail []string    `json:"detail"`
	AtNS   int64       `json:"at_ns"`
	Kind   FailureKind `json:"kind"`
}

// Started is the line that -lab.verdict writes when a run starts.
type Started struct {
	Stage string `json:"stage"`
	Case  string `json:"case"`
	Seed  uint64 `json:"seed"`
	Start bool   `json:"start"` // always true
}

// verdicts writes the lines. Runs take turns, so it needs no lock.
type verdicts struct {
	w   io.Writer // nil: nobody wants them
	err error     // the first error, kept: a broken pipe breaks no case
}

func (v *verdicts) start(p plan) {
	v.write(Started{Stage: p.stage, Case: p.name, Seed: p.seed, Start: true})
}

func (v *verdicts) end(p plan, r Result) { v.write(verdictOf(p, r)) }

func (v *verdicts) write(line any) {
	if v.w == nil || v.err != nil {
		return
	}
	v.err = json.NewEncoder(v.w).Encode(line)
	if v.err != nil {
		fmt.Fprintf(os.Stderr, "lab: writing a verdict on file descriptor %d: %v\n", *flagVerdict, v.err)
	}
}

func verdictOf(p plan, r Result) Verdict {
	v := Verdict{
		Stage: p.stage, Case: p.name, Seed: p.seed, Pass: r.Failure == nil,
		VirtualNS: int64(r.Virtual), RealNS: int64(r.Real), CPUNS: int64(r.CPU),
		TraceHash: r.Hash, Events: r.Events, Counts: r.Counts,
	}
	if v.Counts == nil {
		v.Counts = map[string]int{}
	}
	if f := r.Failure; f != nil {
		v.Failure = &VerdictFailure{Rule: f.Rule, Text: f.Text, Detail: f.below(), AtNS: int64(f.at), Kind: f.Kind}
		if v.Failure.Detail == nil {
			v.Failure.Detail = []string{}
		}
	}
	return v
}

// verdictWriter opens the descriptor once in a process.
func verdictWriter() (*verdicts, error) { return openVerdicts() }

var openVerdicts = sync.OnceValues(func() (*verdicts, error) {
	if *flagVerdict <= 0 {
		return &verdicts{}, nil
	}
	file := os.NewFile(uintptr(*flagVerdict), "verdicts")
	if file == nil {
		return nil, fmt.Errorf("-lab.verdict=%d: it is not a file descriptor", *flagVerdict)
	}
	if _, err := file.Stat(); err != nil {
		return nil, fmt.Errorf("-lab.verdict=%d: it is not open: %w", *flagVerdict, err)
	}
	return &verdicts{w: file}, nil
})
