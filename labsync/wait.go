package labsync

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// Hold says who holds a mutex. The times of this package are of the clock
// that the goroutines see, which in a bubble is the virtual one.
type Hold struct {
	Goroutine int64     // goroutine id, as in a stack dump; 0 if nobody
	PC        uintptr   // where Lock was called: a return address, for runtime.CallersFrames
	Since     time.Time // when the lock was got
}

// Wait is one wait for a mutex that somebody else had.
type Wait struct {
	Mutex     uintptr   // its address: names it, no more
	Goroutine int64     // who waits
	Stack     []uintptr // where: the caller of Lock first, for runtime.CallersFrames; some 60 frames
	Since     time.Time // when the wait began
	Until     time.Time // when it ended; zero while it lasts
	Read      bool      // by RLock

	// Holder is who is in the way. Of a wait that lasts, who holds the mutex
	// at this moment; of a wait that has ended, who held it longest
	// meanwhile, which need not be who held it at the beginning. Where readers
	// are inside it is one of them, and the waiter itself if it is among them.
	// Holder.Goroutine == Goroutine: the goroutine waits for itself.
	Holder Hold

	// HolderStalled: the holder was put to sleep by a stall of SetStalls
	// during the wait, with the mutex held, or waited for somebody who was.
	// Nobody is to blame. Not yet known while that stall lasts.
	HolderStalled bool

	// HolderWaited: the holder itself waited for another mutex of this package
	// during the wait, with this one held. If anybody is to blame it is the
	// holder of that other one, whose own Wait was reported before this.
	HolderWaited bool
}

// waiter is a Wait in the making. After granted it belongs to its goroutine;
// until then lock.mu guards it, apart from the links of the registry.
type waiter struct {
	lock      *core
	goroutine int64
	pc        uintptr
	stack     []uintptr
	read      bool

	cond    sync.Cond // its L is lock.mu, as parking
	next    *waiter   // in the queue of lock
	granted bool
	since   int64
	until   int64

	holder          hold  // who has held the lock longest so far
	held            int64 // for how long, within this wait
	stalled, waited bool  // HolderStalled, HolderWaited
	hook            *func(Wait)

	prior, later *waiter // in the registry; guarded by registry.mu
	listed       bool    // likewise
}

// parking is a core's mu as the Locker of a waiter's Cond. It leaves the race
// detector on while the goroutine is parked: synctest.Wait must be ordered
// after whatever a parked goroutine did before.
type parking core

//go:norace
func (p *parking) Unlock() {
	p.mu.Unlock()
	raceEnable()
}

//go:norace
func (p *parking) Lock() {
	raceDisable()
	p.mu.Lock()
}

const stackDepth = 64 // frames kept of a waiter, this package's own included

//go:norace
func newWaiter(c *core, read bool, self int64, pc uintptr) *waiter {
	w := &waiter{lock: c, goroutine: self, pc: pc, read: read}
	w.cond.L = (*parking)(c)
	var pcs [stackDepth]uintptr
	n := runtime.Callers(2, pcs[:])
	first := 0
	for i := range n { // skip this package's own frames
		if pcs[i] == pc {
			first = i
			break
		}
	}
	w.stack = make([]uintptr, n-first)
	for i := range w.stack {
		w.stack[i] = pcs[first+i]
	}
	return w
}

// blame makes h, which ends at the instant at, the wait's holder if it was in
// the way for longer than any before it. Holds lock.mu.
//
//go:norace
func (w *waiter) blame(h *hold, at int64) {
	held := at - max(h.since, w.since)
	if held > w.held {
		w.held, w.holder = held, *h
		w.stalled, w.waited = h.stalled > w.since, h.waited > w.since
	}
}

// done ends a wait whose lock has been granted. A goroutine that has waited
// with other locks held may have made others wait: that was not its doing.
//
//go:norace
func (w *waiter) done() {
	registry.remove(w)
	w.hook = onWait.Load()
	if w.until > w.since {
		excuse(w.goroutine, w.until, w.stalled, true)
	}
}

