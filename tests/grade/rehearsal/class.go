package rehearsal

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"

	"raftlabs/tests/mutant"
)

// Kind is the kind of a submission; the package comment has them all.
type Kind string

const (
	Guise   Kind = "guise"
	Variant Kind = "variant"
	Mutant  Kind = "mutant"
	Attack  Kind = "attack"
	Broken  Kind = "broken"
)

// Submission is one of the class, and what is to become of it.
type Submission struct {
	Name  string
	Kind  Kind
	Doc   string // a sentence: what it is
	Loses string // the stage in which it loses points; "" is none for guises and variants, and everything for the others
	Says  string // what the report must say, or ""

	pack packing
}

// packing is how a submission is handed in: it writes something of this name into
// a folder and returns its path.
type packing func(into, name string) (string, error)

// Full tells whether it is to have full marks.
func (s Submission) Full() bool { return s.Kind == Guise || s.Kind == Variant }

// Earns says what it is to earn.
func (s Submission) Earns() string {
	switch {
	case s.Full():
		return "everything"
	case s.Loses != "":
		return "less in " + s.Loses
	}
	return "nothing"
}

// Class is the whole class, made of the reference in the tree.
func Class(tree string) ([]Submission, error) {
	r, err := readReference(tree)
	if err != nil {
		return nil, err
	}
	edits, err := mutant.Catalogue()
	if err != nil {
		return nil, err
	}
	class := guises(r)
	for _, part := range []func() ([]Submission, error){
		func() ([]Submission, error) { return edited(r, edits, mutant.Variant, variants) },
		func() ([]Submission, error) { return edited(r, edits, mutant.Mutant, mutants) },
		func() ([]Submission, error) { return attacks(r) },
	} {
		more, err := part()
		if err != nil {
			return nil, err
		}
		class = append(class, more...)
	}
	for _, s := range broken(r) {
		s.Kind = Broken
		class = append(class, s)
	}
	return class, nil
}

// Write writes submissions into a folder, as they would be handed in, and returns
// their paths.
func Write(class []Submission, into string) (paths []string, err error) {
	if err := os.MkdirAll(into, 0o755); err != nil {
		return nil, fmt.Errorf("writing the class: %w", err)
	}
	for _, s := range class {
		name, err := s.pack(into, s.Name)
		if err != nil {
			return nil, fmt.Errorf("writing %s: %w", s.Name, err)
		}
		paths = append(paths, name)
	}
	return paths, nil
}

// files are a submission's, by names like "raft/raft.go".
type files map[string]string

// with is a copy with one more file, or another text for one.
func (f files) with(name, text string) files {
	more := maps.Clone(f)
	more[name] = text
	return more
}

// each is a copy with every text changed.
func (f files) each(change func(string) string) files {
	other := files{}
	for name, text := range f {
		other[name] = change(text)
	}
	return other
}

// reference is the reference as a student would hand it in, and the skeleton that
// students begin with.
type reference struct {
	tree     string
	files    files
	skeleton files
}

func readReference(tree string) (reference, error) {
	r := reference{tree: tree, files: files{}, skeleton: files{}}
	for _, folder := range []string{"raft", "kvraft"} {
		own := readFolder(filepath.Join(tree, "solutions", folder), folder, r.files)
		if err := errors.Join(own, readFolder(filepath.Join(tree, folder), folder, r.skeleton)); err != nil {
			return r, fmt.Errorf("reading the reference: %w", err)
		}
	}
	r.files = r.files.each(asStudents)
	return r, nil
}

// readFolder reads the Go files of a folder that are no tests.
func readFolder(from, as string, into files) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".go" || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			return err
		}
		into[path.Join(as, e.Name())] = string(text)
	}
	return nil
}

// asStudents has a service stand on its author's Raft.
func asStudents(text string) string {
	return strings.ReplaceAll(text, `"raftlabs/solutions/raft"`, `"raftlabs/raft"`)
}
