package starter

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// commands are the packages of what students run beside go test: the grader, and
// what looks for a seed that fails and plays its run again.
var commands = []string{"tests/cmd/grade", "tests/cmd/hunt", "tests/cmd/replay"}

// instructors are the folders that no student gets, with all below them.
var instructors = []string{".ci", "solutions", "tests/mutant", "tests/cmd/mutate", "tests/grade/starter", "tests/grade/autograder",
	"tests/grade/rehearsal", "tests/cmd/rehearse", "tests/handouts"}

// theirs tells whether a folder or file of the tree is the instructor's.
func theirs(name string) bool {
	return slices.ContainsFunc(instructors, func(folder string) bool {
		return name == folder || strings.HasPrefix(name, folder+"/")
	})
}

// Files are all files of a starter, from the framework in the folder tree, with
// slashes and in order: those that it shares with the framework, and its own.
func Files(tree string) ([]string, error) {
	files, err := choose(tree)
	if err != nil {
		return nil, err
	}
	own, err := fs.Sub(template, "template")
	if err != nil {
		return nil, fmt.Errorf("reading the template: %w", err)
	}
	err = fs.WalkDir(own, ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files = append(files, name)
		}
		return err
	})
	slices.Sort(files)
	return files, err
}

// choose returns the files of the tree that belong into a starter, with slashes.
func choose(tree string) ([]string, error) {
	module, err := modulePath(tree)
	if err != nil {
		return nil, err
	}
	c := closure{tree: tree, module: module, seen: map[string]bool{}}
	examples, err := exampleFolders(tree)
	if err != nil {
		return nil, err
	}
	for _, root := range slices.Concat([]string{"raft", "kvraft"}, commands, examples) {
		if err := c.add(root); err != nil {
			return nil, err
		}
	}
	assets, err := c.embedded()
	if err != nil {
		return nil, err
	}
	around, err := surroundings(tree)
	if err != nil {
		return nil, err
	}
	files := slices.Concat(c.files, assets, around)
	slices.Sort(files)
	return slices.Compact(files), nil
}

// closure collects packages and all that they import of their module. It reads the
// files of every build: a student may work on another system, or with other tags.
type closure struct {
	tree, module string
	seen         map[string]bool
	folders      []string
	files        []string
}

func (c *closure) add(folder string) error {
	if c.seen[folder] {
		return nil
	}
	c.seen[folder] = true
	c.folders = append(c.folders, folder)
	entries, err := os.ReadDir(filepath.Join(c.tree, filepath.FromSlash(folder)))
	if err != nil {
		return fmt.Errorf("reading the package %s: %w", folder, err)
	}
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		if path.Ext(name) == ".s" { // of a build for another machine, like WebAssembly
			c.files = append(c.files, name)
		}
		if e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") && !isStudentsTest(name) {
			continue
		}
		imports, err := c.imports(name)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(imports, theirs) {
			continue
		}
		c.files = append(c.files, name)
		for _, i := range imports {
			if err := c.add(i); err != nil {
				return err
			}
		}
	}
	return nil
}

// isStudentsTest tells whether a test file is one that students run.
func isStudentsTest(name string) bool {
	return name == "raft/raft_test.go" || name == "kvraft/kvraft_test.go"
}

// imports are the folders of the tree whose packages a Go file imports.
func (c *closure) imports(name string) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(c.tree, filepath.FromSlash(name)), nil, parser.ImportsOnly)
	if err != nil {
		return nil, fmt.Errorf("reading the imports of %s: %w", name, err)
	}
	var folders []string
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, fmt.Errorf("reading the imports of %s: %w", name, err)
		}
		if folder, ok := strings.CutPrefix(imported, c.module+"/"); ok {
			folders = append(folders, folder)
		}
	}
	return folders, nil
}

// embedded are the files that the packages embed.
func (c *closure) embedded() ([]string, error) {
	args := []string{"list", "-f", `{{$p := .ImportPath}}{{range .EmbedFiles}}{{$p}}/{{.}}{{"\n"}}{{end}}`}
	for _, folder := range c.folders {
		args = append(args, "./"+folder)
	}
	out, err := run(c.tree, "go", args...)
	if err != nil {
		return nil, fmt.Errorf("looking for embedded files: %w", err)
	}
	var files []string
	for line := range strings.Lines(out) {
		if line = strings.TrimSpace(line); line != "" {
			files = append(files, strings.TrimPrefix(line, c.module+"/"))
		}
	}
	return files, nil
}

// exampleFolders are the folders of handouts/ with programs that students run.
func exampleFolders(tree string) (folders []string, err error) {
	err = fs.WalkDir(os.DirFS(tree), "handouts", func(name string, e fs.DirEntry, err error) error {
		if folder := path.Dir(name); err == nil && strings.HasSuffix(name, ".go") && !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for examples: %w", err)
	}
	return folders, nil
}

// surroundings are the files that are no package's.
func surroundings(tree string) ([]string, error) {
	files := []string{"go.mod", "go.sum", "grade.sh", ".gitignore"}
	licences, err := filepath.Glob(filepath.Join(tree, "LICENSE*"))
	if err != nil {
		return nil, fmt.Errorf("looking for a licence: %w", err)
	}
	for _, file := range licences {
		files = append(files, filepath.Base(file))
	}
	err = fs.WalkDir(os.DirFS(tree), "handouts", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == "testdata":
			return fs.SkipDir // of the examples' tests
		case !e.IsDir() && name != "handouts/instructors.md" && !strings.HasPrefix(e.Name(), ".") && !strings.HasSuffix(name, ".go"):
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for the handouts: %w", err)
	}
	return files, nil
}
