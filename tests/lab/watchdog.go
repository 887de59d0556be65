package lab

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"raftlabs/labsync"
)

// The watchdog looks at a run from outside its bubble, by the real clock and
// by the CPU time used. It takes its time: it looks closer only at a run whose
// virtual time stands still, and it accuses nobody of what a loaded machine
// may have done.

// limits are what a run may take. Tests make them smaller.
type limits struct {
	poll    time.Duration // between two looks
	still   time.Duration // real time without virtual time before a closer look
	confirm time.Duration // between the two dumps that prove a frozen clock
	spin    time.Duration // CPU time without virtual time that proves a spin
	cpu     time.Duration // CPU time of a whole run; 0 is -lab.cpu
	wall    time.Duration // real time of a whole run

	goroutines int // alive at one time
}

var budget = limits{
	poll:    100 * time.Millisecond,
	still:   2 * time.Second,
	confirm: 500 * time.Millisecond,
	spin:    5 * time.Second,
	wall:    10 * time.Minute,

	goroutines: 50_000,
}

// givenUp are the bubbles of runs that were given up. Their goroutines may
// compute until the process ends, which is nobody else's fault.
var givenUp = map[uint64]bool{}

// watch waits for the run to end, and gives it up when it cannot. It tells
// whether the run has ended.
func (t *T) watch(tt *testing.T, done <-chan struct{}) bool {
	w := &watchdog{t: t, limits: budget, start: time.Now(), suspects: map[int64]*suspect{}, lines: Lines{Topics: *flagTopics}}
	w.moved, w.meter, w.before = w.start, cpuTime(), runtime.NumGoroutine()
	if w.cpu == 0 {
		w.cpu = *flagCPU
	}
	if len(givenUp) > 0 {
		// What stopped one run will stop the next, and somebody waits.
		w.still, w.spin = min(w.still, 500*time.Millisecond), min(w.spin, time.Second)
	}
	if deadline, ok := tt.Deadline(); ok {
		// -timeout would end the process without a word about the case.
		left := time.Until(deadline)
		w.wall = min(w.wall, left-min(5*time.Second, left/10))
	}
	every := w.poll
	if *flagVerbose {
		every = min(every, 20*time.Millisecond)
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-done:
			w.printEvents()
			return true
		case <-tick.C:
		}
		w.printEvents()
		if f := w.look(); f != nil {
			f := t.caseRule(*f)
			t.failure.CompareAndSwap(nil, &record{Failure: f, at: t.lastNow(), events: t.rec.Len()})
			t.diagnose()
			t.abandon()
			if !*flagRealtime {
				givenUp[t.bubbleID()] = true
				labsync.Abandon(t.bubbleID())
			}
			return false
		}
	}
}

type watchdog struct {
	t *T
	limits
	start time.Time
	meter time.Duration // the process's CPU time at the last look
	used  time.Duration // the CPU time of this run

	before   int       // goroutines of the process at the run's start
	share    float64   // of the process's CPU time that this run bears
	sharedAt time.Time // when that was found out

	now   time.Duration // virtual time at the last look
	moved time.Time     // when it moved last
	idle  time.Duration // CPU time used since then

	stuck   string // fingerprint of a dump in which nothing could run
	stuckAt time.Time

	sampled  time.Time          // the last closer look
	samples  int                // closer looks since virtual time moved
	suspects map[int64]*suspect // goroutines that were busy in student code, by id
	printed  int                // events
	lines    Lines
}

type suspect struct {
	g     goroutine
	at    frame
	times int
}

// look returns the reason to give the run up, or nil.
func (w *watchdog) look() *Failure {
	now := time.Now()
	w.charge()
	if f := w.budgets(now); f != nil {
		return f
	}
	if *flagRealtime {
		return nil
	}
	if f := w.crowd(); f != nil {
		return f
	}
	virtual := w.t.lastNow()
	w.t.slow.Store(virtual-w.now < 20*beatStep)
	if virtual != w.now {
		w.now, w.moved, w.idle = virtual, now, 0
		w.stuck, w.samples = "", 0
		clear(w.suspects)
		return nil
	}
	if now.Sub(w.moved) < w.still || now.Sub(w.sampled) < w.confirm/2 {
		return nil
	}
	w.sampled = now
	in := inBubble(dumpAll(), w.t.bubbleID())
	busy, blocked := sortOut(in)
	if len(busy) > 0 {
		w.stuck = ""
		return w.spinning(busy)
	}
	if len(blocked) == 0 {
		return nil // the runtime is about to move the clock
	}
	if print := fingerprint(blocked); print != w.stuck {
		w.stuck, w.stuckAt = print, now
		return nil
	}
	if now.Sub(w.stuckAt) < w.confirm {
		return nil
	}
	f := frozen(in, blocked, w.t.handout)
	return &f
}

