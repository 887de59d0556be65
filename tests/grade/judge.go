package grade

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"raftlabs/tests/lab"
)

// evidence is what is known of a case when its process has ended.
type evidence struct {
	verdicts *verdicts
	ending   ending
	races    string   // the race detector's log
	tree     string   // the framework's folder
	dirs     []string // of the packages under test
	limits   Options
	again    func(seed uint64) string
}

// judge fills in the case's report. A case passes only where everything
// agrees: each seed has a passing verdict, the process ended by itself with
// status 0, and the race detector is silent.
func (e evidence) judge(c *CaseReport) {
	v := e.verdicts
	c.Passed, c.Failed = v.passed(), v.failed
	c.NotRun = c.Seeds - c.Passed - c.Failed
	c.VirtualSeconds, c.Hash = e.sum()
	c.RealSeconds, c.CPUSeconds = round(e.ending.real.Seconds()), round(e.ending.cpu.Seconds())
	c.PeakBytes = e.ending.peak
	c.Failure = e.failure()
	if v.broken != nil {
		// Who has written one line may have written others.
		c.NotRun += c.Passed
		c.Passed = 0
	}
	if c.Failure == nil && c.Passed < c.Seeds {
		c.Failure = &Failure{Kind: kindExit, Text: "seeds are missing, and nothing says why", Detail: []string{}}
	}
	c.score()
}

// failure is the first thing that is against the case, or nil.
func (e evidence) failure() *Failure {
	v, end := e.verdicts, e.ending
	first := v.firstFailure()
	switch {
	case v.broken != nil:
		return e.found(kindVerdict, fmt.Sprintf("something else than the tests wrote to the pipe that verdicts come on: %v. "+
			"Only the framework may write there", v.broken), nil)
	case first != nil:
		f := e.fromVerdict(*first)
		if later := e.died(); later != nil && first.Failure.Kind != lab.Skeleton {
			f.Detail = append(f.Detail, fmt.Sprintf("later, in seed %d: %s", later.Seed, later.Text))
		}
		return f
	case !v.complete() || end.stopped != ranOut:
		return e.died()
	case strings.Contains(e.races, raceMark): // whatever the status: code that races may have changed it
		return e.found(kindRace, "the race detector found a data race after the last verdict: "+
			"guard what the two places share with one mutex", firstRace(e.races, e.tree))
	case !end.ok:
		return e.found(kindExit, fmt.Sprintf("every seed passed, yet the process ended with %s", end.status), e.lastWords())
	}
	return nil
}

// died says what ended the process before its last seed had a verdict. It is
// nil where that was agreed: all seeds have one, or the grader had seen enough,
// or the runner had and ended in order.
func (e evidence) died() *Failure {
	v, end := e.verdicts, e.ending
	running := fmt.Sprintf("while seed %d was running", v.current())
	if !v.started {
		running = fmt.Sprintf("before seed %d had started", v.current())
	}
	switch end.stopped {
	case stopTimeout:
		return e.found(kindTimeout, fmt.Sprintf("the case took more than %v of wall time and was ended %s",
			e.limits.Timeout, running), e.lastWords())
	case stopSilent:
		return e.found(kindTimeout, silence, e.lastWords())
	case stopMemory:
		return e.found(kindMemory, fmt.Sprintf("the process took more than %s of memory and was ended %s",
			size(e.limits.Memory), running), e.lastWords())
	case stopEnough, stopCanceled:
		return nil
	}
	if v.complete() || (v.failed > 0 && !v.started && end.status == "exit status 1") {
		return nil
	}
	if c, ok := findCrash(end.stderr, e.tree, e.dirs); ok {
		return e.found(c.kind(), c.sentence(), c.lines)
	}
	return e.found(kindExit, fmt.Sprintf("the process ended (%s) %s", end.status, running), e.lastWords())
}

// found is a failure that the grader itself found, in the seed that ran.
func (e evidence) found(kind, text string, detail []string) *Failure {
	f := &Failure{Kind: kind, Text: text, Detail: append([]string{}, detail...)}
	seed := e.verdicts.current()
	if e.verdicts.complete() {
		seed = e.verdicts.first
	}
	f.Seed, f.Again = seed, e.again(seed)
	return f
}

// fromVerdict is the failure that the runner reported.
func (e evidence) fromVerdict(v lab.Verdict) *Failure {
	f := &Failure{
		Seed: v.Seed, Rule: v.Failure.Rule, Text: v.Failure.Text, Kind: string(v.Failure.Kind),
		Detail:    append([]string{}, v.Failure.Detail...),
		AtSeconds: round(time.Duration(v.Failure.AtNS).Seconds()),
	}
	if v.Failure.Kind != lab.Skeleton {
		f.Again = e.again(v.Seed)
	}
	if v.Failure.Kind == lab.Race {
		// The runner says that the places are printed above. Here they are below.
		f.Text = strings.ReplaceAll(f.Text, "printed above, under "+raceMark, "printed below, under "+raceMark)
		f.Detail = append(f.Detail, firstRace(e.races, e.tree)...)
	}
	return f
}

// lastWords are the last lines that the process printed.
func (e evidence) lastWords() []string {
	const shown = 5
	text := strings.TrimSpace(e.ending.stderr)
	if text == "" {
		text = strings.TrimSpace(e.ending.stdout)
	}
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	return append([]string{"its last lines:"}, lines[max(0, len(lines)-shown):]...)
}

// sum adds up the virtual time, and hashes the hashes of the traces.
func (e evidence) sum() (virtual float64, hash string) {
	h := sha256.New()
	var ns int64
	for _, v := range e.verdicts.ended {
		ns += v.VirtualNS
		_, _ = io.WriteString(h, v.TraceHash+"\n") // never fails
	}
	return round(time.Duration(ns).Seconds()), hex.EncodeToString(h.Sum(nil))[:16]
}

// size prints bytes: "2 GiB", "64 MiB".
func size(bytes int64) string {
	if bytes >= 1<<30 && bytes%(1<<30) == 0 {
		return fmt.Sprintf("%d GiB", bytes>>30)
	}
	return fmt.Sprintf("%d MiB", bytes>>20)
}
