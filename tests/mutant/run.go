package mutant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"raftlabs/tests/grade"
	"raftlabs/tests/lab"
)

// runner runs edits over the stages.
type runner struct {
	Options
	stages  []grade.Stage     // all of them, in the order of the course
	scratch string            // a folder of the run's own
	built   map[string]string // by folder: binaries that need not be built
}

// cpuLimit is what one run may compute before the runner gives it up: a hundred
// times of what the longest takes.
const cpuLimit = 20 * time.Second

// attempt is an edit while it runs: its changed files and, once a stage asked
// for them, its test binaries, all in a folder of its own.
type attempt struct {
	*runner
	edit     Edit
	home     string
	overlay  string
	binaries map[string]string // by the folder of the package under test
}

// begin makes the edit's folder and writes its changed files into it.
func (r *runner) begin(e Edit) (*attempt, error) {
	home, err := os.MkdirTemp(r.scratch, e.Name+"-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for %s: %w", e.Name, err)
	}
	a := &attempt{runner: r, edit: e, home: home, binaries: map[string]string{}}
	maps.Copy(a.binaries, r.built)
	if a.overlay, err = e.writeOverlay(r.Tree, home); err != nil {
		return nil, err
	}
	return a, nil
}

// end takes the edit's folder away.
func (a *attempt) end() { _ = os.RemoveAll(a.home) } // the whole scratch folder goes at the end

// binary is the test binary for a stage, built when it is first asked for.
func (a *attempt) binary(ctx context.Context, stage grade.Stage) (_ string, err error) {
	folder := stage.Reference
	if a.binaries[folder] == "" {
		a.binaries[folder], err = build(ctx, a.Tree, folder, a.overlay, a.home, a.Race || a.edit.Race)
	}
	return a.binaries[folder], err
}

// order is the stages that an edit runs over: a variant all that were asked
// for, but those that it lacks, a mutant its own and then, backwards, those of the same package before it.
func (r *runner) order(e Edit) []grade.Stage {
	if e.Kind == Variant {
		return slices.DeleteFunc(slices.Clone(r.stages), func(s grade.Stage) bool { return !r.wantsStage(s.Name) || slices.Contains(e.Lacks, s.Name) })
	}
	own := slices.IndexFunc(r.stages, func(s grade.Stage) bool { return s.Name == e.Stage })
	folder := r.stages[own].Reference
	stages := slices.DeleteFunc(slices.Clone(r.stages[:own+1]), func(s grade.Stage) bool { return s.Reference != folder })
	slices.Reverse(stages)
	return stages
}

// maxDeaths is how many processes a case may lose.
const maxDeaths = 5

// seeds are so many from the first on, all of them or until one has failed.
type seeds struct {
	first  uint64
	number int
	all    bool
}

// runCase runs a case with its seeds. Where the process dies, the seed that was
// running has failed, and another process goes on behind it.
func (a *attempt) runCase(ctx context.Context, stage grade.Stage, c grade.Case, s seeds) (CaseReport, error) {
	report := CaseReport{Stage: stage.Name, Name: c.Name, Kind: c.Kind.String(), Seeds: s.number, DefaultSeeds: c.Kind.Seeds()}
	binary, err := a.binary(ctx, stage)
	if err != nil {
		return report, err
	}
	for deaths := 0; deaths < maxDeaths && report.Ran < s.number; {
		next := seeds{first: s.first + uint64(report.Ran), number: s.number - report.Ran, all: s.all}
		if a.edit.Race {
			next.number = 1 // a race is reported once a process
		}
		p := process{
			binary: binary, dir: filepath.Join(a.Tree, filepath.FromSlash(stage.Reference)), home: a.home,
			args: a.arguments(stage, c, next), time: a.Timeout, memory: memoryLimit,
		}
		ran, failures := report.Ran, report.Failed
		end, err := p.run(ctx, report.take)
		switch {
		case err != nil:
			return report, err
		case ctx.Err() != nil:
			return report, context.Cause(ctx)
		case report.harness != nil:
			return report, fmt.Errorf("the framework itself failed in %s/%s with seed %d: %s",
				stage.Name, c.Name, report.harness.Seed, report.harness.Text)
		case errors.Is(end.failed, errStopped):
			return report, nil
		}
		failed := report.Failed > failures
		complete := report.Ran == ran+next.number || failed && !s.all
		if report.running || !complete || failed != (end.failed != nil) {
			report.died(s.first+uint64(report.Ran), end)
			deaths++
		}
		if report.Failed > 0 && !s.all {
			break
		}
	}
	return report, nil
}

// arguments are those of the test binary.
func (r *runner) arguments(stage grade.Stage, c grade.Case, s seeds) []string {
	return []string{
		fmt.Sprintf("-test.run=^%s$/^%s$", stage.Test, c.Name),
		"-test.paniconexit0", "-test.count=1",
		fmt.Sprintf("-test.timeout=%v", r.Timeout+time.Minute), // should this process die
		fmt.Sprintf("-lab.seed=%d", s.first), fmt.Sprintf("-lab.seeds=%d", s.number),
		fmt.Sprintf("-lab.allseeds=%t", s.all), fmt.Sprintf("-lab.cpu=%v", cpuLimit), "-lab.verdict=3", "-lab.trace=none",
	}
}

// take reads a line of the verdict pipe.
func (c *CaseReport) take(text []byte) error {
	var line struct {
		lab.Verdict
		Start bool `json:"start"`
	}
	if err := json.Unmarshal(text, &line); err != nil {
		return fmt.Errorf("the verdict pipe carries what the runner does not write: %w", err)
	}
	if c.running = line.Start; line.Start {
		return nil
	}
	c.Ran++
	c.CPUSeconds += time.Duration(line.CPUNS).Seconds()
	if line.Pass {
		return nil
	}
	f := Failure{
		Seed: line.Seed, Kind: string(line.Failure.Kind), Rule: line.Failure.Rule, Text: line.Failure.Text,
		AtSeconds: round(time.Duration(line.Failure.AtNS).Seconds()),
	}
	c.fail(f)
	switch line.Failure.Kind {
	case lab.Harness, lab.Skeleton:
		c.harness = &f
		return errStopped
	case lab.Spin, lab.RealBudget:
		return errStopped // the goroutine still computes
	}
	return nil
}

func (c *CaseReport) fail(f Failure) {
	c.Failed++
	c.FailedSeeds = append(c.FailedSeeds, f.Seed)
	if c.First == nil {
		c.First = &f
	}
}

// died counts a process that ended before its last seed did, or with a status
// that the verdicts do not explain.
func (c *CaseReport) died(seed uint64, end ending) {
	text := fmt.Sprint(end.failed)
	for line := range strings.Lines(end.output) {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			text = strings.TrimSpace(line)
		}
	}
	if c.Ran < c.Seeds {
		c.Ran++
	}
	c.running = false
	c.fail(Failure{Seed: seed, Kind: "died", Text: "the process ended: " + text})
}
