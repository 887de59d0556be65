package take

import (
	"fmt"
	"io"
	"path"
	"strings"
)

// The limits. They are far above any honest submission: the reference is 50 files and 0.2 MiB.
const (
	maxFiles    = 2000
	maxFolders  = 2000
	maxUnpacked = 50 << 20 // bytes
	maxSource   = 1 << 20  // bytes of one Go file
	maxName     = 1024     // bytes of one path
)

// haul is all that was handed in, as it comes out of a folder or an archive.
//
// Invariant: no two entries have one name, and files and unpacked are within their limits.
type haul struct {
	label    string // the submission's name, with the ending
	entries  []entry
	names    map[string]bool  // of the entries
	passed   map[string]*heap // what is never looked into, by its folder
	files    int
	folders  int
	unpacked int64 // bytes read so far
}

// heap is files that nobody tells apart.
type heap struct {
	files int
	size  int64 // bytes
}

// Write counts what it is handed.
func (p *heap) Write(b []byte) (int, error) {
	p.size += int64(len(b))
	return len(b), nil
}

// entry is one thing that was handed in. Folders are none: only what is in them counts.
type entry struct {
	name string // from the top of the submission, cleaned, with slashes
	kind kind
	text []byte // of a Go source that may be taken, unless it is longer than maxSource
	size int64  // bytes, of what was read
}

type kind int

const (
	plain      kind = iota
	link            // in a folder; archives with links are refused
	special         // the same for devices, pipes and sockets
	unreadable      // file or folder
)

func newHaul(label string) *haul {
	return &haul{label: label, names: map[string]bool{}, passed: map[string]*heap{}}
}

// folder counts a folder.
func (h *haul) folder(name string) error {
	if leftOut(name) != "" {
		return nil
	}
	if h.folders++; h.folders > maxFolders {
		return h.tooMany("folders", maxFolders)
	}
	return nil
}

// file counts a file and reads it to its end. The text is kept where it may be taken.
// What is never looked into is unpacked, but is no file.
func (h *haul) file(name string, r io.Reader) error {
	if folder := leftOut(name); folder != "" {
		passed := h.pass(folder)
		passed.files++
		return h.content(&entry{name: name}, io.TeeReader(r, passed))
	}
	if err := h.add(entry{name: name}); err != nil {
		return err
	}
	e := &h.entries[len(h.entries)-1]
	return h.content(e, r)
}

// pass notes that there is a folder that is never looked into.
func (h *haul) pass(folder string) *heap {
	if h.passed[folder] == nil {
		h.passed[folder] = &heap{}
	}
	return h.passed[folder]
}

// add counts a file, or something that is neither a file nor a folder.
func (h *haul) add(e entry) error {
	if h.files++; h.files > maxFiles {
		return h.tooMany("files", maxFiles)
	}
	if h.names[e.name] {
		return &Refusal{
			What:   "two files of one name",
			Where:  shown(e.name),
			Why:    "The archive holds this name twice, and which of the two is meant nobody can tell.",
			Remedy: "Make the archive anew instead of adding to an old one.",
		}
	}
	h.names[e.name] = true
	h.entries = append(h.entries, e)
	return nil
}

// content reads an entry to its end, and never more than the limit leaves.
func (h *haul) content(e *entry, r io.Reader) error {
	r = io.LimitReader(r, maxUnpacked-h.unpacked+1)
	if isSource(e.name) && leftOut(e.name) == "" {
		text, err := io.ReadAll(io.LimitReader(r, maxSource+1))
		if err != nil {
			return err
		}
		e.size = int64(len(text))
		if e.size <= maxSource {
			e.text = text
		}
	}
	rest, err := io.Copy(io.Discard, r)
	e.size += rest
	h.unpacked += e.size
	if h.unpacked > maxUnpacked {
		return h.tooLarge()
	}
	return err
}

func (h *haul) tooMany(what string, limit int) error {
	return &Refusal{
		What:   fmt.Sprintf("more than %d,%03d %s", limit/1000, limit%1000, what),
		Where:  shown(h.label),
		Why:    "A submission is a few Go files." + h.most(" Most files are in ", maxFiles, func(entry) int64 { return 1 }),
		Remedy: remedyFolders,
	}
}

func (h *haul) tooLarge() error {
	return &Refusal{
		What:   fmt.Sprintf("more than %d MiB unpacked", maxUnpacked>>20),
		Where:  shown(h.label),
		Why:    "A submission is a few Go files." + h.most(" Most of it is in ", maxUnpacked, func(e entry) int64 { return e.size }),
		Remedy: remedyFolders,
	}
}

// most names the folder in which more than half of a limit was found, by some weight.
// There may be none.
func (h *haul) most(what string, limit int64, weight func(entry) int64) string {
	top := h.top()
	sums := map[string]int64{}
	for folder, passed := range h.passed {
		if weight(entry{size: passed.size}) > limit/2 {
			return what + shown(folder) + "."
		}
	}
	for _, e := range h.entries {
		folder := topFolder(top, e.name)
		if sums[folder] += weight(e); sums[folder] > limit/2 {
			return what + shown(folder) + "."
		}
	}
	return ""
}

// top is the folder that all entries are in, through all folders that hold nothing but
// one folder. "." is the submission itself. What is never looked into does not count.
func (h *haul) top() string {
	top, first := ".", true
	for _, e := range h.entries {
		if first {
			top, first = path.Dir(e.name), false
		}
		for !within(top, e.name) {
			top = path.Dir(top)
		}
	}
	return top
}

// within tells whether a name is that of a folder or below it.
func within(folder, name string) bool {
	return folder == "." || name == folder || strings.HasPrefix(name, folder+"/")
}

// below is a name as seen from a folder that it is within.
func below(folder, name string) string {
	if folder == "." {
		return name
	}
	return strings.TrimPrefix(name, folder+"/")
}

// topFolder is the first folder of a name below another, with that and a slash, or the name of a
// file that is in no further folder.
func topFolder(top, name string) string {
	inTop := below(top, name)
	return strings.TrimSuffix(name, inTop) + firstPart(inTop)
}

// firstPart is the first folder of a name, with a slash, or a file's name itself.
func firstPart(name string) string {
	if i := strings.IndexByte(name, '/'); i >= 0 {
		return name[:i+1]
	}
	return name
}
