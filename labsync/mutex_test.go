//lint:file-ignore SA2001 an empty critical section is how a test waits for a lock

package labsync

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lockers are all the ways to a lock that excludes others.
func lockers() map[string]Locker {
	return map[string]Locker{"Mutex": new(Mutex), "RWMutex": new(RWMutex)}
}

func TestLockExcludes(t *testing.T) {
	for name, l := range lockers() {
		t.Run(name, func(t *testing.T) {
			const goroutines, rounds = 8, 500
			n := 0
			var wg sync.WaitGroup
			for range goroutines {
				wg.Go(func() {
					for range rounds {
						l.Lock()
						n++
						l.Unlock()
					}
				})
			}
			wg.Wait()
			assert.Equal(t, goroutines*rounds, n)
		})
	}
}

func TestReadersShareAndWritersDoNot(t *testing.T) {
	var rw RWMutex
	var inside struct {
		sync.Mutex
		readers, writers, most int
	}
	enter := func(readers, writers int) {
		inside.Lock()
		defer inside.Unlock()
		inside.readers += readers
		inside.writers += writers
		inside.most = max(inside.most, inside.readers)
		assert.True(t, inside.writers == 0 || inside.writers == 1 && inside.readers == 0,
			"%d readers beside %d writers", inside.readers, inside.writers)
	}
	var all RWMutex // holds back everybody until all readers are inside once
	var ready, wg sync.WaitGroup
	ready.Add(4)
	for range 4 {
		wg.Go(func() {
			rw.RLock()
			enter(1, 0)
			ready.Done()
			ready.Wait()
			enter(-1, 0)
			rw.RUnlock()
			for range 200 {
				all.RLock()
				rw.RLock()
				enter(1, 0)
				enter(-1, 0)
				rw.RUnlock()
				all.RUnlock()
			}
		})
		wg.Go(func() {
			ready.Wait()
			for range 200 {
				rw.Lock()
				enter(0, 1)
				enter(0, -1)
				rw.Unlock()
			}
		})
	}
	wg.Wait()
	assert.Equal(t, 4, inside.most, "all readers were inside together")
}

func TestTryLockTakesOnlyWhatIsFree(t *testing.T) {
	var m Mutex
	require.True(t, m.TryLock())
	assert.False(t, m.TryLock())
	m.Unlock()
	assert.True(t, m.TryLock())

	var rw RWMutex
	require.True(t, rw.TryLock())
	assert.False(t, rw.TryLock())
	assert.False(t, rw.TryRLock())
	rw.Unlock()
	require.True(t, rw.TryRLock())
	require.True(t, rw.TryRLock())
	assert.False(t, rw.TryLock())
	rw.RUnlock()
	assert.False(t, rw.TryLock(), "one reader is left")
	rw.RUnlock()
	assert.True(t, rw.TryLock())
}

func TestAnotherGoroutineMayUnlock(t *testing.T) {
	var m Mutex
	var rw RWMutex
	m.Lock()
	rw.RLock()
	rw.RLock()
	done := make(chan bool)
	go func() {
		m.Unlock()
		rw.RUnlock()
		rw.RUnlock()
		close(done)
	}()
	<-done
	assert.True(t, m.TryLock())
	assert.True(t, rw.TryLock())
}

func TestUnlockOfAnUnlockedMutexPanicsWithASentence(t *testing.T) {
	var m Mutex
	var rw RWMutex
	cond := NewCond(rw.RLocker())
	for _, c := range []struct {
		want string
		f    func()
	}{
		{"labsync: Unlock of a Mutex at mutex_test.go:", func() { m.Unlock() }},
		{"labsync: Unlock of a RWMutex at mutex_test.go:", func() { rw.Unlock() }},
		{"labsync: RUnlock of a RWMutex at mutex_test.go:", func() { rw.RUnlock() }},
		{"labsync: RUnlock of a RWMutex at mutex_test.go:", func() { rw.RLocker().Unlock() }},
		{"labsync: RUnlock of a RWMutex at mutex_test.go:", func() { cond.Wait() }},
	} {
		got := panicOf(c.f)
		assert.Contains(t, got, c.want)
		assert.Contains(t, got, "labsync.TestUnlockOfAnUnlockedMutexPanicsWithASentence.func", "who did it")
		assert.Contains(t, got, "look for a path that unlocks twice")
	}

	rw.RLock()
	assert.Contains(t, panicOf(rw.Unlock), "nobody has locked it for writing", "readers do not count")
	rw.RUnlock()
	rw.Lock()
	assert.Contains(t, panicOf(rw.RUnlock), "nobody has locked it for reading", "a writer does not count")
	rw.Unlock()

	m.Lock()
	m.Unlock()
	assert.True(t, m.TryLock(), "the mutex works after the panic")
}

func panicOf(f func()) (text string) {
	defer func() { text, _ = recover().(string) }()
	f()
	return "no panic"
}

func TestCondWorksOnEveryLocker(t *testing.T) {
	var rw RWMutex
	for name, l := range map[string]Locker{"Mutex": new(Mutex), "RWMutex": &rw, "RLocker": rw.RLocker()} {
		t.Run(name, func(t *testing.T) {
			cond := NewCond(l)
			var queue []int
			go func() {
				for i := range 100 {
					if name == "RLocker" {
						rw.Lock() // a reader must not write
						queue = append(queue, i)
						rw.Unlock()
					} else {
						l.Lock()
						queue = append(queue, i)
						l.Unlock()
					}
					cond.Signal()
				}
			}()
			l.Lock()
			for len(queue) < 100 {
				cond.Wait()
			}
			l.Unlock()
			assert.Len(t, queue, 100)
		})
	}
}

func TestWaitsOutsideABubbleUseTheWallClock(t *testing.T) {
	waits := recordWaits(t)
	var m Mutex
	m.Lock()
	go func() {
		for len(Waiting()) == 0 {
			time.Sleep(time.Millisecond)
		}
		m.Unlock()
	}()
	m.Lock()
	require.Len(t, waits(), 1)
	w := waits()[0]
	assert.True(t, w.Until.After(w.Since))
	assert.WithinDuration(t, time.Now(), w.Until, time.Minute)
}

func TestAnUncontendedLockAllocatesNothing(t *testing.T) {
	if DeadlockDetection() {
		return // go-deadlock keeps stacks
	}
	var m Mutex
	var rw RWMutex
	rw.RLock() // makes room for one reader
	rw.RUnlock()
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		m.Lock()
		m.Unlock()
		rw.RLock()
		rw.RUnlock()
		rw.Lock()
		rw.Unlock()
	}))
}
