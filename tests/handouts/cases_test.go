package handouts

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade"
	"raftlabs/tests/lab"
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}

// handout is a stage's handout that has everything, with little in it.
func handout() string {
	var b strings.Builder
	b.WriteString("# Stage 1\n")
	for _, s := range sections {
		fmt.Fprintf(&b, "\n## %s\n\n", s)
		switch s {
		case "The rules":
			b.WriteString("- [ ] **MajorityElects**: count your own\n  vote (§5.2).\n- [ ] **VoteAgain**: say it again (RequestVote 2).\n")
		case "What to write":
			b.WriteString("## Locks\n")
		case "The cases":
			b.WriteString("| case | what it does |\n| --- | --- |\n| MajorityElects | a majority elects |\n" +
				"| VoteAgain | asked again, it says it again |\n| ReElection | a leader is replaced |\n")
		case "Mistakes that everyone makes":
			for i := range 5 {
				fmt.Fprintf(&b, "### Mistake %d\n\n<!-- run: edit=a case=B/C seed=1 -->\n```text\nx\n```\n\n", i)
			}
		case "Test yourself":
			for range 6 {
				b.WriteString("<details><summary>What if?</summary>\n\nThen.\n\n</details>\n\n")
			}
		}
	}
	return b.String()
}

func TestCasesArePlanted(t *testing.T) {
	cases := func(before, after string) []Complaint {
		t.Helper()
		text := handout()
		require.Contains(t, text, before)
		tree := planted(t, map[string]string{table.Handout: strings.Replace(text, before, after, 1)})
		return tree.Cases([]grade.Stage{table})
	}
	lineOf := func(text string) int { return strings.Count(handout()[:strings.Index(handout(), text)], "\n") + 1 }
	assert.Empty(t, cases("", ""))
	refuses(t, cases("## Goal\n", "## Goals\n"), 1, `there is no section ["Goal"]`)
	refuses(t, cases("## Goal\n", "## Done?\n\n## Goal\n"), 3, `"## Done?" stands where "## Goal" belongs`)
	refuses(t, cases("| a majority elects |", "| half elects |"), lineOf("| a majority elects |"),
		"not the suite's, from here on: | MajorityElects | half elects |", "the row is to be\n    | MajorityElects | a majority elects |")
	refuses(t, cases("| ReElection | a leader is replaced |\n", ""), lineOf("| VoteAgain |"), "the row is to be", "| ReElection |")
	refuses(t, cases("| a leader is replaced |\n", "| a leader is replaced |\n| Other | one |\n"), lineOf("| ReElection |")+1, "take the row out")
	refuses(t, cases("| case |", "| name |"), 1, "there is no table of the cases of stage election")
	refuses(t, cases("- [ ] **VoteAgain**: say it again (RequestVote 2).\n", ""), 1, `lacks the cases VoteAgain`)
	refuses(t, cases("(RequestVote 2)", "(as said)"), lineOf("- [ ] **VoteAgain**"), "names no case, or no place")
	refuses(t, cases("- [ ] **VoteAgain**", "- [ ] **ReElection**: elect (§5.2).\n- [ ] **VoteAgain**"), lineOf("- [ ] **VoteAgain**"), "no rule ReElection")
	refuses(t, cases("### Mistake 4\n", ""), 1, "has 4", "write 5 to 8")
	refuses(t, cases("<!-- run: edit=a case=B/C seed=1 -->", ""), lineOf("### Mistake 0"), `the mistake "Mistake 0" shows no failure`)
	refuses(t, cases("<summary>What if?</summary>", ""), 1, "has 5 questions")

	swapped := strings.NewReplacer("**MajorityElects**", "**VoteAgain**", "**VoteAgain**", "**MajorityElects**").Replace(handout())
	refuses(t, planted(t, map[string]string{table.Handout: swapped}).Cases([]grade.Stage{table}),
		lineOf("- [ ] **MajorityElects**"), "has VoteAgain where MajorityElects belongs")

	missing := planted(t, map[string]string{"handouts/a.md": "# A\n"})
	missing.only = ""
	refuses(t, missing.Cases([]grade.Stage{table}), 1, "handouts/01-election.md:1: stage election names it, and it is not there")
}

// A stage without rules has its cases in the list, in any order.
func TestAStageWithoutRulesListsItsCases(t *testing.T) {
	scenarios := table
	scenarios.Cases = slices.Clone(table.Cases)
	for i := range scenarios.Cases {
		scenarios.Cases[i].Kind = lab.Scenario
	}
	text := strings.Replace(handout(), "- [ ] **MajorityElects**", "### Step A\n\n- [ ] **ReElection**: do (§6).\n\n### Step B\n\n- [ ] **MajorityElects**", 1)
	assert.Empty(t, planted(t, map[string]string{table.Handout: text}).Cases([]grade.Stage{scenarios}))
	refuses(t, planted(t, map[string]string{table.Handout: handout()}).Cases([]grade.Stage{scenarios}), 1, "lacks the cases ReElection")
}

func TestNumbersInTablesArePlanted(t *testing.T) {
	numbers := func(rows string) []Complaint {
		return planted(t, map[string]string{"handouts/a.md": rows}).Numbers([]grade.Stage{table})
	}
	assert.Empty(t, numbers("| case | Points | seeds | kind |\n|---|---|---|---|\n| `ReElection` | 2 | 3 | scenario |\n| Other | 7 | 7 | no |\n"))
	assert.Empty(t, numbers("| stage | handout | points | cases |\n|---|---|---|---|\n| 1 | [it](01-election.md) | 3 | 3 |\n"))
	refuses(t, numbers("| case | points |\n|---|---|\n| VoteAgain | 0.5 |\n| ReElection | 1 |\n"), 4, `"points" is "1", and the code's "2"`)
	refuses(t, numbers("| case | seeds |\n|---|---|\n| Election/VoteAgain | 3 |\n"), 3, `"seeds" is "3", and the code's "1"`)
	refuses(t, numbers("| test | cases |\n|---|---|\n| `TestElection` | 4 |\n"), 3, `"cases" is "4", and the code's "3"`)
}

func TestHandoutsNamedInCodeArePlanted(t *testing.T) {
	tree := planted(t, map[string]string{
		"handouts/01-election.md": "# A\n",
		"raft/raft.go":            "package raft\n\nconst a = \"handouts/01-election.md\"\n",
		"solutions/raft/raft.go":  "package raft\n\nconst a = \"handouts/none.md\"\n",
	})
	all, err := tree.NamedInCode()
	require.NoError(t, err)
	assert.Empty(t, all)
	tree = planted(t, map[string]string{
		"handouts/01-election.md": "# A\n",
		"raft/raft.go":            "package raft\n\nconst a = \"open handouts/01-elections.md, and go on\"\n",
	})
	all, err = tree.NamedInCode()
	require.NoError(t, err)
	refuses(t, all, 3, "raft/raft.go:3: there is no handouts/01-elections.md; the nearest that there is: handouts/01-election.md")
}
