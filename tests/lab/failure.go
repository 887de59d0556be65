package lab

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// FailureKind says what went wrong, for programs that read verdicts.
type FailureKind string

const (
	Assert        FailureKind = "assert"         // the case saw what must not be
	Panic         FailureKind = "panic"          // student code panicked
	Leak          FailureKind = "leak"           // a goroutine outlived Kill
	Deadlock      FailureKind = "deadlock"       // goroutines wait for each other's mutexes
	Frozen        FailureKind = "frozen"         // a plain sync.Mutex stopped the clock
	Spin          FailureKind = "spin"           // a loop lets no time pass
	VirtualBudget FailureKind = "virtual-budget" // the case did not end
	RealBudget    FailureKind = "real-budget"    // the run computes too much
	Race          FailureKind = "race"           // the race detector reported
	Lock          FailureKind = "lock"           // a mutex was held while time passed
	Gob           FailureKind = "gob"            // labgob reported
	Misuse        FailureKind = "misuse"         // labrpc was used in a way it cannot be
	Skeleton      FailureKind = "skeleton"       // still to be written
	Stopped       FailureKind = "stopped"        // -lab.until has come
	Harness       FailureKind = "harness"        // the framework itself is at fault
)

// Failure is why a run failed.
type Failure struct {
	Kind   FailureKind // "" is Assert
	Rule   string      // the place in the paper, "§5.2"; "" is the case's own
	Text   string      // one sentence: what happened, where, what to do
	Detail []string    // more lines, printed below it

	// Expected and Seen are what differs, each on one line; "" where the
	// sentence says it all.
	Expected, Seen string

	// Servers are those that it is about, by index: what they did last is shown
	// below. Where there are none, it is those that the sentence names.
	Servers []int

	// At is when it happened, in virtual time, where that was before it was found.
	At time.Duration

	// Page, if set, writes another page about the failure, a history; it is
	// written beside the run's own.
	Page func(io.Writer) error

	// Liveness says that something was to happen and did not: in place of the
	// last events the failure shows how it came to that.
	Liveness bool
}

// record is the failure that a run ended with, and when.
type record struct {
	Failure
	at     time.Duration // virtual time
	events int           // in the trace until then
	led    []string      // what led there, in lines; see story
}

// maxLines is how many lines of a failure a terminal shows at most.
const maxLines = 40

// report is the failure as a terminal shows it: the sentence, the details,
// and the commands that look at it further.
func (p plan) report(f *record) string {
	if f.Kind == Skeleton {
		return f.Text + "\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s/%s seed %d at %s: %s", p.title, p.name, p.seed, seconds(f.at), f.Text)
	if f.Rule != "" {
		fmt.Fprintf(&b, " (%s)", f.Rule)
	}
	b.WriteByte('\n')
	lines, commands := f.below(), p.commands(f.Kind)
	if most := maxLines - len(commands) - 2; len(lines) > most { // the sentence, and the page
		left := len(lines) - (most - 1)
		lines = append(lines[:most-1:most-1], fmt.Sprintf("... and %d more lines", left))
	}
	for _, line := range lines {
		fmt.Fprintf(&b, "    %s\n", line)
	}
	for _, line := range commands {
		fmt.Fprintln(&b, line)
	}
	return b.String()
}

// below is what stands below the sentence.
func (f *record) below() []string {
	return slices.Concat(f.difference(), flatten(f.Detail), f.led)
}

// difference is what was expected beside what was seen.
func (f Failure) difference() (lines []string) {
	if f.Expected != "" {
		lines = append(lines, "expected: "+f.Expected)
	}
	if f.Seen != "" {
		lines = append(lines, "seen:     "+f.Seen)
	}
	return lines
}

func flatten(detail []string) []string {
	var lines []string
	for _, d := range detail {
		lines = append(lines, strings.Split(strings.TrimRight(d, "\n"), "\n")...)
	}
	return lines
}

// seconds prints a virtual instant: "4.207 s".
func seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

// Span prints how long something took: "12.3 ms", "2 s", "40 µs".
func Span(d time.Duration) string {
	trim := func(v float64, unit string) string {
		s := strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
		return s + " " + unit
	}
	switch {
	case d >= time.Second:
		return trim(d.Seconds(), "s")
	case d >= time.Millisecond:
		return trim(float64(d)/1e6, "ms")
	default:
		return trim(float64(d)/1e3, "µs")
	}
}

// caseRule gives a failure the case's rule where the case's own check found
// it. A panic or a leak breaks no sentence of the paper.
func (p plan) caseRule(f Failure) Failure {
	if f.Kind == "" {
		f.Kind = Assert
	}
	if f.Rule == "" && f.Kind == Assert {
		f.Rule = p.rule
	}
	return f
}
