package lab

import (
	"context"
	"fmt"
	"runtime/pprof"
	"strconv"
	"sync/atomic"
	"time"

	"go.uber.org/goleak"

	"raftlabs/tests/trace"
)

// A run inside its bubble. The root is the bubble's first goroutine: it
// starts the body, waits until the run is decided, cleans up, looks for
// goroutines that are left, and returns, which ends the bubble. It never runs
// student code itself, so that it cannot be taken along by it.

// Virtual time that the root grants before it goes on without.
const (
	bodyGrace    = 2 * time.Second  // to the body, once the run has failed elsewhere
	cleanupGrace = 10 * time.Second // to one Cleanup
	joinGrace    = 10 * time.Second // to the goroutines of T.Go
	killGrace    = 2 * time.Second  // to the student's goroutines after Kill (raftapi)
)

// newT makes the T of a run, outside of the bubble.
func newT(p plan) *T {
	return &T{plan: p, rec: trace.New(), limbo: make(chan struct{})}
}

// root is the run. It returns when nothing of the run is left to do.
func (t *T) root() {
	t.start = time.Now()
	t.epoch.Store(t.start.UnixNano())
	t.bubble.Store(currentGoroutine().Bubble)
	t.failed, t.stop = make(chan struct{}), make(chan struct{})
	t.ctx = pprof.WithLabels(context.Background(), pprof.Labels(
		"case", t.id(), "seed", strconv.FormatUint(t.seed, 10), "again", t.again()))
	pprof.SetGoroutineLabels(t.ctx)
	before := goleak.IgnoreCurrent()

	beat := t.startHeartbeat()
	defer beat.end()
	body := t.startBody()
	t.await(body)
	t.closeStop()
	if t.Failed() {
		t.diagnose()
		t.within(bodyGrace, body.Load)
	}
	t.cleanUp()
	t.join()
	if !t.Failed() {
		t.checkLeaks(before)
	}
}

func (t *T) closeStop() { t.once.stop.Do(func() { close(t.stop) }) }

// startBody runs the case in a goroutine of its own. The result tells
// whether it has ended.
func (t *T) startBody() *atomic.Bool {
	ended, quit := new(atomic.Bool), make(chan struct{})
	t.bodyEnded = quit
	go func() {
		returned := false
		defer func() {
			if !returned && !t.Failed() {
				t.note(Failure{Kind: Harness, Text: "something ended the case's goroutine (runtime.Goexit)"})
			}
			ended.Store(true)
			close(quit)
		}()
		defer t.ownPanic("body")
		t.body(t)
		returned = true
	}()
	return ended
}

// await returns when the body has ended, the run has failed, or its budget of
// virtual time is used up, or what -lab.until leaves of it. There is one timer
// for both, so that the flag changes nothing of the run until then.
func (t *T) await(body *atomic.Bool) {
	budget := t.virtual
	if budget == 0 {
		budget = DefaultVirtual
	}
	stop := *flagUntil > 0 && *flagUntil < budget
	if stop {
		budget = *flagUntil
	}
	timer := time.NewTimer(budget)
	defer timer.Stop()
	select {
	case <-t.bodyEnded:
		if body.Load() {
			return
		}
	case <-t.failed:
	case <-timer.C:
		if stop {
			t.note(Failure{Kind: Stopped, Text: fmt.Sprintf("stopped at %s, as -lab.until asks: until then no rule was broken", Span(budget))})
			return
		}
		t.note(t.overBudget(budget))
	}
}

// overBudget says where the body is after all of its virtual time.
func (t *T) overBudget(budget time.Duration) Failure {
	f := Failure{Kind: VirtualBudget, Text: fmt.Sprintf("the case did not end within %s of virtual time", Span(budget))}
	for _, g := range inBubble(dumpAll(), t.bubbleID()) {
		if !calls(g.Frames, bodyFrame) {
			continue
		}
		if fr, ok := student(g.Frames); ok && g.asked() {
			f.Text += fmt.Sprintf(": %s of %s has not returned, it is %s at %s", g.errand(), g.subject(), g.activity(), fr.place())
			return f
		}
		for _, fr := range g.Frames {
			if fr.isCase() {
				f.Text += ": it is at " + fr.place()
				return f
			}
		}
	}
	return f
}

