package lab

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"raftlabs/labgob"
	"raftlabs/labsync"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/trace"
)

// oneAtATime keeps runs apart: the packages below have one sink a process.
var oneAtATime sync.Mutex

// run plays the plan and says how it ended. It always returns: a run that
// hangs is given up.
func (p plan) run(tt *testing.T) Result {
	oneAtATime.Lock()
	defer oneAtATime.Unlock()
	prepareProcess()
	t := newT(p)
	defer t.installHooks()()

	// A student's top-level math/rand draws the same numbers each time the
	// seed is run. The package's test file needs //go:debug randseednop=0,
	// or this does nothing. It also puts a lock inside math/rand, which
	// orders the goroutines that draw: a price worth paying.
	rand.Seed(int64(p.mixed())) //lint:ignore SA1019 only this makes the top-level functions repeatable

	races, cpu, start := raceErrors(), cpuTime(), time.Now()
	done := make(chan struct{})
	go t.inBubble(tt, done)
	ended := t.watch(tt, done)

	r := t.result(ended)
	t.judge(&r)
	r.Real, r.CPU = time.Since(start), cpuTime()-cpu
	r.addRaces(p, raceErrors()-races, t.lastNow())
	return r
}

// inBubble runs the root. It is the goroutine that synctest's own panic
// arrives in when the root has returned and others are left: they were found
// and reported before, or the run had failed and nobody asks.
func (t *T) inBubble(tt *testing.T, done chan<- struct{}) {
	defer close(done)
	if *flagRealtime {
		t.root()
		return
	}
	defer func() {
		v := recover()
		if v == nil || t.Failed() {
			return
		}
		t.failure.CompareAndSwap(nil, &record{Failure: Failure{Kind: Leak,
			Text: fmt.Sprintf("goroutines were left when the case ended: %v", v)}, at: t.lastNow(), events: t.rec.Len()})
	}()
	synctest.Test(tt, func(*testing.T) { t.root() })
}

// installHooks makes the run the one that labsync and labgob report to. The
// result undoes it.
func (t *T) installHooks() (restore func()) {
	labsync.Reset()
	labsync.SetStalls(nil)
	labsync.SetOnWait(t.onWait)
	labsync.SetOnDeadlock(t.onDeadlock)
	restoreGob := labgob.SetSink(t.onGob)
	raftapi.SetLog(t.onLog)
	return func() {
		labsync.SetOnWait(nil)
		labsync.SetOnDeadlock(nil)
		labsync.SetStalls(nil)
		restoreGob()
		raftapi.SetLog(nil)
	}
}

// mine tells whether the caller is a goroutine of this run. One of a run that
// was given up may still call a hook: what it says is not about this run.
func (t *T) mine() bool { return *flagRealtime || currentGoroutine().Bubble == t.bubbleID() }

func (t *T) onGob(p labgob.Problem) {
	if t.mine() {
		t.note(Failure{Kind: Gob, Text: p.Text})
	}
}

// prepareProcess has the runtime print goroutines' labels. A panic in a
// student's own goroutine ends the process, and only its header can still say
// which case, which seed.
var prepareProcess = sync.OnceFunc(func() {
	settings := []string{"tracebacklabels=1"}
	if old := os.Getenv("GODEBUG"); old != "" {
		settings = append(settings, old) // the last one counts
	}
	if err := os.Setenv("GODEBUG", strings.Join(settings, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "lab: goroutines will not show their case:", err)
	}
})

// result collects what the run left. Where it was given up its goroutines may
// still be there, so it takes only what may be read beside them.
func (t *T) result(ended bool) Result {
	r := Result{
		Failure: t.failure.Load(), Virtual: t.lastNow(),
		Counts: map[string]int{}, Hints: t.hintsNow(), trace: t.rec, happened: t.happened,
		Events: t.rec.Len(), Hash: t.rec.Hash(),
	}
	if d := t.diagnosis.Load(); d != nil {
		r.Failure = d
	}
	for _, c := range t.countsNow() {
		r.Counts[c.name] = c.n
	}
	if r.Failure != nil && r.Failure.Kind == Assert {
		told := *r.Failure
		told.Detail = append(slices.Clone(r.Hints), told.Detail...)
		told.led = told.story(t.rec)
		r.Failure = &told
	}
	if !ended && r.Failure == nil {
		r.Failure = &record{Failure: Failure{Kind: Harness, Text: "the run was given up without a reason"}, at: t.lastNow(), events: t.rec.Len()}
	}
	return r
}

// judge has what was left for afterwards done.
func (t *T) judge(r *Result) {
	for _, f := range t.after {
		if r.Failure != nil {
			return
		}
		if found := f(); found != nil {
			with := &record{Failure: t.caseRule(*found), at: t.lastNow(), events: t.rec.Len()}
			if found.At > 0 {
				with.at, with.events = found.At, until(t.rec, found.At)
			}
			with.led = with.story(t.rec)
			r.Failure = with
		}
	}
}

// until is how many events there were up to a moment.
func until(rec *trace.Recorder, at time.Duration) int {
	events := rec.Events()
	n, _ := slices.BinarySearchFunc(events, at, func(e trace.Event, at time.Duration) int {
		return cmp.Or(cmp.Compare(e.At, at), -1) // behind those of that moment
	})
	return rec.Forgotten() + n
}

// addRaces makes the race detector's reports a failure of the run. They are
// on the terminal by now, above the verdict.
func (r *Result) addRaces(p plan, n int, at time.Duration) {
	if n <= 0 {
		return
	}
	text := "the race detector found a data race: the two places are printed above, under WARNING: DATA RACE. " +
		"Guard what they share with one mutex"
	if r.Failure == nil {
		r.Failure = &record{Failure: Failure{Kind: Race, Text: text}, at: at, events: r.Events}
		return
	}
	with := *r.Failure
	with.Detail = append(slices.Clone(with.Detail), text)
	r.Failure = &with
}

// show puts the result on the terminal and fails the subtest.
func show(st *testing.T, p plan, r Result, file string) {
	if r.Failure != nil {
		fmt.Fprint(st.Output(), p.report(r.Failure))
		if file != "" && r.Failure.Kind != Skeleton {
			fmt.Fprintf(st.Output(), "page:  %s\n", file)
			if r.Failure.Page != nil {
				fmt.Fprintf(st.Output(), "page:  %s\n", second(file))
			}
		}
		st.Fail()
	}
	if testing.Verbose() && (r.Failure == nil || r.Failure.Kind != Skeleton) {
		fmt.Fprintln(st.Output(), r.summary())
	}
}

// summary is a run in numbers: what it took and did on one line, how often
// each of Raft's rules was observed on the next, and what could not be.
func (r Result) summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s virtual, %s real, %s CPU, %d events, trace %s",
		seconds(r.Virtual), Span(r.Real), Span(r.CPU), r.Events, r.Hash)
	var rules []string
	for _, name := range slices.Sorted(maps.Keys(r.Counts)) {
		if rule, ok := strings.CutPrefix(name, rulePrefix); ok {
			rules = append(rules, fmt.Sprintf("%s %d", rule, r.Counts[name]))
			continue
		}
		fmt.Fprintf(&b, ", %s %d", name, r.Counts[name])
	}
	if rules != nil {
		b.WriteString("\nrules observed: " + strings.Join(rules, ", "))
	}
	for _, hint := range r.Hints {
		b.WriteString("\n" + hint)
	}
	return b.String()
}
