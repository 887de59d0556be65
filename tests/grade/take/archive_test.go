package take

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPathsThatLeadOutAreRefused(t *testing.T) {
	for raw, what := range map[string]string{
		"/raft/raft.go":         "an absolute path",
		"../raft/raft.go":       `a path with ".."`,
		"raft/../../raft.go":    `a path with ".."`,
		"a/..":                  `a path with ".."`,
		`raft\raft.go`:          "a path with a backslash",
		`..\raft.go`:            "a path with a backslash",
		`C:\raft\raft.go`:       "a path with a drive letter",
		"c:raft.go":             "a path with a drive letter",
		`\\server\raft\raft.go`: "a path with a backslash",
	} {
		t.Run(raw, func(t *testing.T) {
			inArchives(t, append([]member{{raw, raftText}}, both...), func(t *testing.T, s *Submission, err error) {
				r := refused(t, s, err)
				assert.Equal(t, what, r.What)
				assert.Equal(t, raw, r.Where)
				if what == "a path with a backslash" {
					assert.Contains(t, r.Why, "Some systems read it as a folder")
				} else {
					assert.Equal(t, "It would lead out of the submission.", r.Why)
				}
				assert.Contains(t, r.Remedy, "Pack the folders raft/ and kvraft/ anew")
			})
		})
	}
}

func TestPathsThatNoSystemTakesAreRefused(t *testing.T) {
	long := strings.Repeat("a/", maxName/2) + "raft/raft.go"
	inArchives(t, append([]member{{long, raftText}}, both...), func(t *testing.T, s *Submission, err error) {
		r := refused(t, s, err)
		assert.Equal(t, "a path too long", r.What)
		assert.Equal(t, long[:longName]+"...", r.Where)
		assert.Equal(t, "No system takes a path of that length.", r.Why)
		assert.Contains(t, r.Remedy, "anew")
	})
	s, err := unpack(t, "alice.zip", zipOf(t, zipFiles([]member{{"raft/raft.go\x00.txt", raftText}})...))
	r := refused(t, s, err)
	assert.Equal(t, "a path with a zero byte", r.What)
	assert.Equal(t, `"raft/raft.go\x00.txt"`, r.Where)
}

func TestOddNamesOfFilesToTakeAreRefused(t *testing.T) {
	for raw, where := range map[string]string{
		"raft/a\nb.go":     `"raft/a\nb.go"`,
		"raft/a\x1b[2J.go": `"raft/a\x1b[2J.go"`,
		"raft/a\xff.go":    `"raft/a\xff.go"`,
		"raft/a:b.go":      "raft/a:b.go",
		"raft/what?.go":    "raft/what?.go",
	} {
		inArchives(t, append([]member{{raw, raftText}}, both...), func(t *testing.T, s *Submission, err error) {
			r := refused(t, s, err)
			assert.Equal(t, "an odd file name", r.What)
			assert.Equal(t, where, r.Where)
			assert.Contains(t, r.Why, "not every system allows")
			assert.Equal(t, "Name the file with letters, digits and _ only.", r.Remedy)
		})
	}
	inArchives(t, append([]member{{"B\xfccher/a\nb.go", raftText}}, both...), func(t *testing.T, s *Submission, err error) {
		require.NoError(t, err, "nobody takes that file")
		assert.Contains(t, s.Ignored, Note{Where: `"B\xfccher/"`, Files: 1, Why: whyElsewhere})
	})
}

func TestLinksAndDevicesInArchivesAreRefused(t *testing.T) {
	for flag, want := range map[byte]struct{ what, why, remedy string }{
		tar.TypeSymlink: {"a symbolic link to ../x.go", "may lead out of the submission", "Put the file or folder itself in its place."},
		tar.TypeLink:    {"a hard link to ../x.go", "may lead out of the submission", "Put the file or folder itself in its place."},
		tar.TypeFifo:    {"neither a file nor a folder", "pipes", remedyFolders},
		tar.TypeChar:    {"neither a file nor a folder", "Devices", remedyFolders},
		tar.TypeBlock:   {"neither a file nor a folder", "Devices", remedyFolders},
	} {
		head := tar.Header{Typeflag: flag, Name: "docs/x.go"}
		if flag == tar.TypeSymlink || flag == tar.TypeLink {
			head.Linkname = "../x.go"
		}
		s, err := unpack(t, "alice.tar", tarOf(t, append(tarFiles(both), tarEntry{head: head})...))
		r := refused(t, s, err)
		assert.Equal(t, want.what, r.What)
		assert.Equal(t, "docs/x.go", r.Where)
		assert.Contains(t, r.Why, want.why)
		assert.Equal(t, want.remedy, r.Remedy)

		head.Name = "node_modules/.bin/x.go"
		_, err = unpack(t, "alice.tar", tarOf(t, append(tarFiles(both), tarEntry{head: head})...))
		assert.NoError(t, err, "nobody looks there")
	}
	for mode, what := range map[fs.FileMode]string{
		fs.ModeSymlink:                    "a symbolic link",
		fs.ModeNamedPipe:                  "neither a file nor a folder",
		fs.ModeDevice | fs.ModeCharDevice: "neither a file nor a folder",
	} {
		head := zip.FileHeader{Name: "docs/x.go"}
		head.SetMode(mode | 0o777)
		s, err := unpack(t, "alice.zip", zipOf(t, append(zipFiles(both), zipEntry{head, "../x.go"})...))
		r := refused(t, s, err)
		assert.Equal(t, what, r.What)
		assert.Equal(t, "docs/x.go", r.Where)

		head.Name = "node_modules/.bin/x.go"
		_, err = unpack(t, "alice.zip", zipOf(t, append(zipFiles(both), zipEntry{head, "../x.go"})...))
		assert.NoError(t, err, "nobody looks there")
	}
}

