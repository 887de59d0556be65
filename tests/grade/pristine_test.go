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
	tree, into, folder, bin := treeOf(t), t.TempDir(), t.TempDir(), t.TempDir()
	_, err := newPristine(t.Context(), tree, into)
	require.NoError(t, err)
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
