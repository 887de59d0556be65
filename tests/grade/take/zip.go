package take

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// maxDirectory is how much may be read to list a zip archive, in bytes. What
// the limits allow needs half of it. Without a bound, a small archive could list a million names.
const maxDirectory = 1 << 20

func (h *haul) readZip(r io.ReaderAt, size int64) error {
	listing := &directory{r: r, left: maxDirectory, over: func() error { return h.tooMany("files", maxFiles) }}
	z, err := zip.NewReader(listing, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // cleanName is stricter
		return err
	}
	listing.listed = true
	for _, f := range z.File {
		if err := h.addZip(f); err != nil {
			return err
		}
	}
	return nil
}

func (h *haul) addZip(f *zip.File) error {
	name, err := cleanName(f.Name)
	if err != nil {
		return err
	}
	mode := f.Mode()
	switch {
	case mode.IsDir():
		return h.folder(name)
	case mode.IsRegular():
	case leftOut(name) != "":
		return h.file(name, strings.NewReader(""))
	case mode&fs.ModeSymlink != 0:
		return refuseLink(symbolic, name, "")
	default:
		return refuseSpecial(name)
	}
	const encrypted = 1 // a bit of the flags
	if f.Flags&encrypted != 0 {
		return &Refusal{
			What:   "an encrypted file",
			Where:  shown(name),
			Why:    "The grader has no password.",
			Remedy: "Pack the archive without one.",
		}
	}
	content, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return &Refusal{
			What:   fmt.Sprintf("packed by method %d", f.Method),
			Where:  shown(name),
			Why:    "The grader unpacks only what is stored or deflated.",
			Remedy: "Pack with zip -r, or as a .tar.gz.",
		}
	} else if err != nil {
		return err
	}
	defer content.Close()
	return h.file(name, content)
}

// directory reads an archive, and until it is listed not more than is left.
type directory struct {
	r      io.ReaderAt
	left   int64
	over   func() error
	listed bool
}

func (d *directory) ReadAt(p []byte, at int64) (int, error) {
	if d.listed {
		return d.r.ReadAt(p, at)
	}
	if d.left -= int64(len(p)); d.left < 0 {
		return 0, d.over()
	}
	return d.r.ReadAt(p, at)
}
