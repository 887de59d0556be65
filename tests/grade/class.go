package grade

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// classMain grades a class and prints its table.
func (o Options) classMain(ctx context.Context, stages []Stage, stdout, stderr *os.File) (status int, err error) {
	if o.Out == "" {
		o.Out = filepath.Join(o.Tree, "lab-results")
	}
	var reports map[string]*Report
	if o.Merge {
		reports, err = merge(o.Out, o.Submissions, stages)
	} else {
		reports, err = o.gradeClass(ctx, o.Shard.of(o.Submissions), stages, stderr)
	}
	if err != nil {
		return ExitFailed, err
	}
	if err := writeClassTable(stdout, byName(reports), stages); err != nil {
		return ExitFailed, err
	}
	status = ExitFull
	for _, r := range reports {
		status = max(status, r.status(stderr))
	}
	return status, nil
}

// class is the grading of many submissions into a folder.
type class struct {
	Options
	stages  []Stage
	from    *pristine
	folder  *folder
	scratch string

	mu      sync.Mutex // guards what follows, and stderr
	stderr  io.Writer
	start   time.Time
	all     int
	done    int
	reports map[string]*Report
}

// gradeClass grades submissions, each with its cases one after the other and
// o.Jobs submissions side by side. Where the folder has grades already, it goes on;
// what is known is not run again. Submissions with the same content run once.
func (o Options) gradeClass(ctx context.Context, paths []string, stages []Stage, stderr io.Writer) (reports map[string]*Report, err error) {
	groups, err := takeAll(paths)
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "grade-")
	if err != nil {
		return nil, fmt.Errorf("making a scratch folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(scratch) }() // the system empties its own temporary folder
	from, err := newPristine(ctx, o.Tree, scratch)
	if err != nil {
		return nil, err
	}
	f, have, err := openFolder(o.Out, o.settings(from, stages), o.SeedNamed)
	if err != nil {
		return nil, err
	}
	defer f.close()
	o.Seed = have.Seed
	c := &class{Options: o, stages: stages, from: from, folder: f, scratch: scratch, stderr: stderr, start: time.Now(),
		all: len(paths), reports: map[string]*Report{}}
	if err := c.run(ctx, groups); err != nil {
		return nil, err
	}
	return c.reports, c.folder.tables(c.reports, stages)
}

// settings are what a folder's grades are given with.
func (o Options) settings(from *pristine, stages []Stage) settings {
	s := settings{Version: reportVersion, Framework: from.digest, Seeds: o.Seeds, Seed: o.Seed}
	for _, stage := range stages {
		for _, c := range stage.Cases {
			s.Stages = append(s.Stages, stage.Name+"/"+c.Name)
		}
	}
	return s
}

// takeAll reads the submissions and puts those with the same content together.
func takeAll(paths []string) (groups [][]*submitted, err error) {
	byContent := map[string][]*submitted{}
	byName := map[string]string{}
	var keys []string
	for _, path := range paths {
		s, err := takeIn(path)
		if err != nil {
			return nil, err
		}
		if other, ok := byName[strings.ToLower(s.name)]; ok {
			return nil, wrongUsage("%s and %s have one name, %s, and the grades are in folders of these names: rename one of them", other, path, s.name)
		}
		byName[strings.ToLower(s.name)] = path
		key := "refused " + s.name
		if s.sub != nil {
			key = s.sub.Digest
		}
		if byContent[key] == nil {
			keys = append(keys, key)
		}
		byContent[key] = append(byContent[key], s)
	}
	for _, key := range keys {
		groups = append(groups, byContent[key])
	}
	return groups, nil
}

// run grades the groups. The first error of the grader's own ends all.
func (c *class) run(ctx context.Context, groups [][]*submitted) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	side := min(c.Jobs, len(groups))
	each := c.Options
	each.Jobs = max(1, c.Jobs/max(1, side))
	queue := make(chan []*submitted)
	var workers sync.WaitGroup
	for range side {
		workers.Go(func() {
			for group := range queue {
				if ctx.Err() == nil {
					if err := c.grade(ctx, each, group); err != nil {
						cancel(err)
					}
				}
			}
		})
	}
	for _, group := range groups {
		queue <- group
	}
	close(queue)
	workers.Wait()
	return context.Cause(ctx)
}

// grade grades submissions with one content, and writes a report for each.
func (c *class) grade(ctx context.Context, o Options, group []*submitted) (err error) {
	first := group[0]
	home, err := os.MkdirTemp(c.scratch, "submission-")
	if err != nil {
		return fmt.Errorf("making a folder for %s: %w", first.name, err)
	}
	defer func() { _ = os.RemoveAll(home) }() // the whole scratch folder goes at the end
	if first.sub != nil {
		if first.log, first.logBeside, err = c.folder.logs(first.sub.Digest); err != nil {
			return err
		}
		first.pages = c.folder.pages(first.sub.Digest)
		defer func() { err = errors.Join(err, first.log.close(), first.logBeside.close()) }()
	}
	report, err := o.gradeSubmission(ctx, c.from, first, c.stages, home, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", first.name, err)
	}
	for _, s := range group {
		own := *report
		own.Target = s.name
		own.Gate = s.findings(report)
		if err := c.folder.add(s.name, &own); err != nil {
			return err
		}
		if err := c.folder.copyPages(first, s.name); err != nil {
			return err
		}
		c.ended(s.name, &own)
	}
	return nil
}

// ended prints a line for a submission, with an estimate of the time that is left.
func (c *class) ended(name string, r *Report) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reports[name] = r
	c.done++
	left := time.Duration(float64(time.Since(c.start)) / float64(c.done) * float64(c.all-c.done))
	fmt.Fprintf(c.stderr, "%d/%d %-30s %g of %g points, about %v left\n", c.done, c.all, name, r.Points, r.Max, left.Round(time.Second))
}

// tables writes the class at a glance.
func (f *folder) tables(reports map[string]*Report, stages []Stage) error {
	var b strings.Builder
	if err := writeClassCSV(&b, byName(reports), stages); err != nil {
		return err
	}
	if err := f.replace("class.csv", []byte(b.String())); err != nil {
		return err
	}
	b.Reset()
	if err := writeClassPage(&b, byName(reports), stages); err != nil {
		return err
	}
	return f.replace("class.html", []byte(b.String()))
}

// byName is the reports in the order of their names.
func byName(reports map[string]*Report) []*Report {
	return slices.SortedFunc(maps.Values(reports), func(a, b *Report) int { return cmp.Compare(a.Target, b.Target) })
}
