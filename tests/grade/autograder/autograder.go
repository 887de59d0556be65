// Package autograder writes what Gradescope calls an autograder: a folder that an
// instructor zips and uploads, and in which Gradescope then grades each submission.
//
// It holds setup.sh, which installs Go and gcc when Gradescope builds the image,
// run_autograder, which grades one submission and leaves results.json, and in
// raftlabs/ the framework. The reference is among that, to run lost cases of the
// service over its Raft. Gradescope shows students nothing of an autograder, and what they hand in
// goes through the gate like anybody's.
//
// Points and limits are the grader's: --policy and --seeds can be added in
// run_autograder, and Gradescope's own time limit is to be 20 minutes or more on
// its smallest machine.
package autograder

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"text/template"
)

//go:embed template
var templates embed.FS

// left are the folders at the top of the framework that grading does not need.
var left = []string{".git", ".ci", ".github", "handouts", "lab-results", "tests/mutant", "tests/cmd/mutate", "tests/handouts"}

// Write writes the autograder into a folder that is empty or not there.
func Write(tree, dir string) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty: name a new folder for the autograder", dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("writing the autograder: %w", err)
	}
	files, err := tracked(tree)
	if err != nil {
		return err
	}
	for _, name := range files {
		if err := copyFile(filepath.Join(tree, name), filepath.Join(dir, "raftlabs", name)); err != nil {
			return fmt.Errorf("writing the autograder: %w", err)
		}
	}
	for _, name := range []string{"setup.sh", "run_autograder"} {
		if err := fill(name, filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("writing the autograder: %w", err)
		}
	}
	return nil
}

// tracked is the framework's files that git knows, but for those of left.
func tracked(tree string) (files []string, err error) {
	cmd := exec.Command("git", "ls-files", "-z")
	cmd.Dir = tree
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s is to be a clone of the framework: git ls-files: %w", tree, err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if !isLeft(name) {
			files = append(files, filepath.FromSlash(name))
		}
	}
	return files, nil
}

func isLeft(name string) bool {
	for _, folder := range left {
		if strings.HasPrefix(name, folder+"/") {
			return true
		}
	}
	return false
}

func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, text, info.Mode().Perm())
}

// fill writes a template as a script.
func fill(name, to string) error {
	t, err := template.ParseFS(templates, "template/"+name)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	return errors.Join(t.Execute(f, map[string]string{"Go": runtime.Version()}), f.Close())
}
