package hunt

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"raftlabs/tests/lab"
)

// progress is the line that says how far a hunt is.
type progress struct {
	mu      sync.Mutex // guards what follows
	w       io.Writer
	began   time.Time
	printed time.Time
	seeds   int // asked for
	cases   int
	runs    int
	virtual time.Duration
	failed  map[lab.FailureKind]int
	dirty   bool // there is a line that is not ended

	// On a terminal the line is written over, elsewhere a new one comes now and then.
	terminal bool
	every    time.Duration
}

func newProgress(w io.Writer, t target, seeds int) *progress {
	p := &progress{w: w, began: time.Now(), seeds: seeds, cases: t.cases(), failed: map[lab.FailureKind]int{}, every: 10 * time.Second}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if p.terminal {
		p.every = time.Second / 2
	}
	return p
}

// add counts a run.
func (p *progress) add(_ run, o Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.runs++
	p.virtual += o.Virtual
	if !o.Pass {
		p.failed[o.Kind]++
	}
	switch now := time.Now(); {
	case now.Sub(p.printed) < p.every:
		return
	case p.terminal:
		fmt.Fprintf(p.w, "\r\x1b[K%s", p.line())
		p.dirty = true
	case !p.printed.IsZero() || now.Sub(p.began) > p.every:
		fmt.Fprintln(p.w, p.line())
	}
	p.printed = time.Now()
}

// line is the state in one line.
func (p *progress) line() string {
	seconds := max(time.Since(p.began).Seconds(), 0.001)
	line := fmt.Sprintf("%d of %d seeds of %d cases, %d runs (%.1f a second), %.1f virtual hours",
		p.runs/p.cases, p.seeds, p.cases, p.runs, float64(p.runs)/seconds, p.virtual.Hours())
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(p.failed)) {
		kinds = append(kinds, fmt.Sprintf("%s %d", kind, p.failed[kind]))
	}
	if kinds == nil {
		return line + ", no failure"
	}
	return line + ", failures: " + strings.Join(kinds, ", ")
}

// clear ends the line, for something else is to be printed.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clearLocked()
}

func (p *progress) clearLocked() {
	if p.dirty {
		fmt.Fprintln(p.w)
		p.dirty = false
	}
}

// end prints the last state.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clearLocked()
	fmt.Fprintln(p.w, p.line())
}

func (p *progress) failures() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, of := range p.failed {
		n += of
	}
	return n
}
