package lab

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"raftlabs/labgob"
	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/raft/raftapi"
)

// Tiny students, each with one misbehaviour. A comment at the end of a line
// names the place, and the golden file names places by it: see places_test.go.
//
// The lock is labsync's unless the fake is about sync's.

type fake struct {
	mu       labsync.Mutex
	other    labsync.Mutex
	plain    sync.Mutex
	killed   atomic.Bool
	term     int
	unlocked int // should be under mu
	ch       chan int
	votes    map[string]int // always nil
	peers    []*labrpc.ClientEnd
}

// makeFake is the Make of a well-behaved student: a ticker that ends.
func makeFake() *fake {
	f := &fake{ch: make(chan int)}
	go f.ticker()
	return f
}

func (f *fake) ticker() {
	for !f.killed.Load() {
		time.Sleep(10 * time.Millisecond)
		f.mu.Lock()
		f.term++
		f.mu.Unlock()
	}
}

func (f *fake) GetState() (int, bool) {
	f.mu.Lock() // GetState locks
	defer f.mu.Unlock()
	return f.term, false
}

func (f *fake) Kill() { f.killed.Store(true) }

// Leaks.

func (f *fake) startListener() {
	go f.listen() // listener starts
}

func (f *fake) listen() {
	<-f.ch // listener receives
}

func (f *fake) startWaiter() {
	go f.wait() // waiter starts
}

func (f *fake) wait() {
	var mu labsync.Mutex
	cond := labsync.NewCond(&mu)
	mu.Lock()
	defer mu.Unlock()
	for !f.killed.Load() {
		cond.Wait() // waiter waits
	}
}

func (f *fake) startDeafTicker() {
	go func() { // deaf ticker starts
		for {
			time.Sleep(30 * time.Millisecond) // deaf ticker sleeps
		}
	}()
}

// Deadlocks.

func (f *fake) lockTwice() {
	f.mu.Lock() // first lock
	defer f.mu.Unlock()
	f.GetState()
}

func (f *fake) lockInALoop() {
	for range 2 {
		f.mu.Lock()         // lock in a loop
		defer f.mu.Unlock() // runs when the function ends
		time.Sleep(2 * time.Millisecond)
	}
}

func (f *fake) lockAB() {
	f.mu.Lock() // A of AB
	defer f.mu.Unlock()
	time.Sleep(time.Millisecond)
	f.other.Lock() // B of AB
	defer f.other.Unlock()
}

func (f *fake) lockBA() {
	f.other.Lock() // B of BA
	defer f.other.Unlock()
	time.Sleep(2 * time.Millisecond)
	f.mu.Lock() // A of BA
	defer f.mu.Unlock()
}

func (f *fake) lockAndForget(early bool) {
	f.mu.Lock() // forgotten lock
	if early {
		return
	}
	f.mu.Unlock()
}

func (f *fake) sendLocked() {
	f.mu.Lock() // lock of the sender
	defer f.mu.Unlock()
	f.ch <- 1 // send with the lock held
}

// Loops.

func (f *fake) spin() {
	for !f.killed.Load() { // spin
	}
}

func (f *fake) spinPolitely() {
	for !f.killed.Load() { // polite spin
		runtime.Gosched() // polite spin
	}
}

// chatter lets time pass, a nanosecond at a time.
func (f *fake) chatter() {
	for !f.killed.Load() { // chatter
		time.Sleep(time.Nanosecond) // chatter
	}
}

// Locks held while time passes.

func (f *fake) sleepLocked() {
	f.mu.Lock() // lock of the sleeper
	defer f.mu.Unlock()
	time.Sleep(12300 * time.Microsecond)
}

func (f *fake) callLocked() bool {
	f.mu.Lock() // lock of the caller
	defer f.mu.Unlock()
	var reply PingReply
	return f.peers[1].Call("Fake.Ping", &PingArgs{}, &reply)
}

// callOneAtATime is legitimate: a mutex of its own, for nothing but one call
// in flight.
func (f *fake) callOneAtATime() {
	f.other.Lock()
	defer f.other.Unlock()
	time.Sleep(20 * time.Millisecond)
}

func (f *fake) plainSleep() {
	f.plain.Lock() // plain lock
	if f.term > 0 {
		f.plain.Unlock()
		return
	}
	f.waitLocked()
	f.plain.Unlock()
}

func (f *fake) waitLocked() {
	time.Sleep(50 * time.Millisecond) // sleep under the plain lock
}

func (f *fake) PlainGetState() int {
	f.plain.Lock() // plain wait
	defer f.plain.Unlock()
	return f.term
}

func (f *fake) plainTwice() {
	f.plain.Lock() // plain lock, first
	defer f.plain.Unlock()
	f.PlainGetState()
}

// Panics.

func (f *fake) indexOut() int {
	log := []int{}
	return log[f.term] // index out of range
}

func (f *fake) Start(any) { f.skeleton() }

func (f *fake) skeleton() {
	panic(raftapi.NotImplemented{Func: "Start", File: "raft.go", Handout: "handouts/02-replication.md"}) // skeleton
}

func (f *fake) panicInGoroutine() {
	go func() {
		time.Sleep(time.Millisecond)
		f.votes["x"] = 1 // write to a nil map
	}()
}

func (f *fake) skeletonInGoroutine() {
	go func() {
		time.Sleep(time.Millisecond)
		f.skeleton()
	}()
}

// mapRace makes the runtime throw: it finds two writers of one map.
func (f *fake) mapRace() {
	m := map[int]int{}
	for range 4 {
		go func() {
			for i := 0; !f.killed.Load(); i++ {
				m[i%8] = i
				if i%1000 == 0 {
					time.Sleep(time.Nanosecond)
				}
			}
		}()
	}
}

func (f *fake) race() {
	go func() {
		f.term++ // first racer
	}()
	go func() {
		f.term++ // second racer
	}()
}

// gobProblem stands for what labgob finds.
func (f *fake) gobProblem() {
	labgob.Report(labgob.Problem{Text: "labgob: field term of RequestVoteArgs starts with a lower-case letter: gob leaves it out. Write Term"})
}

// Fake is the RPC service of a fake.
type Fake struct{ f *fake }

type PingArgs struct{ N int }
type PingReply struct{ Term int }

// Ping answers with the term, for which it needs the lock.
func (s *Fake) Ping(_ *PingArgs, reply *PingReply) {
	s.f.mu.Lock() // Ping locks
	defer s.f.mu.Unlock()
	reply.Term = s.f.term
}

// compute keeps a CPU busy.
func (f *fake) compute(n int) {
	for i := range n {
		f.term += i & 1
	}
}

// lockNested holds one mutex while it takes another, and lets no time pass.
func (f *fake) lockNested() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.other.Lock()
	defer f.other.Unlock()
	f.term++
}
