package lab

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/goleak"
)

// Frames of the runner's own goroutines in a bubble.
const (
	beatFrame = module + "/tests/lab.(*T).beat"
	rootFrame = module + "/tests/lab.(*T).root"
	bodyFrame = module + "/tests/lab.(*T).startBody.func1"
)

// checkLeaks fails the run if goroutines are left 2 s after everything was
// killed. goleak looks and looks again, which costs virtual time only.
func (t *T) checkLeaks(before goleak.Option) {
	if t.findLeaks(before) == nil {
		return
	}
	time.Sleep(killGrace)
	err := t.findLeaks(before)
	if err == nil {
		return
	}
	var left []goroutine
	for _, g := range inBubble(dumpAll(), t.bubbleID()) {
		if !calls(g.Frames, beatFrame) && !calls(g.Frames, rootFrame) && g.isLeft() {
			left = append(left, g)
		}
	}
	if len(left) > 0 {
		t.note(leakFailure(left))
		t.diagnose()
		return
	}
	if *flagRealtime {
		t.note(Failure{Kind: Leak, Text: "goroutines outlived the case", Detail: []string{err.Error()}})
	}
}

// isLeft tells the goroutines that a case made from those of synctest.
func (g goroutine) isLeft() bool {
	return !calls(g.Frames, "testing/synctest.testingSynctestTest") && !calls(g.Frames, "internal/synctest.Run")
}

// findLeaks is goleak.Find. goleak cannot read a stack of more than 100
// frames and panics, which is a finding as well.
func (t *T) findLeaks(before goleak.Option) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("goleak: %v", v)
		}
	}()
	return goleak.Find(before, goleak.IgnoreAnyFunction(beatFrame))
}

// leakFailure names the first goroutine in the sentence and all in the detail,
// in an order that does not depend on the scheduler.
func leakFailure(left []goroutine) Failure {
	slices.SortStableFunc(left, func(a, b goroutine) int {
		return cmp.Or(cmp.Compare(a.strange(), b.strange()), cmp.Compare(a.leftover(), b.leftover()))
	})
	f := Failure{Kind: Leak}
	f.Text = fmt.Sprintf("a goroutine outlived Kill: %s. %s after Kill every goroutine is to have ended: %s",
		left[0].leftover(), Span(killGrace), left[0].cure())
	if len(left) > 1 {
		f.Detail = append(f.Detail, fmt.Sprintf("%d goroutines are left:", len(left)))
		for _, g := range left {
			f.Detail = append(f.Detail, g.leftover())
		}
	}
	return f
}

// strange is 0 for a goroutine in student code: the framework's come last.
func (g goroutine) strange() int {
	if _, ok := student(g.Frames); ok {
		return 0
	}
	return 1
}

// cure is what a student can do about a goroutine that is left.
func (g goroutine) cure() string {
	if strings.HasPrefix(g.State, "sync.Cond.Wait") {
		return "Kill is to wake it (Broadcast, with the lock held), and it is to look at killed() after each Wait"
	}
	return "look at killed() in its loop, and let nothing block it for good"
}

// leftover says whose goroutine it is, what it does and where it comes from.
func (g goroutine) leftover() string {
	text := "one of " + g.subject() + " is " + g.describe()
	if g.Creator.isStudent() {
		text += ", started at " + g.Creator.place()
	}
	return text
}
