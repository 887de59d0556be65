package mutant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	stages  []grade.Stage // all of them, in the order of the course
	scratch string        // a folder of the run's own
}

// cpuLimit is what one run may compute before the runner gives it up: a hundred
// times of what the longest takes.
const cpuLimit = 20 * time.Second

// run builds the edit and runs it over its stages.
func (r *runner) run(ctx context.Context, e Edit) EditReport {
	report := EditReport{Edit: e}
	start := time.Now()
	if err := r.runStages(ctx, &report); err != nil {
		report.Error = err.Error()
	}
	report.RealSeconds = round(time.Since(start).Seconds())
	return report
}

func (r *runner) runStages(ctx context.Context, report *EditReport) error {
	home := filepath.Join(r.scratch, report.Name)
	if err := os.Mkdir(home, 0o755); err != nil {
		return fmt.Errorf("making a folder for %s: %w", report.Name, err)
	}
	defer func() { _ = os.RemoveAll(home) }() // the whole scratch folder goes at the end
	overlay, err := report.writeOverlay(r.Tree, home)
	if err != nil {
		return err
	}
	binaries := map[string]string{}
	for _, stage := range r.order(report.Edit) {
		if report.Kind == Mutant && report.Caught() {
			break
		}
		folder := stage.Reference
		if binaries[folder] == "" {
			if binaries[folder], err = build(ctx, r.Tree, folder, overlay, home, r.Race || report.Race); err != nil {
				return err
			}
		}
		for _, c := range stage.Cases {
			if r.Case != "" && c.Name != r.Case {
				continue
			}
			result, err := r.runCase(ctx, report.Edit, stage, c, binaries[folder], home)
			if err != nil {
				return err
			}
			report.Cases = append(report.Cases, result)
		}
	}
	return nil
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

// runCase runs a case with its seeds. Where the process dies, the seed that was
// running has failed, and another process goes on behind it.
func (r *runner) runCase(ctx context.Context, e Edit, stage grade.Stage, c grade.Case, binary, home string) (CaseReport, error) {
	seeds := r.Seeds
	if seeds == 0 {
		seeds = c.Kind.Seeds()
	}
	report := CaseReport{Stage: stage.Name, Name: c.Name, Kind: c.Kind.String(), Seeds: seeds, DefaultSeeds: c.Kind.Seeds()}
	for deaths := 0; deaths < maxDeaths && report.Ran < seeds; {
		next, number := r.Seed+uint64(report.Ran), seeds-report.Ran
		if e.Race {
			number = 1 // a race is reported once a process
		}
		p := process{
			binary: binary, dir: filepath.Join(r.Tree, filepath.FromSlash(stage.Reference)), home: home,
			args: r.arguments(stage, c, next, number), time: r.Timeout, memory: memoryLimit,
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
		complete := report.Ran == ran+number || failed && !r.AllSeeds
		if report.running || !complete || failed != (end.failed != nil) {
			report.died(r.Seed+uint64(report.Ran), end)
			deaths++
		}
		if report.Failed > 0 && !r.AllSeeds {
			break
		}
	}
	return report, nil
}

// arguments are those of the test binary.
func (r *runner) arguments(stage grade.Stage, c grade.Case, first uint64, number int) []string {
	return []string{
		fmt.Sprintf("-test.run=^%s$/^%s$", stage.Test, c.Name),
		"-test.paniconexit0", "-test.count=1",
		fmt.Sprintf("-test.timeout=%v", r.Timeout+time.Minute), // should this process die
		fmt.Sprintf("-lab.seed=%d", first), fmt.Sprintf("-lab.seeds=%d", number),
		fmt.Sprintf("-lab.allseeds=%t", r.AllSeeds), fmt.Sprintf("-lab.cpu=%v", cpuLimit), "-lab.verdict=3", "-lab.trace=none",
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
