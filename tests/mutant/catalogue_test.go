package mutant

import (
	"bytes"
	"fmt"
	"go/ast"
	gobuild "go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade"
)

const tree = "../.."

// The catalogue is for the reference as it is today: an edit that no longer
// applies is to be written anew or taken out.
func TestEveryEditAppliesAndCompiles(t *testing.T) {
	edits, err := Catalogue()
	require.NoError(t, err)
	exports := exportData(t)
	for _, e := range edits {
		t.Run(e.Name, func(t *testing.T) {
			files, err := e.Apply(os.DirFS(filepath.Join(tree, "solutions")))
			require.NoError(t, err)
			changed := map[string]bool{}
			for file := range files {
				changed[path.Dir(file)] = true
			}
			for folder := range changed {
				typeCheck(t, exports, folder, files)
			}
		})
	}
}

// A stage owns the bugs of the package that it tests.
func TestEveryMutantHasAnOwner(t *testing.T) {
	edits, err := Catalogue()
	require.NoError(t, err)
	folders := map[string]string{}
	for _, s := range grade.Stages() {
		folders[s.Name] = s.Reference
	}
	for _, e := range edits {
		for _, stage := range e.Lacks {
			assert.NotEmpty(t, folders[stage], "%s: there is no stage %q", e.Name, stage)
		}
		if e.Kind != Mutant {
			continue
		}
		require.NotEmpty(t, folders[e.Stage], "%s: there is no stage %q", e.Name, e.Stage)
		for _, c := range e.Changes {
			assert.Equal(t, folders[e.Stage], path.Join("solutions", path.Dir(c.File)), "%s is a bug of another package than %s tests", e.Name, e.Stage)
		}
	}
}

// exportData compiles what solutions/ is made from, and what edits make it from
// besides, and returns what go/types needs to import it.
func exportData(t *testing.T) types.Importer {
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", "./solutions/...", "./tests/mutant/alt")
	cmd.Dir = tree
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s", &stderr)
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		files[name] = file
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(name string) (io.ReadCloser, error) {
		if files[name] == "" {
			return nil, fmt.Errorf("the reference does not import %s", name)
		}
		return os.Open(files[name])
	})
}

