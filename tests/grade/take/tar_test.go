package take

import (
	"archive/tar"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryTarsWayToWriteANameIsRead(t *testing.T) {
	name := strings.Repeat("long-name/", 30) + "raft/raft.go"
	for _, format := range []tar.Format{tar.FormatPAX, tar.FormatGNU} {
		entry := tarEntry{tar.Header{Typeflag: tar.TypeReg, Name: name, Format: format}, raftText}
		global := tarEntry{head: tar.Header{Typeflag: tar.TypeXGlobalHeader,
			PAXRecords: map[string]string{"comment": "0123456789abcdef"}}}
		s, err := unpack(t, "alice.tar", tarOf(t, global, entry))
		require.NoError(t, err)
		assert.Equal(t, map[string][]byte{"raft/raft.go": []byte(raftText)}, s.Files)
		assert.Empty(t, s.Ignored)
	}
	old := tarOf(t, tarFiles(both)...) // as of Unix version 7, without its magic number
	for at := 0; at+tarBlock <= len(old); at += 2 * tarBlock {
		clear(old[at+257 : at+265])
		checksum(old[at : at+tarBlock])
	}
	s, err := unpack(t, "alice.tar", old)
	require.NoError(t, err)
	assert.Len(t, s.Files, 2)
}

// checksum writes a tar header's.
func checksum(head []byte) {
	copy(head[148:156], "        ")
	sum := 0
	for _, b := range head {
		sum += int(b)
	}
	copy(head[148:156], octal(sum, 7))
}

// octal is a number of so many digits, and a zero byte.
func octal(n, digits int) string {
	out := []byte(strings.Repeat("0", digits) + "\x00")
	for i := digits - 1; n > 0; i, n = i-1, n/8 {
		out[i] = byte('0' + n%8)
	}
	return string(out)
}

// sparse is a tar archive of one file in GNU's old form: its text, and a hole up to its size.
func sparse(t testing.TB, name, text string, size int64) []byte {
	t.Helper()
	archive := tarOf(t, tarEntry{tar.Header{Typeflag: tar.TypeReg, Name: name, Format: tar.FormatGNU}, text})
	head := archive[:tarBlock]
	head[156] = tar.TypeGNUSparse
	copy(head[386:], octal(0, 11))         // the first piece begins here
	copy(head[398:], octal(len(text), 11)) // and is so long;
	copy(head[410:], octal(int(size), 11)) // the second begins at the end
	copy(head[422:], octal(0, 11))         // and is empty
	copy(head[483:], octal(int(size), 11)) // the file's size
	checksum(head)
	return archive
}

func TestSparseTarEntriesAreReadWithTheirHoles(t *testing.T) {
	s, err := unpack(t, "alice.tar", sparse(t, "raft/raft.go", raftText, 600))
	require.NoError(t, err)
	assert.Equal(t, raftText+strings.Repeat("\x00", 600-len(raftText)), string(s.Files["raft/raft.go"]))

	s, err = unpack(t, "alice.tar", sparse(t, "hole", "x", 1<<32))
	assert.Equal(t, "more than 50 MiB unpacked", refused(t, s, err).What)
}
