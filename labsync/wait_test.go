//lint:file-ignore SA2001 an empty critical section is how a test waits for a lock

package labsync

import (
	"path"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"github.com/petermattis/goid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recordWaits returns what SetOnWait's hook has heard since, for one test.
func recordWaits(t *testing.T) func() []Wait {
	t.Helper()
	var mu sync.Mutex
	var heard []Wait
	SetOnWait(func(w Wait) {
		mu.Lock()
		heard = append(heard, w)
		mu.Unlock()
	})
	t.Cleanup(func() {
		SetOnWait(nil)
		SetStalls(nil)
		Reset()
	})
	return func() []Wait {
		mu.Lock()
		defer mu.Unlock()
		return heard
	}
}

// at is the place of a return address: "TestX.func1 wait_test.go:12".
func at(pc uintptr) string {
	f, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	return strings.TrimPrefix(path.Base(f.Function), "labsync.") + " " + path.Base(f.File) + ":" + strconv.Itoa(f.Line)
}

// line is the place of its caller n lines further down.
func line(n int) string {
	pc, file, l, _ := runtime.Caller(1)
	return strings.TrimPrefix(path.Base(runtime.FuncForPC(pc).Name()), "labsync.") + " " + path.Base(file) + ":" + strconv.Itoa(l+n)
}

const ms = time.Millisecond

func TestTheClockMovesOnWhileAGoroutineSleepsWithTheLock(t *testing.T) {
	waits := recordWaits(t)
	for name, l := range lockers() {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			heard := len(waits())
			var holder, waiter int64
			var held, waited string
			var wg sync.WaitGroup
			wg.Go(func() {
				holder, held = goid.Get(), line(1)
				l.Lock()
				time.Sleep(10 * ms)
				l.Unlock()
			})
			wg.Go(func() {
				time.Sleep(3 * ms)
				waiter, waited = goid.Get(), line(1)
				l.Lock()
				assert.Equal(t, 10*ms, time.Since(start))
				l.Unlock()
			})
			wg.Wait()

			require.Len(t, waits(), heard+1, name)
			w := waits()[heard]
			assert.Equal(t, 7*ms, w.Until.Sub(w.Since))
			assert.Equal(t, waiter, w.Goroutine)
			assert.Equal(t, waited, at(w.Stack[0]))
			assert.Equal(t, "(*WaitGroup).Go.func1", path.Base(strings.Fields(at(w.Stack[1]))[0])[len("sync."):])
			assert.Equal(t, holder, w.Holder.Goroutine)
			assert.Equal(t, held, at(w.Holder.PC))
			assert.Equal(t, start.UnixNano(), w.Holder.Since.UnixNano())
			assert.False(t, w.HolderStalled || w.HolderWaited || w.Read)
			assert.NotZero(t, w.Mutex)
		})
	}
}

func TestWaitsWithoutTimeAreNotReported(t *testing.T) {
	waits := recordWaits(t)
	synctest.Test(t, func(t *testing.T) {
		var m Mutex
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				for range 20 {
					m.Lock()
					runtime.Gosched()
					m.Unlock()
				}
			})
		}
		wg.Wait()
	})
	assert.Empty(t, waits())
}

func TestTheHolderIsWhoHeldItLongestDuringTheWait(t *testing.T) {
	waits := recordWaits(t)
	synctest.Test(t, func(t *testing.T) {
		var m Mutex
		var wg sync.WaitGroup
		var long int64
		use := func(from, held time.Duration) {
			wg.Go(func() {
				time.Sleep(from)
				m.Lock()
				if held == 20*ms {
					long = goid.Get()
				}
				time.Sleep(held)
				m.Unlock()
			})
		}
		use(0, 30*ms)     // 30 ms, but only 2 of them during the wait
		use(5*ms, 3*ms)   // 3 ms
		use(6*ms, 20*ms)  // 20 ms
		use(7*ms, 5*ms)   // 5 ms
		use(28*ms, 1*ms)  // the wait in question
		use(200*ms, 1*ms) // comes when all is over
		wg.Wait()
		require.Len(t, waits(), 4)
		w := waits()[3]
		assert.Equal(t, (2+3+20+5)*ms, w.Until.Sub(w.Since))
		assert.Equal(t, long, w.Holder.Goroutine)
		assert.Equal(t, 33*ms, w.Holder.Since.Sub(w.Since)+28*ms)
	})
}

