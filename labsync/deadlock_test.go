//go:build deadlock

//lint:file-ignore SA2001 an empty critical section is all that go-deadlock looks at

package labsync

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sasha-s/go-deadlock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recordReports returns what SetOnDeadlock's function has heard since.
func recordReports(t *testing.T) func() []string {
	var mu sync.Mutex
	var heard []string
	SetOnDeadlock(func(report string) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, report)
	})
	t.Cleanup(func() { SetOnDeadlock(nil) })
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return heard
	}
}

// server has methods to be named in the reports.
type server struct {
	mu, log Mutex
	state   RWMutex
}

func (s *server) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.persist()
}

func (s *server) persist() {
	s.mu.Lock() // gets it when the test unlocks, and leaves it to start
}

func (s *server) muThenLog() {
	s.mu.Lock()
	s.log.Lock()
	s.log.Unlock()
	s.mu.Unlock()
}

func (s *server) logThenMu() {
	s.log.Lock()
	s.mu.Lock()
	s.mu.Unlock()
	s.log.Unlock()
}

func TestDetectionIsOn(t *testing.T) { assert.True(t, DeadlockDetection()) }

func TestARecursiveLockIsReportedBeforeItBlocks(t *testing.T) {
	reports := recordReports(t)
	for range 3 { // a bubble each
		before := len(reports())
		synctest.Test(t, func(t *testing.T) {
			var s server
			go s.start()
			synctest.Wait()
			require.Len(t, reports(), before+1)
			report := reports()[before]
			head, stacks, _ := strings.Cut(report, "\n\n")
			assert.Contains(t, head, "recursive locking")
			assert.Regexp(t, `locks at deadlock_test.go:\d+ \(labsync.\(\*server\).persist\)`, head)
			assert.Regexp(t, `has locked at deadlock_test.go:\d+ \(labsync.\(\*server\).start\)`, head)
			assert.Contains(t, stacks, "Recursive locking")
			assert.Regexp(t, `(?m)^deadlock_test.go:.* <<<<<$`, stacks, "the arrow is at the caller of Lock")
			assert.NotContains(t, stacks, "(*core)", "our own frames are left out")
			assert.NotContains(t, stacks, "(*Mutex)")

			waits := Waiting()
			require.Len(t, waits, 1)
			assert.Equal(t, waits[0].Goroutine, waits[0].Holder.Goroutine)
			s.mu.Unlock()
		})
	}
}

func TestARecursiveRLockIsReportedThoughItDoesNotBlock(t *testing.T) {
	reports := recordReports(t)
	var s server
	s.state.RLock()
	assert.Empty(t, reports())
	s.state.RLocker().Lock()
	require.Len(t, reports(), 1)
	assert.Contains(t, reports()[0], "recursive locking")
	s.state.RUnlock()
	s.state.RUnlock()
}

func TestAnInvertedOrderIsReportedThoughNoRunHangs(t *testing.T) {
	reports := recordReports(t)
	synctest.Test(t, func(t *testing.T) {
		var s server
		s.muThenLog()
		assert.Empty(t, reports())
		s.logThenMu()
		require.Len(t, reports(), 1)
		head, stacks, _ := strings.Cut(reports()[0], "\n\n")
		assert.Contains(t, head, "inconsistent locking")
		assert.Regexp(t, `locks at deadlock_test.go:\d+ \(labsync.\(\*server\).logThenMu\) with`, head)
		assert.Regexp(t, `has locked at deadlock_test.go:\d+ \(labsync.\(\*server\).logThenMu\), and`, head)
		assert.Contains(t, stacks, "labsync.(*server).muThenLog")
		assert.Contains(t, stacks, "labsync.(*server).logThenMu")
	})
}

// The inverted lock is one that has to be waited for: checked before the wait
// and again after it, reported once.
func TestAnInversionThatWaitsIsReportedOnce(t *testing.T) {
	reports := recordReports(t)
	synctest.Test(t, func(t *testing.T) {
		var s server
		s.muThenLog()
		s.mu.Lock()
		go s.logThenMu()
		synctest.Wait()
		assert.Len(t, reports(), 1, "before the wait")
		s.mu.Unlock()
		synctest.Wait()
		assert.Len(t, reports(), 1)
	})
}

