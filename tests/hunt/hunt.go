package hunt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"raftlabs/tests/lab"
)

// start builds the target and compiles it, and tells how long that took.
func (o options) start(ctx context.Context, stderr io.Writer) (*player, module, error) {
	t, err := targetOf(o.Target, o.Run)
	if err != nil {
		return nil, module{}, err
	}
	over, err := readOverlay(o.Overlay)
	if err != nil {
		return nil, module{}, err
	}
	began := time.Now()
	m, err := build(ctx, o.Tree, t, over)
	if err != nil {
		return nil, m, err
	}
	built := time.Now()
	machines, err := newPool(ctx, m, o.limits, o.Jobs)
	if err != nil {
		return nil, m, err
	}
	fmt.Fprintf(stderr, "built %s for WebAssembly in %.1f s, %.1f MB, made ready in %.1f s (module %s)\n",
		t.name(), built.Sub(began).Seconds(), float64(len(m.code))/1e6, time.Since(built).Seconds(), m.hash)
	return &player{pool: machines, target: t, limits: o.limits}, m, nil
}

// hunt runs seed after seed and tells of the failures. It returns how many
// there were.
func (o huntOptions) hunt(ctx context.Context, stdout, stderr io.Writer) (found int, err error) {
	p, m, err := o.start(ctx, stderr)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	whole := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	h := &chase{whole: whole, huntOptions: o, player: p, module: m, stdout: stdout, told: map[string]bool{}, cancel: cancel}
	h.progress = newProgress(stderr, p.target, o.Seeds)
	h.all(ctx)
	h.progress.end()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, errFound) {
		return h.progress.failures(), cause
	}
	return h.progress.failures(), nil
}

// errFound ends a hunt that is to end with the first failure.
var errFound = errors.New("a failure was found")

// chase is a hunt that is under way.
type chase struct {
	huntOptions
	*player
	whole    context.Context // the hunt's and what comes after it
	module   module
	progress *progress
	cancel   context.CancelCauseFunc

	mu     sync.Mutex // guards what follows: one failure is told at a time
	stdout io.Writer
	told   map[string]bool // cases
}

// all plays all runs, seed by seed, some side by side.
func (h *chase) all(ctx context.Context) {
	runs := make(chan run)
	var players sync.WaitGroup
	for range h.Jobs {
		players.Go(func() {
			for r := range runs {
				if err := h.one(ctx, r); err != nil {
					h.cancel(err)
				}
			}
		})
	}
	defer players.Wait()
	defer close(runs)
	for i := range uint64(h.Seeds) {
		for _, r := range h.target.runs(h.Seed+i, h.options) {
			select {
			case runs <- r:
			case <-ctx.Done():
				return
			}
		}
	}
}

// one plays a run, and tells of it if it failed.
func (h *chase) one(ctx context.Context, r run) error {
	if ctx.Err() != nil {
		return nil
	}
	o, err := h.play(ctx, r, 0, "")
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	h.progress.add(r, o)
	if o.Pass {
		return nil
	}
	return h.tell(ctx, r, o)
}

// tell prints a failure, the first of its case, once it has happened again.
func (h *chase) tell(ctx context.Context, r run, first Outcome) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.told[r.id()] || ctx.Err() != nil {
		return nil
	}
	h.told[r.id()] = true
	dir := h.Trace
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "raftlabs-traces", "hunt")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	again := first
	if first.Kind != kindEndless { // which would take as long once more
		var err error
		if again, err = h.play(ctx, r, 0, dir); err != nil {
			return err
		}
	}
	if !same(first, again) {
		return fmt.Errorf("%v was another run when it was played again (%s, then %s): this is a bug of hunt's, please report it",
			r, first.mark(), again.mark())
	}
	h.progress.clear()
	fmt.Fprint(h.stdout, again.Report)
	if first.Report != "" && again.Trace == "" {
		fmt.Fprintf(h.stdout, "again: go run ./tests/cmd/replay %s -run %s -seed %d\n", h.target.name(), r.id(), r.seed)
	}
	if page, _, _ := pageOf(dir, r); again.Kind != lab.Skeleton && exists(page) {
		fmt.Fprintf(h.stdout, "page:  %s\n", page)
	}
	fmt.Fprintln(h.stdout)
	if err := h.keep(r, h.module, again); err != nil {
		return err
	}
	if !h.All {
		h.cancel(errFound) // the other players are to leave the machine to what follows
	}
	if h.Shrink {
		return h.shrink(h.whole, r, again, dir, h.shrinking, h.stdout)
	}
	return nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// same tells whether two outcomes are of the same run. What a run that was ended
// from outside had printed until then depends on the machine.
func same(a, b Outcome) bool {
	if a.Kind == kindEndless && b.Kind == kindEndless {
		return true
	}
	return a.Pass == b.Pass && a.Kind == b.Kind && a.Trace == b.Trace && a.Text == b.Text && a.Virtual == b.Virtual
}

// mark names a run in a few letters.
func (o Outcome) mark() string {
	if o.Trace == "" {
		return string(o.Kind)
	}
	return o.Trace
}
