package grade

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatVetSaysIsShown(t *testing.T) {
	p, err := newPristine(t.Context(), treeOf(t), t.TempDir())
	require.NoError(t, err)
	w := workplace{tree: p.tree, files: asStudents(t, "solutions/raft", "raft")}
	w.over, err = lay(w.tree, w.files, t.TempDir())
	require.NoError(t, err)
	findings, err := w.vet(t.Context())
	require.NoError(t, err)
	assert.Empty(t, findings)

	w.files["raft/odd.go"] = []byte("package raft\n\nimport \"fmt\"\n\nfunc odd() string { return fmt.Sprintf(\"%d\", \"x\") }\n")
	w.over, err = lay(w.tree, w.files, t.TempDir())
	require.NoError(t, err)
	findings, err = w.vet(t.Context())
	require.NoError(t, err)
	require.Len(t, findings, 1)
	assert.Equal(t, "raft/odd.go", findings[0].File)
	assert.Equal(t, 5, findings[0].Line)
	assert.Equal(t, "vet", findings[0].Rule)
	assert.Contains(t, findings[0].Text, "Sprintf format %d has arg")
	assert.False(t, findings[0].Refused)
}
