package take

import (
	"fmt"
	"io/fs"
	"os"
)

// readFolder walks a folder. Only files that may be taken are opened, and none outside
// of the folder can be, whatever happens to it in the meantime.
func (h *haul) readFolder(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("taking a submission: %w", err)
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case name == "." && err != nil:
			return fmt.Errorf("taking a submission: %w", err)
		case name == ".":
			return nil
		case leftOut(name) != "":
			passed := h.pass(leftOut(name))
			if d.IsDir() {
				return fs.SkipDir
			}
			passed.files++
			return nil
		case err != nil:
			return h.add(entry{name: name, kind: unreadable})
		case d.IsDir():
			return h.folder(name)
		}
		return h.walked(root, name, d.Type())
	})
}

// walked takes in what is no folder.
func (h *haul) walked(root *os.Root, name string, mode fs.FileMode) error {
	switch {
	case mode&fs.ModeSymlink != 0:
		return h.add(entry{name: name, kind: link})
	case !mode.IsRegular():
		return h.add(entry{name: name, kind: special})
	case !isSource(name):
		return h.add(entry{name: name})
	}
	f, err := root.Open(name)
	if err != nil {
		return h.add(entry{name: name, kind: unreadable})
	}
	defer f.Close()
	return h.file(name, f)
}
