package hunt

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSyncBecomesLabsyncOnItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"package a\n\nimport \"sync\"\n\nvar mu sync.Mutex\n":    "package a\n\nimport sync \"raftlabs/labsync\"\n\nvar mu sync.Mutex\n",
		"package a\nimport (\n\t\"fmt\"\n\ts \"sync\" // s\n)\n": "package a\nimport (\n\t\"fmt\"\n\ts \"raftlabs/labsync\" // s\n)\n",
		"package a\nimport \"sync/atomic\"\n":                    "",
		"package a\nimport \"raftlabs/labsync\"\n":               "",
		"package a\nimport \"sync\n":                             "",
		"package a\n\nvar sync = \"sync\"\n":                     "",
	} {
		got, ok := withLabsync([]byte(text))
		assert.Equal(t, want != "", ok, text)
		assert.Equal(t, want, string(got))
	}
}

// The overlay of hunt's own goes on top of the one that was asked for.
func TestAnOverlayIsReadThroughAnother(t *testing.T) {
	tree, dir := t.TempDir(), t.TempDir()
	write := func(name, text string) string {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		return name
	}
	const plain = "package raft\n\nimport \"sync\"\n\nvar mu sync.Mutex // "
	a := write(filepath.Join(tree, "raft", "a.go"), plain+"a\n")
	b := write(filepath.Join(tree, "raft", "b.go"), "package raft\n")
	write(filepath.Join(tree, "raft", "a_test.go"), plain+"test\n")
	added := filepath.Join(tree, "raft", "added.go")
	other := write(filepath.Join(dir, "other"), plain+"other\n")
	file, err := json.Marshal(map[string]any{"Replace": map[string]string{b: other, added: other}})
	require.NoError(t, err)

	o, err := readOverlay(write(filepath.Join(dir, "given.json"), string(file)))
	require.NoError(t, err)
	name, err := o.withLabsync(dir, tree, target{folder: "raft"})
	require.NoError(t, err)
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	var got struct{ Replace map[string]string }
	require.NoError(t, json.Unmarshal(text, &got))
	require.Len(t, got.Replace, 3)
	for name, end := range map[string]string{a: "a\n", b: "other\n", added: "other\n"} {
		text, err := os.ReadFile(got.Replace[name])
		require.NoError(t, err)
		assert.Equal(t, "package raft\n\nimport sync \"raftlabs/labsync\"\n\nvar mu sync.Mutex // "+end, string(text))
	}

	for _, c := range []struct{ name, want string }{
		{filepath.Join(dir, "missing.json"), "no such file"},
		{write(filepath.Join(dir, "bad.json"), "{}"), "not of the form that go build -overlay takes"},
	} {
		_, err := readOverlay(c.name)
		assert.ErrorContains(t, err, c.want)
	}
}
