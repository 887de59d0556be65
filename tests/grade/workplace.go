package grade

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// workplace is where what is graded is built and run.
type workplace struct {
	framework string            // the framework's own folder
	tree      string            // what is built in: that folder, or a copy
	files     map[string][]byte // laid over the tree; nil: nothing is
	over      laid
	log       *caseLog // what became of each case
	logBeside *caseLog // and on the reference's Raft
	pages     string   // the folder for the pages of failed runs; "": none are written
}

// folder is where a process with tests of a package is to run: the package's
// folder, or an empty one where the sources are not there.
func (w workplace) folder(name, home string) string {
	if w.files != nil {
		return home
	}
	return filepath.Join(w.tree, filepath.FromSlash(name))
}

// keepPage keeps the page of the run that a case's failure is of, where the test
// wrote one, and names it in the report as it stands beside that.
func (w workplace) keepPage(j job, home string) error {
	if w.pages == "" || j.into.Failure == nil {
		return nil
	}
	name := fmt.Sprintf("%s-%s-seed%d.html", j.stage.Name, j.c.Name, j.into.Failure.Seed)
	text, err := os.ReadFile(filepath.Join(home, "raftlabs-traces", name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the run ended without one
	}
	if err == nil {
		err = writeFile(filepath.Join(w.pages, name), text)
	}
	if err != nil {
		return fmt.Errorf("keeping the page of %s: %w", j.c.Name, err)
	}
	j.into.Failure.Page = "traces/" + name
	return nil
}
