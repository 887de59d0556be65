package take

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

const (
	raftText   = "package raft\n"
	kvraftText = "package kvraft\n"
)

// member is a file of an archive.
type member struct{ name, text string }

// both are the least that a student with two packages hands in.
var both = []member{{"raft/raft.go", raftText}, {"kvraft/server.go", kvraftText}}

// under puts a folder around members.
func under(folder string, members []member) []member {
	var moved []member
	for _, m := range members {
		moved = append(moved, member{folder + "/" + m.name, m.text})
	}
	return moved
}

// tarOf packs headers, each with its text.
func tarOf(t testing.TB, entries ...tarEntry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		e.head.Size = int64(len(e.text))
		if e.head.Typeflag != tar.TypeXGlobalHeader {
			e.head.Mode = 0o644
		}
		require.NoError(t, w.WriteHeader(&e.head))
		_, err := w.Write([]byte(e.text))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

type tarEntry struct {
	head tar.Header
	text string
}

func tarFiles(members []member) []tarEntry {
	var entries []tarEntry
	for _, m := range members {
		entries = append(entries, tarEntry{tar.Header{Typeflag: tar.TypeReg, Name: m.name}, m.text})
	}
	return entries
}

func gzipped(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func zipOf(t testing.TB, entries ...zipEntry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.CreateHeader(&e.head)
		require.NoError(t, err)
		_, err = f.Write([]byte(e.text))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

type zipEntry struct {
	head zip.FileHeader
	text string
}

func zipFiles(members []member) []zipEntry {
	var entries []zipEntry
	for _, m := range members {
		entries = append(entries, zipEntry{zip.FileHeader{Name: m.name, Method: zip.Deflate}, m.text})
	}
	return entries
}

// packed are the same members in every format, by the archive's name.
func packed(t testing.TB, members []member) map[string][]byte {
	t.Helper()
	plain := tarOf(t, tarFiles(members)...)
	return map[string][]byte{
		"alice.zip":    zipOf(t, zipFiles(members)...),
		"alice.tar":    plain,
		"alice.tar.gz": gzipped(t, plain),
		"alice.tgz":    gzipped(t, plain),
	}
}

// unpack reads an archive from a file, as the grader does.
func unpack(t testing.TB, name string, content []byte) (*Submission, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, content, 0o644))
	return Read(file)
}

// laid writes members into a folder alice.
func laid(t testing.TB, members []member) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "alice")
	require.NoError(t, os.Mkdir(dir, 0o755))
	for _, m := range members {
		file := filepath.Join(dir, filepath.FromSlash(m.name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(m.text), 0o644))
	}
	return dir
}

// everywhere reads the members as a folder and out of each kind of archive.
func everywhere(t *testing.T, members []member, check func(t *testing.T, s *Submission, err error)) {
	t.Helper()
	t.Run("folder", func(t *testing.T) {
		s, err := Read(laid(t, members))
		check(t, s, err)
	})
	inArchives(t, members, check)
}

// inArchives is for members that not every file system can hold.
func inArchives(t *testing.T, members []member, check func(t *testing.T, s *Submission, err error)) {
	t.Helper()
	for name, content := range packed(t, members) {
		t.Run(name, func(t *testing.T) {
			s, err := unpack(t, name, content)
			check(t, s, err)
		})
	}
}

// refused is the refusal that an error must be, complete and one readable line.
func refused(t testing.TB, s *Submission, err error) Refusal {
	t.Helper()
	require.Error(t, err)
	require.Nil(t, s)
	var r *Refusal
	require.True(t, errors.As(err, &r), "not a refusal: %v", err)
	for _, part := range []string{r.What, r.Where, r.Why, r.Remedy} {
		require.NotEmpty(t, part)
		require.NotContains(t, part, os.TempDir(), "a path of the machine")
		require.Equal(t, -1, strings.IndexFunc(part, func(r rune) bool { return !unicode.IsPrint(r) }), "%q is not printable", part)
		require.Contains(t, err.Error(), part)
	}
	require.True(t, strings.HasSuffix(r.Why, "."), r.Why)
	require.True(t, strings.HasSuffix(r.Remedy, "."), r.Remedy)
	return *r
}
