package labsync

import (
	"bytes"
	"fmt"
	"go/build"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/petermattis/goid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEverythingThatSyncExportsIsHere(t *testing.T) {
	theirs, err := build.Import("sync", "", 0)
	require.NoError(t, err)
	ours, err := build.ImportDir(".", 0)
	require.NoError(t, err)
	have := exported(t, ours)
	for name := range exported(t, theirs) {
		assert.Contains(t, have, name)
	}
	assert.Contains(t, have, "OnceValues", "the search works")
}

// exported is the set of p's exported names at package level.
func exported(t *testing.T, p *build.Package) map[string]bool {
	names := make(map[string]bool)
	for _, file := range p.GoFiles {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, 0)
		require.NoError(t, err)
		for name := range f.Scope.Objects {
			names[name] = token.IsExported(name)
		}
	}
	maps.DeleteFunc(names, func(_ string, exported bool) bool { return !exported })
	return names
}

// everyMethod has the methods of both, so that one that sync gains is missed.
type everyMethod interface {
	Lock()
	Unlock()
	TryLock() bool
	RLock()
	RUnlock()
	TryRLock() bool
	RLocker() sync.Locker
}

var (
	_ everyMethod = (*sync.RWMutex)(nil)
	_ everyMethod = (*RWMutex)(nil)
	_ Locker      = (*Mutex)(nil)
)

func TestOnceFunctionsAreSyncs(t *testing.T) {
	n := 0
	f := OnceFunc(func() { n++ })
	v := OnceValue(func() int { n++; return n })
	vs := OnceValues(func() (int, error) { n++; return n, nil })
	for range 2 {
		f()
		assert.Equal(t, 2, v())
		got, err := vs()
		assert.Equal(t, 3, got)
		assert.NoError(t, err)
	}
}

func TestGoroutineIDsAreThoseOfStackDumps(t *testing.T) {
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			var buf [64]byte
			head, _, _ := bytes.Cut(buf[:runtime.Stack(buf[:], false)], []byte(" ["))
			assert.Equal(t, fmt.Sprintf("goroutine %d", goid.Get()), string(head))
		})
	}
	wg.Wait()
}
