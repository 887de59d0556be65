package take

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// allocated is how many bytes a function allocates, one after the other.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// zeros is a reader of so many zero bytes.
func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// repeated is a stream of so many times the same bytes, gzipped one by one: that is one stream, and quick to make.
func repeated(t *testing.T, once []byte, times int) []byte {
	t.Helper()
	return bytes.Repeat(gzipped(t, once), times)
}

func assertTooLarge(t *testing.T, r Refusal, most string) {
	t.Helper()
	assert.Equal(t, "more than 50 MiB unpacked", r.What)
	assert.Contains(t, r.Where, "alice")
	assert.Equal(t, "A submission is a few Go files."+most, r.Why)
	assert.Equal(t, remedyFolders, r.Remedy)
}

func TestWhatUnpacksToMoreThan50MiBIsRefusedInLittleMemory(t *testing.T) {
	big := tarOf(t, tarEntry{tar.Header{Typeflag: tar.TypeReg, Name: "big/bomb"}, ""})[:tarBlock]
	copy(big[124:], octal(maxUnpacked+1, 11)) // its size
	checksum(big)
	before := tarOf(t, tarFiles(both)...)
	before = before[:len(before)-2*tarBlock] // without its end
	archive := append(gzipped(t, append(before, big...)), repeated(t, make([]byte, 1<<20), 51)...)
	var s *Submission
	var err error
	bytes := allocated(func() { s, err = unpack(t, "alice.tar.gz", archive) })
	assertTooLarge(t, refused(t, s, err), " Most of it is in big/.")
	assert.Less(t, bytes, int64(1<<20), "nothing of it is kept")
}

func TestFilesThatShareTheirPackedBytesCountEach(t *testing.T) {
	archive := zipOf(t, zipEntry{zip.FileHeader{Name: "a/raft.md", Method: zip.Deflate}, strings.Repeat("/", 2<<20)})
	var names []string
	for i := range 26 {
		names = append(names, string(rune('a'+i))+"/raft.md")
	}
	s, err := unpack(t, "alice.zip", listed(t, archive, names[:25]...))
	assert.Equal(t, "no Go file in raft/ or kvraft/", refused(t, s, err).What, "50 MiB to the byte")
	archive = listed(t, archive, names...)
	bytes := allocated(func() { s, err = unpack(t, "alice.zip", archive) })
	assertTooLarge(t, refused(t, s, err), "")
	assert.Less(t, bytes, int64(1<<20), "nothing of it is kept")
}

func TestAnArchiveOfMoreThan50MiBIsRefusedUnread(t *testing.T) {
	file := filepath.Join(t.TempDir(), "alice.zip")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	require.NoError(t, os.Truncate(file, maxUnpacked+1))
	s, err := Read(file)
	assertTooLarge(t, refused(t, s, err), "")
}

func TestATarOfNothingButHeadersIsRefused(t *testing.T) {
	long := tarOf(t, tarEntry{tar.Header{Typeflag: tar.TypeReg, Name: "././@LongLink", Format: tar.FormatGNU},
		strings.Repeat("a", 1<<20-1)})[:tarBlock+1<<20]
	long[156] = tar.TypeGNULongName // of an entry that never comes
	checksum(long[:tarBlock])
	s, err := unpack(t, "alice.tar.gz", repeated(t, long, 60))
	assertTooLarge(t, refused(t, s, err), "")
}

func TestWhatComesAfterTheTarCountsToo(t *testing.T) {
	archive := append(gzipped(t, tarOf(t, tarFiles(both)...)), repeated(t, make([]byte, 1<<20), 60)...)
	s, err := unpack(t, "alice.tar.gz", archive)
	assertTooLarge(t, refused(t, s, err), "")
}

func TestMoreThan2000FilesAreRefused(t *testing.T) {
	var members []member
	for i := range maxFiles - len(both) {
		members = append(members, member{fmt.Sprintf("mine/traces/%d.html", i), ""})
	}
	members = append(members, under("mine", both)...)
	inArchives(t, members, func(t *testing.T, s *Submission, err error) { require.NoError(t, err) })
	members = append(members, member{"mine/raft/log.go", raftText})
	everywhere(t, members, func(t *testing.T, s *Submission, err error) {
		r := refused(t, s, err)
		assert.Equal(t, "more than 2,000 files", r.What)
		assert.Contains(t, r.Where, "alice")
		assert.Equal(t, "A submission is a few Go files. Most files are in mine/traces/.", r.Why)
		assert.Equal(t, remedyFolders, r.Remedy)
	})
}

