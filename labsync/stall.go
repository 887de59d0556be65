package labsync

import (
	"math/bits"
	"runtime"
	"sync/atomic"
	"time"
)

// Stalls says how often and how long a goroutine sleeps at Lock, before it
// gets the lock, and after Unlock, when it has let go: like a thread that is
// preempted there, or a garbage collection.
//
// The time is log-uniform between some microseconds and Max, so mostly short,
// plus up to 131 µs that make each stall end at an instant of its own. All of it is drawn
// by hash from Seed, the mutex's number in order of first use, the number of
// draws made for this mutex before, and the side (Lock or Unlock): a stall on
// one mutex changes nothing on another.
type Stalls struct {
	Seed        uint64
	Probability float64       // of each Lock and of each Unlock
	Max         time.Duration // of virtual time
}

// stallPlan is a Stalls in force. A new one starts the numbering again: each
// mutex finds that its number belongs to another plan.
type stallPlan struct {
	Stalls
	mutexes atomic.Uint64 // numbered so far
}

var stalls atomic.Pointer[stallPlan]

// afterUnlock stands for the place of every Unlock.
const afterUnlock = 0

const (
	shortestStall = 5 * time.Microsecond
	stallJitter   = 1 << 17 // ns
)

// SetStalls puts s in force for every mutex of this package, and starts their
// numbering again. Nil, a Probability of 0 and a Max of 0 switch stalls off;
// a stall in progress goes on to its end.
//
// Do not use it where goroutines also hold a plain sync.Mutex around these:
// a stall under it freezes virtual time for good.
//
//go:norace
func SetStalls(s *Stalls) {
	raceDisable()
	if s == nil || !(s.Probability > 0) || s.Max <= 0 {
		stalls.Store(nil)
	} else {
		stalls.Store(&stallPlan{Stalls: *s})
	}
	raceEnable()
}

//go:norace
func restartStalls() {
	if p := stalls.Load(); p != nil {
		stalls.Store(&stallPlan{Stalls: p.Stalls})
	}
}

// stall puts self to sleep if the draw says so. pc is where it comes from. When
// it wakes, those who wait for a lock that self holds learn that it was a stall
// which kept them.
//
//go:norace
func (c *core) stall(self int64, pc uintptr) {
	p := stalls.Load()
	if p == nil {
		return
	}
	c.mu.Lock()
	if c.plan != p {
		c.plan, c.ordinal = p, p.mutexes.Add(1)
	}
	ordinal := c.ordinal
	c.mu.Unlock()
	if d := p.draw(ordinal, uint64(now()), lineOf(pc)); d > 0 {
		raceEnable() // a sleep orders nothing but a synctest.Wait, see parking
		time.Sleep(d)
		raceDisable()
		excuse(self, now(), true, false)
	}
}

// lineOf is the source line that a call returns to. Unlike the address, it is
// the same in every build.
//
//go:norace
func lineOf(pc uintptr) uint64 {
	if f := runtime.FuncForPC(pc - 1); pc != afterUnlock && f != nil {
		_, line := f.FileLine(pc - 1)
		return uint64(line)
	}
	return 0
}

// draw is the length of one stall, 0 for none. It uses integers only, apart
// from one multiplication, so that every platform draws the same.
//
//go:norace
func (s *Stalls) draw(ordinal, instant, line uint64) time.Duration {
	h := mix(mix(mix(mix(s.Seed)^ordinal)^instant) ^ line)
	if float64(h>>11) >= s.Probability*(1<<53) {
		return 0
	}
	h = mix(h)
	jitter := time.Duration(h % stallJitter)
	// Log-uniform: first how often Max is halved, then evenly in the octave
	// below that.
	h = mix(h)
	octaves := bits.Len64(uint64(s.Max / shortestStall))
	high := s.Max >> (h % uint64(max(octaves, 1)))
	h = mix(h)
	low := high / 2
	return low + 1 + time.Duration(h%uint64(high-low)) + jitter
}

// mix is the output function of splitmix64 (Steele, Lea and Flood 2014): near
// inputs give outputs that have nothing in common.
//
//go:norace
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
