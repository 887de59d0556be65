package take

import (
	"go/parser"
	"go/token"
	"path"
	"slices"
)

// chooseBare takes Go files that were handed in without raft/ and kvraft/
// around them, each for the package that it says it is of.
func (h *haul) chooseBare() (*choice, error) {
	c := newChoice(h.top())
	for _, e := range h.sources() {
		if path.Dir(e.name) != c.root {
			continue
		}
		if err := checkText(e); err != nil {
			return nil, err
		}
		pkg := packageOf(e.text)
		switch {
		case pkg == "":
			return nil, &Refusal{
				What:   "a Go file without a package clause",
				Where:  shown(e.name),
				Why:    "It is not in raft/ or kvraft/, and it does not say of which of the two packages it is.",
				Remedy: "Hand in the folders raft/ and kvraft/ with your files in them.",
			}
		case slices.Contains(packages, pkg):
			if err := c.take(e, pkg); err != nil {
				return nil, err
			}
		}
	}
	if len(c.files) == 0 {
		return nil, h.refuseEmpty()
	}
	return c, nil
}

// refuseBareBeside refuses Go files of the student's packages that lie beside the
// folders, or above them.
func (h *haul) refuseBareBeside(root string, inFolder entry) error {
	for _, e := range h.sources() {
		if !within(path.Dir(e.name), root) || !slices.Contains(packages, packageOf(e.text)) {
			continue
		}
		return refusePlaces("Go files both in a folder and outside of it",
			place{sources: []entry{e}}, place{sources: []entry{inFolder}})
	}
	return nil
}

// packageOf is the name in a Go file's package clause, or "".
func packageOf(text []byte) string {
	f, err := parser.ParseFile(token.NewFileSet(), "", text, parser.PackageClauseOnly)
	if err != nil {
		return ""
	}
	return f.Name.Name
}
