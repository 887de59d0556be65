package lab

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHeadersOfADump(t *testing.T) {
	for line, want := range map[string]goroutine{
		"goroutine 1 [running]:": {ID: 1, State: "running"},
		"goroutine 7 [sleep (durable), synctest bubble 3]:": {
			ID: 7, State: "sleep", Durable: true, Bubble: 3},
		"goroutine 9 [sync.Mutex.Lock, 2 minutes, synctest bubble 12]:": {
			ID: 9, State: "sync.Mutex.Lock", Bubble: 12},
		"goroutine 5 [chan receive (durable), locked to thread, synctest bubble 1]:": {
			ID: 5, State: "chan receive", Durable: true, Bubble: 1},
		"goroutine 4 [chan receive (nil chan) (durable), synctest bubble 1]:": {
			ID: 4, State: "chan receive (nil chan)", Durable: true, Bubble: 1},
		"goroutine 8 gp=0xc000002380 m=0 mp=0x5d6f60 [runnable, synctest bubble 1]:": {
			ID: 8, State: "runnable", Bubble: 1},
		`goroutine 6 [select (durable), synctest bubble 2 labels:{"case": "Election/X", "again": "go test -run '^A$/^B$' \"x\"", "server": "S2"}]:`: {
			ID: 6, State: "select", Durable: true, Bubble: 2,
			Labels: map[string]string{"case": "Election/X", "again": `go test -run '^A$/^B$' "x"`, "server": "S2"}},
	} {
		g, ok := parseHeader(line)
		assert.True(t, ok, line)
		assert.Equal(t, want, g, line)
	}
	for _, line := range []string{"", "goroutine ", "goroutine x [running]:", "main.main()", "goroutine 1 running"} {
		_, ok := parseHeader(line)
		assert.False(t, ok, line)
	}
}

const dump = `goroutine 7 [sleep (durable), synctest bubble 3 labels:{"server": "S1"}]:
time.Sleep(0x5f5e100)
	/usr/local/go/src/runtime/time.go:361 +0x130
raftlabs/raft.(*Raft).ticker(0xc000123456, {0x1, 0x2})
	/home/s/my course/raft/raft.go:120 +0x1d fp=0x1 sp=0x2
...3 frames elided...
raftlabs/raft.Make.func1(...)
	/home/s/my course/raft/raft.go:77
created by raftlabs/raft.Make in goroutine 6
	/home/s/my course/raft/raft.go:76 +0x2f3

goroutine 8 [running]:
main.main()
	/x/main.go:3
`

func TestFramesOfADump(t *testing.T) {
	all := parseDump([]byte(dump))
	require.Len(t, all, 2)
	assert.Equal(t, []frame{
		{"time.Sleep", "/usr/local/go/src/runtime/time.go", 361},
		{"raftlabs/raft.(*Raft).ticker", "/home/s/my course/raft/raft.go", 120},
		{"raftlabs/raft.Make.func1", "/home/s/my course/raft/raft.go", 77},
	}, all[0].Frames)
	assert.Equal(t, frame{"raftlabs/raft.Make", "/home/s/my course/raft/raft.go", 76}, all[0].Creator)
	assert.Equal(t, []frame{{"main.main", "/x/main.go", 3}}, all[1].Frames)
	assert.Equal(t, "sleeping at raft.go:120", all[0].describe())
	assert.Equal(t, "S1", all[0].subject())
	assert.Equal(t, "a server", all[1].subject())
}

func TestARealDumpIsUnderstood(t *testing.T) {
	block, ready := make(chan struct{}), make(chan struct{})
	defer close(block)
	go func() {
		close(ready)
		<-block
	}()
	<-ready
	runtime.Gosched()
	me := currentGoroutine().ID
	require.NotZero(t, me)
	found := false
	for _, g := range dumpAll() {
		if g.ID == me {
			found = true
			assert.True(t, calls(g.Frames, "raftlabs/tests/lab.TestARealDumpIsUnderstood"))
		}
		assert.NotEmpty(t, g.State)
		assert.NotEmpty(t, g.Frames)
	}
	assert.True(t, found)
}