func TestTwoFilesOfOneNameAreRefused(t *testing.T) {
	for _, second := range []string{"raft/raft.go", "./raft//raft.go", "raft/./raft.go"} {
		inArchives(t, append([]member{{second, "package raft // other\n"}}, both...), func(t *testing.T, s *Submission, err error) {
			r := refused(t, s, err)
			assert.Equal(t, "two files of one name", r.What)
			assert.Equal(t, "raft/raft.go", r.Where)
			assert.Contains(t, r.Why, "holds this name twice")
			assert.Contains(t, r.Remedy, "Make the archive anew")
		})
	}
}

func TestDamagedArchivesAreRefused(t *testing.T) {
	text := member{"raft/raft.go", raftText + "// " + strings.Repeat("xyz ", 1000)}
	good := packed(t, []member{text})
	flipped := func(name string, at int) []byte {
		b := bytes.Clone(good[name])
		b[at] ^= 0x40
		return b
	}
	lying := zip.FileHeader{Name: "raft/raft.go", CompressedSize64: 5, UncompressedSize64: 1 << 40}
	short := zip.FileHeader{Name: "raft/raft.go", CompressedSize64: 5, UncompressedSize64: 3}
	for name, c := range map[string]struct {
		file    string
		content []byte
		format  string
		why     string
	}{
		"tar.gz cut":              {"a.tar.gz", good["alice.tar.gz"][:100], "tar.gz", "its end is missing"},
		"tar.gz without checksum": {"a.tar.gz", good["alice.tar.gz"][:len(good["alice.tar.gz"])-8], "tar.gz", "its end is missing"},
		"tar.gz checksum":         {"a.tar.gz", flipped("alice.tar.gz", len(good["alice.tar.gz"])-8), "tar.gz", "a checksum is wrong"},
		"tar cut":                 {"a.tar", good["alice.tar"][:700], "tar", "its end is missing"},
		"tar header":              {"a.tar", flipped("alice.tar", 3), "tar", "its inside is not of that format"},
		"zip cut":                 {"a.zip", good["alice.zip"][:100], "zip", "its inside is not of that format"},
		"zip content":             {"a.zip", flipped("alice.zip", 60), "zip", ""},
		"zip claims more":         {"a.zip", rawZip(t, lying, "hello"), "zip", "its end is missing"},
		"zip claims less":         {"a.zip", rawZip(t, short, "hello"), "zip", ""},
		"gzip of something else":  {"a.tar.gz", gzipped(t, []byte(strings.Repeat("raft ", 500))), "tar.gz", "its inside is not of that format"},
		"named zip":               {"a.zip", []byte("hello"), "zip", "its inside is not of that format"},
		"named tar.gz":            {"a.tgz", []byte("hello"), "tar.gz", "its inside is not of that format"},
		"named tar":               {"a.tar", []byte("hello"), "tar", "its end is missing"},
		"no bytes":                {"a.zip", nil, "zip", "its inside is not of that format"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := unpack(t, c.file, c.content)
			r := refused(t, s, err)
			assert.Equal(t, "a damaged "+c.format+" archive", r.What)
			assert.Equal(t, c.file, r.Where)
			assert.Contains(t, r.Why, "It cannot be unpacked to its end: "+c.why)
			assert.Contains(t, r.Remedy, "Pack it anew")
		})
	}
}

func TestTheContentSaysWhatAnArchiveIs(t *testing.T) {
	for name, content := range packed(t, both) {
		for _, called := range []string{"bob.zip", "bob.tar.gz", "bob.TGZ", "bob.tar", "bob"} {
			s, err := unpack(t, called, content)
			require.NoError(t, err, "%s as %s", name, called)
			assert.Equal(t, "bob", s.Name)
		}
	}
}

func TestOtherFilesAreNoSubmission(t *testing.T) {
	for name, what := range map[string]string{"raft.go": "a single Go file", "lab.rar": "not an archive that the grader knows"} {
		s, err := unpack(t, name, []byte(raftText))
		r := refused(t, s, err)
		assert.Equal(t, what, r.What)
		assert.Equal(t, name, r.Where)
		assert.Equal(t, "A submission is a folder, a .zip, a .tar or a .tar.gz.", r.Why)
		assert.Contains(t, r.Remedy, "zip -r or tar -czf")
	}
}
