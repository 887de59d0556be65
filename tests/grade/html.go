package grade

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// The report as the template sees it. Every text in it is printable; the
// template escapes it.
type (
	htmlReport struct {
		*frame
		Title    string
		Score    htmlScore
		Facts    []string
		Problems []htmlProblem // what was found before any case ran
		Stages   []htmlStage
		Mixed    bool // some cases passed and some did not
	}

	// htmlScore is points of points.
	htmlScore struct {
		Points, Max string
		Percent     float64
		Full        bool
	}

	// htmlProblem is what the gate or the compiler says.
	htmlProblem struct {
		Title, Advice string
		Again         string // a command that says the same
		Grave         bool   // nothing could run
		Findings      []htmlFinding
		Text          string // of the compiler
	}
	htmlFinding struct{ Place, Text, Rule string }

	htmlStage struct {
		Name, Handout string
		Score         htmlScore
		Passed, All   int
		Cases         []htmlCase
	}
	htmlCase struct {
		ID, Name, Kind, Doc string
		State               string // "passed", "failed" or "not run"
		Score               htmlScore
		Passed, Seeds       int
		Rest                string // of the seeds
		Failure             *htmlFailure
	}
	htmlFailure struct {
		Text, Rule, Moment string
		Expected, Seen     string
		Detail             []string
		Again, Page        string
	}
)

var reportFrame = sync.OnceValues(func() (*frame, error) { return newFrame("report.html", "colors.css", "report.css") })

// writeHTML prints the report as one page that needs nothing else.
func writeHTML(w io.Writer, r *Report) error {
	f, err := reportFrame()
	if err != nil {
		return err
	}
	page := r.html()
	page.frame = f
	return f.write(w, page)
}

func (r *Report) html() htmlReport {
	page := htmlReport{Title: printable(r.Target), Score: newScore(r.Points, r.Max), Facts: r.htmlFacts(), Problems: r.htmlProblems()}
	passed, all := 0, 0
	for _, s := range r.Stages {
		stage := s.html()
		page.Stages = append(page.Stages, stage)
		passed += stage.Passed
		all += stage.All
	}
	page.Mixed = passed > 0 && passed < all
	return page
}

func newScore(earned, most float64) htmlScore {
	s := htmlScore{Points: points(earned), Max: points(most), Full: earned == most}
	switch {
	case most > 0:
		s.Percent = hundredths(100 * earned / most)
	case s.Full:
		s.Percent = 100
	}
	return s
}

func (r *Report) htmlFacts() []string {
	facts := []string{
		fmt.Sprintf("first seed %d", r.FirstSeed),
		fmt.Sprintf("%.0f s simulated in %.1f s", r.VirtualSeconds, r.RealSeconds),
		r.GoVersion,
	}
	if r.Policy != "" {
		facts = append(facts, printable(r.Policy))
	}
	return facts
}

func (r *Report) htmlProblems() []htmlProblem {
	var problems []htmlProblem
	gate := func(title, advice string, refused bool) {
		p := htmlProblem{Title: title, Advice: advice, Grave: refused}
		for _, f := range r.findings(refused) {
			p.Findings = append(p.Findings, htmlFinding{printable(f.place()), printable(f.Text), printable(f.Rule)})
		}
		if p.Findings != nil {
			problems = append(problems, p)
		}
	}
	gate(refusedTitle, "The labs need none of these, and nothing of the code was run. Each line says what to do instead.", true)
	for _, b := range r.broken() {
		problems = append(problems, htmlProblem{
			Title:  printable(b.Package) + " does not compile",
			Advice: "None of its cases could run, so none earned its points. The first line is the one to mend first.",
			Again:  "go vet " + printable(b.Package),
			Grave:  true, Text: printable(b.Errors),
		})
	}
	gate(notesTitle, "What go vet says is often the cause of a failure further down.", false)
	return problems
}

func (s StageReport) html() htmlStage {
	stage := htmlStage{Name: s.Name, Handout: s.Handout, Score: newScore(s.Points, s.Max), All: len(s.Cases)}
	for _, c := range s.Cases {
		row := c.html()
		row.ID = s.Name + "-" + c.Name
		if row.State == statePassed {
			stage.Passed++
		}
		stage.Cases = append(stage.Cases, row)
	}
	return stage
}

// States of a case on a page.
const (
	statePassed = "passed"
	stateFailed = "failed"
	stateNotRun = "not run"
)

// Class is the state as a class of the style sheet.
func (c htmlCase) Class() string { return strings.ReplaceAll(c.State, " ", "") }

// Sign is the state for those who see no colours.
func (c htmlCase) Sign() string {
	return map[string]string{statePassed: "✓", stateFailed: "✕", stateNotRun: "–"}[c.State]
}

func (c CaseReport) html() htmlCase {
	row := htmlCase{
		Name: c.Name, Kind: c.Kind, Doc: printable(c.Doc), State: statePassed, Score: newScore(c.Points, c.Max),
		Passed: c.Passed, Seeds: c.Seeds,
	}
	f := c.Failure
	switch {
	case f == nil:
		return row
	case f.beforeRun():
		row.State = stateNotRun
		return row
	}
	row.State = stateFailed
	if c.NotRun > 0 {
		row.Rest = fmt.Sprintf("%d failed, %d not run", c.Failed, c.NotRun)
	}
	expected, seen, rest := f.difference()
	row.Failure = &htmlFailure{
		Text: f.what(), Rule: printable(f.Rule), Moment: f.moment(),
		Expected: cut(printable(expected), detailWide), Seen: cut(printable(seen), detailWide),
		Detail: bounded(rest, detailMost, detailWide), Again: printable(f.Again), Page: beside(f.Page),
	}
	return row
}
