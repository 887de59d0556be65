package take

import (
	"path"
	"strings"
)

// choice is what is taken of a haul.
type choice struct {
	root  string            // the folder that raft/ and kvraft/ are in, or the bare files
	files map[string][]byte // by the names that they get
	taken map[string]bool   // the names that they had
	lower map[string]string // the names that they had, by those that they get in lower case
}

// choose finds the one place for each package, and takes what is in it.
func (h *haul) choose() (*choice, error) {
	if err := h.refuseUnread(); err != nil {
		return nil, err
	}
	places := h.places()
	if len(places) == 0 {
		return h.chooseBare()
	}
	if err := refuseTwo(places); err != nil {
		return nil, err
	}
	c := newChoice(path.Dir(places[0].folder))
	if err := h.refuseBareBeside(c.root, places[0].sources[0]); err != nil {
		return nil, err
	}
	for _, p := range places {
		if path.Base(p.folder) != p.pkg {
			return nil, refuseSpelling(p)
		}
		for _, e := range p.sources {
			if err := c.take(e, p.pkg); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

func newChoice(root string) *choice {
	return &choice{root: root, files: map[string][]byte{}, taken: map[string]bool{}, lower: map[string]string{}}
}

// take takes a file for a package.
func (c *choice) take(e entry, pkg string) error {
	if err := checkBase(e.name); err != nil {
		return err
	}
	if err := checkText(e); err != nil {
		return err
	}
	name := pkg + "/" + path.Base(e.name)
	lower := strings.ToLower(strings.ToUpper(name)) // both ways: some letters have two lower cases
	if other, ok := c.lower[lower]; ok {
		return refuseCase(other, e.name)
	}
	c.lower[lower] = e.name
	c.taken[e.name] = true
	c.files[name] = e.text
	return nil
}

// refuseUnread refuses what stands where the student's files should be and
// cannot be read as one. Only a folder has such entries.
func (h *haul) refuseUnread() error {
	for _, e := range h.entries {
		if e.kind == plain ||
			spelled(path.Base(e.name)) == "" && spelled(path.Base(path.Dir(e.name))) == "" {
			continue
		}
		switch e.kind {
		case link:
			return refuseLink(symbolic, e.name, "")
		case special:
			return refuseSpecial(e.name)
		}
		return &Refusal{
			What:   "a file or folder that cannot be read",
			Where:  shown(e.name),
			Why:    "The grader has no right to open it.",
			Remedy: "Give everybody the right to read it, with chmod -R a+rX.",
		}
	}
	return nil
}
