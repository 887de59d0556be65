//lint:file-ignore SA2001 an empty critical section is how a test waits for a lock

package labsync

import (
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStallsHaveTheProbabilityAndTheBoundsAskedFor(t *testing.T) {
	const n = 200_000
	for _, s := range []Stalls{
		{Seed: 1, Probability: 0.01, Max: 50 * ms},
		{Seed: 2, Probability: 0.5, Max: 50 * ms},
		{Seed: 3, Probability: 1, Max: 20 * time.Microsecond},
		{Seed: 4, Probability: 1, Max: 2 * time.Microsecond},
		{Seed: 5, Probability: 1, Max: 1},
	} {
		stalls := 0
		for i := range uint64(n) {
			d := s.draw(i%7, i/7, i%2)
			if d == 0 {
				continue
			}
			stalls++
			if d < 0 || d > s.Max+stallJitter {
				t.Fatalf("%v: a stall of %v", s, d)
			}
		}
		deviation := math.Sqrt(s.Probability * (1 - s.Probability) / n)
		assert.InDelta(t, s.Probability, float64(stalls)/n, 5*deviation+1e-9)
	}
}

// Log-uniform from 5 µs to 50 ms, four powers of ten: three quarters are
// below 5 ms. The jitter blurs the lowest powers, so look above it.
func TestStallsAreMostlyShort(t *testing.T) {
	s := Stalls{Seed: 9, Probability: 1, Max: 50 * ms}
	const n = 100_000
	var below5, above25 int
	for i := range uint64(n) {
		d := s.draw(1, i, 120)
		if d < 5*ms {
			below5++
		}
		if d > 25*ms {
			above25++
		}
	}
	assert.InDelta(t, 0.75, float64(below5)/n, 0.02)
	assert.InDelta(t, 0.07, float64(above25)/n, 0.02)
}

func TestStallsAreTheSameOnEveryPlatform(t *testing.T) {
	s := Stalls{Seed: 42, Probability: 1, Max: 50 * ms}
	var got []time.Duration
	for i := range uint64(4) {
		got = append(got, s.draw(1, i, 120), s.draw(2, i, afterUnlock))
	}
	assert.Equal(t, []time.Duration{45473413, 443442, 1741443, 159360, 5771090, 29353259, 42403929, 89554}, got)
}

// instants runs a small program with stalls and returns when, in virtual
// time, each of its two mutexes was got.
func instants(t *testing.T, s *Stalls, useOther bool) (first, other []time.Duration) {
	SetStalls(s)
	defer SetStalls(nil)
	synctest.Test(t, func(t *testing.T) {
		var a, b Mutex
		var wg sync.WaitGroup
		start := time.Now()
		wg.Go(func() {
			for range 20 {
				a.Lock()
				first = append(first, time.Since(start))
				a.Unlock()
			}
		})
		wg.Go(func() {
			time.Sleep(time.Nanosecond) // the second mutex to be used
			for range 20 {
				if useOther {
					b.Lock()
					other = append(other, time.Since(start))
					b.Unlock()
				}
			}
		})
		wg.Wait()
	})
	return first, other
}

func TestASeedRepeatsItsStalls(t *testing.T) {
	s := Stalls{Seed: 7, Probability: 0.3, Max: 50 * ms}
	a1, b1 := instants(t, &s, true)
	a2, b2 := instants(t, &s, true)
	assert.Equal(t, a1, a2)
	assert.Equal(t, b1, b2)
	a3, _ := instants(t, &s, false)
	assert.Equal(t, a1, a3, "stalls on one mutex do not depend on another's")

	s.Seed = 8
	a4, _ := instants(t, &s, true)
	assert.NotEqual(t, a1, a4)
	assert.NotZero(t, a1[19], "there were stalls")
}

func TestResetStartsTheNumberingAgain(t *testing.T) {
	defer SetStalls(nil)
	SetStalls(&Stalls{Seed: 3, Probability: 0.5, Max: 50 * ms})
	run := func(from int) (took []time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			var m [3]Mutex
			for i := range 30 {
				start := time.Now()
				l := &m[(from+i)%3]
				l.Lock()
				l.Unlock()
				took = append(took, time.Since(start))
				time.Sleep(ms)
			}
		})
		return took
	}
	once := run(0)
	assert.NotEqual(t, once, run(0), "the numbering goes on")
	Reset()
	assert.Equal(t, once, run(1), "numbers follow first use, not the mutex")
}

func TestGoroutinesAtOneLineAndInstantStallAlike(t *testing.T) {
	defer SetStalls(nil)
	SetStalls(&Stalls{Seed: 3, Probability: 1, Max: 50 * ms})
	synctest.Test(t, func(t *testing.T) {
		var m Mutex
		start := time.Now()
		woke := make(chan time.Duration, 10)
		for range 10 {
			go func() {
				m.Lock()
				woke <- time.Since(start)
				m.Unlock()
			}()
		}
		first := <-woke
		assert.Positive(t, first)
		for range 9 {
			assert.Equal(t, first, <-woke)
		}
		time.Sleep(time.Second)
	})
}

