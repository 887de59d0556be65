package grade

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// example is a report with one of everything.
func example() *Report {
	r := &Report{
		Version: reportVersion, Target: "raft", FirstSeed: 3141592653, RealSeconds: 12.5, GoVersion: "go1.26.8",
		Machine: Machine{OS: "linux", Arch: "amd64", CPUs: 2, Jobs: 2, Network: "not cut off: this is a test"},
		Builds: []BuildReport{{Package: "./raft", RealSeconds: 1.5}, {Package: "./kvraft",
			Errors: "kvraft/client.go:3:1: undefined: x\nkvraft/client.go:9:1: cannot use y as z value:\n\thave " + strings.Repeat("long, ", 20)}},
		Credit: creditAll,
		Gate:   []Finding{{File: "raft/raft.go", Line: 12, Rule: "vet", Text: "rf.mu is copied here with its struct, so two goroutines may hold it at once: pass a pointer instead"}},
	}
	passes := CaseReport{Name: "MajorityElects", Kind: "rule", Doc: "a majority elects", Max: 0.5, Seeds: 10, Passed: 10,
		VirtualSeconds: 146.94, RealSeconds: 0.93, CPUSeconds: 0.22, PeakBytes: 1 << 26, Hash: "0123456789abcdef"}
	passes.score()
	fails := CaseReport{Name: "FaultSwarm", Kind: "swarm", Doc: "everything", Max: 15, Seeds: 100, Passed: 30, Failed: 10, NotRun: 60,
		VirtualSeconds: 12345.6, RealSeconds: 100.25, CPUSeconds: 99.5, Hash: "fedcba9876543210",
		Failure: &Failure{Seed: 3141592659, Rule: "§5.2", Kind: "assert", AtSeconds: 4.207,
			Text:   "S1 and S2 both lead term 3: each server votes for one candidate a term, so at most one of them can have had the votes of a majority",
			Detail: []string{"expected: one leader of term 3", "seen:     S1 and S2", "the last events before:", "a hostile line \x1b[2J \xff", strings.Repeat("long ", 40)},
			Page:   "pages/election-FaultSwarm-seed3141592659.html",
			Again:  "go test -race ./raft -run '^TestElection$/^FaultSwarm$' -lab.seed=3141592659"}}
	fails.score()
	skeleton := CaseReport{Name: "VoteAgain", Kind: "rule", Max: 1, Seeds: 10, Failed: 1, NotRun: 9,
		Failure: &Failure{Seed: 3141592653, Kind: "skeleton", Detail: []string{}, Text: "Make in raft.go is still the skeleton: open handouts/01-election.md"}}
	skeleton.score()
	broken := CaseReport{Name: "PutGet", Kind: "rule", Max: 1, Seeds: 10, NotRun: 10,
		Failure: &Failure{Kind: kindBuild, Text: "./kvraft does not compile", Detail: []string{}}}
	broken.score()
	r.add(Stage{Name: "election", Handout: "handouts/01-election.md"}, []CaseReport{passes, fails, skeleton})
	r.add(Stage{Name: "kv", Handout: "handouts/06-kv.md"}, []CaseReport{broken})
	return r
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(name, got, 0o644))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "go test ./tests/grade -update writes %s anew", name)
}

func TestTheTableIsTheGoldenOneAndFits(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, writeTable(&b, example(), false))
	golden(t, "testdata/table.txt", b.Bytes())
	fits(t, b.String())
	assert.NotContains(t, b.String(), "\x1b", "neither colours nor what the code under test printed")
}

// fits asserts that no line is wider than the report may be, but for what is to
// be copied.
func fits(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "  again:") && !strings.HasPrefix(line, "  page:") {
			assert.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), width, line)
		}
	}
}

func TestEveryStageOfTheCourseFits(t *testing.T) {
	r := &Report{Target: strings.Repeat("w", 300), Policy: strings.Repeat("policy ", 30)}
	r.Gate = []Finding{{File: strings.Repeat("f", 300), Text: strings.Repeat("t ", 200), Refused: true}}
	for _, s := range Stages() {
		var cases []CaseReport
		for _, c := range s.Cases {
			cases = append(cases, CaseReport{Name: c.Name, Max: 1000, Seeds: 1000, Passed: 1000, VirtualSeconds: 1e7, RealSeconds: 1e4, CPUSeconds: 1e4,
				Failure: &Failure{Text: strings.Repeat("x", 300), Again: "go test"}})
		}
		r.add(s, cases)
	}
	var b bytes.Buffer
	require.NoError(t, writeTable(&b, r, false))
	fits(t, b.String())
}

func TestColoursChangeNothingElse(t *testing.T) {
	var plain, coloured bytes.Buffer
	require.NoError(t, writeTable(&plain, example(), false))
	require.NoError(t, writeTable(&coloured, example(), true))
	text := coloured.String()
	for _, code := range []string{red, green, bold, "0"} {
		assert.Contains(t, text, "\x1b["+code+"m")
		text = strings.ReplaceAll(text, "\x1b["+code+"m", "")
	}
	assert.Equal(t, plain.String(), text)
}

func TestTheJSONReportIsTheGoldenOne(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, writeJSON(&b, example()))
	golden(t, "testdata/report.json", b.Bytes())
	d := json.NewDecoder(&b)
	d.DisallowUnknownFields()
	var back Report
	require.NoError(t, d.Decode(&back))
	assert.Equal(t, example().Stages[0].Cases[0], back.Stages[0].Cases[0])
}

func TestPointsArePrintedWithoutTrailingZeros(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.5: "0.5", 1: "1", 14.5: "14.5", 15: "15"} {
		assert.Equal(t, want, points(v))
	}
}
