package handouts

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"raftlabs/tests/grade/starter"
)

// Tree is a framework with its texts.
type Tree struct {
	Root  string
	Texts []*Text

	only   string // of the texts look at this one alone, "01-election.md"; "" is all
	listed func() (map[string]bool, error)
	given  func() (map[string]bool, error)
}

// instructors is the handout that no student gets.
const instructors = "handouts/instructors.md"

// studentsReadme is what a starter has as its README.md.
const studentsReadme = "tests/grade/starter/template/README.md"

// Open reads the texts of a tree: its handouts, its README.md and the starter's.
// only is the name of the one to look at, or "".
func Open(root, only string) (*Tree, error) {
	names, err := filepath.Glob(filepath.Join(root, "handouts", "*.md"))
	if err != nil {
		return nil, err
	}
	names = append(names, filepath.Join(root, "README.md"), filepath.Join(root, filepath.FromSlash(studentsReadme)))
	t := &Tree{Root: root, only: only}
	for _, name := range names {
		within, err := filepath.Rel(root, name)
		if err != nil {
			return nil, err
		}
		if within = filepath.ToSlash(within); !t.wants(within) {
			continue
		}
		text, err := t.text(within)
		if err != nil {
			return nil, err
		}
		t.Texts = append(t.Texts, text)
	}
	if len(t.Texts) == 0 {
		return nil, fmt.Errorf("%s has no text %q", root, only)
	}
	t.listed = sync.OnceValues(t.list)
	t.given = sync.OnceValues(func() (map[string]bool, error) {
		files, err := starter.Files(root)
		return withFolders(files), err
	})
	return t, nil
}

// wants tells whether a text is to be looked at. README.md alone is that of the
// handouts; the tree's own is "/README.md".
func (t *Tree) wants(name string) bool {
	return t.only == "" || "/"+name == t.only || path.Dir(name) == "handouts" && path.Base(name) == t.only
}

// text reads one text.
func (t *Tree) text(name string) (*Text, error) {
	source, err := os.ReadFile(filepath.Join(t.Root, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	return readText(name, source), nil
}

// students tells whether a text is one that students get.
func students(name string) bool { return name != "README.md" && name != instructors }

// files are the files and folders that a text may name: the tree's, or, where
// students read it, those that they have too.
func (t *Tree) files(name string) (map[string]bool, error) {
	if students(name) {
		return t.given()
	}
	return t.listed()
}

// list is every file of the tree, and every folder.
func (t *Tree) list() (map[string]bool, error) {
	var files []string
	err := fs.WalkDir(os.DirFS(t.Root), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == ".git":
			return fs.SkipDir
		case !e.IsDir():
			files = append(files, name)
		}
		return nil
	})
	return withFolders(files), err
}

// withFolders adds the folders in which files lie.
func withFolders(files []string) map[string]bool {
	all := map[string]bool{".": true}
	for _, name := range files {
		for ; name != "." && !all[name]; name = path.Dir(name) {
			all[name] = true
		}
	}
	return all
}

// isMarkdown tells whether a file is a text with headings.
func isMarkdown(name string) bool { return strings.HasSuffix(name, ".md") }
