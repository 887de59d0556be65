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
	status, err := run(ctx, args, stdout, stderr)
	if err != nil {
		return complain(stderr, err)
	}
	return status
}

func run(ctx context.Context, args []string, stdout, stderr *os.File) (status int, err error) {
	o, err := parse(args, Stages())
	switch {
	case errors.Is(err, flag.ErrHelp):
		tree, err := realTree(o.Tree)
		if err != nil {
			tree = "" // outside of a tree there is help, too
		}
		fmt.Fprint(stdout, usage(tree))
		return ExitFull, nil
	case err != nil:
		return ExitFailed, err
	case o.ShowPolicy:
		fmt.Fprint(stdout, o.Policy.text(Stages()))
		return ExitFull, nil
	}
	stages, err := o.choose(o.Policy.apply(Stages()))
	if err != nil {
		return ExitFailed, err
	}
	if o.Tree, err = realTree(o.Tree); err != nil {
		return ExitFailed, err
	}
	if err := o.checkTarget(); err != nil {
		return ExitFailed, err
	}
	if len(o.Submissions) > 1 || o.Out != "" || o.Merge {
		return o.classMain(ctx, stages, stdout, stderr)
	}
	var report *Report
	if len(o.Submissions) == 1 {
		report, err = o.gradeOne(ctx, o.Submissions[0], stages, newProgress(stderr))
	} else {
		report, err = Grade(ctx, o, stages, newProgress(stderr))
	}
	if err != nil {
		return ExitFailed, err
	}
	if err := o.write(stdout, report, coloured(os.Getenv, isTerminal(stdout))); err != nil {
		return ExitFailed, err
	}
	return report.status(stderr), nil
}

// status is the exit status for a report.
func (r *Report) status(stderr io.Writer) int {
	switch name := r.harnessAtFault(); {
	case name != "":
		fmt.Fprintf(stderr, "grade: the framework itself failed in %s: this is not the graded code's fault\n", name)
		return ExitFailed
	case r.full():
		return ExitFull
	default:
		return ExitLess
	}
}

// realTree is the framework's folder by its own name; "" asks to find it.
func realTree(tree string) (_ string, err error) {
	if tree == "" {
		if tree, err = FindTree(); err != nil {
			return "", err
		}
	}
	if tree, err = filepath.Abs(tree); err == nil {
		tree, err = filepath.EvalSymlinks(tree)
	}
	if err != nil {
		return "", fmt.Errorf("finding the framework's folder: %w", err)
	}
	return tree, nil
}

func complain(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "grade: %v\n", err)
	if errors.As(err, &usageError{}) {
		fmt.Fprintln(stderr, "./grade.sh --help shows what it takes")
	}
	return ExitFailed
}

// Grade builds the packages of the stages and runs all cases. An error says
// that the grader could not do its work; nothing is known of the points then.
func Grade(ctx context.Context, o Options, stages []Stage, p *progress) (*Report, error) {
	tree, err := realTree(o.Tree)
	if err != nil {
		return nil, err
	}
	o.Tree = tree
	scratch, err := os.MkdirTemp("", "grade-")
	if err != nil {
		return nil, fmt.Errorf("making a scratch folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(scratch) }() // the system empties its own temporary folder
	return o.grade(ctx, workplace{framework: tree, tree: tree}, stages, scratch, p)
}

// grade builds the packages of the stages in a workplace and runs all cases.
func (o Options) grade(ctx context.Context, w workplace, stages []Stage, scratch string, p *progress) (*Report, error) {
	report := newReport(o)
	builds := map[string]built{}
	for _, s := range stages {
		folder := o.folder(s)
		if _, ok := builds[folder]; ok {
			continue
		}
		p.building(folder)
		start := time.Now()
		b, err := build(ctx, w.tree, o.folders(s), scratch, w.over)
		if err != nil {
			p.clear()
			return nil, err
		}
		builds[folder] = b
		report.Builds = append(report.Builds, BuildReport{"./" + folder, b.errors, round(time.Since(start).Seconds())})
	}
	start := time.Now()
	reports, err := o.runAll(ctx, w, stages, builds, scratch, p)
	if err == nil {
		err = o.beside(ctx, w, stages, reports, scratch, p)
	}
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
func (o Options) runAll(ctx context.Context, w workplace, stages []Stage, builds map[string]built, scratch string, p *progress) ([][]CaseReport, error) {
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
				if err := o.knownOrRun(ctx, w, j, scratch); err != nil {
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

// knownOrRun runs a case, unless it is known what became of it, and that is enough for
// the policy.
func (o Options) knownOrRun(ctx context.Context, w workplace, j job, scratch string) error {
	if c, ok := w.log.find(j.stage.Name, j.c.Name); ok && !(o.Policy.Credit == creditShare && c.cutShort()) {
		c.Max = j.c.Points // the policy may have changed
		c.score()
		*j.into = c
		return nil
	}
	if err := o.runCase(ctx, w, j, scratch); err != nil {
		return err
	}
	return w.log.keep(j.stage.Name, *j.into)
}
