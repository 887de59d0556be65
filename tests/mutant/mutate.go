package mutant

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"raftlabs/tests/grade"
)

// Exit statuses of the command.
const (
	ExitGood   = 0
	ExitWrong  = 1 // a variant was accused, or a mutant survived
	ExitFailed = 2 // a wrong command line, or an edit that could not be run
)

// Main is the command: it runs what the arguments say, prints progress to
// stderr and the report to stdout, and returns the exit status. When ctx ends,
// it kills what it has started and reports what it knows.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	status, err := command(ctx, args, stdout, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "mutate: %v\n", err)
		if errors.As(err, &usageError{}) {
			fmt.Fprintln(stderr, "go run ./tests/cmd/mutate --help shows what it takes")
		}
		return ExitFailed
	}
	return status
}

func command(ctx context.Context, args []string, stdout, stderr io.Writer) (status int, err error) {
	stages := grade.Stages()
	o, err := parseOptions(args, stages)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage)
		return ExitGood, nil
	}
	if err != nil {
		return ExitFailed, err
	}
	edits, err := Catalogue()
	if err != nil {
		return ExitFailed, err
	}
	if edits, err = o.choose(edits, stages); err != nil {
		return ExitFailed, err
	}
	if o.List {
		return ExitGood, writeList(stdout, edits)
	}
	if o.Tree == "" {
		if o.Tree, err = grade.FindTree(); err != nil {
			return ExitFailed, err
		}
	}
	if o.Tree, err = filepath.Abs(o.Tree); err != nil {
		return ExitFailed, err
	}
	if o.Write != "" {
		return ExitGood, o.write(edits, stdout)
	}
	report, err := o.run(ctx, edits, stages, stderr)
	if err != nil {
		return ExitFailed, err
	}
	if err := report.write(stdout, o.Format); err != nil {
		return ExitFailed, err
	}
	if ctx.Err() != nil {
		return ExitFailed, context.Cause(ctx)
	}
	return report.status(), nil
}

// write writes the edits' overlays to a folder.
func (o *Options) write(edits []Edit, stdout io.Writer) error {
	into, err := filepath.Abs(o.Write)
	if err != nil {
		return err
	}
	for _, e := range edits {
		folder := filepath.Join(into, e.Name)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return fmt.Errorf("--write: %w", err)
		}
		overlay, err := e.writeOverlay(o.Tree, folder)
		if err != nil {
			return err
		}
		fmt.Fprintln(stdout, overlay)
	}
	return nil
}

// run runs the edits, o.Jobs of them side by side. An edit that could not be
// run says so in its report.
func (o *Options) run(ctx context.Context, edits []Edit, stages []grade.Stage, stderr io.Writer) (*Report, error) {
	scratch, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return nil, fmt.Errorf("making a scratch folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(scratch) }() // the system empties its own temporary folder
	r := &runner{Options: *o, stages: stages, scratch: scratch}
	report := &Report{
		Seeds: o.Seeds, FirstSeed: o.Seed, AllSeeds: o.AllSeeds, Race: o.Race,
		GoVersion: runtime.Version(), CPUs: runtime.NumCPU(), Jobs: o.Jobs,
	}
	start := time.Now()
	results := make([]*EditReport, len(edits))
	queue := make(chan int)
	var mu sync.Mutex // guards done and stderr
	done := 0
	var workers sync.WaitGroup
	for range min(o.Jobs, len(edits)) {
		workers.Go(func() {
			for i := range queue {
				e := r.run(ctx, edits[i])
				if ctx.Err() != nil {
					continue
				}
				results[i] = &e
				mu.Lock()
				done++
				fmt.Fprintf(stderr, "%d/%d %s\n", done, len(edits), e.line())
				mu.Unlock()
			}
		})
	}
	for i := range edits {
		queue <- i // once ctx has ended, nothing takes long
	}
	close(queue)
	workers.Wait()
	for _, e := range results {
		if e != nil {
			report.Edits = append(report.Edits, *e)
			report.CPUSeconds += e.CPUSeconds()
		}
	}
	report.CPUSeconds = round(report.CPUSeconds)
	report.RealSeconds = round(time.Since(start).Seconds())
	return report, nil
}
