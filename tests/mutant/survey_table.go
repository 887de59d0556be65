package mutant

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

// status is the command's exit status.
func (r *Report) status() int {
	status := ExitGood
	for _, e := range r.Edits {
		if e.Error != "" {
			return ExitFailed
		}
		if !e.good() {
			status = ExitWrong
		}
	}
	return status
}

func (r *Report) write(w io.Writer, format string) error {
	switch format {
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(r)
	case "md":
		return r.writeMarkdown(w)
	default:
		return r.writeText(w)
	}
}

// writeList prints the catalogue, a line each.
func writeList(w io.Writer, edits []Edit) error {
	width := 0
	for _, e := range edits {
		width = max(width, len(e.Name))
	}
	var b strings.Builder
	for _, e := range edits {
		fmt.Fprintf(&b, "%-7s  %-11s  %-*s  %s\n", e.Kind, e.Stage, width, e.Name, e.Doc)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// line is how progress shows an edit: what became of it, and by what.
func (e *EditReport) line() string {
	return fmt.Sprintf("%-8s %s: %s", e.outcome(), e.Name, e.summary(3))
}

func (e *EditReport) outcome() string {
	switch {
	case e.Error != "":
		return "ERROR"
	case e.Kind == Variant && e.Caught():
		return "ACCUSED"
	case e.Kind == Variant:
		return "passes"
	case e.Caught():
		return "caught"
	default:
		return "SURVIVES"
	}
}

// summary is the cases that failed, the surest first and so many at most.
func (e *EditReport) summary(most int) string {
	if e.Error != "" {
		first, _, _ := strings.Cut(e.Error, "\n")
		return first
	}
	failing := e.Failing()
	var parts []string
	for _, c := range failing[:min(most, len(failing))] {
		stage := ""
		if e.Kind == Variant || c.Stage != e.Stage {
			stage = c.Stage + "/"
		}
		parts = append(parts, fmt.Sprintf("%s%s %d/%d", stage, c.Name, c.Failed, c.Ran))
	}
	if more := len(failing) - most; more > 0 {
		parts = append(parts, fmt.Sprintf("%d more", more))
	}
	if len(parts) == 0 {
		return fmt.Sprintf("%d runs", e.Runs())
	}
	return strings.Join(parts, ", ")
}

// of is the reports of one kind: first what is not as it is to be, then what
// is caught least surely.
func (r *Report) of(kind Kind) []EditReport {
	edits := slices.DeleteFunc(slices.Clone(r.Edits), func(e EditReport) bool { return e.Kind != kind })
	slices.SortStableFunc(edits, func(a, b EditReport) int {
		if a.good() != b.good() {
			if a.good() {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.Sure(), b.Sure())
	})
	return edits
}

// howSure prints [EditReport.Sure], which is known where all seeds ran.
func (r *Report) howSure(e EditReport) string {
	if !r.AllSeeds {
		return "-"
	}
	p := 100 * e.Sure()
	if p > 99.9 && p < 100 {
		return ">99.9 %"
	}
	return fmt.Sprintf("%.3g %%", p)
}

func (r *Report) writeText(w io.Writer) error {
	var b strings.Builder
	width := 0
	for _, e := range r.Edits {
		width = max(width, len(e.Name))
	}
	if mutants := r.of(Mutant); len(mutants) > 0 {
		fmt.Fprintf(&b, "%-8s  %-*s  %-11s  %7s  %6s  %s\n", "mutants", width, "", "stage", "sure", "CPU s", "cases that failed, of the seeds that ran")
		for _, e := range mutants {
			fmt.Fprintf(&b, "%-8s  %-*s  %-11s  %7s  %6.1f  %s\n", e.outcome(), width, e.Name, e.Stage, r.howSure(e), e.CPUSeconds(), e.summary(4))
			if failing := e.Failing(); len(failing) > 0 {
				fmt.Fprintf(&b, "%10s%s\n", "", sentence(failing[0].First, 150))
			}
		}
		b.WriteByte('\n')
	}
	if variants := r.of(Variant); len(variants) > 0 {
		fmt.Fprintf(&b, "%-8s  %-*s  %6s  %8s  %6s\n", "variants", width, "", "runs", "failures", "CPU s")
		for _, e := range variants {
			fmt.Fprintf(&b, "%-8s  %-*s  %6d  %8d  %6.1f\n", e.outcome(), width, e.Name, e.Runs(), e.Failed(), e.CPUSeconds())
			for _, line := range r.accusations(e) {
				fmt.Fprintf(&b, "%10s%s\n", "", line)
			}
		}
		b.WriteByte('\n')
	}
	for _, e := range r.Edits {
		if e.Error != "" {
			fmt.Fprintf(&b, "%s: %s\n\n", e.Name, e.Error)
		}
	}
	b.WriteString(r.totals())
	_, err := io.WriteString(w, b.String())
	return err
}

// accusations says of each case that failed what it says, and what runs it
// again.
func (r *Report) accusations(e EditReport) (lines []string) {
	for _, c := range e.Failing() {
		lines = append(lines,
			fmt.Sprintf("%s/%s %d/%d, seeds %s: %s", c.Stage, c.Name, c.Failed, c.Ran, seedList(c.FailedSeeds), sentence(c.First, 400)),
			"again: "+r.again(e, c))
	}
	return lines
}

// again is the command that runs a failing case again, with its first failing
// seed.
func (r *Report) again(e EditReport, c CaseReport) string {
	race := ""
	if r.Race {
		race = " --race"
	}
	return fmt.Sprintf("go run ./tests/cmd/mutate --survey --name %s --stage %s --case %s --seed %d --seeds 1%s",
		e.Name, c.Stage, c.Name, c.First.Seed, race)
}

func (r *Report) totals() string {
	var b strings.Builder
	for _, kind := range []Kind{Mutant, Variant} {
		edits := r.of(kind)
		if len(edits) == 0 {
			continue
		}
		good, runs, failures := 0, 0, 0
		for _, e := range edits {
			runs, failures = runs+e.Runs(), failures+e.Failed()
			if e.good() {
				good++
			}
		}
		what := "caught"
		if kind == Variant {
			what = "never accused"
		}
		fmt.Fprintf(&b, "%d of %d %ss %s, %d of %d runs failed\n", good, len(edits), kind, what, failures, runs)
	}
	seeds := "the default seeds"
	if r.Seeds > 0 {
		seeds = fmt.Sprintf("%d seeds a case", r.Seeds)
	}
	fmt.Fprintf(&b, "%s from %d on, %.0f real s, %.0f CPU s, %d side by side, %s, %d CPUs\n",
		seeds, r.FirstSeed, r.RealSeconds, r.CPUSeconds, r.Jobs, r.GoVersion, r.CPUs)
	return b.String()
}

func (r *Report) writeMarkdown(w io.Writer) error {
	var b strings.Builder
	if mutants := r.of(Mutant); len(mutants) > 0 {
		b.WriteString("| mutant | stage | breaks | harm | cases that failed | sure | CPU s |\n| --- | --- | --- | --- | --- | --- | --- |\n")
		for _, e := range mutants {
			by := e.summary(3)
			if !e.good() {
				by = "**" + e.outcome() + "** " + by
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %.1f |\n", e.Name, e.Stage, cell(e.Breaks), e.Harm, cell(by), r.howSure(e), e.CPUSeconds())
		}
		b.WriteByte('\n')
	}
	if variants := r.of(Variant); len(variants) > 0 {
		b.WriteString("| variant | what it is | runs | failures |\n| --- | --- | --- | --- |\n")
		for _, e := range variants {
			fmt.Fprintf(&b, "| %s | %s | %d | %d |\n", e.Name, cell(e.Doc), e.Runs(), e.Failed())
		}
		b.WriteByte('\n')
		for _, e := range variants {
			for _, line := range r.accusations(e) {
				fmt.Fprintf(&b, "- %s: %s\n", e.Name, line)
			}
		}
	}
	b.WriteString(strings.ReplaceAll(r.totals(), "\n", "  \n"))
	_, err := io.WriteString(w, b.String())
	return err
}

// sentence is a failure on one line, of so many characters at most.
func sentence(f *Failure, most int) string {
	text := f.Text
	if f.Rule != "" {
		text += " (" + f.Rule + ")"
	}
	runes := []rune(strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return ' '
		}
		return c
	}, text))
	if len(runes) > most {
		return string(runes[:most-3]) + "..."
	}
	return string(runes)
}

// seedList prints the first seeds: "3, 8, 12 and 4 more".
func seedList(seeds []uint64) string {
	const shown = 8
	var parts []string
	for _, s := range seeds[:min(shown, len(seeds))] {
		parts = append(parts, fmt.Sprint(s))
	}
	text := strings.Join(parts, ", ")
	if more := len(seeds) - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
