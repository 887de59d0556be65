package labgob_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/labgob"
)

// standardError returns what f prints there.
func standardError(t *testing.T, f func()) string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	require.NoError(t, err)
	defer file.Close()
	before := os.Stderr
	os.Stderr = file
	defer func() { os.Stderr = before }()
	f()
	text, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	return string(text)
}

func TestWithoutASinkEachTextIsPrintedOnce(t *testing.T) {
	texts := standardError(t, func() {
		defer labgob.SetSink(nil)()
		for range 3 {
			labgob.Report(labgob.Problem{Text: "first"})
			labgob.Report(labgob.Problem{Text: "second"})
			labgob.CheckType(reflect.TypeFor[lowMixed]())
		}
	})
	lines := strings.Split(strings.TrimSpace(texts), "\n")
	require.Len(t, lines, 3)
	assert.Equal(t, []string{"first", "second"}, lines[:2])
	assert.Contains(t, lines[2], "lowMixed")
}

func TestBeforeAnySinkIsSetProblemsArePrinted(t *testing.T) {
	text := fmt.Sprint("never seen before, ", t.Name(), new(byte)) // -count runs this more than once
	assert.Equal(t, text+"\n", standardError(t, func() {
		labgob.Report(labgob.Problem{Text: text})
		labgob.Report(labgob.Problem{Text: text})
	}))
}

func TestRestorePutsBackTheSinkBefore(t *testing.T) {
	var outer, inner recorded
	restoreOuter := labgob.SetSink(outer.take)
	defer restoreOuter()
	labgob.CheckType(reflect.TypeFor[lowMixed]())
	outer.one(t)
	restoreInner := labgob.SetSink(inner.take)
	labgob.CheckType(reflect.TypeFor[lowMixed]())
	inner.one(t)
	restoreInner()
	labgob.CheckType(reflect.TypeFor[lowMixed]())
	outer.none(t) // it remembers what it has been told
	labgob.Report(labgob.Problem{Text: "again"})
	labgob.Report(labgob.Problem{Text: "again"})
	assert.Len(t, outer.drain(), 2, "only standard error leaves out what it has had")
	inner.none(t)
}

func TestASinkMayEndItsGoroutine(t *testing.T) {
	defer labgob.SetSink(func(labgob.Problem) { runtime.Goexit() })()
	data := encoded(t, Reply{Term: 1})
	dirty := Reply{Term: 9}
	for range 2 { // the second finds nothing locked
		done := make(chan bool)
		for _, f := range []func(){
			func() { labgob.CheckType(reflect.TypeFor[lowMixed]()); runtime.Goexit() },
			func() { encodeError(nil) },
			func() { decode(data, &dirty) },
			func() { decode(data[:3], nil) },
			func() { decode(data, 7) },
			func() { labgob.Register(nil) },
			func() { labgob.Report(labgob.Problem{}) },
		} {
			go func() {
				defer func() { done <- true }()
				f()
				panic("the sink did not end the goroutine")
			}()
			<-done
		}
	}
}

func TestManyGoroutinesMayReportAtOnce(t *testing.T) {
	r := record(t)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i := range 50 {
				labgob.CheckType(reflect.ArrayOf(i, reflect.TypeFor[lowMixed]()))
				labgob.CheckType(reflect.ArrayOf(i, reflect.TypeFor[lowChan]()))
				labgob.CheckType(reflect.ArrayOf(i, reflect.TypeFor[Args]()))
				assert.Error(t, encodeError(nil))
			}
		})
	}
	wait.Wait()
	count := map[string]int{}
	for _, p := range r.drain() {
		count[p.Field]++
	}
	assert.Equal(t, map[string]int{"term": 1, "done": 1, "": 8 * 50}, count)
}

func TestKindsHaveNames(t *testing.T) {
	for k := labgob.LowerCase; k <= labgob.Failed; k++ {
		assert.NotEmpty(t, k.String())
		assert.NotContains(t, k.String(), "ProblemKind")
	}
	assert.Equal(t, "ProblemKind(0)", labgob.ProblemKind(0).String())
	assert.Equal(t, "ProblemKind(99)", labgob.ProblemKind(99).String())
}
