package grade

import (
	"fmt"
	"slices"
	"strings"
)

// The pieces of a failure that all formats show, each in its own dress.

// Bounds of what a failure says, in the formats that have room for it. The code
// under test may have said more than anybody reads.
const (
	whatWide   = 2000 // characters of the sentence
	detailMost = 60   // lines below it
	detailWide = 400  // characters of each
)

// beforeRun tells whether the case never ran, and the reason stands above all
// cases.
func (f *Failure) beforeRun() bool { return f.Kind == kindBuild || f.Kind == kindGate }

// what is what happened, without what a terminal, a page or a parser might obey.
func (f *Failure) what() string { return cut(printable(f.Text), whatWide) }

// sentence is what happened and the rule that it breaks.
func (f *Failure) sentence() string {
	if f.Rule == "" {
		return f.what()
	}
	return f.what() + " (" + printable(f.Rule) + ")"
}

// moment is the seed and the instant: "seed 7 at 4.207 s", or "" where there
// was none.
func (f *Failure) moment() string {
	switch {
	case f.Seed == 0:
		return ""
	case f.AtSeconds == 0:
		return fmt.Sprintf("seed %d", f.Seed)
	}
	return fmt.Sprintf("seed %d at %.3f s", f.Seed, f.AtSeconds)
}

// difference parts the details into what was expected, what was seen instead
// and the lines below. The runner begins with the first two where there is a
// difference to show.
func (f *Failure) difference() (expected, seen string, rest []string) {
	rest = f.Detail
	for _, part := range []struct {
		mark string
		into *string
	}{{"expected:", &expected}, {"seen:", &seen}} {
		if len(rest) == 0 {
			break
		}
		if text, ok := strings.CutPrefix(rest[0], part.mark); ok {
			*part.into, rest = strings.TrimSpace(text), rest[1:]
		}
	}
	return expected, seen, rest
}

// bounded keeps at most so many lines, each of so many characters. What is left
// out is of the middle, nearer to the beginning: a failure's details begin with
// what they are, and end with what happened last.
func bounded(lines []string, most, wide int) []string {
	head := most / 4
	out := make([]string, 0, most)
	for i, line := range lines {
		switch left := len(lines) - most + 1; {
		case len(lines) <= most || i < head || i >= head+left:
			out = append(out, cut(printable(line), wide))
		case i == head:
			out = append(out, fmt.Sprintf("... %d lines are left out here ...", left))
		}
	}
	return out
}

// story is the case's failure as plain text.
func (c CaseReport) story() string {
	f := c.Failure
	lines := []string{f.sentence()}
	if f.beforeRun() {
		return lines[0]
	}
	if moment := f.moment(); moment != "" {
		lines = append(lines, "in "+moment)
	}
	lines = append(lines, bounded(f.Detail, detailMost, detailWide)...)
	lines = append(lines, "seeds: "+c.seedCount())
	if f.Again != "" {
		lines = append(lines, "again: "+printable(f.Again))
	}
	return strings.Join(lines, "\n")
}

// seedCount is "30 passed, 10 failed, 60 not run".
func (c CaseReport) seedCount() string {
	if c.Passed == c.Seeds {
		return fmt.Sprintf("all %d passed", c.Seeds)
	}
	text := fmt.Sprintf("%d passed, %d failed", c.Passed, c.Failed)
	if c.NotRun > 0 {
		text += fmt.Sprintf(", %d not run", c.NotRun)
	}
	return text
}

// place is "raft/raft.go:7", as much of it as is known.
func (f Finding) place() string {
	switch {
	case f.File == "":
		return "all files"
	case f.Line == 0:
		return f.File
	}
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}

// sentence is "raft/raft.go:7: os is not ... (import)".
func (f Finding) sentence() string {
	text := f.place() + ": " + f.Text
	if f.Rule != "" {
		text += " (" + f.Rule + ")"
	}
	return text
}

// findings are what the gate refused, or what it lets pass with a word.
func (r *Report) findings(refused bool) []Finding {
	var some []Finding
	for _, f := range r.Gate {
		if f.Refused == refused {
			some = append(some, f)
		}
	}
	return some
}

// What stands above the findings.
const (
	refusedTitle = "Refused before anything was run: mend these, and hand in again"
	notesTitle   = "Worth a look, not scored"
)

// broken are the builds that failed.
func (r *Report) broken() []BuildReport {
	return slices.DeleteFunc(slices.Clone(r.Builds), func(b BuildReport) bool { return b.Errors == "" })
}

// total is "raft: 0.5 of 17.5 points".
func (r *Report) total() string {
	return fmt.Sprintf("%s: %s of %s points", cut(printable(r.Target), 60), points(r.Points), points(r.Max))
}
