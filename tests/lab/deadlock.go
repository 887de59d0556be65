package lab

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"raftlabs/labsync"
)

// What labsync's mutexes know: who waits, who holds, since when.

// onWait is called by labsync in a student's goroutine, after each wait that
// took virtual time. Time passes with a mutex held only if its holder slept,
// called or sent. That is a fault where it keeps a server from answering. A
// mutex that only the student's own goroutines wait for may be meant so: one
// call in flight a peer.
func (t *T) onWait(w labsync.Wait) {
	if w.HolderStalled || w.HolderWaited || t.Failed() {
		return
	}
	me := goroutine{Frames: framesOf(w.Stack)}
	if !me.asked() {
		return
	}
	me.Labels = currentGoroutine().Labels
	if _, n := me.server(); t.Dead(n) || !t.mine() {
		return
	}
	at, _ := student(me.Frames)
	t.note(Failure{Kind: Lock, Text: fmt.Sprintf(
		"%s held its mutex for %s of virtual time, locked at %s, while %s waited for it at %s: "+
			"it slept, called or sent with the lock held. Unlock before, and check your state again after locking",
		me.subject(), Span(w.Until.Sub(w.Holder.Since)), holdPlace(w.Holder), me.errand(), at.place())})
}

// holdPlace is where a mutex was locked.
func holdPlace(h labsync.Hold) string {
	frames := framesOf([]uintptr{h.PC})
	if len(frames) == 0 {
		return "an unknown place"
	}
	return frames[0].place()
}

// onDeadlock is go-deadlock's finding, with -tags deadlock.
func (t *T) onDeadlock(report string) {
	if t.mine() {
		t.note(goDeadlock(report))
	}
}

// goDeadlock makes a failure of go-deadlock's report: what it found, and the
// lines that it marks.
func goDeadlock(report string) Failure {
	detail := strings.Split(strings.TrimSpace(report), "\n")
	what := "mutexes are locked in a way that can deadlock"
	var marked []string
	for i, line := range detail {
		if rest, ok := strings.CutPrefix(line, "POTENTIAL DEADLOCK:"); ok {
			what, _, _ = strings.Cut(strings.TrimSpace(rest), ".")
			what = strings.TrimRight(what, ":")
			detail = detail[i+1:]
			break
		}
	}
	for _, line := range detail {
		place, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if strings.Contains(line, "<<<<<") && !slices.Contains(marked, place) {
			marked = append(marked, place)
		}
	}
	f := Failure{Kind: Deadlock, Text: "go-deadlock found: " + what, Detail: detail}
	if len(marked) > 0 {
		f.Text += ", at " + strings.Join(marked, " and ")
	}
	f.Text += ". Lock in one order everywhere, and never twice"
	return f
}

// stuckAfter is how long a wait lasts before it is taken for a deadlock.
const stuckAfter = time.Second

// diagnose looks for the cause of a failure: mutexes that have been waited
// for too long. If there are any, that is what failed, and what the case saw
// is the consequence. It is called in the bubble and, when that hangs, by the
// watchdog.
func (t *T) diagnose() {
	seen := t.failure.Load()
	if seen == nil || seen.Kind == Deadlock || seen.Kind == Lock || seen.Kind == Skeleton {
		return
	}
	s, ok := t.waitsAt(seen.at)
	if !ok {
		return
	}
	f, ok := s.deadlock()
	if !ok {
		return
	}
	f.Detail = append(f.Detail, "what the case saw: "+seen.Text)
	f.Detail = append(f.Detail, seen.Detail...)
	t.diagnosis.Store(&record{Failure: f, at: seen.at, events: seen.events})
}

// findDeadlock ends the run if a server is stuck for good. Without it the case
// would go on to the end of its budget of virtual time, and its servers' calls
// would pile up.
func (t *T) findDeadlock() {
	s, ok := t.waitsAt(t.Now())
	if !ok {
		return
	}
	// A mutex that its locker has left locked may be another goroutine's to
	// unlock. Where no server is kept from answering, that is not judged before
	// something else has failed.
	s.needed = true
	if f, ok := s.deadlock(); ok {
		t.note(f)
	}
}

// waitsAt takes a snapshot if somebody has waited for too long.
func (t *T) waitsAt(at time.Duration) (snapshot, bool) {
	s := snapshot{at: t.instant(at), epoch: t.instant(0), dead: t.Dead, waits: labsync.Waiting()}
	long := func(w labsync.Wait) bool { return s.at.Sub(w.Since) >= stuckAfter }
	if !slices.ContainsFunc(s.waits, long) {
		return s, false
	}
	s.byID = map[int64]goroutine{}
	for _, g := range inBubble(dumpAll(), t.bubbleID()) {
		s.byID[g.ID] = g
	}
	return s, true
}

