package lab

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPlainMutexIsFoundInTheSources(t *testing.T) {
	for _, c := range []struct {
		name, file, source string
		plain              bool
	}{
		{"a sync.Mutex", "raft.go", "package raft\nimport \"sync\"\ntype Raft struct{ mu sync.Mutex }", true},
		{"a sync.RWMutex", "raft.go", "package raft\nimport \"sync\"\nvar mu sync.RWMutex", true},
		{"under another name", "raft.go", "package raft\nimport s \"sync\"\nvar mu s.Mutex", true},
		{"a WaitGroup only", "raft.go", "package raft\nimport \"sync\"\nvar wg sync.WaitGroup", false},
		{"labsync as sync", "raft.go", "package raft\nimport sync \"raftlabs/labsync\"\nvar mu sync.Mutex", false},
		{"in a test file", "raft_test.go", "package raft\nimport \"sync\"\nvar mu sync.Mutex", false},
		{"not Go", "raft.go", "package", false},
	} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, c.file), []byte(c.source), 0o600))
		assert.Equal(t, c.plain, usesPlainSync(dir), c.name)
	}
}
