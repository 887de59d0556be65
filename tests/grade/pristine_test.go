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
	p, err := newPristine(t.Context(), tree, into)
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
		assert.False(t, ofStudent(name), name)
	}

	files := map[string][]byte{}
	for _, name := range []string{"raft/raft.go", "kvraft/client.go", "kvraft/server.go", "kvraft/doc.go"} {
		if files[name], err = os.ReadFile(filepath.Join(tree, name)); err != nil {
			require.ErrorIs(t, err, fs.ErrNotExist)
			delete(files, name)
		}
	}
	over, err := p.lay(files, folder)
	require.NoError(t, err)
	b, err := build(t.Context(), into, []string{"kvraft", "raft"}, bin, over)
	require.NoError(t, err)
	assert.Empty(t, b.errors)
	assert.FileExists(t, b.binary)

	// The compiler speaks of the student's file by the name that it has there.
	files["raft/raft.go"] = append(files["raft/raft.go"], "\nvar wrong int = \"text\"\n"...)
	over, err = p.lay(files, folder)
	require.NoError(t, err)
	b, err = build(t.Context(), into, []string{"kvraft", "raft"}, bin, over)
	require.NoError(t, err)
	assert.Regexp(t, `(?m)^raft/raft\.go:\d+:\d+: cannot use "text"`, b.errors)

	_, err = p.lay(map[string][]byte{"raft/raft_test.go": nil}, folder)
	assert.ErrorContains(t, err, "no Go file of raft/ or kvraft/")
}
