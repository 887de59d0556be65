package starter

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// smallTree is a copy of what of the framework a starter is made from.
func smallTree(t *testing.T) string {
	t.Helper()
	tree := t.TempDir()
	files, err := choose(treeOf(t))
	require.NoError(t, err)
	require.NoError(t, eachFile(filepath.Join(treeOf(t), "solutions"), func(name string, _ []byte) error {
		files = append(files, "solutions/"+name)
		return nil
	}))
	for _, name := range files {
		name = filepath.FromSlash(name)
		require.NoError(t, copyFile(filepath.Join(treeOf(t), name), filepath.Join(tree, name)))
	}
	return tree
}

// edit replaces a text in a file of a tree, which has it once.
func edit(t *testing.T, tree, name, before, after string) {
	t.Helper()
	file := filepath.Join(tree, filepath.FromSlash(name))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(text), before), "%q in %s", before, name)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), before, after, 1)), 0o644))
}

// add writes a new file into a tree.
func add(t *testing.T, tree, name, text string) {
	t.Helper()
	file := filepath.Join(tree, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}

// refuses has Write fail, and leave nothing behind.
func refuses(t *testing.T, tree string, with ...string) {
	t.Helper()
	around := t.TempDir()
	err := Write(tree, filepath.Join(around, "starter"))
	require.Error(t, err)
	for _, w := range with {
		assert.ErrorContains(t, err, w)
	}
	left, err := os.ReadDir(around)
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestAFolderWithSomethingInItIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	add(t, dir, "mine.txt", "mine")
	assert.ErrorContains(t, Write(treeOf(t), dir), dir+" is not empty: it has mine.txt. Name a folder that is empty, or one that is not there yet")
	assert.ErrorContains(t, Write(treeOf(t), filepath.Join(dir, "mine.txt")), "a starter cannot be written to ")
	assert.ErrorContains(t, Write(treeOf(t), filepath.Join(dir, "no", "such", "folder")), "making a folder beside ")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 1)
}

func TestASkeletonThatIsFilledInIsNotGivenAway(t *testing.T) {
	tree := smallTree(t)
	add(t, tree, "raft/mine.go", "package raft\n")
	refuses(t, tree, "raft/mine.go is not part of the skeleton")
	require.NoError(t, os.Remove(filepath.Join(tree, "raft", "mine.go")))
	edit(t, tree, "raft/raft.go", "\tnotYet(\"Make\", \"handouts/01-election.md\") // Stage 1: delete this line\n", "")
	refuses(t, tree, "raft/raft.go is no skeleton any more: Make does not begin with notYet")
}

func TestALeakIsNotGivenAway(t *testing.T) {
	tree := smallTree(t)
	edit(t, tree, "raft/raft.go", "\tnotYet(\"Start\", \"handouts/02-replication.md\") // Stage 2: delete this line\n", `
	rf.mu.Lock()
	defer rf.mu.Unlock()
	if rf.role != leader || rf.killed() {
		return -1, rf.currentTerm, false
	}
	index = rf.appendLocked(command)
`)
	refuses(t, tree, "the starter would give away parts of a solution:\nraft/raft.go:")
}

func TestAStarterWithoutItsCommandIsRefused(t *testing.T) {
	tree := smallTree(t)
	add(t, tree, "tests/mutant/mutant.go", "package mutant\n")
	// The one file with main stays out, since it imports what stays out.
	edit(t, tree, "tests/cmd/grade/main.go", "import (\n", "import (\n\t_ \"raftlabs/tests/mutant\"\n")
	add(t, tree, "tests/cmd/grade/more.go", "package main\n\nimport _ \"raftlabs/tests/grade\"\n")
	refuses(t, tree, "the starter does not compile", "main is undeclared")
}

func TestFilesThatImportTheInstructorsAndTheirManualStayOut(t *testing.T) {
	tree := smallTree(t)
	add(t, tree, "tests/mutant/mutant.go", "package mutant\n")
	add(t, tree, "tests/cmd/grade/more.go", "package main\n\nimport _ \"raftlabs/tests/mutant\"\n")
	add(t, tree, "tests/cmd/grade/more_windows.go", "package main\n\nimport _ \"raftlabs/tests/wire/other\"\n")
	add(t, tree, "tests/wire/other/other.go", "package other\n")
	add(t, tree, "handouts/instructors.md", "Answers.\n")
	add(t, tree, "handouts/figures/01-roles.svg", "<svg/>\n")
	add(t, tree, "handouts/naive/main.go", "package main\n\nimport _ \"raftlabs/tests/wire/seldom\"\n")
	add(t, tree, "handouts/naive/main_test.go", "package main\n")
	add(t, tree, "handouts/naive/testdata/story.txt", "Once.\n")
	add(t, tree, "tests/wire/seldom/seldom.go", "package seldom\n")
	add(t, tree, "tests/handouts/handouts.go", "package handouts\n")
	add(t, tree, "LICENSE", "Do as you like.\n")
	files, err := choose(tree)
	require.NoError(t, err)
	for name, want := range map[string]bool{
		"tests/mutant/mutant.go":            false,
		"tests/cmd/grade/more.go":           false,
		"handouts/instructors.md":           false,
		"tests/cmd/grade/main.go":           true,
		"tests/cmd/grade/more_windows.go":   true,
		"tests/wire/other/other.go":         true, // another system's builds count
		"handouts/figures/01-roles.svg":     true,
		"handouts/naive/main.go":            true,
		"tests/wire/seldom/seldom.go":       true, // the example needs it
		"handouts/naive/main_test.go":       false,
		"handouts/naive/testdata/story.txt": false,
		"tests/handouts/handouts.go":        false,
		"LICENSE":                           true,
		"tests/trace/page/assets/page.html": true,
	} {
		assert.Equal(t, want, slices.Contains(files, name), name)
	}
}

func TestAMoveThatFailsIsTakenBack(t *testing.T) {
	stage, dir := t.TempDir(), t.TempDir()
	add(t, stage, "a/one", "1")
	add(t, stage, "b/two", "2")
	add(t, dir, "b/in-the-way", "3")
	assert.ErrorContains(t, publish(stage, dir), "moving the starter to "+dir)
	assert.NoDirExists(t, filepath.Join(dir, "a"))
	assert.FileExists(t, filepath.Join(dir, "b", "in-the-way"))
}

func TestAFolderThatIsNotThereIsMade(t *testing.T) {
	stage := t.TempDir()
	add(t, stage, "a/one", "1")
	dir := filepath.Join(t.TempDir(), "new")
	require.NoError(t, publish(stage, dir))
	assert.FileExists(t, filepath.Join(dir, "a", "one"))
}