// cleanUp runs the Cleanups, each in a goroutine of its own, so that one that
// hangs or panics does not take the others along.
func (t *T) cleanUp() {
	for f := t.takeCleanup(); f != nil; f = t.takeCleanup() {
		ended := new(atomic.Bool)
		go func() {
			defer ended.Store(true)
			defer t.ownPanic("cleanup")
			t.cleaner.Store(currentGoroutine().ID)
			f()
		}()
		time.Sleep(time.Millisecond) // whether it is over without that is up to the scheduler
		if t.within(cleanupGrace, ended.Load) {
			continue
		}
		if !t.Failed() {
			t.note(t.stuckCleanup())
			t.diagnose()
		}
	}
	t.cleaner.Store(0)
}

func (t *T) stuckCleanup() Failure {
	f := Failure{Kind: Leak, Text: fmt.Sprintf("cleaning up after the case did not end within %s of virtual time", Span(cleanupGrace))}
	for _, g := range inBubble(dumpAll(), t.bubbleID()) {
		if g.ID != t.cleaner.Load() {
			continue
		}
		if what := g.Labels["startedBy"]; what != "" {
			f.Text = fmt.Sprintf("%s of %s did not return within %s of virtual time: it is %s",
				what, g.subject(), Span(cleanupGrace), g.describe())
		}
	}
	return f
}

// join waits for the framework's goroutines.
func (t *T) join() {
	if t.within(joinGrace, func() bool { return t.stillWorking() == "" }) || t.Failed() {
		return
	}
	t.note(Failure{Kind: Harness, Text: fmt.Sprintf(
		"the case's own goroutine %q did not end within %s of the case's end", t.stillWorking(), Span(joinGrace))})
	t.diagnose()
}

// within waits for done for some virtual time, and tells whether it came. It
// asks instead of being told: a student's goroutine may be what it waits for,
// and a channel would order it.
func (t *T) within(limit time.Duration, done func() bool) bool {
	const poll = time.Millisecond
	for step := time.Duration(0); ; step += poll {
		if done() {
			return true
		}
		if step >= limit {
			return false
		}
		time.Sleep(poll)
	}
}

// heartbeat publishes the virtual time for the watchdog, which cannot ask:
// it lives outside. It also hands it the failures that came from outside.
type heartbeat struct {
	stop   atomic.Bool
	ended  chan struct{}
	looked time.Duration // when it last looked for deadlocks
}

// Steps of the heartbeat. A step costs half a microsecond: the short one is
// for a run that is slow anyway, where it tells slow from stuck. Virtual time
// that moves by less is not seen to move.
const (
	beatStep     = 5 * time.Millisecond
	beatStepSlow = 100 * time.Microsecond
)

func (t *T) startHeartbeat() *heartbeat {
	b := &heartbeat{ended: make(chan struct{})}
	go t.beat(b)
	return b
}

func (t *T) beat(b *heartbeat) {
	defer close(b.ended)
	for !b.stop.Load() {
		if t.abandoned.Load() {
			// A channel from outside: not durable, so the bubble's clock
			// stands still from here on, and nobody in it costs anything.
			<-t.limbo
		}
		if t.Failed() {
			t.tellFailed()
		} else if now := t.Now(); now-b.looked > stuckAfter {
			b.looked = now
			t.findDeadlock()
		}
		step := beatStep
		if t.slow.Load() {
			step = beatStepSlow
		}
		time.Sleep(step)
		t.now.Store(int64(t.Now()))
	}
}

// end stops the heartbeat and waits for it: the last goroutine but the root.
func (b *heartbeat) end() {
	b.stop.Store(true)
	<-b.ended
}

// lastNow is the virtual time that the heartbeat saw last.
func (t *T) lastNow() time.Duration { return time.Duration(t.now.Load()) }