func TestWhatIsNeverLookedIntoIsNoFileOfAnArchive(t *testing.T) {
	members := append([]member{}, both...)
	for i := range maxFiles {
		members = append(members, member{fmt.Sprintf(".git/objects/%d", i), ""})
	}
	inArchives(t, members, func(t *testing.T, s *Submission, err error) {
		require.NoError(t, err)
		assert.Equal(t, []Note{{".git/", maxFiles, whyUnvisited}}, s.Ignored)
	})
}

func TestWhatIsNeverLookedIntoIsUnpackedAllTheSame(t *testing.T) {
	h := newHaul("alice.zip")
	require.NoError(t, h.file(".git/a", zeros(maxUnpacked/2+1)))
	assertTooLarge(t, refused(t, nil, h.file("b", zeros(maxUnpacked/2))), " Most of it is in .git/.")
}

func TestMoreThan2000FoldersAreRefused(t *testing.T) {
	folders := func(n int) (tars []tarEntry, zips []zipEntry) {
		for i := range n {
			name := fmt.Sprintf("%d/", i)
			tars = append(tars, tarEntry{head: tar.Header{Typeflag: tar.TypeDir, Name: name}})
			zips = append(zips, zipEntry{head: zip.FileHeader{Name: name}})
		}
		return append(tars, tarFiles(both)...), append(zips, zipFiles(both)...)
	}
	tars, zips := folders(maxFolders)
	tars = append(tars, tarEntry{head: tar.Header{Typeflag: tar.TypeDir, Name: "a/.git/objects/"}})
	zips = append(zips, zipEntry{head: zip.FileHeader{Name: "a/.git/objects/"}})
	_, err := unpack(t, "alice.tar", tarOf(t, tars...))
	require.NoError(t, err)
	_, err = unpack(t, "alice.zip", zipOf(t, zips...))
	require.NoError(t, err)

	tars, zips = folders(maxFolders + 1)
	for name, archive := range map[string][]byte{"alice.tar": tarOf(t, tars...), "alice.zip": zipOf(t, zips...)} {
		s, err := unpack(t, name, archive)
		assert.Equal(t, "more than 2,000 folders", refused(t, s, err).What)
	}
}

func TestAZipThatListsAMillionNamesIsRefusedInLittleMemory(t *testing.T) {
	archive := zipOf(t, zipEntry{zip.FileHeader{Name: "a"}, ""})
	names := make([]string, 60_000) // what the count of the format holds
	for i := range names {
		names[i] = "a"
	}
	archive = listed(t, archive, names...)
	var s *Submission
	var err error
	bytes := allocated(func() { s, err = unpack(t, "alice.zip", archive) })
	assert.Equal(t, "more than 2,000 files", refused(t, s, err).What)
	assert.Less(t, bytes, int64(12<<20))
}

func TestAGoFileOfMoreThan1MiBIsRefused(t *testing.T) {
	text := raftText + strings.Repeat("/", maxSource-len(raftText))
	everywhere(t, []member{{"raft/raft.go", text}}, func(t *testing.T, s *Submission, err error) {
		require.NoError(t, err, "1 MiB to the byte")
		assert.Len(t, s.Files["raft/raft.go"], maxSource)
	})
	for _, name := range []string{"raft/table.go", "table.go"} {
		everywhere(t, []member{{name, text + "/"}}, func(t *testing.T, s *Submission, err error) {
			r := refused(t, s, err)
			assert.Equal(t, "a Go file of more than 1 MiB", r.What)
			assert.Equal(t, name, r.Where)
			assert.Equal(t, "Nobody writes that much by hand.", r.Why)
			assert.Contains(t, r.Remedy, "Take out what was generated")
		})
	}
	everywhere(t, append([]member{{"gen/table.go", text + "/"}}, both...), func(t *testing.T, s *Submission, err error) {
		require.NoError(t, err, "nobody takes that file")
	})
}
