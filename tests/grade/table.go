package grade

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// width is how many columns the text report takes. Only commands and addresses,
// which are to be copied, may take more.
const width = 100

// detailLines is how many lines of a failure's details the text report shows.
const detailLines = 14

// page builds the text report.
type page struct {
	bytes.Buffer
	colour bool
}

// Colours, as terminals know them.
const (
	red   = "31"
	green = "32"
	bold  = "1"
)

func (p *page) paint(code, text string) string {
	if !p.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p *page) printf(format string, args ...any) { fmt.Fprintf(p, format, args...) }

// writeTable prints the report for people.
func writeTable(w io.Writer, r *Report, colour bool) error {
	p := &page{colour: colour}
	if len(r.findings(true)) == 0 { // otherwise nothing ran, and every case says so
		for _, s := range r.Stages {
			p.stage(s)
		}
	}
	p.findings(refusedTitle, r.findings(true))
	for _, b := range r.broken() {
		p.printf("%s\n", p.paint(bold, b.Package+" does not compile:"))
		for line := range strings.SplitSeq(printable(b.Errors), "\n") {
			p.printf("%s", line[:len(line)-len(strings.TrimLeft(line, " "))]) // what belongs to the line above is indented
			p.wrap(line, "        ")
		}
		p.printf("\n")
	}
	p.findings(notesTitle, r.findings(false))
	for _, s := range r.Stages {
		p.failures(s)
	}
	p.totals(r)
	if _, err := w.Write(p.Bytes()); err != nil {
		return fmt.Errorf("printing the report: %w", err)
	}
	return nil
}

// stage is one stage's table.
func (p *page) stage(s StageReport) {
	name := len("case")
	for _, c := range s.Cases {
		name = max(name, len(c.Name))
	}
	p.printf("%s\n", p.paint(bold, fmt.Sprintf("Stage %s (%s)", s.Name, s.Handout)))
	p.printf("       %-*s  %9s  %9s  %10s  %8s  %8s\n", name, "case", "points", "seeds", "virtual s", "real s", "CPU s")
	for _, c := range s.Cases {
		mark := p.paint(green, "pass")
		if c.Failure != nil {
			mark = p.paint(red, "FAIL")
		}
		p.printf("  %s %-*s  %9s  %9s  %10.1f  %8.2f  %8.2f\n", mark, name, c.Name,
			points(c.Points)+"/"+points(c.Max), fmt.Sprintf("%d/%d", c.Passed, c.Seeds),
			c.VirtualSeconds, c.RealSeconds, c.CPUSeconds)
	}
	p.printf("       %-*s  %9s\n\n", name, "", points(s.Points)+"/"+points(s.Max))
}

// findings is what the gate says.
func (p *page) findings(title string, found []Finding) {
	if len(found) == 0 {
		return
	}
	p.printf("%s\n", p.paint(bold, title+":"))
	for _, f := range found {
		p.wrap(f.sentence(), "    ")
	}
	p.printf("\n")
}

// failures is what went wrong in a stage, case by case. Where a package does
// not compile, the compiler has said it, and where the gate refused, the gate.
func (p *page) failures(s StageReport) {
	for _, c := range s.Cases {
		f := c.Failure
		if f == nil || f.beforeRun() {
			continue
		}
		if f.Again == "" {
			p.wrap(fmt.Sprintf("%s: %s", c.Name, f.sentence()), "  ")
			continue
		}
		p.wrap(fmt.Sprintf("%s, seed %d: %s", c.Name, f.Seed, f.sentence()), "  ")
		for _, line := range bounded(f.Detail, detailLines, width-4) {
			p.printf("    %s\n", line)
		}
		p.printf("  seeds: %s\n", c.seedCount())
		p.printf("  again: %s\n", printable(f.Again))
		if f.Page != "" {
			p.printf("  page:  %s\n", printable(f.Page))
		}
		p.printf("\n")
	}
	if n := p.Len(); n > 1 && !bytes.HasSuffix(p.Bytes(), []byte("\n\n")) {
		p.printf("\n")
	}
}

// totals ends the report.
func (p *page) totals(r *Report) {
	colour := red
	if r.full() {
		colour = green
	}
	p.printf("%s\n", p.paint(colour, r.total()))
	speed := ""
	if r.RealSeconds > 0 && r.VirtualSeconds > 0 {
		speed = fmt.Sprintf(": %.0f virtual seconds a real second", r.VirtualSeconds/r.RealSeconds)
	}
	p.printf("%.0f virtual s simulated in %.1f real s, %.1f CPU s%s\n", r.VirtualSeconds, r.RealSeconds, r.CPUSeconds, speed)
	p.printf("first seed %d (--seed %d runs the same seeds), %d cases in parallel, %s\n",
		r.FirstSeed, r.FirstSeed, r.Machine.Jobs, r.GoVersion)
	if why, not := strings.CutPrefix(r.Machine.Network, "not cut off: "); not {
		p.wrap("The cases could use the network: "+why, "  ")
	}
	if r.Policy != "" {
		p.wrap(r.Policy, "  ")
	}
}

// wrap prints a sentence in lines that fit, those after the first indented. A
// word that fits on no line is cut.
func (p *page) wrap(text, indent string) {
	column := p.Len() - (bytes.LastIndexByte(p.Bytes(), '\n') + 1)
	for i, word := range strings.Fields(printable(text)) {
		word = cut(word, width-len(indent))
		n := len([]rune(word))
		switch {
		case i == 0:
		case column+1+n > width:
			p.printf("\n%s", indent)
			column = len(indent)
		default:
			p.printf(" ")
			column++
		}
		p.printf("%s", word)
		column += n
	}
	p.printf("\n")
}

// points prints without trailing zeros: 0.5, 1, 15.
func points(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// printable replaces what a terminal might obey: the text may be of the code
// under test.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// cut keeps at most n characters of a line.
func cut(line string, n int) string {
	runes := []rune(line)
	if len(runes) <= n {
		return line
	}
	return string(runes[:n-3]) + "..."
}
