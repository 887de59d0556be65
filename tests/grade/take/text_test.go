package take

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTextThatIsNotUTF8IsRefusedAtItsByte(t *testing.T) {
	for text, want := range map[string]struct{ what, where, why string }{
		"package raft\n// caf\xe9\n":   {"text that is not UTF-8", "raft/raft.go, byte 19 (line 2)", "the byte 0xE9 there is not"},
		"package raft // \xed\xa0\x80": {"text that is not UTF-8", "raft/raft.go, byte 16 (line 1)", "the byte 0xED there is not"},
		"package raft\n\n\xc3":         {"text that is not UTF-8", "raft/raft.go, byte 14 (line 3)", "the byte 0xC3 there is not"},
		"\xff\xfep\x00a\x00":           {"text in UTF-16", "raft/raft.go, byte 0 (line 1)", "the byte 0xFF there is not"},
		"\xfe\xff\x00p\x00a":           {"text in UTF-16", "raft/raft.go, byte 0 (line 1)", "the byte 0xFE there is not"},
	} {
		everywhere(t, []member{both[1], {"raft/raft.go", text}}, func(t *testing.T, s *Submission, err error) {
			r := refused(t, s, err)
			assert.Equal(t, want.what, r.What)
			assert.Equal(t, want.where, r.Where)
			assert.Equal(t, "Go source is UTF-8, and "+want.why+".", r.Why)
			assert.Equal(t, "Save the file as UTF-8.", r.Remedy)
		})
	}
	everywhere(t, append([]member{{"docs/latin1.go", "\xe9"}, {"raft/notes.txt", "\xe9"}}, both...),
		func(t *testing.T, s *Submission, err error) { require.NoError(t, err, "nobody takes those files") })
}

func TestTextIsTakenByteByByte(t *testing.T) {
	for _, text := range []string{
		"package raft\r\n\r\nvar x = `a\r\nb`\r\n",
		"\ufeffpackage raft\n",
		"package raft // \u00e9 \ufffd \U0001f600",
		"package raft // no line end, and a zero byte \x00",
		"this is no Go\n",
		"",
	} {
		everywhere(t, []member{{"raft/raft.go", text}}, func(t *testing.T, s *Submission, err error) {
			require.NoError(t, err)
			assert.Equal(t, text, string(s.Files["raft/raft.go"]))
		})
	}
}
