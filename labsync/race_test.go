//go:build race && !deadlock

//lint:file-ignore SA2001 an empty critical section orders what is around it

package labsync

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// The race detector reports a race once a process and then fails the test that
// runs, so each program below runs in a process of its own: this test binary
// again, with programVariable set to the program's name.
const programVariable = "LABSYNC_RACE_PROGRAM"

// A raceProgram runs in a bubble. It steps through virtual time, so that its
// accesses come in one order always; sleeping orders nothing for the detector.
type raceProgram struct {
	racy bool
	run  func(x *int)
}

var racePrograms = map[string]raceProgram{
	"counter under a Mutex":                       {false, func(x *int) { count(x, new(Mutex)) }},
	"counter under a RWMutex":                     {false, func(x *int) { count(x, new(RWMutex)) }},
	"counter under a Mutex, contended":            {false, func(x *int) { countAsleep(x, new(Mutex)) }},
	"counter under a RWMutex, contended":          {false, func(x *int) { countAsleep(x, new(RWMutex)) }},
	"counter under a Mutex, stalls":               {false, func(x *int) { stalling(func() { count(x, new(Mutex)) }) }},
	"counter, contended, stalls":                  {false, func(x *int) { stalling(func() { countAsleep(x, new(Mutex)) }) }},
	"counter of a RWMutex, contended, stalls":     {false, func(x *int) { stalling(func() { countAsleep(x, new(RWMutex)) }) }},
	"readers and writers, stalls":                 {false, func(x *int) { stalling(func() { readersAndWriters(x) }) }},
	"readers and writers":                         {false, readersAndWriters},
	"writer after two readers":                    {false, writerAfterReaders},
	"producer and consumer on a Cond":             {false, producerAndConsumer},
	"a TryLock that succeeds":                     {false, tryLockSucceeds},
	"a TryRLock that succeeds":                    {false, tryRLockSucceeds},
	"written before, read after":                  {false, messageThroughLock},
	"synctest.Wait after a write and a Lock":      {false, seenByWait},
	"synctest.Wait after a write and a stall":     {false, func(x *int) { stalling(func() { seenByWait(x) }) }},
	"two goroutines, two mutexes":                 {true, func(x *int) { twoLocks(x, new(Mutex), new(Mutex)) }},
	"two goroutines, two RWMutexes":               {true, func(x *int) { twoLocks(x, new(RWMutex), new(RWMutex)) }},
	"two goroutines, two mutexes, contended":      {true, twoContended},
	"two goroutines, two mutexes, stalls":         {true, func(x *int) { stalling(func() { twoContended(x) }) }},
	"two goroutines, two mutexes, hook and watch": {true, twoContendedWatched},
	"readers that write":                          {true, func(x *int) { readersWrite(x, false) }},
	"readers that write, let in together":         {true, func(x *int) { readersWrite(x, true) }},
	"a TryLock that fails":                        {true, tryLockFails},
	"a TryRLock that fails":                       {true, tryRLockFails},
	"a TryLock for writing that fails on readers": {true, tryLockFailsOnReaders},
	"after the critical section":                  {true, func(x *int) { afterSection(x, new(Mutex)) }},
	"after the critical section of a RWMutex":     {true, func(x *int) { afterSection(x, new(RWMutex)) }},
	"before the critical section":                 {true, beforeSection},
	"while queued for the same mutex":             {true, whileQueued},
}

func TestTheRaceDetectorSeesExactlyWhatTheMutexOrders(t *testing.T) {
	if name := os.Getenv(programVariable); name != "" {
		synctest.Test(t, func(*testing.T) { racePrograms[name].run(new(int)) })
		return
	}
	for name, p := range racePrograms {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestTheRaceDetectorSeesExactlyWhatTheMutexOrders$")
			cmd.Env = append(os.Environ(), programVariable+"="+name, "GORACE=atexit_sleep_ms=0")
			out, err := cmd.CombinedOutput()
			assert.Equal(t, p.racy, err != nil, "%v", err)
			assert.Equal(t, p.racy, strings.Contains(string(out), "WARNING: DATA RACE"), "%s", out)
			if p.racy {
				assert.Contains(t, string(out), "race_test.go:", "the racy lines are named")
			}
		})
	}
}

// inOrder runs each f in a goroutine of its own, the second from 1 s of
// virtual time on, the third from 2 s, and returns after all.
func inOrder(fs ...func()) {
	for i, f := range fs {
		go func() {
			time.Sleep(time.Duration(i) * time.Second)
			f()
		}()
	}
	time.Sleep(time.Hour)
}

func count(x *int, l Locker) {
	inOrder(
		func() { l.Lock(); *x++; l.Unlock() },
		func() { l.Lock(); *x++; l.Unlock() },
		func() { l.Lock(); *x++; l.Unlock() },
	)
}

// countAsleep makes everybody wait: the lock is handed from one to the next.
func countAsleep(x *int, l Locker) {
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			for range 10 {
				l.Lock()
				*x++
				time.Sleep(ms)
				*x++
				l.Unlock()
			}
		})
	}
	wg.Wait()
}

func stalling(f func()) {
	SetStalls(&Stalls{Seed: 1, Probability: 1, Max: 2 * ms})
	f()
	SetStalls(nil)
}

