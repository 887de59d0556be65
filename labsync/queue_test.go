//lint:file-ignore SA2001 an empty critical section is how a test waits for a lock

package labsync

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/petermattis/goid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWaitersGetTheLockInOrderOfArrival(t *testing.T) {
	for name, l := range lockers() {
		synctest.Test(t, func(t *testing.T) {
			var order []int
			var wg sync.WaitGroup
			l.Lock()
			for i := range 10 {
				wg.Go(func() {
					time.Sleep(time.Duration(i+1) * ms)
					l.Lock()
					order = append(order, i)
					l.Unlock()
				})
			}
			time.Sleep(20 * ms)
			l.Unlock()
			l.Lock() // does not overtake the ten
			assert.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, order, name)
			l.Unlock()
			wg.Wait()
		})
	}
}

// Each letter is a goroutine that arrives 1 ms after the one before it, a
// writer (W) or a reader (R), and stays for 100 ms. The first comes to a free
// lock. The times are those, in units of 100 ms, at which each gets in.
func TestReadersEnterTogetherUpToTheNextWriter(t *testing.T) {
	for _, c := range []struct {
		arrivals string
		enter    []int
	}{
		{"RRR", []int{0, 0, 0}},
		{"WWW", []int{0, 1, 2}},
		{"WRRWRR", []int{0, 1, 1, 2, 3, 3}},
		{"RWR", []int{0, 1, 2}},
		{"RRWWRW", []int{0, 0, 1, 2, 3, 4}},
	} {
		synctest.Test(t, func(t *testing.T) {
			var rw RWMutex
			start := time.Now()
			got := make([]int, len(c.arrivals))
			var wg sync.WaitGroup
			for i, kind := range c.arrivals {
				var l Locker = &rw
				if kind == 'R' {
					l = rw.RLocker()
				}
				wg.Go(func() {
					time.Sleep(time.Duration(i) * ms)
					l.Lock()
					got[i] = int(time.Since(start) / (100 * ms))
					time.Sleep(100 * ms)
					l.Unlock()
				})
			}
			wg.Wait()
			assert.Equal(t, c.enter, got, c.arrivals)
		})
	}
}

func TestWaitingShowsAGoroutineThatWaitsForItself(t *testing.T) {
	recordWaits(t)
	synctest.Test(t, func(t *testing.T) {
		var m Mutex
		var self int64
		go func() {
			self = goid.Get()
			m.Lock()
			m.Lock()
			m.Unlock()
		}()
		time.Sleep(5 * ms)
		synctest.Wait()
		require.Len(t, Waiting(), 1)
		w := Waiting()[0]
		assert.Equal(t, self, w.Goroutine)
		assert.Equal(t, self, w.Holder.Goroutine)
		assert.Equal(t, 5*ms, time.Since(w.Since))
		assert.True(t, w.Until.IsZero())
		m.Unlock()
		time.Sleep(ms)
		assert.Empty(t, Waiting())
	})
}

func TestWaitingNamesTheReaderThatWaitsForItself(t *testing.T) {
	recordWaits(t)
	synctest.Test(t, func(t *testing.T) {
		var rw RWMutex
		rw.RLock()
		time.Sleep(ms)
		go func() {
			rw.RLock()
			rw.Lock()
			rw.Unlock()
		}()
		time.Sleep(ms)
		go rw.RLock()
		time.Sleep(5 * ms)
		require.Len(t, Waiting(), 2)
		self, behind := Waiting()[0], Waiting()[1]
		assert.Equal(t, self.Goroutine, self.Holder.Goroutine)
		assert.Equal(t, goid.Get(), behind.Holder.Goroutine, "of other readers the oldest")
		rw.RUnlock()
		rw.RUnlock()
		time.Sleep(ms)
	})
}

func TestWaitingNamesThePresentHolder(t *testing.T) {
	recordWaits(t)
	synctest.Test(t, func(t *testing.T) {
		var m Mutex
		ids := make([]int64, 3)
		for i := range ids {
			go func() {
				ids[i] = goid.Get()
				time.Sleep(time.Duration(i) * ms)
				m.Lock()
				time.Sleep(10 * ms)
				m.Unlock()
			}()
		}
		time.Sleep(5 * ms)
		synctest.Wait()
		require.Len(t, Waiting(), 2)
		for i, w := range Waiting() {
			assert.Equal(t, ids[i+1], w.Goroutine, "oldest first")
			assert.Equal(t, ids[0], w.Holder.Goroutine)
		}
		time.Sleep(10 * ms)
		require.Len(t, Waiting(), 1)
		assert.Equal(t, ids[1], Waiting()[0].Holder.Goroutine)
		assert.Equal(t, 5*ms, time.Since(Waiting()[0].Holder.Since))
		time.Sleep(100 * ms)
	})
}

func TestWaitingWorksFromOutsideAFrozenBubble(t *testing.T) {
	recordWaits(t)
	stuck, looked := make(chan bool), make(chan []Wait) // made outside: they freeze the clock
	go func() {
		<-stuck
		looked <- Waiting()
	}()
	synctest.Test(t, func(t *testing.T) {
		var m Mutex
		m.Lock()
		go func() {
			m.Lock()
			m.Unlock()
		}()
		synctest.Wait()
		stuck <- true
		waits := <-looked
		require.Len(t, waits, 1)
		assert.Equal(t, goid.Get(), waits[0].Holder.Goroutine)
		m.Unlock()
	})
}

func TestResetForgetsTheWaitsOfAnAbandonedRun(t *testing.T) {
	recordWaits(t)
	synctest.Test(t, func(t *testing.T) {
		var old, fresh Mutex
		wait := func(m *Mutex) {
			m.Lock()
			m.Unlock()
		}
		old.Lock()
		for range 3 {
			go wait(&old)
		}
		synctest.Wait()
		require.Len(t, Waiting(), 3)
		Reset()
		assert.Empty(t, Waiting())

		fresh.Lock()
		go wait(&fresh)
		synctest.Wait()
		old.Unlock() // the forgotten ones go on, and take nobody off the list
		synctest.Wait()
		assert.Len(t, Waiting(), 1)
		fresh.Unlock()
		synctest.Wait()
		assert.Empty(t, Waiting())
	})
}

var packageLevel struct {
	Mutex
	rw RWMutex
}

func TestAPackageLevelMutexServesOneBubbleAfterAnother(t *testing.T) {
	recordWaits(t)
	for range 5 {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					packageLevel.Lock()
					time.Sleep(ms)
					packageLevel.rw.RLock()
					packageLevel.Unlock()
					time.Sleep(ms)
					packageLevel.rw.RUnlock()
				})
			}
			wg.Wait()
			assert.Equal(t, 5*ms, time.Since(start))
		})
		packageLevel.Lock()
		packageLevel.Unlock()
	}
}
