package labsync

import (
	"sync"
	"testing"
)

// rwLocker is what the benchmarks ask of a mutex: Locker, and for the RW ones
// the reading half.
type rwLocker interface {
	Locker
	RLock()
	RUnlock()
}

// Further competitors, by build tag.
var (
	otherMutexes   = map[string]func() Locker{}
	otherRWMutexes = map[string]func() rwLocker{}
)

func mutexes() map[string]func() Locker {
	all := map[string]func() Locker{
		"sync":    func() Locker { return new(sync.Mutex) },
		"labsync": func() Locker { return new(Mutex) },
	}
	for name, make := range otherMutexes {
		all[name] = make
	}
	return all
}

func rwMutexes() map[string]func() rwLocker {
	all := map[string]func() rwLocker{
		"sync":    func() rwLocker { return new(sync.RWMutex) },
		"labsync": func() rwLocker { return new(RWMutex) },
	}
	for name, make := range otherRWMutexes {
		all[name] = make
	}
	return all
}

// shared runs f b.N times in all, in n goroutines.
func shared(b *testing.B, n int, f func()) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			for range (b.N + i) / n {
				f()
			}
		})
	}
	wg.Wait()
}

func BenchmarkMutexUncontended(b *testing.B) {
	for name, make := range mutexes() {
		b.Run(name, func(b *testing.B) {
			l := make()
			for b.Loop() {
				l.Lock()
				l.Unlock() //lint:ignore SA2001 the lock itself is measured
			}
		})
	}
}

func BenchmarkMutexNested(b *testing.B) {
	for name, make := range mutexes() {
		b.Run(name, func(b *testing.B) {
			outer, inner := make(), make()
			for b.Loop() {
				outer.Lock()
				inner.Lock()
				inner.Unlock() //lint:ignore SA2001 the lock itself is measured
				outer.Unlock()
			}
		})
	}
}

func benchmarkContended(b *testing.B, goroutines int) {
	for name, make := range mutexes() {
		b.Run(name, func(b *testing.B) {
			l := make()
			n := 0
			shared(b, goroutines, func() {
				l.Lock()
				n++
				l.Unlock()
			})
		})
	}
}

func BenchmarkMutexContendedBy2(b *testing.B) { benchmarkContended(b, 2) }
func BenchmarkMutexContendedBy8(b *testing.B) { benchmarkContended(b, 8) }

func BenchmarkRWMutexRead(b *testing.B) {
	for name, make := range rwMutexes() {
		b.Run(name, func(b *testing.B) {
			l := make()
			for b.Loop() {
				l.RLock()
				l.RUnlock() //lint:ignore SA2001 the lock itself is measured
			}
		})
	}
}

func BenchmarkRWMutexReadBy8(b *testing.B) {
	for name, make := range rwMutexes() {
		b.Run(name, func(b *testing.B) {
			l := make()
			shared(b, 8, func() {
				l.RLock()
				l.RUnlock() //lint:ignore SA2001 the lock itself is measured
			})
		})
	}
}
