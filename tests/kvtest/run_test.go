package kvtest

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/kvraft/kvapi"
	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// Raft is none: the toy service needs none.
type Raft struct{}

func (*Raft) Start(any) (int, int, bool) { return 0, 0, false }
func (*Raft) GetState() (int, bool)      { return 0, false }
func (*Raft) Snapshot(int, []byte)       {}
func (*Raft) PersistBytes() int          { return 0 }
func (*Raft) Kill()                      {}

// toy is a service of one map, which all its clerks share.
type toy struct {
	mu     sync.Mutex
	values map[string]string

	get   func(value string) string // what a Get makes of it, if set
	stuck bool                      // an Append does not return
	raft  raftapi.Raft
}

func newToy() *toy { return &toy{values: map[string]string{}, raft: &Raft{}} }

func (s *toy) service() kvapi.Service {
	return kvapi.Service{
		MakeClerk: func([]*labrpc.ClientEnd) kvapi.Clerk { return &toyClerk{s} },
		Start:     func([]*labrpc.ClientEnd, int, raftapi.Persister, int) kvapi.Server { return &Toy{s.raft} },
	}
}

// Toy is a server of it.
type Toy struct{ rf raftapi.Raft }

func (s *Toy) Raft() raftapi.Raft { return s.rf }
func (s *Toy) Kill()              {}

type toyClerk struct{ *toy }

func (s *toyClerk) Get(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	value := s.values[key]
	if s.get != nil {
		value = s.get(value)
	}
	return value
}

func (s *toyClerk) Put(key, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[key] = value
}

func (s *toyClerk) Append(key, value string) {
	if s.stuck {
		time.Sleep(time.Hour)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[key] += value
}

// play runs two clients over a toy.
func play(t *testing.T, s kvapi.Service) lab.Result {
	return lab.Try(t, 1, func(t *lab.T) {
		r := start(t, s, 1, 2, noLimit, cluster.Options{})
		for k := range 2 {
			r.begin(k, func(c *client) {
				c.Put("a", "1")
				c.Append("b", "2")
				t.Sleep(time.Second)
				c.Get("a")
			})
		}
		r.wait(undisturbed)
	})
}

func TestARunIsJudgedByItsHistory(t *testing.T) {
	r := play(t, newToy().service())
	assert.Nil(t, r.Failed())
	assert.Equal(t, 6, r.Counts["operations"])

	wrong := newToy()
	wrong.get = func(string) string { return "0" }
	f := play(t, wrong.service()).Failed()
	require.NotNil(t, f)
	assert.Equal(t, "linearizability, §8", f.Rule)
	assert.Contains(t, f.Text, `Get("a") returned "0" at 1.0`)
	assert.InDelta(t, 1.0, f.At.Seconds(), 0.1)
	var page strings.Builder
	require.NoError(t, f.Page(&page))
	assert.Contains(t, page.String(), `Get(\"a\") returned \"0\"`)
}

func TestAHistoryThatCannotBeCheckedIsTheSuitesFault(t *testing.T) {
	defer func(before time.Duration) { checkTime = before }(checkTime)
	checkTime = 0
	f := play(t, newToy().service()).Failed()
	require.NotNil(t, f)
	assert.Equal(t, lab.Harness, f.Kind)
	assert.Contains(t, f.Text, "the case makes histories that cannot be checked: no order of the ")
}

func TestAnOperationThatDoesNotReturnIsNamed(t *testing.T) {
	stuck := newToy()
	stuck.stuck = true
	f := play(t, stuck.service()).Failed()
	require.NotNil(t, f)
	assert.True(t, f.Liveness)
	assert.Regexp(t, `^C[01]'s Append\("b", "2"\) was called at 0\.\d+ s and has not returned, nor has another operation: nothing has disturbed it for 10 s$`, f.Text)
}

func TestConstructorsMustReturnSomething(t *testing.T) {
	whole := newToy().service()
	none := func([]*labrpc.ClientEnd, int, raftapi.Persister, int) kvapi.Server { return nil }
	for text, s := range map[string]kvapi.Service{
		"StartKVServer returned nil": {MakeClerk: whole.MakeClerk, Start: none},
		"MakeClerk returned nil":     {MakeClerk: func([]*labrpc.ClientEnd) kvapi.Clerk { return nil }, Start: whole.Start},
		"Raft of server S0 returned": (&toy{values: map[string]string{}}).service(),
	} {
		f := play(t, s).Failed()
		require.NotNil(t, f, text)
		assert.Contains(t, f.Text, text)
	}
}

func TestAClerksPanicIsItsClients(t *testing.T) {
	bad := newToy()
	bad.get = func(string) string { panic("no") }
	f := play(t, bad.service()).Failed()
	require.NotNil(t, f)
	assert.Regexp(t, `^Get of C[01] panicked .*: no$`, f.Text)
}
