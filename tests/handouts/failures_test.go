package handouts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade"
)

var run = strings.Split(`Election/MajorityElects seed 1 at 0.317 s: S0 leads
    expected: 2 votes
    seen:     1
    the last events of S0:
      0.000 s  S0 started
      0.317 s  S0 -> S1 heartbeat
again: go test`, "\n")

func TestQuotedLinesAreTheFirstOfTheRun(t *testing.T) {
	for quoted, differs := range map[string]string{
		"Election/MajorityElects seed 1 at 0.317 s: S0 leads":                                         "",
		"Election/MajorityElects seed 1 at 0.317 s: S0 leads\n    expected: 2 votes":                  "",
		"Election/MajorityElects seed 1 at 0.317 s: S0 leads\n...\n      0.317 s  S0 -> S1 heartbeat": "",
		"...\n    seen:     1\n    ...\n      0.317 s  S0 -> S1 heartbeat\nagain: go test":            "    seen:     1",
		"...\nagain: go test":                                                                                   "",
		strings.Join(run, "\n"):                                                                                 "",
		"Election/MajorityElects seed 1 at 0.318 s: S0 leads":                                                   "Election/MajorityElects seed 1 at 0.318 s: S0 leads",
		"Election/MajorityElects seed 1 at 0.317 s: S0 leads\n    seen:     1":                                  "    seen:     1",
		"Election/MajorityElects seed 1 at 0.317 s: S0 leads\n...\n    seen:     2":                             "    seen:     2",
		"Election/MajorityElects seed 1 at 0.317 s: S0 leads\n...\n    seen:     1\n...\n    expected: 2 votes": "    expected: 2 votes",
		strings.Join(run, "\n") + "\npage:":                                                                     "page:",
	} {
		d := match(strings.Split(quoted, "\n"), run)
		if differs == "" || strings.HasPrefix(quoted, "...\n    seen") {
			assert.Nil(t, d, quoted)
			continue
		}
		if assert.NotNil(t, d, quoted) {
			assert.Equal(t, differs, d.want, quoted)
		}
	}
	d := match([]string{run[0], "...", "    seen:     1", "    the last events of S1:"}, run)
	require.NotNil(t, d)
	assert.Equal(t, "    text:     the last events of S1:\n    run:      the last events of S0:", strings.SplitN(d.show(run), "\n          ", 2)[0])
}

func TestRenewedLinesAreAsManyAsBefore(t *testing.T) {
	assert.Equal(t, run[:6], renew([]string{""}, run), "all of it where there was nothing")
	assert.Equal(t, run[:2], renew([]string{"Election/MajorityElects seed 2 at 0.1 s: S1 leads", "    expected: 3 votes"}, run))
	assert.Equal(t, []string{run[0], "...", run[4], run[5]},
		renew([]string{"Election/MajorityElects", "...", "      0.100 s  S0 started", "      0.333 s  S0 -> S2 heartbeat"}, run))
}

// A block is rewritten where it stands, also in a list.
func TestABlockIsRewrittenInItsPlace(t *testing.T) {
	tree := planted(t, map[string]string{"handouts/a.md": "# A\n\n- item\n\n  ```text\n  one\n  two\n  ```\n\n```text\nthree\n```\n"})
	text := tree.Texts[0]
	require.Len(t, text.Fences, 2)
	require.NoError(t, tree.write([]rewrite{
		{text, text.Fences[0], []string{"1", "    2", "3"}}, {text, text.Fences[1], []string{"4"}},
	}))
	after, err := os.ReadFile(filepath.Join(tree.Root, "handouts", "a.md"))
	require.NoError(t, err)
	assert.Equal(t, "# A\n\n- item\n\n  ```text\n  1\n      2\n  3\n  ```\n\n```text\n4\n```\n", string(after))
}

// quoting is a text with one block.
func quoting(run, lines string) string {
	return "# A\n\n<!-- run: " + run + " -->\n```text\n" + lines + "\n```\n"
}

func TestWhatIsQuotedIsSaidInFull(t *testing.T) {
	stages := []grade.Stage{table}
	refused := func(text string, says ...string) {
		t.Helper()
		read := readText("handouts/a.md", []byte(text))
		q, wrong := quoted(read, read.Fences[0], stages)
		assert.Nil(t, q)
		if assert.NotNil(t, wrong) {
			refuses(t, []Complaint{*wrong}, read.Fences[0].Line, says...)
		}
	}
	read := readText("handouts/a.md", []byte(quoting("edit=two-votes case=Election/ReElection seed=3 with=-lab.v -lab.topics=vote", "x")))
	q, wrong := quoted(read, read.Fences[0], stages)
	require.Nil(t, wrong)
	assert.Equal(t, quote{read, read.Fences[0], "two-votes", table, "ReElection", 3, []string{"-lab.v", "-lab.topics=vote"}}, *q)
	q, wrong = quoted(read, Fence{Language: "text", Lines: []string{"S0 -> S1"}}, stages)
	assert.Nil(t, wrong)
	assert.Nil(t, q)

	refused(quoting("edit=a case=Election/ReElektion seed=1", "x"), "there is no case Election/ReElektion; the nearest that there is: Election/ReElection")
	refused(quoting("edit=a case=Election/ReElection seed=4", "x"), "with seeds 1 to 3")
	refused(quoting("edit=a case=Election/VoteAgain seed=2", "x"), "with seeds 1 to 1")
	refused(quoting("case=Election/VoteAgain seed=2", "x"), "are not how a run is quoted")
	refused(strings.Replace(quoting("edit=a case=Election/VoteAgain seed=1", "x"), "text", "sh", 1), "are not how a run is quoted")
	refused("```text\nElection/VoteAgain seed 1 at 2.100 s: it does not\n```\n", "a failure is quoted that no run stands for")
}

// A run that is really made: of an edit of the catalogue, which says what is
// quoted, and something else than what is planted; of the reference, which passes.
func TestFailuresArePlanted(t *testing.T) {
	tree := open(t)
	tree.only = "planted"
	failures := func(texts ...string) []Complaint {
		t.Helper()
		tree.Texts = nil
		for _, text := range texts {
			tree.Texts = append(tree.Texts, readText("handouts/planted.md", []byte(text)))
		}
		all, err := tree.Failures(t.Context(), grade.Stages(), t.TempDir(), false)
		require.NoError(t, err)
		return all
	}
	const of = "edit=majority-one-too-few case=Election/MajorityElects seed=1"
	refuses(t, failures(quoting(of, "...\n    expected: 2 votes granted in term 1, its own included\n..."),
		quoting(of, "...\n    expected: 2 votes granted in term 2, its own included\n...")), 6,
		"the run says something else than the text (edit=majority-one-too-few case=MajorityElects seed=1)",
		"text:     expected: 2 votes granted in term 2, its own included\n    run:      expected: 2 votes granted in term 1, its own included",
		"-update writes it anew")
	refuses(t, failures(quoting("edit=majority-one-to-few case=Election/MajorityElects seed=1", "x")), 5,
		`there is no edit "majority-one-to-few"; the nearest that there is: majority-one-too-few`)
	refuses(t, failures(quoting("edit=none case=Election/MajorityElects seed=1", "x")), 5, "nothing fails")
}
