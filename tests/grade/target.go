package grade

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
)

// Targets that have a name. None is the student's packages of the tree.
const (
	targetStudent   = ""
	targetSolutions = "solutions"
)

// target reads the arguments that are no flags.
func target(args []string) (string, error) {
	switch len(args) {
	case 0:
		return targetStudent, nil
	case 1:
	default:
		return "", wrongUsage("the grader takes one target, and %d were given: %q", len(args), args)
	}
	switch name := args[0]; name {
	case targetSolutions:
		return name, nil
	case "starter", "gradescope":
		return "", wrongUsage("the grader does not write a %s folder: it grades this tree's raft/ and kvraft/ (no target) or solutions", name)
	default:
		if _, err := os.Lstat(name); err != nil {
			return "", wrongUsage("there is no target %q: the targets are solutions, or none for this tree's raft/ and kvraft/", name)
		}
		return "", wrongUsage("%s: the grader does not take folders or archives. "+
			"Copy the Go files over this tree's raft/ and kvraft/ and run ./grade.sh without a target", name)
	}
}

// checkTarget returns an error where the reference is to be graded and the tree
// has none, like a student's.
func (o Options) checkTarget() error {
	if o.Target != targetSolutions {
		return nil
	}
	if _, err := os.Stat(filepath.Join(o.Tree, targetSolutions)); err != nil {
		return wrongUsage("there is no solutions/ in %s: a student's repository has no reference. "+
			"./grade.sh without a target grades its raft/ and kvraft/", o.Tree)
	}
	return nil
}

// folder is the stage's package under test, as a folder of the tree with
// slashes.
func (o Options) folder(s Stage) string {
	if o.Target == targetSolutions {
		return s.Reference
	}
	return s.Student
}

// folders are all packages of the author's that a stage runs, its own first.
// What is wrong in any of them is the author's fault.
func (o Options) folders(s Stage) []string {
	own := o.folder(s)
	if s.Below == "" {
		return []string{own}
	}
	return []string{own, path.Join(path.Dir(own), s.Below)}
}

// FindTree is the folder at or above the current one that has a go.mod: the
// framework's, where nobody names another.
func FindTree() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the framework's folder: %w", err)
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", wrongUsage("there is no go.mod in %s or above it: go to the framework's folder, or name it with --tree", here)
		}
	}
}