// excuse notes that self, which comes back from a stall or a wait at the
// instant at, was not running while it held the locks that others wait for.
//
//go:norace
func excuse(self, at int64, stalled, waited bool) {
	for _, w := range registry.list() {
		w.lock.excuse(self, at, stalled, waited)
	}
}

// report calls the hook for a wait that took time. The race detector is on
// again, and nothing of this package is locked.
//
//go:norace
func (w *waiter) report() {
	if w != nil && w.hook != nil && w.until > w.since {
		(*w.hook)(w.wait(&w.holder))
	}
}

// wait is w for its reader.
//
//go:norace
func (w *waiter) wait(h *hold) Wait {
	out := Wait{
		Mutex:     uintptr(unsafe.Pointer(w.lock)),
		Goroutine: w.goroutine,
		Stack:     w.stack,
		Since:     time.Unix(0, w.since),
		Read:      w.read,
		Holder:    Hold{h.goroutine, h.pc, time.Unix(0, h.since)},
	}
	if w.granted {
		out.Until = time.Unix(0, w.until)
		out.HolderStalled, out.HolderWaited = w.stalled, w.waited
	} else {
		out.HolderStalled, out.HolderWaited = h.stalled > w.since, h.waited > w.since
	}
	return out
}

// waits is the set of waits in progress. Its mutex is a leaf: it may be taken
// with a core's held, and none is taken under it.
type waits struct {
	mu     sync.Mutex
	newest *waiter
	n      int
}

var registry waits

//go:norace
func (r *waits) add(w *waiter) {
	r.mu.Lock()
	w.prior, w.listed = r.newest, true
	if r.newest != nil {
		r.newest.later = w
	}
	r.newest = w
	r.n++
	r.mu.Unlock()
}

//go:norace
func (r *waits) remove(w *waiter) {
	r.mu.Lock()
	if w.listed { // not forgotten by Reset
		if w.later == nil {
			r.newest = w.prior
		} else {
			w.later.prior = w.prior
		}
		if w.prior != nil {
			w.prior.later = w.later
		}
		w.prior, w.later, w.listed = nil, nil, false
		r.n--
	}
	r.mu.Unlock()
}

// list is a copy, oldest first.
//
//go:norace
func (r *waits) list() []*waiter {
	r.mu.Lock()
	var out []*waiter
	if r.n > 0 {
		out = make([]*waiter, r.n)
	}
	i := r.n
	for w := r.newest; w != nil; w = w.prior {
		i--
		out[i] = w
	}
	r.mu.Unlock()
	return out
}

//go:norace
func (r *waits) forget() {
	r.mu.Lock()
	for w := r.newest; w != nil; {
		prior := w.prior
		w.prior, w.later, w.listed = nil, nil, false
		w = prior
	}
	r.newest, r.n = nil, 0
	r.mu.Unlock()
}

// Waiting returns the waits in progress, oldest first. It may be called from
// anywhere, also by a watchdog outside the bubble while all goroutines in it
// are stuck, and it orders nothing for the race detector.
//
//go:norace
func Waiting() []Wait {
	raceDisable()
	var out []Wait
	for _, w := range registry.list() {
		w.lock.mu.Lock()
		if !w.granted {
			out = append(out, w.wait(w.lock.inside(w.goroutine)))
		}
		w.lock.mu.Unlock()
	}
	raceEnable()
	return out
}

var onWait atomic.Pointer[func(Wait)]

// SetOnWait has f called after each wait that took more than 0 of (virtual)
// time, in the goroutine that waited, which now holds its mutex. No lock of
// this package is held. A nil f switches it off.
//
// The race detector is on during f. A mutex or a channel in f would order the
// student's goroutines and hide their races: f does such things between
// runtime.RaceDisable and RaceEnable, in go:norace functions.
//
//go:norace
func SetOnWait(f func(Wait)) {
	raceDisable()
	if f == nil {
		onWait.Store(nil)
	} else {
		onWait.Store(&f)
	}
	raceEnable()
}

// Reset prepares for the next run: waits that an abandoned run has left
// behind are no longer listed by Waiting, and the numbering of mutexes, by
// which stalls are drawn, starts again. The hooks and the stalls stay.
//
//go:norace
func Reset() {
	raceDisable()
	registry.forget()
	restartStalls()
	raceEnable()
}