func readersAndWriters(x *int) {
	var rw RWMutex
	read := 0
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				rw.RLock()
				_ = *x + read
				time.Sleep(time.Microsecond)
				rw.RUnlock()
			}
		})
		wg.Go(func() {
			for range 20 {
				rw.Lock()
				*x++
				time.Sleep(time.Microsecond)
				rw.Unlock()
			}
		})
	}
	wg.Wait()
}

func writerAfterReaders(x *int) {
	var rw RWMutex
	read := func() { rw.RLock(); _ = *x; rw.RUnlock() }
	inOrder(read, read, func() { rw.Lock(); *x++; rw.Unlock() }, read)
}

func producerAndConsumer(x *int) {
	var m Mutex
	cond := NewCond(&m)
	inOrder(
		func() {
			m.Lock()
			for *x < 10 {
				cond.Wait()
			}
			m.Unlock()
		},
		func() {
			for range 10 {
				m.Lock()
				*x++
				m.Unlock()
				cond.Signal()
			}
		},
	)
}

func tryLockSucceeds(x *int) {
	var m Mutex
	inOrder(
		func() { m.Lock(); *x++; m.Unlock() },
		func() { m.TryLock(); *x++; m.Unlock() },
		func() { m.Lock(); *x++; m.Unlock() },
	)
}

func tryRLockSucceeds(x *int) {
	var rw RWMutex
	inOrder(
		func() { rw.TryLock(); *x++; rw.Unlock() },
		func() { rw.TryRLock(); _ = *x; rw.RUnlock() },
		func() { rw.TryLock(); *x++; rw.Unlock() },
	)
}

// What comes before a section is ordered before what comes after a later one.
func messageThroughLock(x *int) {
	var m Mutex
	inOrder(
		func() { *x++; m.Lock(); m.Unlock() },
		func() { m.Lock(); m.Unlock(); *x++ },
	)
}

func twoLocks(x *int, a, b Locker) {
	inOrder(
		func() { a.Lock(); *x++; a.Unlock() },
		func() { b.Lock(); *x++; b.Unlock() },
	)
}

// twoContended is twoLocks where both have to wait for their lock before the
// access and after it: both go through the registry and the inner mutexes.
func twoContended(x *int) {
	var a, b Mutex
	hold := func(m *Mutex) {
		m.Lock()
		time.Sleep(10 * ms)
		m.Unlock()
	}
	section := func(m *Mutex) {
		go hold(m)
		time.Sleep(5 * ms)
		m.Lock()
		*x++
		m.Unlock()
		go hold(m)
		time.Sleep(5 * ms)
		m.Lock()
		m.Unlock()
	}
	inOrder(func() { section(&a) }, func() { section(&b) })
}

func twoContendedWatched(x *int) {
	SetOnWait(func(Wait) {})
	go func() {
		for range 1000 {
			time.Sleep(2 * ms)
			Waiting()
		}
	}()
	twoContended(x)
	Reset()
}

func readersWrite(x *int, queued bool) {
	var rw RWMutex
	write := func() {
		rw.RLock()
		*x++
		rw.RUnlock()
	}
	if queued {
		inOrder(func() { rw.Lock(); time.Sleep(time.Minute); rw.Unlock() }, write, write)
		return
	}
	inOrder(write, write)
}

// The second TryLock fails: it must not pick up what the first Unlock left.
func tryLockFails(x *int) {
	var m Mutex
	inOrder(
		func() {
			m.Lock()
			*x++
			m.Unlock()
			m.Lock()
			time.Sleep(time.Minute)
			m.Unlock()
		},
		func() { m.TryLock(); *x++ },
	)
}

func tryRLockFails(x *int) {
	var rw RWMutex
	inOrder(
		func() {
			rw.Lock()
			*x++
			rw.Unlock()
			rw.Lock()
			time.Sleep(time.Minute)
			rw.Unlock()
		},
		func() { rw.TryRLock(); *x++ },
	)
}

func tryLockFailsOnReaders(x *int) {
	var rw RWMutex
	inOrder(
		func() {
			rw.RLock()
			*x++
			rw.RUnlock()
			rw.RLock()
			time.Sleep(time.Minute)
			rw.RUnlock()
		},
		func() { rw.TryLock(); *x++ },
	)
}

func afterSection(x *int, l Locker) {
	inOrder(
		func() { l.Lock(); l.Unlock(); *x++ },
		func() { l.Lock(); l.Unlock(); *x++ },
	)
}

func beforeSection(x *int) {
	var m Mutex
	inOrder(
		func() { *x++; time.Sleep(time.Minute); m.Lock(); m.Unlock() },
		func() { *x++; m.Lock(); m.Unlock() },
	)
}

// Both wait in the queue of one mutex. To queue is not to be ordered: the
// first has been handed nothing yet when it is followed by the second.
func whileQueued(x *int) {
	var m Mutex
	inOrder(
		func() { m.Lock(); time.Sleep(time.Minute); m.Unlock() },
		func() { *x++; m.Lock(); m.Unlock() },
		func() { *x++; m.Lock(); m.Unlock() },
	)
}

// What a goroutine did before it was parked is ordered before synctest.Wait
// returns, be it parked in the queue of a mutex or in a stall.
func seenByWait(x *int) {
	var m Mutex
	m.Lock()
	go func() {
		*x++
		m.Lock()
		m.Unlock()
	}()
	synctest.Wait()
	*x++
	m.Unlock()
	time.Sleep(time.Second)
}
