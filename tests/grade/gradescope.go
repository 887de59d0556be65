package grade

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
)

// The fields of results.json that this grader has something to say in, as
// Gradescope's autograder specification names them. Every text is declared to
// be text: it may be of the code under test, and the default of the topmost
// output is HTML.
type (
	scopeResults struct {
		Score         float64      `json:"score"` // comes before the sum of the tests
		ExecutionTime int          `json:"execution_time"`
		Output        string       `json:"output"`
		OutputFormat  string       `json:"output_format"`
		Visibility    string       `json:"visibility"`
		Stdout        string       `json:"stdout_visibility"`
		Extra         scopeRun     `json:"extra_data"`
		Tests         []scopeTest  `json:"tests"`
		Leaderboard   []scopeValue `json:"leaderboard,omitempty"`
	}

	// scopeTest is a case, or without points a check.
	scopeTest struct {
		Score        *float64   `json:"score,omitempty"`
		MaxScore     *float64   `json:"max_score,omitempty"`
		Status       string     `json:"status"`
		Name         string     `json:"name"`
		NameFormat   string     `json:"name_format"`
		Number       string     `json:"number"`
		Output       string     `json:"output,omitempty"`
		OutputFormat string     `json:"output_format"`
		Tags         []string   `json:"tags,omitempty"`
		Visibility   string     `json:"visibility"`
		Extra        *scopeCase `json:"extra_data,omitempty"`
	}

	// scopeRun and scopeCase are stored with a submission, and not shown.
	scopeRun struct {
		Version   int     `json:"version"`
		FirstSeed uint64  `json:"first_seed"`
		Max       float64 `json:"max"`
		Credit    string  `json:"credit"`
		GoVersion string  `json:"go_version"`
	}
	scopeCase struct {
		Seeds  int    `json:"seeds"`
		Passed int    `json:"passed"`
		Failed int    `json:"failed"`
		NotRun int    `json:"not_run"`
		Kind   string `json:"failure,omitempty"`
		Seed   uint64 `json:"failing_seed,omitempty"`
	}

	// scopeValue is a column of the leaderboard.
	scopeValue struct {
		Name  string  `json:"name"`
		Value float64 `json:"value"`
		Order string  `json:"order"`
	}
)

// Words of the specification.
const (
	scopeText    = "text"
	scopeVisible = "visible"
	scopeHidden  = "hidden"
	scopePassed  = "passed"
	scopeFailed  = "failed"
)

// writeGradescope prints Gradescope's results.json. The leaderboard is for the
// whole class to see, so it is there only where it was asked for.
func writeGradescope(w io.Writer, r *Report, leaderboard bool) error {
	out := scopeResults{
		Score: r.Points, ExecutionTime: int(math.Round(r.RealSeconds)),
		Output: r.scopeSummary(), OutputFormat: scopeText,
		Visibility: scopeVisible, Stdout: scopeHidden,
		Extra: scopeRun{Version: r.Version, FirstSeed: r.FirstSeed, Max: r.Max, Credit: r.Credit, GoVersion: r.GoVersion},
		Tests: r.scopeChecks(),
	}
	for i, s := range r.Stages {
		for n, c := range s.Cases {
			out.Tests = append(out.Tests, c.scope(s.Name, fmt.Sprintf("%d.%d", i+1, n+1)))
		}
	}
	if leaderboard {
		out.Leaderboard = []scopeValue{{"Points", r.Points, "desc"}, {"CPU seconds", r.CPUSeconds, "asc"}}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		return fmt.Errorf("printing the report for Gradescope: %w", err)
	}
	return nil
}

// scopeSummary is what stands above the tests.
func (r *Report) scopeSummary() string {
	lines := []string{r.total()}
	for _, s := range r.Stages {
		lines = append(lines, fmt.Sprintf("  %s: %s of %s (%s)", s.Name, points(s.Points), points(s.Max), s.Handout))
	}
	if r.Policy != "" {
		lines = append(lines, printable(r.Policy))
	}
	return strings.Join(lines, "\n")
}

// scopeChecks are what was found before any case ran, as tests without points.
// They are numbered 0, before the first stage.
func (r *Report) scopeChecks() []scopeTest {
	checks := []scopeTest{}
	check := func(name, status, output string) {
		checks = append(checks, scopeTest{
			Status: status, Name: name, NameFormat: scopeText, Number: fmt.Sprintf("0.%d", len(checks)+1),
			Output: printable(output), OutputFormat: scopeText, Visibility: scopeVisible,
		})
	}
	for _, refused := range []bool{true, false} {
		found := r.findings(refused)
		if len(found) == 0 {
			continue
		}
		title, status := notesTitle, scopePassed
		if refused {
			title, status = refusedTitle, scopeFailed
		}
		var lines []string
		for _, f := range found {
			lines = append(lines, f.sentence())
		}
		check(title, status, strings.Join(lines, "\n"))
	}
	for _, b := range r.Builds {
		if b.Errors == "" {
			check(b.Package+" compiles", scopePassed, "")
			continue
		}
		check(b.Package+" does not compile", scopeFailed, b.Errors)
	}
	return checks
}

func (c CaseReport) scope(stage, number string) scopeTest {
	t := scopeTest{
		Score: &c.Points, MaxScore: &c.Max, Status: scopePassed,
		Name: stage + ": " + c.Name, NameFormat: scopeText, Number: number,
		Output: printable(c.Doc), OutputFormat: scopeText, Tags: []string{stage, c.Kind}, Visibility: scopeVisible,
		Extra: &scopeCase{Seeds: c.Seeds, Passed: c.Passed, Failed: c.Failed, NotRun: c.NotRun},
	}
	if f := c.Failure; f != nil {
		t.Status, t.Output = scopeFailed, c.story()
		t.Extra.Kind, t.Extra.Seed = f.Kind, f.Seed
	}
	return t
}
