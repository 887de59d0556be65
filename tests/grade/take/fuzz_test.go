package take

import (
	"bytes"
	"errors"
	"maps"
	"path"
	"slices"
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
		require.NotEmpty(t, s.Files)
		for file, text := range s.Files {
			folder, base := path.Split(file)
			assert.True(t, slices.Contains([]string{"raft/", "kvraft/"}, folder), "%q", file)
			assert.True(t, isSource(base), "%q", file)
			assert.True(t, utf8.Valid(text))
			assert.LessOrEqual(t, len(text), maxSource)
		}
	})
}
