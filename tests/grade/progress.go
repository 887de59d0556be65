package grade

import (
	"fmt"
	"os"
	"sync"
	"time"
)

// progress is the line that shows how far a grading is, where somebody
// watches: on a terminal only. Its methods may be called on nil.
type progress struct {
	out   *os.File
	start time.Time

	mu     sync.Mutex // guards what follows and the line
	all    int
	done   int
	failed int
}

// newProgress is nil where out is no terminal.
func newProgress(out *os.File) *progress {
	if out == nil || !isTerminal(out) {
		return nil
	}
	return &progress{out: out, start: time.Now()}
}

// eraseLine goes to the line's beginning and empties it.
const eraseLine = "\r\x1b[K"

func (p *progress) building(folder string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.out, "%sbuilding ./%s with -race", eraseLine, folder)
}

func (p *progress) cases(n int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = n
	p.line()
}

func (p *progress) ended(c CaseReport) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if c.Failure != nil {
		p.failed++
	}
	p.line()
}

// line is called with mu held.
func (p *progress) line() {
	fmt.Fprintf(p.out, "%s%d of %d cases, %d failed, %.0f s", eraseLine, p.done, p.all, p.failed, time.Since(p.start).Seconds())
}

// clear removes the line.
func (p *progress) clear() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprint(p.out, eraseLine)
}