func TestAHolderThatWaitedItselfIsExcused(t *testing.T) {
	waits := recordWaits(t)
	synctest.Test(t, func(t *testing.T) {
		var a, b Mutex
		var wg sync.WaitGroup
		var sleeper, nested int64
		wg.Go(func() {
			sleeper = goid.Get()
			b.Lock()
			time.Sleep(10 * ms)
			b.Unlock()
		})
		wg.Go(func() {
			nested = goid.Get()
			time.Sleep(1 * ms)
			a.Lock()
			b.Lock() // no fault of its own
			b.Unlock()
			a.Unlock()
		})
		wg.Go(func() {
			time.Sleep(2 * ms)
			a.Lock()
			a.Unlock()
		})
		wg.Wait()
		require.Len(t, waits(), 2)
		onB, onA := waits()[0], waits()[1]
		assert.Equal(t, sleeper, onB.Holder.Goroutine)
		assert.False(t, onB.HolderWaited)
		assert.Equal(t, nested, onA.Holder.Goroutine)
		assert.True(t, onA.HolderWaited)
		assert.False(t, onA.HolderStalled)
	})
}

func TestAWaitForReadersNamesTheLastOfThem(t *testing.T) {
	waits := recordWaits(t)
	synctest.Test(t, func(t *testing.T) {
		var rw RWMutex
		var wg sync.WaitGroup
		ids := make([]int64, 3)
		for i, held := range []time.Duration{4 * ms, 9 * ms, 2 * ms} {
			wg.Go(func() {
				ids[i] = goid.Get()
				rw.RLock()
				time.Sleep(held)
				rw.RUnlock()
			})
		}
		wg.Go(func() {
			time.Sleep(1 * ms)
			rw.Lock()
			time.Sleep(5 * ms)
			rw.Unlock()
		})
		wg.Go(func() {
			time.Sleep(3 * ms)
			rw.RLocker().Lock() // behind the writer
			rw.RUnlock()
		})
		wg.Wait()
		require.Len(t, waits(), 2)
		writer, reader := waits()[0], waits()[1]
		assert.Equal(t, 8*ms, writer.Until.Sub(writer.Since))
		assert.Equal(t, ids[1], writer.Holder.Goroutine)
		assert.Equal(t, 11*ms, reader.Until.Sub(reader.Since))
		assert.Equal(t, ids[1], reader.Holder.Goroutine, "6 ms of the reader, 5 ms of the writer")
		assert.True(t, reader.Read)
		assert.Contains(t, at(reader.Stack[0]), "wait_test.go", "RLocker's own frame is not the place")
	})
}

func TestTheRelockOfCondWaitIsAtTheCallerOfWait(t *testing.T) {
	waits := recordWaits(t)
	synctest.Test(t, func(t *testing.T) {
		var m Mutex
		cond := NewCond(&m)
		var wg sync.WaitGroup
		var waited string
		wg.Go(func() {
			m.Lock()
			waited = line(1)
			cond.Wait()
			time.Sleep(4 * ms)
			m.Unlock()
		})
		time.Sleep(1 * ms)
		m.Lock()
		cond.Signal()
		time.Sleep(2 * ms)
		m.Unlock()
		m.Lock()
		m.Unlock()
		wg.Wait()
		require.Len(t, waits(), 2)
		assert.Equal(t, waited, at(waits()[0].Stack[0]), "as a waiter")
		assert.Equal(t, waited, at(waits()[1].Holder.PC), "as a holder")
	})
}

func TestTheHookMayUseThisPackage(t *testing.T) {
	var inHook Mutex
	calls := 0
	SetOnWait(func(w Wait) {
		inHook.Lock()
		calls++
		Waiting()
		inHook.Unlock()
	})
	defer SetOnWait(nil)
	synctest.Test(t, func(t *testing.T) {
		var m Mutex
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				m.Lock()
				time.Sleep(ms)
				m.Unlock()
			})
		}
		wg.Wait()
	})
	assert.Equal(t, 2, calls)
}

// id is the name of m in a Wait.
func id(m *Mutex) uintptr { return uintptr(unsafe.Pointer(m)) }