// charge adds what the process has computed since the last look. Where runs
// that were given up go on computing, they bear their part of it: one share
// for each goroutine that could run.
func (w *watchdog) charge() {
	cpu := cpuTime()
	spent := cpu - w.meter
	w.meter = cpu
	if len(givenUp) == 0 {
		w.share = 1
	} else if time.Since(w.sharedAt) > time.Second {
		w.share = w.part()
		w.sharedAt = time.Now()
	}
	spent = time.Duration(w.share * float64(spent))
	w.used += spent
	w.idle += spent
}

// part is the run's part of the goroutines that can run.
func (w *watchdog) part() float64 {
	mine, others := 1, 0
	for _, g := range dumpSome() {
		busy, _ := sortOut([]goroutine{g})
		switch {
		case len(busy) == 0:
		case g.Bubble == w.t.bubbleID():
			mine++
		case givenUp[g.Bubble]:
			others++
		}
	}
	return float64(mine) / float64(mine+others)
}

// budgets ends a run that takes too much although its time passes.
func (w *watchdog) budgets(now time.Time) *Failure {
	var over string
	switch {
	case w.used > w.cpu:
		over = fmt.Sprintf("the run used up its %s of CPU time", Span(w.cpu))
	case now.Sub(w.start) > w.wall:
		over = fmt.Sprintf("the run took more than its %s of real time (%s of CPU time)", Span(w.wall.Round(time.Second)), Span(w.used))
	default:
		return nil
	}
	f := Failure{Kind: RealBudget}
	f.Text = fmt.Sprintf("%s for %s of virtual time: it does too much, look for loops and messages without a pause",
		over, Span(w.t.lastNow()))
	f.Detail = append(f.Detail, fmt.Sprintf("%d events until then", w.t.rec.Len()))
	for _, c := range w.t.countsNow() {
		f.Detail = append(f.Detail, fmt.Sprintf("%s: %d", c.name, c.n))
	}
	busy, _ := sortOut(inBubble(dumpAll(), w.t.bubbleID()))
	for _, g := range busy {
		if fr, ok := student(g.Frames); ok {
			f.Detail = append(f.Detail, fmt.Sprintf("%s runs at %s", g.subject(), fr.place()))
		}
	}
	return &f
}

// crowd ends a run that starts goroutines without end, before they fill the
// memory.
func (w *watchdog) crowd() *Failure {
	if runtime.NumGoroutine()-w.before < w.goroutines {
		return nil
	}
	// The most frequent place will do, and all stacks would be too much.
	started, most := map[string]int{}, ""
	in := inBubble(dumpSome(), w.t.bubbleID())
	for _, g := range in {
		if !g.Creator.isStudent() {
			continue
		}
		place := fmt.Sprintf("%s at %s", g.subject(), g.Creator.place())
		started[place]++
		if started[place] > started[most] {
			most = place
		}
	}
	if len(in) == 0 || most == "" {
		return nil
	}
	return &Failure{Kind: Spin, Text: fmt.Sprintf(
		"more than %d goroutines are alive, most of them started by %s: bound them, by a pause between two or by one goroutine a peer",
		w.goroutines, most)}
}

// Shares of the looks in which a goroutine that spins is seen.
const (
	leastSamples = 4
	sureShare    = 3.0 / 4
)

// spinning accuses a goroutine only when the process has computed for long,
// with the virtual time standing still, and the same goroutine was busy in a
// student's function in most looks.
func (w *watchdog) spinning(busy []goroutine) *Failure {
	w.samples++
	for _, g := range busy {
		at, ok := student(g.Frames)
		if !ok {
			continue
		}
		s := w.suspects[g.ID]
		if s == nil {
			s = &suspect{}
			w.suspects[g.ID] = s
		}
		s.g, s.at = g, at
		s.times++
	}
	if w.idle < w.spin || w.samples < leastSamples {
		return nil
	}
	for _, s := range w.suspects {
		if float64(s.times) >= sureShare*float64(w.samples) {
			f := spin(s.g, s.at)
			return &f
		}
	}
	return nil
}

func spin(g goroutine, at frame) Failure {
	return Failure{Kind: Spin, Text: fmt.Sprintf(
		"a goroutine of %s loops at %s (%s) without letting time pass: sleep in the loop (10 ms), or wait on a sync.Cond or a channel",
		g.subject(), at.place(), methodName(outerFunc(at.Func)))}
}

// sortOut separates what runs, or may run the next moment, from what waits
// for something that virtual time cannot bring. What it does not know counts
// as busy.
func sortOut(in []goroutine) (busy, blocked []goroutine) {
	for _, g := range in {
		switch {
		case g.Durable:
		case slices.Contains(undurable, g.State):
			blocked = append(blocked, g)
		default:
			busy = append(busy, g)
		}
	}
	return busy, blocked
}

// undurable are the states that keep a bubble's clock from moving although
// nothing runs.
var undurable = []string{
	"sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock",
	"chan receive", "chan send", "select", "sync.WaitGroup.Wait",
}

// fingerprint names who is blocked where.
func fingerprint(blocked []goroutine) string {
	var b strings.Builder
	for _, g := range blocked {
		fmt.Fprintf(&b, "%d %s", g.ID, g.State)
		for _, f := range g.Frames {
			fmt.Fprintf(&b, " %s:%d", f.File, f.Line)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