func TestWhoseCodeAFrameIs(t *testing.T) {
	for function, want := range map[string]bool{
		"raftlabs/raft.(*Raft).ticker":                 true,
		"raftlabs/solutions/raft.(*Raft).ticker":       true,
		"raftlabs/kvraft.StartKVServer.func1":          true,
		"raftlabs/labrpc.(*ClientEnd).Call":            false,
		"raftlabs/labsync.(*Mutex).Lock":               false,
		"raftlabs/raft/raftapi.NotImplemented.Error":   false,
		"raftlabs/tests/cluster.(*Cluster).Kill":       false,
		"raftlabs/tests/rafttest.init.func1":           false,
		"time.Sleep":                                   false,
		"runtime.gopark":                               false,
		"go.uber.org/goleak.Find":                      false,
		"github.com/sasha-s/go-deadlock.(*Mutex).Lock": false,
		"internal/sync.(*Mutex).lockSlow":              false,
		"raftlabs/rafty.(*X).Y":                        true,
	} {
		assert.Equal(t, want, frame{Func: function, File: "/x/y.go"}.isStudent(), function)
	}
	assert.True(t, frame{Func: "raftlabs/tests/lab.(*fake).spin", File: "/x/fakes_test.go"}.isStudent())
}

func TestWhatAGoroutineWasAskedFor(t *testing.T) {
	method := frame{"raftlabs/raft.(*Raft).RequestVote", "/x/raft.go", 80}
	literal := frame{"raftlabs/raft.(*Raft).RequestVote.func2", "/x/raft.go", 82}
	lock := frame{"raftlabs/labsync.(*Mutex).Lock", "/x/mutex.go", 1}
	reflection := frame{"reflect.Value.call", "/go/value.go", 1}
	handler, enter := frame{Func: handlerFrame}, frame{Func: enterFrame}
	labels := map[string]string{"startedBy": "GetState"}

	assert.Equal(t, "RequestVote", goroutine{Frames: []frame{lock, method, reflection, handler}}.errand())
	assert.Equal(t, "RequestVote", goroutine{Frames: []frame{lock, literal, method, handler}}.errand())
	assert.Equal(t, "GetState", goroutine{Frames: []frame{lock, method, enter}, Labels: labels}.errand())
	own := goroutine{Frames: []frame{lock, method}, Labels: labels}
	assert.Empty(t, own.errand(), "labels are inherited, the errand is not")
	assert.False(t, own.asked())
	assert.Equal(t, "a goroutine", own.errandOf())
}

func TestNamesOfFunctions(t *testing.T) {
	assert.Equal(t, "raftlabs/raft.(*Raft).ticker", outerFunc("raftlabs/raft.(*Raft).ticker.func1.2"))
	assert.Equal(t, "raftlabs/raft.Make", outerFunc("raftlabs/raft.Make.gowrap1"))
	assert.Equal(t, "ticker", methodName("raftlabs/raft.(*Raft).ticker"))
	assert.Equal(t, "raftlabs/raft", packageOf("raftlabs/raft.(*Raft).ticker"))
	assert.Equal(t, "time", packageOf("time.Sleep"))
}

// What is unknown counts as busy: nobody is accused of a frozen clock by it.
func TestOnlyKnownStatesFreezeTheClock(t *testing.T) {
	busy, blocked := sortOut([]goroutine{
		{ID: 1, State: "running"}, {ID: 2, State: "runnable"}, {ID: 3, State: "syscall"},
		{ID: 4, State: "IO wait"}, {ID: 5, State: "GC assist wait"}, {ID: 6, State: "something new"},
		{ID: 7, State: "sleep", Durable: true}, {ID: 8, State: "sync.Cond.Wait", Durable: true},
		{ID: 9, State: "sync.Mutex.Lock"}, {ID: 10, State: "chan receive"},
	})
	assert.Len(t, busy, 6)
	require.Len(t, blocked, 2)
	assert.Equal(t, int64(9), blocked[0].ID)
}
