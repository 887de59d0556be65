package gate_test

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade/gate"
	"raftlabs/tests/mutant"
)

const tree = "../../.."

// read returns the Go files of a folder of the tree, the tests left out, as if they
// were handed in as another folder's.
func read(t *testing.T, from, as string) map[string][]byte {
	names, err := filepath.Glob(filepath.Join(tree, from, "*.go"))
	require.NoError(t, err)
	files := map[string][]byte{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		files[path.Join(as, filepath.Base(name))] = handedIn(string(text))
	}
	require.NotEmpty(t, files)
	return files
}

// handedIn makes of a file of solutions/ one that a student could hand in.
func handedIn(text string) []byte {
	return []byte(strings.Replace(text, `"raftlabs/solutions/raft"`, `"raftlabs/raft"`, 1))
}

func reference(t *testing.T) map[string][]byte {
	files := read(t, "solutions/raft", "raft")
	maps.Copy(files, read(t, "solutions/kvraft", "kvraft"))
	return files
}

func TestTheSkeletonIsLetThrough(t *testing.T) {
	files := read(t, "raft", "raft")
	maps.Copy(files, read(t, "kvraft", "kvraft"))
	assert.Empty(t, gate.Check(files))
}

func TestTheReferenceIsLetThrough(t *testing.T) {
	assert.Empty(t, gate.Check(reference(t)))
}

func TestAnotherRaftIsLetThrough(t *testing.T) {
	files := read(t, "tests/mutant/alt", "raft")
	clause := regexp.MustCompile(`(?m)^package alt$`)
	for name, text := range files {
		files[name] = clause.ReplaceAll(text, []byte("package raft"))
	}
	assert.Empty(t, gate.Check(files))
}

// The catalogue has more designs, and more mistakes, than anybody would think of
// for a test of the gate. The gate has nothing to say about a mistake.
func TestEveryEditOfTheCatalogueIsLetThrough(t *testing.T) {
	edits, err := mutant.Catalogue()
	require.NoError(t, err)
	solutions := os.DirFS(filepath.Join(tree, "solutions"))
	for _, e := range edits {
		changed, err := e.Apply(solutions)
		require.NoError(t, err)
		files := map[string][]byte{} // the others are as in the reference
		for name, text := range changed {
			files[name] = handedIn(text)
		}
		refused := slices.DeleteFunc(gate.Check(files), func(f gate.Finding) bool { return f.Note })
		if e.Name == "event-loop" { // its Raft is a package of the tests
			require.Len(t, refused, 1)
			assert.Equal(t, "imports raftlabs/tests/mutant/alt", refused[0].What)
			continue
		}
		assert.Empty(t, refused, e.Name)
	}
}

// Code as it is handed in: alike on all machines, with the habits of many hands.
func TestHabitsAreLetThrough(t *testing.T) {
	const text = "\ufeffpackage raft\r\n" + `
// What a student writes to find out what is wrong.
import (
	"fmt"
	"log"
	"math/rand"
	"time"

	deadlock "github.com/sasha-s/go-deadlock"
	sync "raftlabs/labsync"
)

const Debug = false

//lint:ignore U1000 for later
//nolint
func DPrintf(format string, a ...any) {
	if Debug {
		log.Printf(format, a...)
	}
}

func init() {
	log.SetFlags(log.Ltime | log.Lmicroseconds)
	rand.Seed(time.Now().UnixNano())
	deadlock.Opts.DeadlockTimeout = time.Second
}

type server struct {
	mu  sync.Mutex
	log []string
}

func (s *server) last(log []string) string {
	defer func() { recover() }()
	if len(log) == 0 {
		panic(fmt.Errorf("server %v: %w", s, fmt.Errorf("empty")))
	}
	return log[len(log)-1]
}

func TestMain() {}

func majority[T int | int64](n T) T { return n/2 + 1 }
`
	assert.Empty(t, gate.Check(map[string][]byte{"raft/raft.go": []byte(strings.ReplaceAll(text, "\n", "\r\n"))}))
	assert.Empty(t, gate.Check(nil))
}