func TestStallsSurroundTheCriticalSection(t *testing.T) {
	waits := recordWaits(t)
	synctest.Test(t, func(t *testing.T) {
		SetStalls(&Stalls{Seed: 1, Probability: 1, Max: 10 * ms})
		defer SetStalls(nil)
		for name, l := range lockers() {
			t0 := time.Now()
			l.Lock()
			t1 := time.Now()
			l.Unlock()
			t2 := time.Now()
			assert.True(t, t1.After(t0), "%s: before the lock", name)
			assert.True(t, t2.After(t1), "%s: after it", name)
		}
		var m Mutex
		t0 := time.Now()
		require.True(t, m.TryLock())
		assert.Equal(t, t0, time.Now(), "TryLock does not stall")

		var wg sync.WaitGroup
		wg.Go(func() { m.Unlock() }) // releases, then stalls
		synctest.Wait()
		assert.True(t, m.TryLock(), "the unlock comes before its stall")
		wg.Wait()
	})
	assert.Empty(t, waits(), "to stall is not to wait")
}

func TestWithoutStallsNoTimePasses(t *testing.T) {
	for _, s := range []*Stalls{nil, {}, {Probability: 1}, {Max: ms}, {Probability: -1, Max: ms}, {Probability: math.NaN(), Max: ms}} {
		first, _ := instants(t, s, false)
		assert.Zero(t, first[19])
	}
}

func TestAStalledHolderIsExcused(t *testing.T) {
	waits := recordWaits(t)
	synctest.Test(t, func(t *testing.T) {
		var a, b, c Mutex
		var wg sync.WaitGroup
		wg.Go(func() {
			a.Lock()
			SetStalls(&Stalls{Seed: 1, Probability: 1, Max: 50 * ms})
			b.Lock() // stalls with a held
			SetStalls(nil)
			a.Unlock()
			time.Sleep(20 * ms)
			b.Unlock()
		})
		synctest.Wait()
		SetStalls(nil)
		wg.Go(func() {
			c.Lock()
			a.Lock()
			c.Unlock()
			b.Lock() // held over a sleep, long after the stall
			b.Unlock()
			a.Unlock()
		})
		synctest.Wait()
		wg.Go(func() {
			c.Lock()
			c.Unlock()
		})
		wg.Wait()
		require.Len(t, waits(), 3)
		for _, w := range waits() {
			switch w.Mutex {
			case id(&a):
				assert.True(t, w.HolderStalled)
			case id(&b):
				assert.False(t, w.HolderStalled, "that stall was over")
				assert.Equal(t, 20*ms, w.Until.Sub(w.Since))
			case id(&c):
				assert.True(t, w.HolderStalled, "its holder waited for the stalled one")
				assert.True(t, w.HolderWaited)
			}
		}
	})
}

func TestAStallBeforeTheWaitIsNoExcuse(t *testing.T) {
	waits := recordWaits(t)
	synctest.Test(t, func(t *testing.T) {
		var a, b Mutex
		var wg sync.WaitGroup
		awake := make(chan bool)
		wg.Go(func() {
			a.Lock()
			SetStalls(&Stalls{Seed: 1, Probability: 1, Max: 50 * ms})
			b.Lock() // stalls with a held
			b.Unlock()
			close(awake)
			time.Sleep(20 * ms) // against the rule
			a.Unlock()
		})
		synctest.Wait()
		SetStalls(nil)
		wait := func() {
			a.Lock()
			a.Unlock()
		}
		wg.Go(wait) // during the stall
		<-awake
		wg.Go(wait) // after it
		wg.Wait()
		require.Len(t, waits(), 2)
		assert.True(t, waits()[0].HolderStalled)
		assert.False(t, waits()[1].HolderStalled)
		assert.Equal(t, waits()[0].Holder, waits()[1].Holder)
	})
}

func TestAStallOfOneReaderExcusesThatReader(t *testing.T) {
	waits := recordWaits(t)
	synctest.Test(t, func(t *testing.T) {
		var rw RWMutex
		var b Mutex
		var wg sync.WaitGroup
		wg.Go(func() {
			rw.RLock()
			SetStalls(&Stalls{Seed: 2, Probability: 1, Max: 50 * ms})
			b.Lock() // stalls as a reader
			SetStalls(nil)
			b.Unlock()
			rw.RUnlock()
		})
		synctest.Wait()
		SetStalls(nil)
		rw.RLock() // a second, older by no time and gone at once
		wg.Go(func() {
			rw.Lock()
			rw.Unlock()
		})
		synctest.Wait()
		rw.RUnlock()
		wg.Wait()
		require.Len(t, waits(), 1)
		assert.True(t, waits()[0].HolderStalled)
	})
}
