package take

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"strings"
)

// tarOverhead is what headers and padding may add to a tar archive of what the limits
// allow, in bytes: four blocks for each file and folder.
const tarOverhead = 4 * tarBlock * (maxFiles + maxFolders)

func (h *haul) readTarGz(r io.Reader) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	return h.readTar(z)
}

// readTar reads a tar archive, and its stream to the end: there gzip has the checksum.
func (h *haul) readTar(r io.Reader) error {
	stream := &bounded{r: r, left: maxUnpacked + tarOverhead, over: h.tooLarge}
	t := tar.NewReader(stream)
	for {
		head, err := t.Next()
		switch {
		case err == io.EOF:
			_, err = io.Copy(io.Discard, stream)
			return err
		case err != nil && !errors.Is(err, tar.ErrInsecurePath): // cleanName is stricter
			return err
		}
		if err := h.addTar(head, t); err != nil {
			return err
		}
	}
}

func (h *haul) addTar(head *tar.Header, content io.Reader) error {
	if head.Typeflag == tar.TypeXGlobalHeader { // git archive's, about no file
		return nil
	}
	name, err := cleanName(head.Name)
	if err != nil {
		return err
	}
	switch head.Typeflag {
	case tar.TypeDir:
		return h.folder(name)
	case tar.TypeReg, tar.TypeGNUSparse:
		return h.file(name, content)
	}
	switch {
	case leftOut(name) != "":
		return h.file(name, strings.NewReader(""))
	case head.Typeflag == tar.TypeSymlink:
		return refuseLink(symbolic, name, head.Linkname)
	case head.Typeflag == tar.TypeLink:
		return refuseLink(hard, name, head.Linkname)
	}
	return refuseSpecial(name)
}

// bounded is a reader that fails where there is more than is left.
type bounded struct {
	r    io.Reader
	left int64
	over func() error
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		b.left = 0
		return 0, b.over()
	}
	return n, err
}