// typeCheck compiles a package of solutions/ with the changed files in it, as
// far as the types.
func typeCheck(t *testing.T, imports types.Importer, folder string, changed map[string]string) {
	dir := filepath.Join(tree, "solutions", filepath.FromSlash(folder))
	pkg, err := gobuild.ImportDir(dir, 0)
	require.NoError(t, err)
	sources := map[string]any{}
	for _, name := range pkg.GoFiles {
		sources[path.Join(folder, name)] = nil // from the disk
	}
	for name, text := range changed {
		if path.Dir(name) == folder {
			sources[name] = text
		}
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for name, text := range sources {
		file, err := parser.ParseFile(fset, filepath.Join(tree, "solutions", filepath.FromSlash(name)), text, 0)
		require.NoError(t, err)
		files = append(files, file)
	}
	config := types.Config{Importer: imports}
	_, err = config.Check(folder, fset, files, nil)
	require.NoError(t, err)
}

const goodHead = "A bug.\n\nstage: election\nbreaks: §5.2, one vote a term\nharm: safety\n"

func TestAnEditIsRead(t *testing.T) {
	e, err := parse("two-votes", Mutant, []byte("A bug of\ntwo lines.\n"+goodHead[len("A bug.\n"):]+
		"-- raft/a.go: old --\na\n\nb\n-- raft/a.go: new --\n-- raft/b.go: whole --\npackage raft\n"))
	require.NoError(t, err)
	require.Len(t, e.Digest, 12)
	e.Digest = ""
	assert.Equal(t, Edit{
		Name: "two-votes", Kind: Mutant, Doc: "A bug of two lines.",
		Stage: "election", Breaks: "§5.2, one vote a term", Harm: "safety",
		Changes: []Change{
			{File: "raft/a.go", Old: "a\n\nb\n"},
			{File: "raft/b.go", Whole: true, New: "package raft\n"},
		},
	}, e)
}

func TestAnEditThatSaysTooLittleIsRefused(t *testing.T) {
	const change = "-- raft/a.go: old --\na\n-- raft/a.go: new --\nb\n"
	for text, want := range map[string]string{
		goodHead + change: "",
		strings.Replace(goodHead, "A bug.", "bug", 1) + change:           "begin with a sentence",
		strings.Replace(goodHead, "harm: safety", "harm: x", 1) + change: `harm is "x"`,
		strings.Replace(goodHead, "§5.2", "5.2", 1) + change:             "with its section",
		strings.Replace(goodHead, "stage: election\n", "", 1) + change:   "the stage that owns it",
		goodHead + "points: 3\n" + change:                                `no field "points"`,
		goodHead:                                                         "it changes nothing",
		goodHead + "-- raft/a.go: old --\na\n":                           `"raft/a.go: new" does not follow`,
		goodHead + "-- raft/a.go: old --\na\n-- raft/b.go: new --\nb\n":  `"raft/a.go: new" does not follow`,
		goodHead + "-- raft/a.go --\na\n":                                `no section "raft/a.go"`,
		goodHead + "-- raft/a.txt: whole --\na\n":                        "no Go file",
		goodHead + "-- ../raft/a.go: whole --\na\n":                      "no Go file",
		goodHead + "-- raft/a.go: old --\n-- raft/a.go: new --\nb\n":     "no text to replace",
		goodHead + "-- raft/a.go: old --\na\n-- raft/a.go: new --\na\n":  "changes nothing",
	} {
		_, err := parse("name", Mutant, []byte(text))
		if want == "" {
			assert.NoError(t, err)
			continue
		}
		assert.ErrorContains(t, err, want, text)
	}
	_, err := parse("name", Variant, []byte(goodHead+change))
	assert.ErrorContains(t, err, "fields of mutants")
	_, err = parse("name", Mutant, []byte(goodHead+"lacks: reads\n"+change))
	assert.ErrorContains(t, err, "a field of variants")
}

func TestACatalogueHasNamesInKebabCaseUsedOnce(t *testing.T) {
	variant := &fstest.MapFile{Data: []byte("Another design.\n")}
	mutant := &fstest.MapFile{Data: []byte(goodHead + "-- raft/a.go: whole --\npackage raft\n")}
	edits, err := readCatalogue(fstest.MapFS{"mutants/a.txtar": mutant, "mutants/b-2.txtar": mutant, "variants/z.txtar": variant})
	require.NoError(t, err)
	var names []string
	for _, e := range edits {
		names = append(names, e.Name)
	}
	assert.Equal(t, []string{"z", "a", "b-2"}, names)

	for _, wrong := range []fstest.MapFS{
		{"mutants/TwoVotes.txtar": mutant},
		{"mutants/two votes.txtar": mutant},
		{"mutants/a.txt": mutant},
		{"mutants/a.txtar": mutant, "variants/a.txtar": variant},
	} {
		_, err := readCatalogue(wrong)
		assert.ErrorContains(t, err, "kebab-case")
	}
}

func TestAnEditAppliesToTheVeryTextItWasWrittenFor(t *testing.T) {
	solutions := fstest.MapFS{"raft/a.go": {Data: []byte("package raft\n\nvar a = 1\nvar b = 1\n")}}
	change := func(old, new string) Edit {
		return Edit{Name: "an-edit", Changes: []Change{{File: "raft/a.go", Old: old, New: new}}}
	}
	e := change("var a = 1\n", "var a   =   2\n")
	e.Changes = append(e.Changes,
		Change{File: "raft/a.go", Old: "= 1\n", New: "= 3\n"}, // once, after the first change
		Change{File: "raft/b.go", Whole: true, New: "package raft\n"})
	files, err := e.Apply(solutions)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{
		"raft/a.go": "package raft\n\nvar a = 2\nvar b = 3\n",
		"raft/b.go": "package raft\n",
	}, files)

	e = change("= 1\n", "= 2\n")
	_, err = e.Apply(solutions)
	assert.EqualError(t, err, "edit an-edit no longer applies: raft/a.go has this text 2 times, not once:\n= 1\n")
	e = change("var c = 1\n", "")
	_, err = e.Apply(solutions)
	assert.EqualError(t, err, "edit an-edit no longer applies: raft/a.go has this text 0 times, not once:\nvar c = 1\n")
	e = change("var a = 1\n", "var a = \n")
	_, err = e.Apply(solutions)
	assert.ErrorContains(t, err, "edit an-edit makes of raft/a.go what is no Go")
	e = Edit{Name: "an-edit", Changes: []Change{{File: "raft/a.go", Whole: true, New: "package raft\n"}}}
	_, err = e.Apply(solutions)
	assert.EqualError(t, err, "edit an-edit adds raft/a.go, which is there")
	e = Edit{Name: "an-edit", Changes: []Change{{File: "raft/c.go", Old: "a", New: "b"}}}
	_, err = e.Apply(solutions)
	assert.ErrorContains(t, err, "edit an-edit: open raft/c.go")
}
