package lab

import (
	"fmt"
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

// leakFailure names the first goroutine in the sentence and all in the detail.
func leakFailure(left []goroutine) Failure {
	first := left[0]
	for _, g := range left { // a student's goroutine says more than the framework's
		if _, ok := student(g.Frames); ok {
			first = g
			break
		}
	}
	f := Failure{Kind: Leak}
	f.Text = fmt.Sprintf("a goroutine of %s outlived Kill: it is %s", first.subject(), first.describe())
	if first.Creator.isStudent() {
		f.Text += fmt.Sprintf(", started at %s", first.Creator.place())
	}
	f.Text += fmt.Sprintf(". %s after Kill every goroutine is to have ended: look at killed() in its loop, and let nothing block it for good", span(killGrace))
	if len(left) > 1 {
		f.Detail = append(f.Detail, fmt.Sprintf("%d goroutines are left:", len(left)))
		for _, g := range left {
			line := g.subject() + ": " + g.describe()
			if g.Creator.isStudent() {
				line += ", started at " + g.Creator.place()
			}
			f.Detail = append(f.Detail, line)
		}
	}
	return f
}
