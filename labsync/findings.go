//go:build deadlock

package labsync

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
)

// findings collects what go-deadlock writes about each goroutine that is
// being checked, until go-deadlock has let go of its global lock.
type findings struct {
	mu      sync.Mutex // guards what follows
	written bytes.Buffer
	checked map[int64]string  // by goroutine: what was found so far
	held    map[int64][]*core // by goroutine: the locks shown and not hidden
	notify  func(string)
}

var found = findings{
	checked: make(map[int64]string),
	held:    make(map[int64][]*core),
}

// Write is go-deadlock's log. It serialises its reports by its global lock.
func (f *findings) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.written.Write(p)
}

// complete is called by go-deadlock after each report, in the goroutine that
// gave cause and with the global lock held. The finding is nobody's here if
// the program also uses go-deadlock itself.
func (f *findings) complete() {
	f.mu.Lock()
	defer f.mu.Unlock()
	self := current()
	if text, ours := f.checked[self]; ours {
		f.checked[self] = text + f.written.String()
	} else {
		os.Stderr.Write(f.written.Bytes())
	}
	f.written.Reset()
}

func (f *findings) begin(goroutine int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.checked[goroutine] = ""
}

func (f *findings) end(goroutine int64) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	text := f.checked[goroutine]
	delete(f.checked, goroutine)
	return text
}

func (f *findings) took(goroutine int64, c *core) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held[goroutine] = append(f.held[goroutine], c)
}

func (f *findings) left(goroutine int64, c *core) {
	f.mu.Lock()
	defer f.mu.Unlock()
	rest := f.held[goroutine]
	if i := slices.Index(rest, c); i >= 0 {
		rest = slices.Delete(rest, i, i+1)
	}
	if len(rest) == 0 {
		delete(f.held, goroutine)
	} else {
		f.held[goroutine] = rest
	}
}

func (f *findings) holding(goroutine int64) []*core {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.held[goroutine])
}

func setOnDeadlock(f func(string)) {
	found.mu.Lock()
	defer found.mu.Unlock()
	found.notify = f
}

// deliver hands on what was found in the caller, which locks c at here. It has
// nothing of go-deadlock's locked.
func (c *core) deliver(finding string, self int64, here uintptr) {
	if finding == "" {
		return
	}
	report := c.sentence(finding, self, here) +
		" The stacks as go-deadlock prints them; its lines may be one off, and an inlined function has its caller's name:\n\n" +
		studentFrames(finding)
	found.mu.Lock()
	notify := found.notify
	found.mu.Unlock()
	if notify == nil {
		fmt.Fprintln(os.Stderr, report)
		return
	}
	notify(report)
}

// sentence says what was found, in places that are exact, and what to do.
func (c *core) sentence(finding string, self int64, here uintptr) string {
	if strings.Contains(finding, "Recursive locking") {
		return fmt.Sprintf("labsync: recursive locking: the goroutine locks at %s a mutex that it has locked at %s "+
			"and not unlocked. It waits for itself for ever (with two RLocks: as soon as a writer comes between them). "+
			"Do not call a function that locks with the lock held.", place(here), place(c.place(self)))
	}
	var held []string
	for _, other := range found.holding(self) {
		held = append(held, place(other.place(self)))
	}
	return fmt.Sprintf("labsync: inconsistent locking: the goroutine locks at %s with a mutex held that it has locked at %s, "+
		"and elsewhere the two were locked in the other order. Two goroutines that do so at once wait for each other for ever. "+
		"Lock them in one order everywhere.", place(here), strings.Join(held, " or "))
}

// studentFrames drops this package's frames from go-deadlock's stacks and
// moves its arrow to the caller of Lock.
func studentFrames(finding string) string {
	var out strings.Builder
	arrow := false
	for line := range strings.Lines(finding) {
		line = strings.TrimSuffix(line, "\n")
		if ownFrame(line) {
			arrow = arrow || strings.HasSuffix(line, " <<<<<")
			continue
		}
		if arrow {
			line, arrow = line+" <<<<<", false
		}
		out.WriteString(line + "\n")
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

func ownFrame(line string) bool {
	for _, t := range []string{"core", "Mutex", "RWMutex", "rlocker"} {
		if strings.Contains(line, " labsync.(*"+t+").") {
			return true
		}
	}
	return false
}