func TestTheDeadlockItselfIsReported(t *testing.T) {
	reports := recordReports(t)
	synctest.Test(t, func(t *testing.T) {
		var s server
		go func() {
			s.mu.Lock()
			time.Sleep(ms)
			s.log.Lock()
			s.log.Unlock() // the test has unlocked mu
		}()
		go func() {
			s.log.Lock()
			time.Sleep(2 * ms)
			s.mu.Lock()
			s.mu.Unlock()
			s.log.Unlock()
		}()
		time.Sleep(5 * ms)
		assert.Len(t, reports(), 1)
		assert.Len(t, Waiting(), 2)
		s.mu.Unlock() // the first goroutine's
		time.Sleep(ms)
		assert.Empty(t, Waiting())
	})
}

func TestCleanCodeIsSilent(t *testing.T) {
	reports := recordReports(t)
	for range 3 {
		synctest.Test(t, func(t *testing.T) {
			var s server
			cond := NewCond(&s.mu)
			n := 0
			var wg sync.WaitGroup
			for range 6 {
				wg.Go(func() {
					for range 20 {
						s.muThenLog()
						s.state.RLock()
						s.log.Lock()
						time.Sleep(time.Microsecond) // so that there are waits
						s.log.Unlock()
						s.state.RUnlock()
						s.state.Lock()
						s.state.Unlock()
						s.mu.Lock()
						n++
						cond.Signal()
						s.mu.Unlock()
					}
				})
			}
			wg.Go(func() {
				s.mu.Lock()
				for n < 120 {
					cond.Wait()
				}
				s.mu.Unlock()
			})
			wg.Wait()
		})
	}
	assert.Empty(t, reports())
}

// TryLock waits for nobody, so that its order is of no consequence.
func TestTryLockIsNotChecked(t *testing.T) {
	reports := recordReports(t)
	var s server
	s.muThenLog()
	s.log.Lock()
	assert.True(t, s.mu.TryLock())
	assert.False(t, s.mu.TryLock())
	s.mu.Unlock()
	s.log.Unlock()
	assert.Empty(t, reports())
	s.logThenMu()
	assert.Len(t, reports(), 1)
}

// A goroutine unlocks for another while a third waits. go-deadlock has to
// strike off the one that held the lock.
func TestUnlockByAnotherGoroutineLeavesNoHolderBehind(t *testing.T) {
	reports := recordReports(t)
	synctest.Test(t, func(t *testing.T) {
		var s server
		for range 3 {
			s.mu.Lock()
			go func() {
				s.mu.Lock()
				s.mu.Unlock()
			}()
			synctest.Wait()
			go s.mu.Unlock()
			synctest.Wait()
		}
		s.muThenLog()
	})
	assert.Empty(t, reports())
}

func TestStallsAndHoldersWorkUnderDetection(t *testing.T) {
	waits := recordWaits(t)
	reports := recordReports(t)
	a, _ := instants(t, &Stalls{Seed: 7, Probability: 0.3, Max: 50 * ms}, true)
	b, _ := instants(t, &Stalls{Seed: 7, Probability: 0.3, Max: 50 * ms}, true)
	assert.Equal(t, a, b)
	assert.Empty(t, waits())
	assert.Empty(t, reports())
}

func TestTheFunctionRunsWithNothingLocked(t *testing.T) {
	done := make(chan bool)
	SetOnDeadlock(func(string) {
		var other Mutex
		other.Lock() // would stop for ever under go-deadlock's lock
		other.Unlock()
		close(done)
	})
	defer SetOnDeadlock(nil)
	var s server
	s.muThenLog()
	s.logThenMu()
	<-done
	var theirs deadlock.Mutex
	theirs.Lock()
	theirs.Unlock()
}
