package mutant

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"time"

	"raftlabs/tests/grade"
)

// survey runs every case over the edits and prints what each of them says, to
// look at an edit or at a case. Nothing is kept.
func (r *runner) survey(ctx context.Context, edits []Edit, stdout, stderr io.Writer) (status int, err error) {
	report := &Report{
		Seeds: r.Seeds, FirstSeed: r.Seed, AllSeeds: r.AllSeeds, Race: r.Race,
		GoVersion: runtime.Version(), CPUs: runtime.NumCPU(), Jobs: r.Jobs,
	}
	start := time.Now()
	results := make([]*EditReport, len(edits))
	progress := progress{to: stderr, of: len(edits)}
	r.each(ctx, len(edits), func(i int) {
		e := r.surveyOne(ctx, edits[i])
		if ctx.Err() == nil {
			results[i] = &e
			progress.line("%s", e.line())
		}
	})
	for _, e := range results {
		if e != nil {
			report.Edits = append(report.Edits, *e)
			report.CPUSeconds += e.CPUSeconds()
		}
	}
	report.CPUSeconds = round(report.CPUSeconds)
	report.RealSeconds = round(time.Since(start).Seconds())
	if err := report.write(stdout, r.Format); err != nil {
		return ExitFailed, err
	}
	if ctx.Err() != nil {
		return ExitFailed, context.Cause(ctx)
	}
	return report.status(), nil
}

// surveyOne runs one edit. What kept it from running is in the report.
func (r *runner) surveyOne(ctx context.Context, e Edit) EditReport {
	report := EditReport{Edit: e}
	start := time.Now()
	if err := r.surveyStages(ctx, &report); err != nil {
		report.Error = err.Error()
	}
	report.RealSeconds = round(time.Since(start).Seconds())
	return report
}

func (r *runner) surveyStages(ctx context.Context, report *EditReport) error {
	a, err := r.begin(report.Edit)
	if err != nil {
		return err
	}
	defer a.end()
	for _, stage := range r.order(report.Edit) {
		if report.Kind == Mutant && report.Caught() {
			break
		}
		for _, c := range stage.Cases {
			if r.Case != "" && c.Name != r.Case {
				continue
			}
			result, err := a.runCase(ctx, stage, c, r.seedsOf(c))
			if err != nil {
				return fmt.Errorf("%s/%s: %w", stage.Name, c.Name, err)
			}
			report.Cases = append(report.Cases, result)
		}
	}
	return nil
}

// seedsOf is what the options ask of a case.
func (o *Options) seedsOf(c grade.Case) seeds {
	s := seeds{first: o.Seed, number: o.Seeds, all: o.AllSeeds}
	if s.number == 0 {
		s.number = c.Kind.Seeds()
	}
	return s
}
