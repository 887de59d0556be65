package take

import (
	"path"
	"slices"
	"strings"
)

// place is a folder with Go files that is raft/ or kvraft/ by its name.
type place struct {
	folder  string
	pkg     string // the package that the folder means
	sources []entry
}

// sources are the files that may be the student's.
func (h *haul) sources() []entry {
	var found []entry
	for _, e := range h.entries {
		if e.kind == plain && isSource(e.name) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return found
}

// places are all folders that may be the student's packages. The framework's are not among them.
func (h *haul) places() []place {
	var all []place
	at := map[string]int{} // folders, in all
	roots := map[string]bool{}
	for _, e := range h.sources() {
		folder := path.Dir(e.name)
		pkg := spelled(path.Base(folder))
		if pkg == "" {
			continue
		}
		i, ok := at[folder]
		if !ok {
			i = len(all)
			at[folder] = i
			all = append(all, place{folder: folder, pkg: pkg})
			roots[path.Dir(folder)] = true
		}
		all[i].sources = append(all[i].sources, e)
	}
	return slices.DeleteFunc(all, func(p place) bool {
		parts := strings.Split(p.folder, "/")
		for i, part := range parts {
			above := path.Join(".", path.Join(parts[:i]...))
			if (part == "solutions" || part == "tests") && (roots[above] || h.names[path.Join(above, "go.mod")]) {
				return true
			}
		}
		return false
	})
}

// refuseTwo refuses places that are not side by side, each package's only one.
func refuseTwo(places []place) error {
	for i, a := range places {
		for _, b := range places[i+1:] {
			switch {
			case a.pkg != b.pkg:
			case strings.EqualFold(a.folder, b.folder):
				return refuseCase(a.folder, b.folder)
			default:
				return refusePlaces("Go files for "+a.pkg+"/ in two places", a, b)
			}
		}
	}
	for _, b := range places[1:] {
		if a := places[0]; path.Dir(a.folder) != path.Dir(b.folder) {
			return refusePlaces("raft/ and kvraft/ apart from each other", a, b)
		}
	}
	return nil
}

// refusePlaces names a file of each place, the same in both where there is one.
func refusePlaces(what string, a, b place) error {
	x, y := a.sources[0].name, b.sources[0].name
	for _, e := range a.sources {
		same := path.Join(b.folder, path.Base(e.name))
		if slices.ContainsFunc(b.sources, func(o entry) bool { return o.name == same }) {
			x, y = e.name, same
			break
		}
	}
	return &Refusal{
		What:   what,
		Where:  shown(x) + " and " + shown(y),
		Why:    "Which of them counts, the grader does not guess.",
		Remedy: "Hand in one raft/ and one kvraft/, side by side, and no copies.",
	}
}

func refuseCase(a, b string) error {
	return &Refusal{
		What:   "names equal but for case",
		Where:  shown(min(a, b)) + " and " + shown(max(a, b)),
		Why:    "On many systems they are one and the same.",
		Remedy: "Delete one of them, or give it another name.",
	}
}

func refuseSpelling(p place) error {
	return &Refusal{
		What:   "a folder that is to be named " + p.pkg,
		Where:  shown(p.folder) + "/",
		Why:    "In Go, upper and lower case are different names.",
		Remedy: "Rename it to " + p.pkg + ".",
	}
}
