package labsync

import (
	"runtime"
	"sync"
	"time"
)

// core is the lock behind Mutex and RWMutex: one writer or many readers, and
// a queue. A Mutex is a core that is only ever locked for writing.
//
// Invariant: whoever stands at the head of the queue cannot be admitted; a
// release admits as many from the head as it can before it lets go of mu. So a
// newcomer who finds somebody in the queue has to stand behind him, and the
// order of arrival is the order of acquisition.
//
// The functions of this file, and what they call, are go:norace and run
// between raceDisable and raceEnable: see race_on.go. They therefore use no
// map, no closure and no fmt, whose memory accesses would be seen.
type core struct {
	shadow shadow // go-deadlock's view of this lock; empty without the tag

	// mu is held for a few instructions at a time and never while blocked. It
	// guards every field below, and the waiters in the queue.
	mu          sync.Mutex
	writing     bool
	writer      hold   // of the writer, if writing
	readers     []hold // of each reader inside, in no order
	first, last *waiter

	plan    *stallPlan // the plan that ordinal belongs to
	ordinal uint64     // this lock's number in order of first use under plan
}

// hold says who is inside, since when, and what excuses him. Times are
// nanoseconds since 1970, of the clock that the goroutine sees.
type hold struct {
	goroutine int64
	pc        uintptr
	since     int64
	stalled   int64 // when he last came back from a stall, in this hold
	waited    int64 // when he last came back from waiting for another lock
	shown     bool  // go-deadlock knows of this hold
}

// lock takes c, waiting for it if need be, and returns the wait if there was
// one. Without a wait it costs one look at the caller, one at the clock and
// one uncontended sync.Mutex.
//
//go:norace
func (c *core) lock(read bool, pc uintptr) *waiter {
	park()
	self := current()
	c.stall(self, pc)
	if !c.take(read, hold{goroutine: self, pc: pc, since: now(), shown: detecting}) {
		return c.wait(read, self, pc)
	}
	if detecting {
		c.show(self, pc)
	}
	return nil
}

// tryLock takes c if that needs no wait. It is not shown to go-deadlock: who
// does not wait closes no cycle.
//
//go:norace
func (c *core) tryLock(read bool, pc uintptr) bool {
	return c.take(read, hold{goroutine: current(), pc: pc, since: now()})
}

// take lets h in if nobody is in the way and nobody waits.
//
//go:norace
func (c *core) take(read bool, h hold) bool {
	c.mu.Lock()
	ok := c.first == nil && c.admits(read)
	if ok {
		c.enter(read, h)
	}
	c.mu.Unlock()
	return ok
}

// admits says whether those inside leave room for one more. Holds c.mu.
//
//go:norace
func (c *core) admits(read bool) bool {
	return !c.writing && (read || len(c.readers) == 0)
}

// enter records h as inside. Holds c.mu.
//
//go:norace
func (c *core) enter(read bool, h hold) {
	if read {
		c.readers = append(c.readers, h)
		return
	}
	c.writing, c.writer = true, h
}

// wait queues the caller and returns when the lock has been handed to it.
//
//go:norace
func (c *core) wait(read bool, self int64, pc uintptr) *waiter {
	if detecting {
		c.announce(self, pc)
	}
	w := newWaiter(c, read, self, pc)
	c.mu.Lock()
	if c.first == nil && c.admits(read) { // freed while w was made
		c.enter(read, hold{goroutine: self, pc: pc, since: now(), shown: detecting})
		w = nil
	} else {
		c.enqueue(w)
		for !w.granted {
			w.cond.Wait()
		}
	}
	c.mu.Unlock()
	if w != nil {
		w.done()
	}
	if detecting {
		c.showAgain(self)
	}
	return w
}

// enqueue puts w at the end of the queue and in the registry. Holds c.mu.
//
//go:norace
func (c *core) enqueue(w *waiter) {
	w.since = now()
	w.holder = *c.inside(w.goroutine)
	if c.last == nil {
		c.first = w
	} else {
		c.last.next = w
	}
	c.last = w
	registry.add(w)
}

