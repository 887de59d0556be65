//go:build race

package labgob_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/labgob"
)

// asRacer makes this test binary one of the racers instead.
const asRacer = "LABGOB_RACER"

func TestMain(m *testing.M) {
	if name := os.Getenv(asRacer); name != "" {
		racers[name].run()
		return
	}
	os.Exit(m.Run())
}

// A racer is two goroutines that write the same variable with nothing between
// but what both do: the race detector must see it, unless that orders them.
type racer struct {
	warm   func() // before the goroutines start; may be nil
	both   func()
	blinds bool // both is known to order the goroutines
}

var mutex sync.Mutex

var racers = map[string]racer{
	"nothing": {both: func() {}},
	"a mutex": {both: func() { mutex.Lock(); defer mutex.Unlock() }, blinds: true},
	"the first CheckType of a type": {
		both: func() { labgob.CheckType(reflect.TypeFor[Args]()) },
	},
	"the first CheckZero of a type": {
		both: func() { labgob.CheckZero(new(Args), "a value") },
	},
	"CheckType": {
		warm: func() { labgob.CheckType(reflect.TypeFor[Args]()) },
		both: func() { labgob.CheckType(reflect.TypeFor[Args]()) },
	},
	"CheckType of what the sink knows": {
		warm: func() { labgob.CheckType(reflect.TypeFor[lowMixed]()) },
		both: func() { labgob.CheckType(reflect.TypeFor[lowMixed]()) },
	},
	// With gob's own tables warm. Without commands in the entries: for an
	// interface gob takes a buffer from a sync.Pool, which orders goroutines.
	"Encode":               {warm: encodeArgs, both: encodeArgs},
	"Encode to a new sink": {warm: func() { encodeArgs(); labgob.SetSink(func(labgob.Problem) {}) }, both: encodeArgs},
	"Decode":               {warm: decodeArgs, both: decodeArgs},
}

var argsBytes = func() []byte {
	var buf bytes.Buffer
	labgob.NewEncoder(&buf).Encode(Args{Term: 3, Entries: []Entry{{Term: 1}}})
	return buf.Bytes()
}()

func encodeArgs() {
	labgob.NewEncoder(new(bytes.Buffer)).Encode(Args{Term: 3, Entries: []Entry{{Term: 1}}})
}

func decodeArgs() {
	var args Args
	if err := decode(bytes.Clone(argsBytes), &args); err != nil {
		panic(err)
	}
}

func (r racer) run() {
	labgob.SetSink(func(labgob.Problem) {})
	if r.warm != nil {
		r.warm()
	}
	var shared int
	next, done := make(chan bool), make(chan bool)
	go func() {
		shared = 1
		r.both()
		hide(func() { next <- true })
		<-done
	}()
	hide(func() { <-next })
	r.both()
	shared = 2
	done <- true
	fmt.Println("shared:", shared)
}

// hide keeps the ordering that f makes from the race detector.
func hide(f func()) {
	runtime.RaceDisable()
	f()
	runtime.RaceEnable()
}

func TestRacesBesideLabgobAreSeen(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	for name, r := range racers {
		t.Run(name, func(t *testing.T) {
			command := exec.Command(self)
			command.Env = append(os.Environ(), asRacer+"="+name, "GORACE=atexit_sleep_ms=0 exitcode=66")
			out, err := command.CombinedOutput()
			require.Contains(t, string(out), "shared: 2")
			if r.blinds {
				assert.NoError(t, err)
				assert.NotContains(t, string(out), "DATA RACE")
				return
			}
			assert.Error(t, err)
			assert.Contains(t, string(out), "WARNING: DATA RACE")
			assert.Contains(t, string(out), "labgob/race_test.go", "the race is the racer's own")
		})
	}
}

// inTurn runs f in two goroutines, one after the other, which the race detector
// does not take for ordered.
func inTurn(f func()) {
	next, done := make(chan bool), make(chan bool)
	go func() {
		f()
		hide(func() { next <- true })
		<-done
	}()
	go func() {
		hide(func() { <-next })
		f()
		done <- true
		done <- true
	}()
	<-done
}

// What the checks share they share unseen, as they do not order goroutines: a
// type that is first met by one of them is no race for the next.
func TestWhatTheChecksShareIsNoRace(t *testing.T) {
	type first struct{ Log []Entry }
	type second struct{ M map[string]*second }
	type third struct{ A, B [2]*third }
	r := record(t)
	inTurn(func() { labgob.CheckType(reflect.TypeFor[first]()) })
	inTurn(func() { labgob.CheckZero(new(second), "a value") })
	inTurn(func() { labgob.CheckZero(&[]third{{}, {}}, "a value") })
	inTurn(func() { encodeError(struct{ X, Y []Entry }{Y: []Entry{{1, "x"}}}) })
	r.none(t)
}

func TestASinkThatAnotherGoroutineSetIsNoRace(t *testing.T) {
	next := make(chan func())
	go func() {
		restore := labgob.SetSink(func(labgob.Problem) {})
		hide(func() { next <- restore })
	}()
	var restore func()
	hide(func() { restore = <-next })
	labgob.Report(labgob.Problem{Text: "to nobody"})
	restore()
}

// Where the framework hides a region from the race detector, the checks in it
// must not look like races among themselves.
func TestChecksInAHiddenRegionAreNoRaces(t *testing.T) {
	r := record(t)
	var variables []any
	for i := range 100 {
		variables = append(variables, reflect.New(reflect.ArrayOf(i, reflect.TypeFor[slices_]())).Interface())
	}
	start := make(chan bool)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			<-start
			hide(func() {
				for _, v := range variables {
					labgob.CheckType(reflect.TypeOf(v))
					labgob.CheckZero(v, "a value")
				}
			})
		})
	}
	close(start)
	wait.Wait()
	r.none(t)
}
