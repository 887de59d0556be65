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

// target reads the arguments that are no flags: a target by its name, or the paths of
// submissions.
func target(args []string) (name string, submissions []string, err error) {
	if len(args) == 0 {
		return targetStudent, nil, nil
	}
	if len(args) == 1 && args[0] == targetSolutions {
		return targetSolutions, nil, nil
	}
	for _, path := range args {
		if path == targetSolutions {
			return "", nil, wrongUsage("the reference is graded alone: ./grade.sh solutions, or ./%s for a folder of that name", path)
		}
		if _, err := os.Stat(path); err != nil {
			return "", nil, wrongUsage("there is no target %q: a target is solutions, the path of a submission, or none for this tree's raft/ and kvraft/", path)
		}
	}
	return "", args, nil
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
