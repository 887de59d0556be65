package take

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Submission is a student's sources, and nothing else of what was handed in.
type Submission struct {
	Name    string            // of the folder, or of the archive without its ending
	Files   map[string][]byte // "raft/raft.go", "kvraft/server.go"; never empty
	Ignored []Note            // what else was handed in, and why it is left out
	Digest  string            // of Files: the same names and contents, the same digest
}

// Read takes a student's sources from a folder or an archive. The error is a
// [Refusal] where the student has something to put right. Any other error says that the
// file or folder could not be read at all.
func Read(path string) (*Submission, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("taking a submission: %w", err)
	}
	info, err := os.Lstat(path)
	if err != nil {
		return nil, fmt.Errorf("taking a submission: %w", err)
	}
	h := newHaul(filepath.Base(path))
	switch {
	case info.IsDir():
		err = h.readFolder(path)
	case info.Mode().IsRegular():
		err = h.readFile(path)
	case info.Mode()&fs.ModeSymlink != 0:
		err = refuseLink(symbolic, h.label, "")
	default:
		err = refuseSpecial(h.label)
	}
	if err != nil {
		return nil, err
	}
	return h.submission()
}

// readFile reads an archive from a file.
func (h *haul) readFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("taking a submission: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("taking a submission: %w", err)
	}
	return h.readArchive(f, info.Size())
}

// submission picks the student's sources out of all that was handed in.
func (h *haul) submission() (*Submission, error) {
	c, err := h.choose()
	if err != nil {
		return nil, err
	}
	return &Submission{
		Name:    withoutEnding(h.label),
		Files:   c.files,
		Ignored: h.notes(c),
		Digest:  digest(c.files),
	}, nil
}

// endings are those of archives, the longer before those that they end with.
var endings = []string{".tar.gz", ".tgz", ".tar", ".zip"}

// ending is that of an archive's name in lower case, or "".
func ending(name string) string {
	name = strings.ToLower(name)
	for _, e := range endings {
		if strings.HasSuffix(name, e) {
			return e
		}
	}
	return ""
}

// withoutEnding is a name without an archive's ending, unless it is nothing but that.
func withoutEnding(name string) string {
	if n := len(name) - len(ending(name)); n > 0 {
		return name[:n]
	}
	return name
}

// digest writes each length before what it is the length of, so that no two
// sets of files are the same stream of bytes.
func digest(files map[string][]byte) string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(sum, "%d %s %d ", len(name), name, len(files[name]))
		sum.Write(files[name])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Name is what a submission is called, by its path alone.
func Name(path string) string { return withoutEnding(filepath.Base(filepath.Clean(path))) }
