package hunt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"raftlabs/tests/lab"
	"raftlabs/tests/trace"
)

// replay plays one run again, and says how it ended.
func (o replayOptions) replay(ctx context.Context, stdout, stderr io.Writer) (pass bool, err error) {
	p, m, err := o.start(ctx, stderr)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	runs := p.target.runs(o.Seed, o.options)
	if len(runs) != 1 {
		return false, wrongUsage("-run %s: %d cases match. Name one, as the failure does: Stage/Case", o.Run, len(runs))
	}
	r := runs[0]
	dir := o.Trace
	if dir == "" && o.Shrink {
		dir = filepath.Join(os.TempDir(), "raftlabs-traces", "replay")
	}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "replay-"); err != nil {
			return false, err
		}
		defer os.RemoveAll(dir)
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		return false, err
	}
	first, err := p.play(ctx, r, o.Until, dir)
	if err != nil {
		return false, err
	}
	if o.Verbose {
		if err := o.printEvents(stdout, dir, r); err != nil {
			return false, err
		}
	}
	o.print(stdout, r, first)
	if o.Trace != "" {
		if page, events, faults := pageOf(dir, r); exists(page) {
			fmt.Fprintf(stdout, "page:   %s\nevents: %s\nfaults: %s\n", page, events, faults)
		}
	}
	if o.Until == 0 {
		if err := p.compare(stderr, r, m, first); err != nil {
			return false, err
		}
	}
	if err := o.repeat(ctx, p, r, first, dir, stderr); err != nil {
		return false, err
	}
	if o.Shrink {
		if err := p.shrink(ctx, r, first, dir, o.shrinking, stdout); err != nil {
			return false, err
		}
	}
	return first.Pass || first.Kind == lab.Stopped, nil
}

// repeat plays the run as often as was asked for, and tells whether all were the
// same to the last byte of their events. dir has those of the first.
func (o replayOptions) repeat(ctx context.Context, p *player, r run, first Outcome, dir string, stderr io.Writer) error {
	if o.Times == 1 {
		return nil
	}
	_, whole, _ := pageOf(dir, r)
	for i := 1; i < o.Times; i++ {
		if err := o.once(ctx, p, r, first, whole); err != nil {
			return fmt.Errorf("the %d. time: %w", i+1, err)
		}
	}
	fmt.Fprintf(stderr, "%d times the same run: %s\n", o.Times, first.mark())
	return nil
}

// once plays the run in a folder of its own, as the first one was.
func (o replayOptions) once(ctx context.Context, p *player, r run, first Outcome, whole string) error {
	dir, err := os.MkdirTemp("", "replay-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	next, err := p.play(ctx, r, o.Until, dir)
	if err != nil {
		return err
	}
	if _, events, _ := pageOf(dir, r); !same(first, next) || first.Trace != "" && !equalFiles(whole, events) {
		return fmt.Errorf("%v was another run (%s, then %s): this is a bug of replay's, please report it", r, first.mark(), next.mark())
	}
	return nil
}

// equalFiles tells whether two files are the same; that neither is there counts, too.
func equalFiles(a, b string) bool {
	x, errX := os.ReadFile(a)
	y, errY := os.ReadFile(b)
	return bytes.Equal(x, y) && (errX == nil) == (errY == nil)
}

// print prints how a run ended.
func (o replayOptions) print(w io.Writer, r run, out Outcome) {
	if out.Pass {
		fmt.Fprintf(w, "%v passes\n%s", r, out.Report)
		return
	}
	fmt.Fprint(w, out.Report)
}

// printEvents prints the events of a run as -lab.v does.
func (o replayOptions) printEvents(w io.Writer, dir string, r run) error {
	_, name, _ := pageOf(dir, r)
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil // it died before it could write them
	}
	if err != nil {
		return err
	}
	defer f.Close()
	events, err := trace.ReadJSONL(f)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	lines := lab.Lines{Topics: o.Topics}
	for _, e := range events {
		if line := lines.Line(e); line != "" {
			fmt.Fprintln(w, line)
		}
	}
	return nil
}