// snapshot is who waits for whom at one instant.
type snapshot struct {
	at, epoch time.Time
	waits     []labsync.Wait
	byID      map[int64]goroutine
	dead      func(server int) bool
	needed    bool // only waits that keep a server from answering, and circles
}

// deadlock finds the oldest wait that will not end, and tells its story.
func (s snapshot) deadlock() (Failure, bool) {
	for _, w := range s.waits {
		waiter, ok := s.byID[w.Goroutine]
		if _, n := waiter.server(); !ok || s.dead(n) || s.at.Sub(w.Since) < stuckAfter || w.HolderStalled {
			continue
		}
		story, end := s.story(w)
		if !waiter.asked() && (end == holderBusy || end == holderGone && s.needed) {
			continue // a mutex of the student's own making, held over a slow call
		}
		f := Failure{Kind: Deadlock, Text: story}
		for _, other := range s.waits {
			if g, ok := s.byID[other.Goroutine]; ok && other.Goroutine != w.Goroutine {
				f.Detail = append(f.Detail, fmt.Sprintf("%s also waits: at %s since %s, for a mutex locked at %s",
					g.subject(), waitPlace(other), s.when(other.Since), holdPlace(other.Holder)))
			}
		}
		if most := 6; len(f.Detail) > most {
			f.Detail = append(f.Detail[:most], fmt.Sprintf("and %d more", len(f.Detail)-most))
		}
		return f, true
	}
	return Failure{}, false
}

func (s snapshot) when(at time.Time) string { return seconds(at.Sub(s.epoch)) }

// waitPlace is where a goroutine waits for a mutex.
func waitPlace(w labsync.Wait) string {
	if f, ok := student(framesOf(w.Stack)); ok {
		return f.place()
	}
	return "an unknown place"
}

// ending is what is at the end of a chain of waits.
type ending int

const (
	circle     ending = iota // it leads back to where it began: it cannot end
	holderGone               // the last holder has ended without unlocking
	holderBusy               // the last holder does something else that takes time
)

// story follows a wait to its end: the holder waits for another mutex, whose
// holder waits for another, until one of them does something else, is gone,
// or is known already.
func (s snapshot) story(w labsync.Wait) (text string, end ending) {
	var b strings.Builder
	g := s.byID[w.Goroutine]
	fmt.Fprintf(&b, "deadlock: %s of %s waits at %s since %s for a mutex that ",
		g.errandOf(), g.subject(), waitPlace(w), s.when(w.Since))
	seen := []int64{w.Goroutine}
	for {
		h := w.Holder
		if i := slices.Index(seen, h.Goroutine); i >= 0 {
			if len(seen) == 1 {
				fmt.Fprintf(&b, "it has locked itself at %s: %s", holdPlace(h), twice(w))
				return b.String(), circle
			}
			fmt.Fprintf(&b, "the first of them locked at %s: a circle. Lock the two in the same order everywhere, or use one", holdPlace(h))
			return b.String(), circle
		}
		fmt.Fprintf(&b, "another goroutine locked at %s", holdPlace(h))
		g, alive := s.byID[h.Goroutine]
		if !alive {
			b.WriteString(" and never unlocked: that goroutine has ended. Write defer mu.Unlock() right after the Lock; " +
				"in a loop make the body a function, or it runs too late")
			return b.String(), holderGone
		}
		next := slices.IndexFunc(s.waits, func(o labsync.Wait) bool { return o.Goroutine == h.Goroutine })
		if next < 0 {
			fmt.Fprintf(&b, " and still holds: it is %s. Unlock before a sleep, a Call or a send", g.describe())
			return b.String(), holderBusy
		}
		w = s.waits[next]
		if w.Holder.Goroutine == w.Goroutine {
			fmt.Fprintf(&b, ", which waits at %s for that mutex itself: %s", waitPlace(w), twice(w))
			return b.String(), circle
		}
		seen = append(seen, h.Goroutine)
		fmt.Fprintf(&b, ", which waits at %s for a mutex that ", waitPlace(w))
	}
}

// twice says what to do where a goroutine waits for itself.
func twice(w labsync.Wait) string {
	if waitPlace(w) == holdPlace(w.Holder) {
		return "it locks it twice, on one line. A defer runs when its function ends, not with the round of a loop: " +
			"unlock before the next round, or make the body a function"
	}
	return "it locks it twice. Give the inner function a ...Locked twin that expects the lock to be held"
}
