//go:build deadlock

package labsync

import "github.com/sasha-s/go-deadlock"

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
	c.deliver(finding, self, pc)
}

func (c *core) show(self int64, pc uintptr) {
	finding := c.check(self)
	c.deliver(finding, self, pc)
	found.took(self, c)
}

func (c *core) showAgain(self int64) {
	c.check(self)
	found.took(self, c)
}

// check takes the shadow and returns what go-deadlock has to say about that.
func (c *core) check(self int64) string {
	found.begin(self)
	c.shadow.seen.RLock()
	return found.end(self)
}

func (c *core) hide(read bool, self int64) {
	c.mu.Lock()
	h := c.leaving(read, self)
	shown := h != nil && h.shown
	var holder int64
	if shown {
		h.shown = false
		holder = h.goroutine
	}
	c.mu.Unlock()
	if shown {
		found.left(holder, c)
		c.shadow.seen.RUnlock()
	}
}

// place is where self got c, 0 if it has not got it. Of two read locks it is
// the earlier.
func (c *core) place(self int64) uintptr {
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
