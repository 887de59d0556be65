package lab

import (
	"context"
	"math/rand/v2"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"

	"raftlabs/tests/scenario"
	"raftlabs/tests/trace"
)

// T is one run of one case with one seed. Its methods may be called from
// every goroutine of the case. Once the run has failed, those that would do
// something end the calling goroutine instead, as FailNow does, so that a
// case needs no code for what comes after a failure.
//
// Nothing in T orders the goroutines that call it in the eyes of the race
// detector: what they share, they share out of its sight. Otherwise the
// framework would hide races between a student's functions that it calls.
type T struct {
	plan
	start time.Time
	ctx   context.Context
	rec   *trace.Recorder

	failure   atomic.Pointer[record] // the first one
	diagnosis atomic.Pointer[record] // its cause, where one was found
	failed    chan struct{}          // closed when there is a failure
	stop      chan struct{}          // closed when the body has ended or the run has failed
	bodyEnded chan struct{}          // closed when the body has ended
	once      struct{ failed, stop sync.Once }
	cleaner   atomic.Int64 // the goroutine that runs a Cleanup now: it may go on after a failure
	dead      atomic.Pointer[func(int) bool]
	log       atomic.Pointer[func(server int, topic, text string)]

	bubble    atomic.Uint64 // the runtime's number of the bubble, 0 on the wall clock
	epoch     atomic.Int64  // start, in nanoseconds since 1970, for the watchdog
	now       atomic.Int64  // virtual time as the heartbeat last saw it, for the watchdog
	slow      atomic.Bool   // the watchdog asks the heartbeat for a finer step
	abandoned atomic.Bool   // the watchdog has given the run up
	limbo     chan struct{} // made outside the bubble, never closed

	shared shared
	after  []func() *Failure // of Afterwards

	happened func() (stalls bool, list []scenario.Fault) // of OnFaults
	giveUp   struct {
		mu    sync.Mutex
		hooks []func() // of OnAbandon
	}
}

// shared is what the goroutines of a case share. It is touched only in
// functions without race instrumentation, between raceDisable and raceEnable.
type shared struct {
	mu       sync.Mutex // guards what follows; never held while time passes
	counts   []count
	steps    []stepper
	cleanups []func()
	hints    []string
	workers  []count // framework goroutines that have not ended
}

// bubbleID and instant are for the watchdog as well: it may ask at any time.
func (t *T) bubbleID() uint64 { return t.bubble.Load() }

func (t *T) instant(d time.Duration) time.Time { return time.Unix(0, t.epoch.Load()).Add(d) }

// Case is the case's name.
func (t *T) Case() string { return t.name }

// Seed is the seed as it was given.
func (t *T) Seed() uint64 { return t.seed }

// Durable tells whether servers are to save their state in this stage.
func (t *T) Durable() bool { return t.durable }

// Mixed is a hash of the seed, the stage and the case: what every random
// stream of the run is to start from.
func (t *T) Mixed() uint64 { return t.mixed() }

// Stream returns an actor's own stream of random numbers. Two calls with one
// actor return two streams with the same numbers: call it once and keep it.
func (t *T) Stream(actor string) *rand.Rand {
	seed := mix(t.Mixed(), actor)
	return rand.New(rand.NewPCG(seed, scramble(seed)))
}

// Now is the virtual time since the run began.
func (t *T) Now() time.Duration { return time.Since(t.start) }

// Recorder is where the run's events go.
func (t *T) Recorder() *trace.Recorder { return t.rec }

// Context carries the labels of the run's goroutines.
func (t *T) Context() context.Context { return t.ctx }

// Stop is closed when the body has ended or the run has failed: what runs
// beside the body ends then.
func (t *T) Stop() <-chan struct{} { return t.stop }

// sleepStep is how long Sleep sleeps without looking whether the run has
// failed.
const sleepStep = time.Second

// Sleep lets d of virtual time pass. It is time.Sleep, not a timer's channel,
// because that one orders goroutines.
func (t *T) Sleep(d time.Duration) {
	t.check()
	for d > 0 {
		step := min(d, sleepStep)
		time.Sleep(step)
		d -= step
		t.check()
	}
}

// maxJitter is the bound of a Step, in nanoseconds.
const maxJitter = 1<<17 - 1

