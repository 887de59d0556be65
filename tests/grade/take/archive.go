package take

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// tarBlock is the unit of a tar archive, in bytes.
const tarBlock = 512

// readArchive unpacks an archive. What it is, its first bytes say before its
// name does.
func (h *haul) readArchive(r io.ReaderAt, size int64) error {
	if size > maxUnpacked {
		return h.tooLarge()
	}
	head := make([]byte, tarBlock)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return fmt.Errorf("taking a submission: %w", err)
	}
	head = head[:n]
	begins := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	end, stream := ending(h.label), io.NewSectionReader(r, 0, size)
	switch {
	case begins("PK\x03\x04"), begins("PK\x05\x06"):
		return h.damaged("zip", h.readZip(r, size))
	case begins("\x1f\x8b"):
		return h.damaged("tar.gz", h.readTarGz(stream))
	case len(head) == tarBlock && bytes.HasPrefix(head[257:], []byte("ustar")):
		return h.damaged("tar", h.readTar(stream))
	case end == ".zip":
		return h.damaged("zip", zip.ErrFormat)
	case end == ".tar.gz", end == ".tgz":
		return h.damaged("tar.gz", gzip.ErrHeader)
	case end == ".tar": // older archives have no ustar
		return h.damaged("tar", h.readTar(stream))
	}
	return h.unknown()
}

// damaged makes a refusal of what the unpackers say, unless it is one already or
// the disk is to blame.
func (h *haul) damaged(format string, err error) error {
	var refusal *Refusal
	var disk *fs.PathError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refusal):
		return refusal
	case errors.As(err, &disk):
		return fmt.Errorf("taking a submission: %w", err)
	}
	return &Refusal{
		What:   "a damaged " + format + " archive",
		Where:  shown(h.label),
		Why:    "It cannot be unpacked to its end: " + reason(err) + ".",
		Remedy: "Pack it anew, and unpack it once yourself before you hand it in.",
	}
}

// reason is what went wrong in an archive, in words.
func reason(err error) string {
	for _, known := range []struct {
		errs []error
		text string
	}{
		{[]error{io.ErrUnexpectedEOF, io.EOF}, "its end is missing"},
		{[]error{zip.ErrChecksum, gzip.ErrChecksum}, "a checksum is wrong"},
		{[]error{zip.ErrFormat, gzip.ErrHeader, tar.ErrHeader}, "its inside is not of that format"},
	} {
		if slices.ContainsFunc(known.errs, func(e error) bool { return errors.Is(err, e) }) {
			return known.text
		}
	}
	return shown(err.Error())
}

func (h *haul) unknown() error {
	r := &Refusal{
		What:   "not an archive that the grader knows",
		Where:  shown(h.label),
		Why:    "A submission is a folder, a .zip, a .tar or a .tar.gz.",
		Remedy: "Pack the folders raft/ and kvraft/ with zip -r or tar -czf.",
	}
	if strings.HasSuffix(h.label, ".go") {
		r.What = "a single Go file"
	}
	return r
}
