package grade

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestACrashNamesTheStudentsPlace(t *testing.T) {
	const trace = `some output
panic: assignment to entry in nil map

goroutine 41 [running, synctest bubble 1] {"case": "Election/ReElection", "server": "S2"}:
raftlabs/labsync.(*Mutex).Lock(0xc000)
	/tree/labsync/mutex.go:20 +0x10
raftlabs/raft.(*Raft).ticker.func1(0xc000)
	/tree/raft/raft.go:33 +0x1d
created by raftlabs/raft.Make in goroutine 3
	/tree/raft/raft.go:12 +0x1d
`
	c, ok := findCrash(trace, "/tree", []string{"/tree/kvraft", "/tree/raft"})
	assert.True(t, ok)
	assert.Equal(t, "a goroutine of S2 panicked at raft/raft.go:33 ((*Raft).ticker.func1) and ended the process: assignment to entry in nil map", c.sentence())
	assert.Equal(t, kindPanic, c.kind())
	assert.Contains(t, c.lines, "\traft/raft.go:33 +0x1d")
}

func TestAFatalErrorIsNotCalledAPanic(t *testing.T) {
	c, ok := findCrash("fatal error: concurrent map writes\n\ngoroutine 1 [running]:\nraftlabs/raft.f()\n\t/tree/raft/x.go:1 +0x1\n", "/tree", []string{"/tree/kvraft", "/tree/raft"})
	assert.True(t, ok)
	assert.Equal(t, "the Go runtime ended the process at raft/x.go:1 (f): concurrent map writes", c.sentence())
	assert.Equal(t, kindExit, c.kind())
}

func TestOutputWithoutACrashIsNone(t *testing.T) {
	_, ok := findCrash("a panic: not at the line's beginning\nexit status 1\n", "/tree", []string{"/tree/kvraft", "/tree/raft"})
	assert.False(t, ok)
}
