package handouts

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade"
)

var (
	treeFlag = flag.String("tree", "../..", "look at the texts of the framework in this folder")
	only     = flag.String("handout", "", "look at this text only, 01-election.md; /README.md is the tree's own")
	update   = flag.Bool("update", false, "write the quoted failures anew")
)

func TestMain(m *testing.M) {
	if IsShim() {
		os.Exit(Shim(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// open opens the tree that the flags name.
func open(t *testing.T) *Tree {
	t.Helper()
	root, err := filepath.Abs(*treeFlag)
	require.NoError(t, err)
	tree, err := Open(root, *only)
	require.NoError(t, err)
	return tree
}

// report fails the test with every complaint.
func report(t *testing.T, complaints []Complaint) {
	t.Helper()
	for _, c := range complaints {
		t.Errorf("%s", c)
	}
}

// listed reads one of the lists beside this file.
func listed(t *testing.T, name string) *List {
	t.Helper()
	list, err := readList(name)
	require.NoError(t, err)
	return list
}

func TestLinksLeadSomewhere(t *testing.T) {
	tree := open(t)
	complaints, err := tree.Links(listed(t, "sites.txt"))
	require.NoError(t, err)
	report(t, complaints)
}

func TestStagesAndHandoutsHaveTheSameCases(t *testing.T) {
	tree := open(t)
	report(t, tree.Cases(grade.Stages()))
	report(t, tree.Numbers(grade.Stages()))
	complaints, err := tree.NamedInCode()
	require.NoError(t, err)
	report(t, complaints)
}

func TestQuotedFailuresAreWhatRunsSay(t *testing.T) {
	tree := open(t)
	complaints, err := tree.Failures(t.Context(), grade.Stages(), t.TempDir(), *update)
	require.NoError(t, err)
	report(t, complaints)
}

func TestNamesAreTheCodes(t *testing.T) {
	tree := open(t)
	complaints, err := tree.Names(grade.Stages(), listed(t, "words.txt"))
	require.NoError(t, err)
	report(t, complaints)
}

func TestCommandsDoWhatTheTextSays(t *testing.T) {
	tree := open(t)
	complaints, notRun, err := tree.Commands(t.Context(), t.TempDir())
	require.NoError(t, err)
	for _, reason := range notRun {
		t.Log(reason)
	}
	report(t, complaints)
}

func TestFiguresAreWellMade(t *testing.T) {
	complaints, err := open(t).Figures()
	require.NoError(t, err)
	report(t, complaints)
}

// browserFor finds a browser, or skips the test.
func browserFor(t *testing.T) string {
	t.Helper()
	browser := Browser()
	if browser == "" && os.Getenv("RAFTLABS_BROWSER_REQUIRED") != "" {
		t.Fatal("no browser here, though RAFTLABS_BROWSER_REQUIRED is set: install chromium")
	}
	if browser == "" {
		t.Skip("no browser here: install chromium to have the figures drawn")
	}
	return browser
}

func TestFiguresCanBeRead(t *testing.T) {
	complaints, err := open(t).Looks(t.Context(), browserFor(t), t.TempDir())
	require.NoError(t, err)
	report(t, complaints)
}
