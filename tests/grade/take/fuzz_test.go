package take

import (
	"bytes"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// maxAllocated bounds what one archive may allocate, all in all, in bytes: what
// is kept, five times over while it grows, and the unpackers' own.
const maxAllocated = 6 * maxUnpacked

// FuzzRead unpacks bytes of any kind under names of every ending. Whatever
// they are, they are refused or make a submission as its comment promises.
func FuzzRead(f *testing.F) {
	whole := append(under("mine", both), member{"mine/go.mod", ""}, member{"__MACOSX/mine/._x", ""}, member{"mine/raft/a_test.go", ""})
	for _, members := range [][]member{both, whole, {{"raft.go", raftText}}, {{"../raft/raft.go", raftText}}, {{"raft/Raft.go", raftText}}} {
		archives := packed(f, members)
		for _, name := range slices.Sorted(maps.Keys(archives)) {
			f.Add(name, archives[name])
		}
	}
	f.Add("alice.tar", sparse(f, "raft/raft.go", raftText, 600))
	f.Add("alice.zip", listed(f, zipOf(f, zipFiles(both[:1])...), "raft/log1.go", "raft/raft.go"))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		if !utf8.ValidString(name) {
			name = "alice"
		}
		h := newHaul(path.Base(name))
		var s *Submission
		var err error
		grown := allocated(func() {
			if err = h.readArchive(bytes.NewReader(content), int64(len(content))); err == nil {
				s, err = h.submission()
			}
		})
		assert.Less(t, grown, int64(maxAllocated))
		assert.LessOrEqual(t, len(h.entries), maxFiles)
		if err != nil {
			var r *Refusal
			require.True(t, errors.As(err, &r), "not a refusal: %v", err)
			return
		}
		assertPromise(t, h, s)
	})
}

// FuzzLayout hands in files of any names, one a line, and of one text. Names
// in any arrangement are refused or make a submission as its comment promises.
func FuzzLayout(f *testing.F) {
	for _, names := range []string{
		"raft/raft.go\nkvraft/server.go",
		"a/raft/raft.go\na/raft/raft_test.go\na/go.mod\na/solutions/raft/raft.go\na/.git/config\n__MACOSX/a/raft/._raft.go",
		"raft.go\nlog.go\nREADME.md\nold/raft.go\nvendor",
		"raft/raft/raft.go\nraft/raftapi/api.go\nraft/_x.go\ntests/raft/raft.go",
		"Raft/a.go\nraft/A.go\nraft/a.go\nraft",
		"solutions/raft/raft.go\nsolutions/go.mod\nb/kvraft/x.go",
	} {
		f.Add(names, raftText)
	}
	f.Fuzz(func(t *testing.T, names, text string) {
		h := newHaul("alice")
		for raw := range strings.SplitSeq(names, "\n") {
			name, err := cleanName(raw)
			if err != nil || h.names[name] || h.files == 50 {
				continue
			}
			require.NoError(t, h.file(name, strings.NewReader(text)))
		}
		s, err := h.submission()
		if err != nil {
			refused(t, s, err)
			return
		}
		assertPromise(t, h, s)
	})
}

// assertPromise checks what the comments of Submission and of the package say.
func assertPromise(t *testing.T, h *haul, s *Submission) {
	t.Helper()
	require.NotEmpty(t, s.Files)
	for file, text := range s.Files {
		folder, base := path.Split(file)
		assert.True(t, slices.Contains([]string{"raft/", "kvraft/"}, folder), "%q", file)
		assert.True(t, isSource(base), "%q", file)
		assert.True(t, utf8.Valid(text))
		assert.LessOrEqual(t, len(text), maxSource)
	}
	noted := len(s.Files)
	for _, n := range s.Ignored {
		noted += n.Files
	}
	handedIn := h.files
	for _, passed := range h.passed {
		handedIn += passed.files
	}
	assert.Equal(t, handedIn, noted, "every file is taken or noted")
	assert.LessOrEqual(t, len(s.Ignored), maxNotes)
	assert.Equal(t, digest(s.Files), s.Digest)
}