// unlock lets the caller out and hands the lock on. It is false, and nothing
// has changed, if there was nothing to unlock.
//
//go:norace
func (c *core) unlock(read bool) bool {
	self := current()
	if detecting {
		c.hide(read, self)
	}
	c.mu.Lock()
	h := c.leaving(read, self)
	if h == nil {
		c.mu.Unlock()
		return false
	}
	c.release(read, h)
	c.mu.Unlock()
	c.stall(self, afterUnlock)
	return true
}

// leaving finds the hold that an unlock by self ends. It is self's own; a lock
// may also be unlocked by another goroutine than the one that locked it, and
// among readers any one then goes. Holds c.mu.
//
//go:norace
func (c *core) leaving(read bool, self int64) *hold {
	if !read {
		if !c.writing {
			return nil
		}
		return &c.writer
	}
	for i := range c.readers {
		if c.readers[i].goroutine == self {
			return &c.readers[i]
		}
	}
	if n := len(c.readers); n > 0 {
		return &c.readers[n-1]
	}
	return nil
}

// release ends h and admits from the head of the queue. Holds c.mu.
//
//go:norace
func (c *core) release(read bool, h *hold) {
	var at int64
	if c.first != nil { // the clock is only looked at if somebody waits
		at = now()
		for w := c.first; w != nil; w = w.next {
			w.blame(h, at)
		}
	}
	if read {
		n := len(c.readers) - 1
		*h = c.readers[n]
		c.readers = c.readers[:n]
	} else {
		c.writing = false
	}
	for c.first != nil && c.admits(c.first.read) {
		c.grant(c.first, at)
	}
}

// grant takes w, the head, out of the queue and lets it in. Holds c.mu.
//
//go:norace
func (c *core) grant(w *waiter, at int64) {
	c.first = w.next
	if c.first == nil {
		c.last = nil
	}
	w.next = nil
	w.until = at
	w.granted = true
	c.enter(w.read, hold{goroutine: w.goroutine, pc: w.pc, since: at, shown: detecting})
	w.cond.Signal()
}

// inside is the hold that a wait by self should name: self's own if it has
// one, for then it waits for itself, else the oldest. Holds c.mu; somebody is
// inside.
//
//go:norace
func (c *core) inside(self int64) *hold {
	if c.writing {
		return &c.writer
	}
	oldest := &c.readers[0]
	for i := range c.readers {
		h := &c.readers[i]
		if h.goroutine == self {
			return h
		}
		if h.since < oldest.since {
			oldest = h
		}
	}
	return oldest
}

// excuse notes in every hold of self on c that its time up to at was not all
// of its own doing.
//
//go:norace
func (c *core) excuse(self, at int64, stalled, waited bool) {
	c.mu.Lock()
	if c.writing && c.writer.goroutine == self {
		c.writer.excuse(at, stalled, waited)
	}
	for i := range c.readers {
		if c.readers[i].goroutine == self {
			c.readers[i].excuse(at, stalled, waited)
		}
	}
	c.mu.Unlock()
}

//go:norace
func (h *hold) excuse(at int64, stalled, waited bool) {
	if stalled {
		h.stalled = at
	}
	if waited {
		h.waited = at
	}
}

//go:norace
func now() int64 { return time.Now().UnixNano() }

// callerPC is the place that called the method which calls callerPC. For the
// lock that Cond.Wait takes again it is the caller of Cond.Wait.
//
//go:norace
func callerPC() uintptr {
	var pc [1]uintptr
	runtime.Callers(3, pc[:])
	if pc[0] == condWait {
		runtime.Callers(4, pc[:])
	}
	return pc[0]
}

// condWait is the program counter at which sync.Cond.Wait locks again.
var condWait = func() uintptr {
	p := new(condProbe)
	p.cond.L = p
	p.cond.Wait()
	return p.pc
}()

// condProbe is a Locker whose Unlock wakes the Wait that called it.
type condProbe struct {
	cond sync.Cond
	pc   uintptr
}

func (p *condProbe) Unlock() { p.cond.Signal() }

func (p *condProbe) Lock() {
	var pc [1]uintptr
	runtime.Callers(2, pc[:])
	p.pc = pc[0]
}
