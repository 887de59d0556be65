package gate

import (
	"slices"
	"strings"
)

// permits tells whether a name of the package may be used.
func (a allowance) permits(name string) bool {
	return (a.only == nil || slices.Contains(a.only, name)) && !slices.Contains(a.never, name)
}

// lists tells whether a field of one of the package's variables is named: it may be
// used, and changed.
func (a allowance) lists(field string) bool { return slices.Contains(a.only, field) }

// remedy names what there is.
func (a allowance) remedy(where string) string {
	if a.only == nil {
		return "all of the package may be used but " + strings.Join(a.never, " and ")
	}
	return "of " + packageName(where) + " there is " + strings.Join(a.only, ", ")
}
