package mutant

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"raftlabs/tests/grade"
)

// Where the proof is kept, from the folder with go.mod.
const (
	resultsFile = "tests/mutant/results.json"
	tablesFile  = "tests/mutant/README.md"
)

// prove does what the results still lack, and writes the tables. It ends well
// where the chosen edits are as the suites are to see them.
func (r *runner) prove(ctx context.Context, edits []Edit, stdout, stderr io.Writer) (status int, err error) {
	path := r.Results
	if path == "" {
		path = filepath.Join(r.Tree, filepath.FromSlash(resultsFile))
	}
	if !r.Quick {
		release, err := grade.LockFolder(filepath.Dir(path))
		if err != nil {
			return ExitFailed, fmt.Errorf("%s: %w", path, err)
		}
		defer release()
	}
	results, err := readResults(path)
	if err != nil {
		return ExitFailed, err
	}
	p := &proof{runner: r, known: results, results: results, code: newDigester(r.Tree)}
	if r.Quick {
		edits = quickPart(edits)
		p.results = newResults("")
		p.Repetitions, p.Seeds = 1, 1
	}
	p.results.Machine = machine()
	failed := p.all(ctx, edits, stderr)
	if err := errors.Join(context.Cause(ctx), failed); err != nil {
		return ExitFailed, err // what was found is kept
	}
	if !r.Quick && r.Results == "" {
		if err := results.writeTables(filepath.Join(r.Tree, filepath.FromSlash(tablesFile)), r.stages); err != nil {
			return ExitFailed, err
		}
	}
	return p.results.say(edits, stdout), nil
}

// say prints what came out, what is wrong first, and returns the exit status.
func (r *Results) say(edits []Edit, to io.Writer) (status int) {
	wrong := r.wrong(edits)
	for _, line := range wrong {
		fmt.Fprintln(to, line)
	}
	fmt.Fprint(to, r.totals(edits))
	if len(wrong) > 0 {
		return ExitWrong
	}
	return ExitGood
}

func (r *Results) writeTables(path string, stages []grade.Stage) error {
	catalogue, err := Catalogue()
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(r.tables(catalogue, stages)), 0o644); err != nil {
		return fmt.Errorf("writing the tables: %w", err)
	}
	return nil
}

// A quick run looks at one edit of so many.
const (
	quickMutants  = 8
	quickVariants = 16
)

// quickPart is the edits of a quick run. It goes by their names, so that an edit
// more or less changes nothing about the others.
func quickPart(edits []Edit) []Edit {
	part := map[Kind]uint32{Mutant: quickMutants, Variant: quickVariants}
	return slices.DeleteFunc(slices.Clone(edits), func(e Edit) bool { return crc32.ChecksumIEEE([]byte(e.Name))%part[e.Kind] != 0 })
}

// proof is a run that adds to the results.
type proof struct {
	*runner
	known   *Results // which case is the likeliest to catch a mutant
	results *Results // where the run's own go
	code    *digester
}

// rounds are the parts of its seeds after which a variant lets others go on: an
// accusation of any shows early.
var rounds = []float64{0.1, 0.3, 1}

// all runs the mutants, and then the variants round by round. Edits that could
// not be run do not keep others from being run.
func (p *proof) all(ctx context.Context, edits []Edit, stderr io.Writer) error {
	var tasks []func() (line string, err error)
	for _, e := range edits {
		if e.Kind == Mutant {
			tasks = append(tasks, func() (string, error) { return p.repeat(ctx, e) })
		}
	}
	before := 0
	for _, part := range rounds {
		n := int(math.Ceil(part * float64(p.seedsOfVariants())))
		if n == before {
			continue
		}
		before = n
		for _, e := range edits {
			if e.Kind == Variant {
				tasks = append(tasks, func() (string, error) { return p.accuse(ctx, e, n) })
			}
		}
	}
	var errs []error
	progress := progress{to: stderr, of: len(tasks)}
	var mu sync.Mutex // guards errs
	p.each(ctx, len(tasks), func(i int) {
		line, err := tasks[i]()
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
			line = "ERROR " + err.Error()
		}
		progress.line("%s", line)
	})
	return errors.Join(errs...)
}

// each calls do with 0 to n-1, r.Jobs side by side, until ctx ends.
func (r *runner) each(ctx context.Context, n int, do func(i int)) {
	queue := make(chan int)
	var workers sync.WaitGroup
	for range min(r.Jobs, n) {
		workers.Go(func() {
			for i := range queue {
				if ctx.Err() == nil {
					do(i)
				}
			}
		})
	}
	for i := range n {
		queue <- i
	}
	close(queue)
	workers.Wait()
}

// accuse runs a variant over its stages until each has had so many seeds. What
// a stage said is kept at once.
func (p *proof) accuse(ctx context.Context, e Edit, number int) (line string, err error) {
	a, err := p.begin(e)
	if err != nil {
		return "", err
	}
	defer a.end()
	var runs, failures int
	for _, stage := range p.order(e) {
		key, err := p.code.key(ctx, e, stage.Reference)
		if err != nil {
			return "", err
		}
		done := p.results.stage(e, stage.Name, key, p.Older)
		if done.Seeds < number {
			for _, c := range stage.Cases {
				report, err := a.runCase(ctx, stage, c, seeds{first: uint64(done.Seeds) + 1, number: number - done.Seeds, all: true})
				if err != nil {
					return "", fmt.Errorf("%s over %s/%s: %w", e.Name, stage.Name, c.Name, err)
				}
				done.add(report)
			}
			done.Seeds, done.Date = number, today()
			if err := p.results.keep(func() { p.results.setStage(e, done) }); err != nil {
				return "", err
			}
		}
		runs, failures = runs+done.Runs, failures+done.failures()
	}
	outcome := "passes"
	if failures > 0 {
		outcome = "ACCUSED"
	}
	return fmt.Sprintf("%-8s %s: %d of %d runs failed, %d seeds a case", outcome, e.Name, failures, runs, number), nil
}

// progress prints numbered lines, whoever comes first.
type progress struct {
	mu   sync.Mutex // guards what follows
	to   io.Writer
	of   int
	done int
}

func (p *progress) line(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	fmt.Fprintf(p.to, "%d/%d %s\n", p.done, p.of, fmt.Sprintf(format, args...))
}

func today() string { return time.Now().UTC().Format(time.DateOnly) }

// machine is the size of this machine.
func machine() string {
	memory := ""
	if text, err := os.ReadFile("/proc/meminfo"); err == nil { // elsewhere it is not said
		var kib int
		if _, err := fmt.Sscanf(string(text), "MemTotal: %d kB", &kib); err == nil {
			memory = fmt.Sprintf("%.0f GiB, ", float64(kib)/(1<<20))
		}
	}
	return fmt.Sprintf("%d CPUs, %s%s/%s, %s", runtime.NumCPU(), memory, runtime.GOOS, runtime.GOARCH, runtime.Version())
}
