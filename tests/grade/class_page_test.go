package grade

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheClassAtAGlance(t *testing.T) {
	stages := []Stage{{Name: "election"}}
	report := func(name string, failed ...string) *Report {
		r := &Report{Target: name}
		cases := []CaseReport{{Name: "A", Points: 4, Max: 4}, {Name: "B", Points: 6, Max: 6}}
		for i := range cases {
			for _, f := range failed {
				if f == cases[i].Name {
					cases[i].Points, cases[i].Failure = 0, &Failure{Text: "it failed"}
				}
			}
		}
		r.add(stages[0], cases)
		return r
	}
	refused := report("<script>alert(1)</script>", "A", "B")
	refused.Gate = []Finding{{File: "raft/raft.go", Line: 3, Text: "imports os: use Logf", Refused: true}}
	reports := []*Report{report("alice"), report("bob", "B"), report("carol", "B"), refused}

	page := newHTMLClass(reports, stages)
	assert.Equal(t, []string{"4.5 of 10 points on average", "1 with full marks", "1 refused or not compiled"}, page.Facts)
	var counts []int
	for _, bin := range page.Histogram {
		counts = append(counts, bin.Count)
	}
	assert.Equal(t, []int{1, 0, 0, 0, 2, 0, 0, 0, 0, 1}, counts)
	assert.Equal(t, "from 4", page.Histogram[4].Label)
	require.Len(t, page.Cases, 2)
	assert.Equal(t, "election/B", page.Cases[0].Name)
	assert.Equal(t, []int{2, 3, 0, 3}, []int{page.Cases[0].Failed, page.Cases[0].Of, page.Cases[1].Failed, page.Cases[1].Of}, "who was refused does not count")

	var b strings.Builder
	require.NoError(t, writeClassPage(&b, reports, stages))
	assert.Contains(t, b.String(), `<a href="alice/report.html">alice</a>`)
	assert.NotContains(t, b.String(), "<script>alert")
	assert.Contains(t, b.String(), "imports os: use Logf")
}
