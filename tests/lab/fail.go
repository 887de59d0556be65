package lab

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"

	"raftlabs/raft/raftapi"
)

// Fail ends the run with f, and the calling goroutine with it. The first
// failure of a run is the one that counts.
func (t *T) Fail(f Failure) {
	t.note(f)
	runtime.Goexit()
}

// Failf is Fail with one Sentence and the rule that is broken.
func (t *T) Failf(rule, format string, args ...any) {
	t.Fail(Failure{Rule: rule, Text: Sentence(format, args...)})
}

// Overduef is Failf for what was to happen by now and has not: the failure shows
// how it came to that, in place of the last events.
func (t *T) Overduef(rule, format string, args ...any) {
	t.Fail(Failure{Rule: rule, Text: Sentence(format, args...), Liveness: true})
}

// Sentence is fmt.Sprintf, but prints durations as a text does: "5 s" and not
// "5s".
func Sentence(format string, args ...any) string {
	printed := make([]any, len(args))
	for i, a := range args {
		printed[i] = a
		if d, ok := a.(time.Duration); ok {
			printed[i] = Span(d)
		}
	}
	return fmt.Sprintf(format, printed...)
}

// Errorf and FailNow make a T do for testify's assert and require: an assert
// fails the run and goes on to the next call of a method of T, a require ends
// the goroutine at once.
func (t *T) Errorf(format string, args ...any) {
	t.note(fromTestify(fmt.Sprintf(format, args...)))
}

// FailNow ends the run and the calling goroutine.
func (t *T) FailNow() {
	t.Fail(Failure{Text: "the case gave up without a reason"})
}

// Failed tells whether the run has failed.
func (t *T) Failed() bool { return t.failure.Load() != nil }

// Report is Fail for code that a student's goroutine runs, an observer or a
// sink: it ends the run and returns.
func (t *T) Report(f Failure) { t.note(f) }

// note makes f the run's failure if it is the first. It may be called by any
// goroutine, those of a bubble that was given up long ago included: what they
// have to say is about a run that is over.
func (t *T) note(f Failure) {
	if t.Failed() {
		return
	}
	inside := currentGoroutine().Bubble == t.bubbleID()
	at := t.lastNow()
	if inside {
		at = t.Now()
	}
	f = t.caseRule(f)
	if !t.failure.CompareAndSwap(nil, &record{Failure: f, at: at, events: t.rec.Len()}) || !inside {
		return // from outside, the heartbeat sees it and tells the root
	}
	t.tellFailed()
}

func (t *T) tellFailed() { t.once.failed.Do(func() { close(t.failed) }) }

// check ends the calling goroutine if the run has failed.
func (t *T) check() {
	if t.Failed() && currentGoroutine().ID != t.cleaner.Load() {
		runtime.Goexit()
	}
}

// SetDead gives the run a way to ask whether the framework has crashed a
// server: nothing that happens in a crashed server's old goroutines counts.
func (t *T) SetDead(dead func(server int) bool) { t.dead.Store(&dead) }

// Dead tells whether the framework has crashed the server.
func (t *T) Dead(server int) bool {
	dead := t.dead.Load()
	return dead != nil && server >= 0 && (*dead)(server)
}

// Enter calls f, which calls student code: what is one of the names of the
// contract, "GetState". The goroutines that f starts carry the server's name
// from then on. A panic in f fails the run and names the student's line.
func (t *T) Enter(server int, what string, f func()) { t.enter("S"+strconv.Itoa(server), what, f) }

// EnterClient is Enter for a client's code, that of a clerk.
func (t *T) EnterClient(client int, what string, f func()) {
	t.enter("C"+strconv.Itoa(client), what, f)
}

func (t *T) enter(who, what string, f func()) {
	t.check()
	labels := pprof.Labels("server", who, "startedBy", what)
	pprof.SetGoroutineLabels(pprof.WithLabels(t.ctx, labels))
	defer func() {
		pprof.SetGoroutineLabels(t.ctx)
		if v := recover(); v != nil {
			t.note(panicFailure(who, what, v, stackOfPanic()))
			runtime.Goexit()
		}
	}()
	f()
}

// ReportPanic fails the run because student code panicked with value: what
// is the function or RPC that was called, stack the text of debug.Stack,
// taken while the panic was recovered.
func (t *T) ReportPanic(server int, what string, value any, stack []byte) {
	t.note(panicFailure("S"+strconv.Itoa(server), what, value, stack))
}

func panicFailure(who, what string, value any, stack []byte) Failure {
	if n, ok := notImplemented(value); ok {
		return Failure{Kind: Skeleton, Text: n.Error()}
	}
	f := Failure{Kind: Panic}
	frames := panicked(stack)
	at := "in the framework"
	if fr, ok := student(frames); ok {
		at = "at " + fr.place()
	}
	f.Text = fmt.Sprintf("%s of %s panicked %s: %v", what, who, at, value)
	f.Detail = studentTrace(frames)
	return f
}

// notImplemented finds a skeleton's panic, wrapped or not.
func notImplemented(value any) (raftapi.NotImplemented, bool) {
	var n raftapi.NotImplemented
	err, ok := value.(error)
	return n, ok && errors.As(err, &n)
}

// ownPanic, deferred, makes a panic of the framework's own goroutine a
// failure of the run.
func (t *T) ownPanic(name string) {
	v := recover()
	if v == nil {
		return
	}
	stack := stackOfPanic()
	if n, ok := notImplemented(v); ok {
		t.note(Failure{Kind: Skeleton, Text: n.Error()})
		return
	}
	f := Failure{Kind: Harness, Text: fmt.Sprintf("the case's own goroutine %q panicked: %v", name, v)}
	for _, fr := range panicked(stack) {
		f.Detail = append(f.Detail, fr.String())
	}
	t.note(f)
}

// fromTestify takes the sentence out of the block that testify writes: what
// the case says first, then what differed, then where.
func fromTestify(text string) Failure {
	sections := map[string][]string{}
	name := ""
	for _, line := range strings.Split(text, "\n") {
		rest, ok := strings.CutPrefix(line, "\t")
		if !ok {
			continue
		}
		label, content, _ := strings.Cut(rest, "\t")
		if l := strings.TrimSpace(label); strings.HasSuffix(l, ":") {
			name = strings.TrimSuffix(l, ":")
		}
		sections[name] = append(sections[name], strings.TrimRight(content, " \t"))
	}
	problem := sections["Error"]
	if len(problem) == 0 {
		return Failure{Text: strings.TrimSpace(text)}
	}
	f := Failure{Text: strings.TrimSpace(problem[0]), Detail: problem[1:]}
	if said := sections["Messages"]; len(said) > 0 {
		f.Detail = append(append([]string{}, said[1:]...), problem...)
		f.Text = said[0]
	}
	if at := sections["Error Trace"]; len(at) > 0 {
		f.Detail = append(f.Detail, "checked at "+path.Base(strings.TrimSpace(at[0])))
	}
	return f
}
