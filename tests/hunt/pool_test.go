package hunt

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The oldest go, wherever they are, and only as many as it takes.
func TestTheCacheIsBounded(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, prune(filepath.Join(dir, "none"), 10))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "below"), 0o700))
	names := []string{"c", "below/a", "b"} // by age
	for i, name := range names {
		name = filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(name, make([]byte, 10), 0o600))
		at := time.Now().Add(time.Duration(i-10) * time.Hour)
		require.NoError(t, os.Chtimes(name, at, at))
	}
	left := func() (there []string) {
		for _, name := range names {
			if exists(filepath.Join(dir, name)) {
				there = append(there, name)
			}
		}
		return there
	}
	for _, c := range []struct {
		most int64
		want []string
	}{{30, names}, {29, names[1:]}, {20, names[1:]}, {19, names[2:]}, {0, nil}} {
		require.NoError(t, prune(dir, c.most))
		assert.Equal(t, c.want, left())
	}
}
