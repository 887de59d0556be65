package starter

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// expected are the files of a starter that share something with one of the
// instructor's by intention, and why that gives nothing away.
var expected = map[[2]string]string{
	{"raft/raft_test.go", "solutions/raft/raft_test.go"}:         "one line a stage, the same for whoever is tested",
	{"kvraft/kvraft_test.go", "solutions/kvraft/kvraft_test.go"}: "one line, the same for whoever is tested",
}

// Leaks looks in the folder dir for what only an instructor is to have, with the
// framework in the folder tree. Each result is a sentence that names both places.
func Leaks(tree, dir string) ([]string, error) {
	secrets, err := secretsOf(tree)
	if err != nil {
		return nil, err
	}
	var leaks []string
	err = eachFile(dir, func(name string, content []byte) error {
		leaks = append(leaks, secrets.in(name, content)...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for leaks: %w", err)
	}
	return leaks, nil
}

// secrets is what is not to be in a starter.
type secrets struct {
	files  map[[sha256.Size]byte]string // by content: the name
	bodies map[string]function          // by normal form
	runs   map[string]place             // by the lines, joined
}

// own is this package: its templates are in every starter.
const own = "tests/grade/starter"

// place is a line of a file.
type place struct {
	file string
	line int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

// isSolution tells which files' text is a solution. What else is the
// instructor's may well be like something of the framework's: the programs that
// run the tests are.
func isSolution(name string) bool {
	return strings.HasPrefix(name, "solutions/") || strings.HasPrefix(name, "tests/mutant/alt/")
}

func secretsOf(tree string) (secrets, error) {
	s := secrets{map[[sha256.Size]byte]string{}, map[string]function{}, map[string]place{}}
	for _, folder := range instructors {
		err := eachFile(path.Join(tree, folder), func(name string, content []byte) error {
			name = path.Join(folder, name)
			if folder != own && len(bytes.TrimSpace(content)) > 0 {
				s.files[digest(content)] = name
			}
			if !isSolution(name) {
				return nil
			}
			for _, r := range runsOf(name, content) {
				s.runs[r.text] = r.at
			}
			if path.Ext(name) != ".go" {
				return nil
			}
			bodies, err := bodiesOf(name, content)
			for _, b := range bodies {
				s.bodies[b.normal] = b
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return s, fmt.Errorf("reading the solutions: %w", err)
		}
	}
	if len(s.bodies) == 0 {
		return s, fmt.Errorf("there are no solutions in %s to look for", tree)
	}
	return s, nil
}

// digest is of a file's content without the blanks around it.
func digest(content []byte) [sha256.Size]byte { return sha256.Sum256(bytes.TrimSpace(content)) }

// in tells what a file of a starter gives away.
func (s secrets) in(name string, content []byte) []string {
	if theirs(name) {
		return []string{name + " is in a folder that is the instructor's"}
	}
	if same := s.files[digest(content)]; same != "" && expected[[2]string{name, same}] == "" {
		return []string{fmt.Sprintf("%s is %s", name, same)}
	}
	var leaks []string
	if path.Ext(name) == ".go" {
		bodies, err := bodiesOf(name, content)
		if err != nil {
			return []string{fmt.Sprintf("%s cannot be looked at: %v", name, err)}
		}
		for _, b := range bodies {
			if from, ok := s.bodies[b.normal]; ok && expected[[2]string{name, from.at.file}] == "" {
				leaks = append(leaks, fmt.Sprintf("%v: the body of %s is that of %s at %v", b.at, b.name, from.name, from.at))
			}
		}
	}
	return append(leaks, s.lines(name, content)...)
}

// lines reports each run of a solution's lines once, however long it is.
func (s secrets) lines(name string, content []byte) []string {
	var leaks []string
	end := 0 // of the run that was reported last
	runs := runsOf(name, content)
	slices.SortStableFunc(runs, func(a, b textRun) int { return a.at.line - b.at.line })
	for _, r := range runs {
		from, ok := s.runs[r.text]
		if !ok || expected[[2]string{name, from.file}] != "" {
			continue
		}
		if r.at.line > end {
			leaks = append(leaks, fmt.Sprintf("%v: the lines from here on are those of %v", r.at, from))
		}
		end = max(end, r.last)
	}
	return leaks
}

// eachFile calls f with all files below a folder, but for what git keeps there.
func eachFile(folder string, f func(name string, content []byte) error) error {
	root := os.DirFS(folder)
	return fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if e.Name() == ".git" {
				return fs.SkipDir
			}
			return nil
		}
		content, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		return f(name, content)
	})
}
