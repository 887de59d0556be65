package take

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheDigestIsOfTheFilesTaken(t *testing.T) {
	want := digest(map[string][]byte{"raft/raft.go": []byte(raftText), "kvraft/server.go": []byte(kvraftText)})
	same := append(under("mine", []member{both[1], both[0]}), member{"mine/README.md", "x"}, member{"mine/raft/raft_test.go", "x"})
	everywhere(t, same, func(t *testing.T, s *Submission, err error) {
		require.NoError(t, err)
		assert.Equal(t, want, s.Digest)
	})
	assert.Regexp(t, "^[0-9a-f]{64}$", want)
}

func TestOtherFilesHaveOtherDigests(t *testing.T) {
	seen := map[string]bool{}
	for _, files := range []map[string][]byte{
		{"a": []byte("b")}, {"a": []byte("c")}, {"b": []byte("b")}, {"a": nil}, {"a": []byte("b"), "b": nil},
		{"a": []byte("b1 b 0 ")}, {"a": []byte("b\n")}, {"a 1": []byte("b")}, {"a": []byte("1 b")},
	} {
		d := digest(files)
		assert.False(t, seen[d], "%v", files)
		seen[d] = true
	}
}

func TestTheNameIsWithoutTheArchivesEnding(t *testing.T) {
	for label, name := range map[string]string{"alice.tar.gz": "alice", "alice.TGZ": "alice", "alice.v2.zip": "alice.v2",
		"alice.tar": "alice", "alice.smith": "alice.smith", ".zip": ".zip", "zip": "zip"} {
		assert.Equal(t, name, withoutEnding(label))
	}
}

func TestWhatIsLeftOutIsSummedUp(t *testing.T) {
	members := append(slices.Clone(both), []member{
		{"raft/raft_test.go", ""}, {"raft/_old.go", ""}, {"raft/notes.txt", ""}, {"raft/raftapi/api.go", ""},
		{"raft/log/log.go", ""}, {"raft/log/deep/x.go", ""}, {"raft/log/deep/y.go", ""},
		{"go.mod", ""}, {"tests/lab/lab.go", ""}, {"tests/lab/run.go", ""}, {"report.pdf", ""}, {"main_test.go", ""},
		{"raft/._raft.go", ""}, {"docs/.DS_Store", ""}, {"docs/a/b.md", ""},
	}...)
	everywhere(t, under("mine", members), func(t *testing.T, s *Submission, err error) {
		require.NoError(t, err)
		var lines []string
		for _, n := range s.Ignored {
			lines = append(lines, n.String())
		}
		assert.Equal(t, []string{
			"mine/raft/_old.go: Go passes over names that begin with _ or .",
			"mine/raft/log/ (3 files): only the files right in raft/ and kvraft/ are taken, none of their subfolders",
			"mine/raft/notes.txt: not a Go file",
			"mine/raft/raft_test.go: the framework's own tests are used",
			"mine/raft/raftapi/ (1 file): the framework's own is used",
			"._* and .DS_Store (2 files): macOS leaves that in archives",
			"mine/docs/ (1 file): only raft/ and kvraft/ are taken",
			"mine/go.mod: the framework's own is used",
			"mine/main_test.go: the framework's own tests are used",
			"mine/report.pdf: only raft/ and kvraft/ are taken",
			"mine/tests/ (2 files): the framework's own is used",
		}, lines)
	})
}

func TestNoMoreIsNotedThanAPersonReads(t *testing.T) {
	members := append([]member{{"raft/raft_test.go", ""}}, both...)
	for i := range 100 {
		members = append(members, member{fmt.Sprintf("%03d.html", i), ""})
	}
	everywhere(t, members, func(t *testing.T, s *Submission, err error) {
		require.NoError(t, err)
		require.Len(t, s.Ignored, maxNotes)
		assert.Equal(t, "raft/raft_test.go", s.Ignored[0].Where)
		assert.Equal(t, Note{"82 other places", 82, "left out too"}, s.Ignored[maxNotes-1])
	})
}
