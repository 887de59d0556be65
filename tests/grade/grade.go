package grade

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Exit statuses of the grader.
const (
	ExitFull   = 0 // every point was earned
	ExitLess   = 1
	ExitFailed = 2 // a wrong command line, or the grader could not do its work
)

// Main is the command: it grades what the arguments say, prints the report to
// stdout and returns the exit status. When ctx ends, it kills what it has
// started.
func Main(ctx context.Context, args []string, stdout, stderr *os.File) int {
	o, err := parse(args, Stages())
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage)
		return ExitFull
	}
	var stages []Stage
	if err == nil {
		stages, err = o.choose(Stages())
	}
	if err == nil && o.Tree == "" {
		o.Tree, err = FindTree()
	}
	if err == nil {
		err = o.checkTarget()
	}
	var report *Report
	if err == nil {
		report, err = Grade(ctx, o, stages, newProgress(stderr))
	}
	if err != nil {
		return complain(stderr, err)
	}
	if err := o.print(stdout, report); err != nil {
		return complain(stderr, err)
	}
	switch name := report.harnessAtFault(); {
	case name != "":
		fmt.Fprintf(stderr, "grade: the framework itself failed in %s: this is not the graded code's fault\n", name)
		return ExitFailed
	case report.full():
		return ExitFull
	default:
		return ExitLess
	}
}

func complain(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "grade: %v\n", err)
	if errors.As(err, &usageError{}) {
		fmt.Fprintln(stderr, "./grade.sh --help shows what it takes")
	}
	return ExitFailed
}

func (o Options) print(stdout *os.File, r *Report) error {
	if o.Format == "json" {
		return writeJSON(stdout, r)
	}
	colour := isTerminal(stdout) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return writeTable(stdout, r, colour)
}

// Grade builds the packages of the stages and runs all cases. An error says
// that the grader could not do its work; nothing is known of the points then.
func Grade(ctx context.Context, o Options, stages []Stage, p *progress) (*Report, error) {
	tree, err := filepath.Abs(o.Tree)
	if err != nil {
		return nil, fmt.Errorf("finding the framework's folder: %w", err)
	}
	if tree, err = filepath.EvalSymlinks(tree); err != nil {
		return nil, fmt.Errorf("finding the framework's folder: %w", err)
	}
	o.Tree = tree
	scratch, err := os.MkdirTemp("", "grade-")
	if err != nil {
		return nil, fmt.Errorf("making a scratch folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(scratch) }() // the system empties its own temporary folder
	report := newReport(o)
	builds := map[string]built{}
	for _, s := range stages {
		folder := o.folder(s)
		if _, ok := builds[folder]; ok {
			continue
		}
		p.building(folder)
		start := time.Now()
		b, err := build(ctx, o.Tree, o.folders(s), scratch)
		if err != nil {
			p.clear()
			return nil, err
		}
		builds[folder] = b
		report.Builds = append(report.Builds, BuildReport{"./" + folder, b.errors, round(time.Since(start).Seconds())})
	}
	start := time.Now()
	reports, err := o.runAll(ctx, stages, builds, scratch, p)
	p.clear()
	if err != nil {
		return nil, err
	}
	report.RealSeconds = round(time.Since(start).Seconds())
	for i, s := range stages {
		report.add(s, reports[i])
	}
	return report, nil
}

// job is one case to run.
type job struct {
	stage Stage
	c     Case
	b     built
	into  *CaseReport
}

// runAll runs the cases, o.Jobs of them in parallel: those with the most
// seeds first, so that none of them is left alone at the end. The result has a
// slice of reports for each stage.
func (o Options) runAll(ctx context.Context, stages []Stage, builds map[string]built, scratch string, p *progress) ([][]CaseReport, error) {
	reports := make([][]CaseReport, len(stages))
	var jobs []job
	for i, s := range stages {
		reports[i] = make([]CaseReport, len(s.Cases))
		for n, c := range s.Cases {
			jobs = append(jobs, job{s, c, builds[o.folder(s)], &reports[i][n]})
		}
	}
	slices.SortStableFunc(jobs, func(a, b job) int { return b.c.seeds(o.Seeds) - a.c.seeds(o.Seeds) })
	p.cases(len(jobs))

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan job)
	var workers sync.WaitGroup
	for range min(o.Jobs, len(jobs)) {
		workers.Go(func() {
			for j := range queue {
				if err := o.runCase(ctx, j, scratch); err != nil {
					cancel(err)
				}
				p.ended(*j.into)
			}
		})
	}
	for _, j := range jobs {
		select {
		case queue <- j:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(queue)
	workers.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return reports, nil
}
