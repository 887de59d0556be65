package labgob_test

import (
	"bytes"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"raftlabs/labgob"
)

// recorded is a sink that keeps what it is told.
type recorded struct {
	mu       sync.Mutex
	problems []labgob.Problem
}

func (r *recorded) take(p labgob.Problem) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.problems = append(r.problems, p)
}

// drain returns what has been told since the last drain.
func (r *recorded) drain() []labgob.Problem {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer func() { r.problems = nil }()
	return r.problems
}

// record sets a recorded sink for the length of a test.
func record(t testing.TB) *recorded {
	r := new(recorded)
	t.Cleanup(labgob.SetSink(r.take))
	return r
}

// one asserts that exactly one problem was told, and returns it.
func (r *recorded) one(t testing.TB) labgob.Problem {
	t.Helper()
	problems := r.drain()
	require.Len(t, problems, 1)
	return problems[0]
}

// none asserts that no problem was told.
func (r *recorded) none(t testing.TB) {
	t.Helper()
	require.Empty(t, r.drain())
}

// encoded returns the stream of the values.
func encoded(t testing.TB, values ...any) []byte {
	t.Helper()
	var buf bytes.Buffer
	e := labgob.NewEncoder(&buf)
	for _, v := range values {
		require.NoError(t, e.Encode(v))
	}
	return buf.Bytes()
}

func decode(data []byte, v any) error {
	return labgob.NewDecoder(bytes.NewReader(data)).Decode(v)
}

// Types that look like those of a Raft.
type (
	Entry struct {
		Term    int
		Command any
	}
	Args struct {
		Term, LeaderId, PrevLogIndex, PrevLogTerm, LeaderCommit int
		Entries                                                 []Entry
	}
	Reply struct {
		Term    int
		Success bool
	}
	Op struct {
		Kind, Key, Value string
		Client, Seq      int64
	}
)

func init() { labgob.Register(Op{}) }
