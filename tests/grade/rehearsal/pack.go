package rehearsal

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// folder hands files in as a folder.
func folder(all files) packing {
	return func(into, name string) (string, error) {
		root := filepath.Join(into, name)
		if err := os.MkdirAll(root, 0o755); err != nil {
			return "", err
		}
		for file, text := range all {
			target := filepath.Join(root, filepath.FromSlash(file))
			if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
				return "", err
			}
			if err := os.WriteFile(target, []byte(text), 0o644); err != nil {
				return "", err
			}
		}
		return root, nil
	}
}

// linked is a folder in which a name of raft/ is a link to somewhere else.
func linked(all files, link, to string) packing {
	return func(into, name string) (string, error) {
		root, err := folder(all)(into, name)
		if err != nil {
			return "", err
		}
		return root, os.Symlink(to, filepath.Join(root, filepath.FromSlash(link)))
	}
}

// archive hands in what write writes, under the name with an ending.
func archive(ending string, write func(w io.Writer) error) packing {
	return func(into, name string) (string, error) {
		target := filepath.Join(into, name+ending)
		f, err := os.Create(target)
		if err != nil {
			return "", err
		}
		return target, errors.Join(write(f), f.Close())
	}
}

// zipped is a zip archive in which all names begin with a prefix.
func zipped(prefix string, all files) packing {
	return archive(".zip", func(w io.Writer) error {
		z := zip.NewWriter(w)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			f, err := z.Create(prefix + name)
			if err != nil {
				return err
			}
			if _, err := io.WriteString(f, all[name]); err != nil {
				return err
			}
		}
		return z.Close()
	})
}

// zipBomb is a zip archive with a file that unpacks to so many bytes.
func zipBomb(all files, size int64) packing {
	return archive(".zip", func(w io.Writer) error {
		z := zip.NewWriter(w)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			f, err := z.Create(name)
			if err != nil {
				return err
			}
			if _, err := io.WriteString(f, all[name]); err != nil {
				return err
			}
		}
		f, err := z.Create("raft/notes.txt")
		if err != nil {
			return err
		}
		if _, err := io.CopyN(f, zeros{}, size); err != nil {
			return err
		}
		return z.Close()
	})
}

// zeros reads as zeros without end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// tarred is a .tar.gz in which all names begin with a prefix. More entries may follow.
func tarred(prefix string, all files, more ...tar.Header) packing {
	return archive(".tar.gz", func(w io.Writer) error {
		z := gzip.NewWriter(w)
		t := tar.NewWriter(z)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			h := tar.Header{Typeflag: tar.TypeReg, Name: prefix + name, Mode: 0o644, Size: int64(len(all[name]))}
			if err := t.WriteHeader(&h); err != nil {
				return err
			}
			if _, err := io.WriteString(t, all[name]); err != nil {
				return err
			}
		}
		for _, h := range more {
			if err := t.WriteHeader(&h); err != nil {
				return err
			}
		}
		return errors.Join(t.Close(), z.Close())
	})
}

// raw hands in bytes under a name with an ending.
func raw(ending, text string) packing {
	return archive(ending, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}
