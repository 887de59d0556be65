package grade

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestASubmissionIsLaidOverAPristineCopy(t *testing.T) {
	tree, folder, bin := treeOf(t), t.TempDir(), t.TempDir()
	p, err := newPristine(t.Context(), tree, t.TempDir())
	require.NoError(t, err)
	into := p.tree
	var names []string
	require.NoError(t, filepath.WalkDir(into, func(name string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if within, _ := filepath.Rel(into, name); !d.IsDir() {
			names = append(names, filepath.ToSlash(within))
		}
		return nil
	}))
	assert.Subset(t, names, []string{"go.mod", "go.sum", "raft/raft_test.go", "raft/raftapi/raftapi.go", "kvraft/kvraft_test.go"})
	for _, name := range names {
		for _, part := range []string{"solutions/", "tests/mutant/", "tests/grade/"} {
			assert.False(t, strings.HasPrefix(name, part), name)
		}
	}

	// A raft/ of the submission's, in other files, and the kvraft/ of the copy.
	text, err := os.ReadFile(filepath.Join(tree, "raft", "raft.go"))
	require.NoError(t, err)
	files := map[string][]byte{"raft/mine.go": text}
	over, err := lay(into, files, folder)
	require.NoError(t, err)
	b, err := build(t.Context(), into, []string{"kvraft", "raft"}, bin, over)
	require.NoError(t, err)
	assert.Empty(t, b.errors)
	assert.FileExists(t, b.binary)

	// The compiler speaks of the student's file by the name that it has there.
	files["raft/mine.go"] = append(text, "\nvar wrong int = \"text\"\n"...)
	over, err = lay(into, files, folder)
	require.NoError(t, err)
	b, err = build(t.Context(), into, []string{"kvraft", "raft"}, bin, over)
	require.NoError(t, err)
	assert.Regexp(t, `(?m)^raft/mine\.go:\d+:\d+: cannot use "text"`, b.errors)

	_, err = lay(into, map[string][]byte{"raft/raft_test.go": nil}, folder)
	assert.ErrorContains(t, err, "no Go file of raft/ or kvraft/")
}

// A copy that somebody changed, or added to, is made anew.
func TestAPristineCopyStaysPristine(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	p, err := newPristine(t.Context(), treeOf(t), t.TempDir())
	require.NoError(t, err)
	name := filepath.Join(p.tree, "labrpc", "doc.go")
	good, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(name, []byte("package labrpc\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(p.tree, "labrpc", "more.go"), []byte("package labrpc\n"), 0o644))
	again, err := newPristine(t.Context(), treeOf(t), t.TempDir())
	require.NoError(t, err)
	assert.Equal(t, p, again)
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, string(good), string(text))
	assert.NoFileExists(t, filepath.Join(p.tree, "labrpc", "more.go"))
	entries, err := os.ReadDir(filepath.Dir(p.tree))
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing is left of the copying")
}
