package page

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"sync"
)

// IndexMeta is what the page of a stage says beside its cases.
type IndexMeta struct {
	Stage   string // "election"
	Handout string // "handouts/01-election.md"
	Package string // under test
	Go      string // the version
	Again   string // the command that runs the stage again
}

// Facts are the words below the sum.
func (m IndexMeta) Facts() []string {
	var facts []string
	for _, text := range []string{m.Handout, m.Package, m.Go} {
		if text != "" {
			facts = append(facts, text)
		}
	}
	return facts
}

// Row is one case of a stage.
type Row struct {
	Case   string
	Kind   string // "rule", "scenario", "swarm"
	Doc    string // what the case does, one line
	Rule   string // its place in the paper
	Points float64
	Max    float64

	Seeds  int // that it has
	Passed int // of them
	NotRun int // of them, because an earlier one failed

	Sentence string // of the first failure, "" where there is none
	Link     string // the relative address of the page to open; "" for none
	Runs     []Run  // the pages of its seeds
}

// Run is one seed of a case.
type Run struct {
	Seed uint64
	Pass bool
	Link string // relative
}

// State is "passed", "failed" or "not run".
func (r Row) State() string {
	switch {
	case r.Seeds > 0 && r.Passed == r.Seeds:
		return "passed"
	case r.Seeds == r.Passed+r.NotRun:
		return "not run"
	}
	return "failed"
}

// Class is the row's class in the style sheet.
func (r Row) Class() string { return strings.ReplaceAll(r.State(), " ", "") }

// Sign is the state for those who see no colours.
func (r Row) Sign() string {
	return map[string]string{"passed": "✓", "failed": "✕", "not run": "–"}[r.State()]
}

// Score is "1.5 of 2".
func (r Row) Score() string { return points(r.Points) + " of " + points(r.Max) }

// points prints a number of points, hundredths at most.
func points(p float64) string { return strconv.FormatFloat(math.Round(p*100)/100, 'f', -1, 64) }

// summary is the sum over a stage.
type summary struct {
	Cases, Passed, Failed, NotRun int
	Points, Max                   float64
}

// Sentence says how the stage went.
func (s summary) Sentence() string {
	parts := []string{fmt.Sprintf("%d of %s passed", s.Passed, plural(s.Cases, "case"))}
	if s.Failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", s.Failed))
	}
	if s.NotRun > 0 {
		parts = append(parts, fmt.Sprintf("%d did not run", s.NotRun))
	}
	return strings.Join(parts, ", ") + "; " + points(s.Points) + " of " + points(s.Max) + " points"
}

func summarize(rows []Row) (s summary) {
	for _, r := range rows {
		s.Cases++
		s.Points += r.Points
		s.Max += r.Max
		switch r.State() {
		case "passed":
			s.Passed++
		case "failed":
			s.Failed++
		default:
			s.NotRun++
		}
	}
	return s
}

var indexShell = sync.OnceValues(func() (*shell, error) {
	return newShell("index.html", []string{"colors.css", "index.css"}, nil)
})

// WriteIndex writes the page of a stage. Links that lead elsewhere than beside
// or below the page are left out.
func WriteIndex(w io.Writer, meta IndexMeta, rows []Row) error {
	s, err := indexShell()
	if err != nil {
		return err
	}
	rows = append([]Row(nil), rows...)
	for i := range rows {
		r := &rows[i]
		r.Link = relative(r.Link)
		r.Runs = append([]Run(nil), r.Runs...)
		for k := range r.Runs {
			r.Runs[k].Link = relative(r.Runs[k].Link)
		}
	}
	return s.write(w, struct {
		*shell
		IndexMeta
		Rows    []Row
		Summary summary
	}{s, meta, rows, summarize(rows)})
}
