package handouts

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"raftlabs/tests/grade"
	"raftlabs/tests/lab"
)

// planted is a tree with texts that stand nowhere else: names and what they hold.
// What is named must be among the files, or is a text itself.
func planted(t *testing.T, texts map[string]string, files ...string) *Tree {
	t.Helper()
	all := withFolders(files)
	tree := &Tree{Root: t.TempDir(), only: "planted"}
	for name, source := range texts {
		write(t, tree.Root, name, source)
		tree.Texts = append(tree.Texts, readText(name, []byte(source)))
		for file := range withFolders([]string{name}) {
			all[file] = true
		}
	}
	tree.listed = func() (map[string]bool, error) { return all, nil }
	tree.given = func() (map[string]bool, error) {
		given := map[string]bool{}
		for name := range all {
			if !strings.HasPrefix(name, "solutions/") && name != instructors {
				given[name] = true
			}
		}
		return given, nil
	}
	return tree
}

// refuses wants one complaint, at a line, that says something.
func refuses(t *testing.T, complaints []Complaint, line int, says ...string) {
	t.Helper()
	if !assert.Len(t, complaints, 1) {
		return
	}
	assert.Equal(t, line, complaints[0].Line, "%s", complaints[0])
	for _, s := range says {
		assert.Contains(t, complaints[0].String(), s)
	}
}

// table is a stage for planted texts.
var table = grade.Stage{
	Name: "election", Test: "TestElection", Handout: "handouts/01-election.md", Student: "raft", Reference: "solutions/raft",
	Cases: []grade.Case{
		{Name: "MajorityElects", Kind: lab.Rule, Points: 0.5, Doc: "a majority elects"},
		{Name: "VoteAgain", Kind: lab.Rule, Points: 0.5, Doc: "asked again, it says it again"},
		{Name: "ReElection", Kind: lab.Scenario, Points: 2, Doc: "a leader is replaced"},
	},
}

func TestLinksArePlanted(t *testing.T) {
	links := func(text string) []Complaint {
		t.Helper()
		tree := planted(t, map[string]string{
			"handouts/a.md": "# A\n\n" + text,
			"handouts/b.md": "# B\n\n## What `Make` is: for\n\n## Done?\n\n## Done?\n",
		}, "handouts/naive/main.go", "solutions/raft/raft.go", "handouts/instructors.md")
		all, err := tree.Links(&List{Path: "sites.txt", lines: map[string]int{"https://raft.github.io/": 1}, used: map[string]bool{}})
		assert.NoError(t, err)
		return all
	}
	for _, good := range []string{
		"[b](b.md)", "[b](b.md#what-make-is-for)", "[b](b.md#done-1)", "[a](#a)", "[the example](naive/)", "[it](naive/main.go)",
		"[Raft](https://raft.github.io/)", "<https://raft.github.io/>", "```text\n[b](c.md)\n```",
	} {
		assert.Empty(t, links(good), good)
	}
	refuses(t, links("[b](bb.md)"), 3, `handouts/a.md:3: the link to "bb.md": there is no handouts/bb.md; the nearest that there is: handouts/b.md`)
	refuses(t, links("Text,\n[b](b.md#done-2)"), 4, "handouts/b.md has no heading #done-2; the nearest that there is: done-1")
	refuses(t, links("[it](naive/main.go#main)"), 3, "has no headings")
	refuses(t, links("[it](../solutions/raft/raft.go)"), 3, "a student's repository has no solutions/raft/raft.go")
	refuses(t, links("[it](instructors.md)"), 3, "a student's repository has no handouts/instructors.md")
	refuses(t, links("![it](figures/a.svg)"), 3, "there is no handouts/figures/a.svg")
	refuses(t, links("[Raft](http://raft.github.io/)"), 3, "no address with https")
	refuses(t, links("Or https://raft.github.io/raft.pdf instead"), 3, `"https://raft.github.io/raft.pdf" is not in sites.txt`)
}

func TestAListIsUsedUp(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "list.txt", "# words\nGitHub\ta code host\nTiKV\ta database\n")
	list, err := readList(dir + "/list.txt")
	assert.NoError(t, err)
	assert.True(t, list.has("TiKV"))
	assert.False(t, list.has("# words"))
	refuses(t, list.unused(), 2, `no text has "GitHub" any more`)
	for text, want := range map[string]string{"a\tb\na\tb\n": "stands there twice", "a\n": "say behind a tab what it is"} {
		write(t, dir, "list.txt", text)
		_, err := readList(dir + "/list.txt")
		assert.ErrorContains(t, err, want)
	}
}
