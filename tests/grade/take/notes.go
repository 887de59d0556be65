package take

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Note says what was left out of a submission, and why.
type Note struct {
	Where string // a file, or a folder with a slash at its end
	Files int    // how many files that is; 0 where nobody has looked
	Why   string // "only raft/ and kvraft/ are taken"
}

// String is the note as a line for a person.
func (n Note) String() string {
	return n.counted() + ": " + n.Why
}

// counted is the place, and how many files it stands for where one cannot see that.
func (n Note) counted() string {
	switch {
	case n.Files == 1 && strings.HasSuffix(n.Where, "/"):
		return n.Where + " (1 file)"
	case n.Files > 1:
		return fmt.Sprintf("%s (%d files)", n.Where, n.Files)
	}
	return n.Where
}

// maxNotes is how many notes a person reads.
const maxNotes = 20

// The reasons for leaving something out.
const (
	whyTest      = "the framework's own tests are used"
	whyFramework = "the framework's own is used"
	whyElsewhere = "only raft/ and kvraft/ are taken"
	whyDeeper    = "only the files right in raft/ and kvraft/ are taken, none of their subfolders"
	whyNotGo     = "not a Go file"
	whyHidden    = "Go passes over names that begin with _ or ."
	whyPackage   = "its package is neither raft nor kvraft"
	whyUnvisited = "never looked into"
	whyMac       = "macOS leaves that in archives"
	whyLink      = "links are not followed"
	whySpecial   = "neither a file nor a folder"
	whyUnread    = "cannot be read"
)

// framework is what stands beside raft/ and kvraft/ in a whole repository, or in one of them.
var framework = []string{"go.mod", "go.sum", "grade.sh", "README.md", ".ci/", ".gitignore", "handouts/", "labgob/",
	"labrpc/", "labsync/", "solutions/", "tests/", "raftapi/", "kvapi/"}

// notes sums up what was not taken: first what is in raft/ and kvraft/, then the rest by name.
func (h *haul) notes(c *choice) []Note {
	var notes []Note
	at := map[Note]int{}
	top := h.top()
	for _, e := range h.entries {
		if c.taken[e.name] {
			continue
		}
		n := c.note(e, top)
		n.Where = shown(n.Where)
		if _, ok := at[n]; !ok {
			at[n] = len(notes)
			notes = append(notes, n)
		}
		notes[at[n]].Files++
	}
	for folder, passed := range h.passed {
		why := whyUnvisited
		if folder == macFiles || strings.HasSuffix(folder, "__MACOSX/") {
			why = whyMac
		}
		notes = append(notes, Note{Where: shown(folder), Files: passed.files, Why: why})
	}
	rank := func(n Note) int {
		if spelled(strings.TrimSuffix(firstPart(below(c.root, n.Where)), "/")) != "" {
			return 0
		}
		return 1
	}
	slices.SortFunc(notes, func(a, b Note) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(a.Where, b.Where), strings.Compare(a.Why, b.Why))
	})
	return few(notes)
}

// few makes one note of the last ones where there are more than a person reads.
func few(notes []Note) []Note {
	if len(notes) <= maxNotes {
		return notes
	}
	rest := Note{Where: fmt.Sprintf("%d other places", len(notes)-maxNotes+1), Why: "left out too"}
	for _, n := range notes[maxNotes-1:] {
		rest.Files += n.Files
	}
	return append(notes[:maxNotes-1], rest)
}

// note is the note that an entry counts for.
func (c *choice) note(e entry, top string) Note {
	switch {
	case e.kind == link:
		return Note{Where: e.name, Why: whyLink}
	case e.kind == special:
		return Note{Where: e.name, Why: whySpecial}
	case e.kind == unreadable:
		return Note{Where: e.name, Why: whyUnread}
	case !within(c.root, e.name):
		return Note{Where: topFolder(top, e.name), Why: whyElsewhere}
	}
	inRoot := below(c.root, e.name)
	first := firstPart(inRoot)
	where, why := first, whyElsewhere
	switch {
	case slices.Contains(packages, strings.TrimSuffix(first, "/")) && first != inRoot:
		where, why = inPackage(inRoot)
	case slices.Contains(framework, first):
		why = whyFramework
	case strings.HasSuffix(first, "_test.go"):
		why = whyTest
	case isSource(first):
		why = whyPackage
	}
	return Note{Where: strings.TrimSuffix(e.name, inRoot) + where, Why: why}
}

// inPackage says why a file in raft/ or kvraft/ is left out.
func inPackage(name string) (where, why string) {
	folder := firstPart(name)
	base := strings.TrimPrefix(name, folder)
	switch sub := firstPart(base); {
	case sub == "raftapi/" || sub == "kvapi/":
		return folder + sub, whyFramework
	case sub != base:
		return folder + sub, whyDeeper
	case strings.HasSuffix(base, "_test.go"):
		return name, whyTest
	case isHidden(base):
		return name, whyHidden
	}
	return name, whyNotGo
}
