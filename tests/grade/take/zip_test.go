package take

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEncryptedZipsAreRefused(t *testing.T) {
	for _, method := range []uint16{zip.Store, 99} { // 99 is AES
		head := zip.FileHeader{Name: "raft/raft.go", Flags: 1, Method: method, CompressedSize64: 3, UncompressedSize64: 3}
		s, err := unpack(t, "alice.zip", rawZip(t, head, "\x01\x02\x03"))
		r := refused(t, s, err)
		assert.Equal(t, "an encrypted file", r.What)
		assert.Equal(t, "raft/raft.go", r.Where)
		assert.Equal(t, "The grader has no password.", r.Why)
		assert.Equal(t, "Pack the archive without one.", r.Remedy)
	}
}

func TestUnknownMethodsOfPackingAreRefused(t *testing.T) {
	head := zip.FileHeader{Name: "raft/raft.go", Method: 12, CompressedSize64: 3, UncompressedSize64: 3}
	s, err := unpack(t, "alice.zip", rawZip(t, head, "BZh"))
	r := refused(t, s, err)
	assert.Equal(t, "packed by method 12", r.What)
	assert.Equal(t, "raft/raft.go", r.Where)
	assert.Contains(t, r.Why, "stored or deflated")
	assert.Contains(t, r.Remedy, "zip -r")
}

// rawZip packs one file as the header says, true or not.
func rawZip(t testing.TB, head zip.FileHeader, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.CreateRaw(&head)
	require.NoError(t, err)
	_, err = f.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// listed repeats the one entry of a zip archive's directory under names of the
// same length: many files, packed once.
func listed(t testing.TB, archive []byte, names ...string) []byte {
	t.Helper()
	end := bytes.LastIndex(archive, []byte("PK\x05\x06"))
	start := bytes.LastIndex(archive[:end], []byte("PK\x01\x02"))
	require.Greater(t, start, 0)
	out := bytes.Clone(archive[:start])
	for _, name := range names {
		record := bytes.Clone(archive[start:end])
		require.Equal(t, int(binary.LittleEndian.Uint16(record[28:])), len(name))
		copy(record[46:], name)
		out = append(out, record...)
	}
	tail := bytes.Clone(archive[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(len(names)))
	binary.LittleEndian.PutUint16(tail[10:], uint16(len(names)))
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(out)-start))
	return append(out, tail...)
}