// Step sleeps between 1 and 131,071 ns, drawn from the actor's stream, so
// that what the actor does next has an instant of its own.
func (t *T) Step(actor string) { t.Sleep(t.jitter(actor)) }

//go:norace
func (t *T) jitter(actor string) time.Duration {
	raceDisable()
	defer raceEnable()
	s := &t.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.steps {
		if s.steps[i].actor == actor {
			return s.steps[i].next()
		}
	}
	s.steps = append(s.steps, stepper{actor, mix(t.mixed(), "step "+actor)})
	return s.steps[len(s.steps)-1].next()
}

// stepper is an actor's stream of jitters: SplitMix64, by hand, because
// math/rand/v2 is instrumented and this state is shared.
type stepper struct {
	actor string
	state uint64
}

//go:norace
func (s *stepper) next() time.Duration {
	s.state++
	return time.Duration(1 + scramble(s.state)%maxJitter)
}

// Count adds n to the number of times that the case has observed name. The
// numbers are shown with -v and stand in the verdict.
//
//go:norace
func (t *T) Count(name string, n int) {
	raceDisable()
	defer raceEnable()
	s := &t.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.counts {
		if s.counts[i].name == name {
			s.counts[i].n += n
			return
		}
	}
	s.counts = append(s.counts, count{name, n})
}

type count struct {
	name string
	n    int
}

//go:norace
func (t *T) countsNow() []count {
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	return append([]count(nil), t.shared.counts...)
}

// Hint keeps a line that a failure of the case shows first among its details:
// something that is no fault in itself, but may well be the cause of one.
//
//go:norace
func (t *T) Hint(line string) {
	raceDisable()
	defer raceEnable()
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	t.shared.hints = append(t.shared.hints, line)
}

//go:norace
func (t *T) hintsNow() []string {
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	return append([]string(nil), t.shared.hints...)
}

// Afterwards has f called when the run has ended without a failure: outside of
// the bubble, where time is the wall clock's, for what takes its time to compute.
// What it returns is the run's failure; nil is none. It is for the case's own
// goroutine.
func (t *T) Afterwards(f func() *Failure) { t.after = append(t.after, f) }

// Cleanup has f run in the bubble after the body has ended, before the check
// for leaks; the last one first. It may call student code (Kill), and it is
// given 10 s of virtual time.
//
//go:norace
func (t *T) Cleanup(f func()) {
	raceDisable()
	defer raceEnable()
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	t.shared.cleanups = append(t.shared.cleanups, f)
}

//go:norace
func (t *T) takeCleanup() func() {
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	n := len(t.shared.cleanups)
	if n == 0 {
		return nil
	}
	f := t.shared.cleanups[n-1]
	t.shared.cleanups = t.shared.cleanups[:n-1]
	return f
}

// OnAbandon has f called if the run has to be given up although its goroutines
// go on: from outside of the bubble, in the middle of whatever happens. f must
// not wait. It is for the case's own goroutine: what that did before is ordered
// before f.
func (t *T) OnAbandon(f func()) {
	t.giveUp.mu.Lock()
	defer t.giveUp.mu.Unlock()
	t.giveUp.hooks = append(t.giveUp.hooks, f)
}

// abandon gives the run up.
func (t *T) abandon() {
	t.abandoned.Store(true)
	t.giveUp.mu.Lock()
	defer t.giveUp.mu.Unlock()
	for _, f := range t.giveUp.hooks {
		f()
	}
}

// Go starts a goroutine of the framework's, which is waited for before the
// check for leaks: it is to end when Stop is closed. A panic in it outside
// of Enter is the framework's own.
func (t *T) Go(name string, f func()) {
	t.check()
	t.working(name, +1)
	go func() {
		defer t.working(name, -1)
		defer t.ownPanic(name)
		pprof.SetGoroutineLabels(t.ctx)
		f()
	}()
}

//go:norace
func (t *T) working(name string, n int) {
	raceDisable()
	defer raceEnable()
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	for i := range t.shared.workers {
		if t.shared.workers[i].name == name {
			t.shared.workers[i].n += n
			return
		}
	}
	t.shared.workers = append(t.shared.workers, count{name, n})
}

// stillWorking is the name of a framework goroutine that has not ended, or "".
//
//go:norace
func (t *T) stillWorking() string {
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	for _, w := range t.shared.workers {
		if w.n > 0 {
			return w.name
		}
	}
	return ""
}
