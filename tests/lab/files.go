package lab

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"raftlabs/tests/scenario"
	"raftlabs/tests/trace/page"
)

// nowhere is the value of -lab.trace that keeps runs from being written.
const nowhere = "none"

// tracesOf is the folder that runs are written to, "" if they are not. all
// says that passing ones are, too, and the events as JSON lines, and the faults.
func tracesOf(flag, temporary string) (dir string, all bool) {
	switch flag {
	case nowhere:
		return "", false
	case "":
		return filepath.Join(temporary, "raftlabs-traces"), false
	}
	return flag, true
}

// write writes the run's page, and its events, where they are wanted. It
// returns the page's name.
func (p plan) write(st *testing.T, r Result) string {
	dir, all := tracesOf(*flagTrace, os.TempDir())
	if dir == "" || !all && (r.Failure == nil || r.Failure.Kind == Skeleton) {
		return ""
	}
	name := filepath.Join(dir, p.file())
	err := os.MkdirAll(dir, 0o755)
	if err == nil && all {
		err = create(name+".jsonl", r.trace.WriteJSONL)
	}
	if err == nil && all {
		err = create(name+".scenario", func(w io.Writer) error { return p.writeFaults(w, r) })
	}
	if err == nil {
		err = create(name+".html", func(w io.Writer) error { return page.Write(w, p.meta(r, all), r.trace.Events()) })
	}
	if err == nil && r.Failure != nil && r.Failure.Page != nil {
		err = create(second(name+".html"), r.Failure.Page)
	}
	switch {
	case err == nil:
		return name + ".html"
	case all:
		st.Errorf("-lab.trace: %v", err)
	default: // nobody asked for it
		fmt.Fprintf(st.Output(), "the run's page could not be written: %v\n", err)
	}
	return ""
}

// file is the name of the run's files, without what they end in.
func (p plan) file() string { return fmt.Sprintf("%s-%s-seed%d", p.stage, p.name, p.seed) }

// second is the name of a failure's own page, beside the run's.
func second(name string) string { return strings.TrimSuffix(name, ".html") + "-history.html" }

// create writes a file.
func create(name string, write func(io.Writer) error) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return write(f)
}

// meta is what the page says beside the events.
func (p plan) meta(r Result, indexed bool) page.Meta {
	m := page.Meta{
		Stage: p.stage, Case: p.name, Doc: p.doc, Seed: p.seed, Virtual: r.Virtual,
		Again: p.again(), Package: packageUnderTest(), Go: runtime.Version(), Hash: r.Hash,
		Forgotten: r.trace.Forgotten(),
	}
	if indexed {
		m.Index = indexFile(p.stage)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Counts)) {
		m.Counts = append(m.Counts, page.Count{Name: name, N: r.Counts[name]})
	}
	if f := r.Failure; f != nil {
		m.Failure = &page.Failure{Text: f.Text, Rule: f.Rule, At: f.at, Detail: flatten(f.Detail)}
		if f.Page != nil {
			m.Failure.History = second(p.file() + ".html")
		}
		if f.Liveness { // the events themselves are on the page, but not what is to be concluded
			m.Failure.Detail = append(m.Failure.Detail, f.led...)
		}
		if f.Expected != "" {
			m.Failure.Expected = []string{f.Expected}
		}
		if f.Seen != "" {
			m.Failure.Seen = []string{f.Seen}
		}
	}
	return m
}

// index is the page of a stage: it links those of its cases. It is written
// where -lab.trace names a folder.
type index struct {
	meta page.IndexMeta
	rows []*row
}

type row struct{ page.Row }

func indexFile(stage string) string { return stage + ".html" }

func newIndex(meta page.IndexMeta) *index { return &index{meta: meta} }

// row adds a case.
func (x *index) row(name, kind, doc, rule string, points float64, seeds int) *row {
	r := &row{page.Row{Case: name, Kind: kind, Doc: doc, Rule: rule, Max: points, Points: points, Seeds: seeds}}
	x.rows = append(x.rows, r)
	return r
}

// add adds a run of the case.
func (r *row) add(p plan, result Result, file string) {
	run := page.Run{Seed: p.seed, Pass: result.Failure == nil}
	if file != "" {
		run.Link = p.file() + ".html"
	}
	r.Runs = append(r.Runs, run)
	if run.Pass {
		r.Passed++
	} else if r.Sentence == "" {
		r.Sentence, r.Points, r.Link = result.Failure.Text, 0, run.Link
	}
	if r.Link == "" {
		r.Link = run.Link
	}
}

// write writes the page.
func (x *index) write() error {
	dir, all := tracesOf(*flagTrace, os.TempDir())
	if !all {
		return nil
	}
	rows := make([]page.Row, len(x.rows))
	for i, r := range x.rows {
		rows[i] = r.Row
	}
	err := create(filepath.Join(dir, indexFile(x.meta.Stage)), func(w io.Writer) error { return page.WriteIndex(w, x.meta, rows) })
	if err != nil {
		return fmt.Errorf("-lab.trace: %w", err)
	}
	return nil
}

// theScenario is what -lab.scenario names, nil without it.
var theScenario = sync.OnceValues(func() (*scenario.Scenario, error) {
	if *flagScenario == "" {
		return nil, nil
	}
	text, err := os.ReadFile(*flagScenario)
	if err != nil {
		return nil, fmt.Errorf("-lab.scenario: %w", err)
	}
	s, err := scenario.Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("-lab.scenario=%s: %w", *flagScenario, err)
	}
	return s, nil
})
