//go:build deadlock

package labsync

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/petermattis/goid"
	"github.com/sasha-s/go-deadlock"
)

// How go-deadlock sees locks that it does not implement.
//
// Beside each core stands a deadlock.RWMutex, its shadow, which is only ever
// read-locked. So the shadow never blocks, in a bubble or out of it, while its
// RLock does what go-deadlock does for any lock: it looks for recursion and
// for an inverted order, then notes the goroutine as a holder.
//
//   - show, right after a lock was got without a wait: check and note.
//   - announce, before the caller blocks: check, the note is taken back. Only
//     here can a recursive Lock be reported, since it never returns.
//   - showAgain, after the wait: note. What the check finds was reported.
//   - hide, before the lock is let go: the note is taken back.
//
// So go-deadlock never takes a goroutine that only waits for a holder. TryLock
// is not shown at all, since it does not wait: go-deadlock's own would report
// an order that cannot deadlock, and when it fails it strikes a holder off.

const detecting = true

type shadow struct{ seen deadlock.RWMutex }

func init() {
	deadlock.Opts.DeadlockTimeout = 0 // its timers must not cross bubbles
	deadlock.Opts.LogBuf = &found
	deadlock.Opts.OnPotentialDeadlock = found.complete
}

func (c *core) announce(self int64, pc uintptr) {
	finding := c.check(self)
	c.shadow.seen.RUnlock()
	deliver(finding, c.earlier(self), pc)
}

func (c *core) show(self int64, pc uintptr) {
	deliver(c.check(self), c.earlier(self), pc)
}

func (c *core) showAgain(self int64) { c.check(self) }

func (c *core) check(self int64) string {
	found.begin(self)
	c.shadow.seen.RLock()
	return found.end(self)
}

func (c *core) hide(read bool, self int64) {
	c.mu.Lock()
	h := c.leaving(read, self)
	shown := h != nil && h.shown
	if shown {
		h.shown = false
	}
	c.mu.Unlock()
	if shown {
		c.shadow.seen.RUnlock()
	}
}

// earlier is the place at which self got c, if it has it.
func (c *core) earlier(self int64) uintptr {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.writing && len(c.readers) == 0 {
		return 0
	}
	if h := c.inside(self); h.goroutine == self {
		return h.pc
	}
	return 0
}

// findings collects what go-deadlock writes about each goroutine that is
// being checked, until go-deadlock has let go of its global lock.
type findings struct {
	mu      sync.Mutex // guards what follows
	written bytes.Buffer
	checked map[int64]*strings.Builder
	notify  func(string)
}

var found = findings{checked: make(map[int64]*strings.Builder)}

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
	if b := f.checked[goid.Get()]; b != nil {
		f.written.WriteTo(b)
	} else {
		f.written.WriteTo(os.Stderr)
	}
}

func (f *findings) begin(goroutine int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.checked[goroutine] = new(strings.Builder)
}

func (f *findings) end(goroutine int64) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	text := f.checked[goroutine].String()
	delete(f.checked, goroutine)
	return text
}

func setOnDeadlock(f func(string)) {
	found.mu.Lock()
	defer found.mu.Unlock()
	found.notify = f
}

// deliver hands a finding on, with nothing locked.
func deliver(finding string, earlier, here uintptr) {
	if finding == "" {
		return
	}
	found.mu.Lock()
	notify := found.notify
	found.mu.Unlock()
	report := sentence(finding, earlier, here) + "\n\n" + studentFrames(finding)
	if notify == nil {
		fmt.Fprintln(os.Stderr, report)
		return
	}
	notify(report)
}

// sentence says what was found and what to do. Its places are exact, while
// go-deadlock's are those of return addresses less one line.
func sentence(finding string, earlier, here uintptr) string {
	if strings.Contains(finding, "Recursive locking") {
		return fmt.Sprintf("labsync: recursive locking: the goroutine locks at %s a mutex that it has locked at %s "+
			"and not unlocked. It waits for itself for ever (with two RLocks: as soon as a writer comes between them). "+
			"Do not call a function that locks with the lock held. "+
			"The stacks, as go-deadlock prints them (a line may be off by one):", place(here), place(earlier))
	}
	return fmt.Sprintf("labsync: inconsistent locking: the lock at %s is taken with another one held, and elsewhere "+
		"the two were taken in the other order. Two goroutines that do so at once wait for each other for ever. "+
		"Take them in one order everywhere. "+
		"The stacks, as go-deadlock prints them (a line may be off by one):", place(here))
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
