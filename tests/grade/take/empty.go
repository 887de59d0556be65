package take

import (
	"fmt"
	"strings"
)

// maxFound is how much of what was found instead is named.
const maxFound = 8

// refuseEmpty says where the student's files were looked for, and what was there.
func (h *haul) refuseEmpty() error {
	r := &Refusal{
		What:   "no Go file in raft/ or kvraft/",
		Where:  shown(h.label),
		Remedy: "Hand in the folders raft/ and kvraft/ with your files in them.",
	}
	top := h.top()
	notes := h.notes(newChoice(top))
	if len(notes) == 0 {
		r.Why = "There are no files in it at all."
		return r
	}
	var found []string
	for _, n := range notes[:min(len(notes), maxFound)] {
		found = append(found, n.counted())
	}
	if more := len(notes) - len(found); more > 0 {
		found = append(found, fmt.Sprintf("and %d more", more))
	}
	at := "at the top"
	if top != "." {
		at = "in " + shown(top) + "/"
	}
	r.Why = fmt.Sprintf("Looked for folders of these names everywhere, and %s for bare Go files of the two packages; "+
		"found were: %s.", at, strings.Join(found, ", "))
	for _, e := range h.entries {
		if e.kind == plain && ending(e.name) != "" {
			r.Remedy = fmt.Sprintf("Unpack %s first: an archive in an archive is not opened.", shown(e.name))
		}
	}
	return r
}
