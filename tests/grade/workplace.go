package grade

import "path/filepath"

// workplace is where what is graded is built and run.
type workplace struct {
	framework string            // the framework's own folder
	tree      string            // what is built in: that folder, or a copy
	files     map[string][]byte // laid over the tree; nil: nothing is
	over      laid
	log       *caseLog // what became of each case
	logBeside *caseLog // and on the reference's Raft
}

// folder is where a process with tests of a package is to run: the package's
// folder, or an empty one where the sources are not there.
func (w workplace) folder(name, home string) string {
	if w.files != nil {
		return home
	}
	return filepath.Join(w.tree, filepath.FromSlash(name))
}
