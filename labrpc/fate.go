package labrpc

import "time"

// Message identifies one message on its way: a request, or the reply to it.
type Message struct {
	From, To    int    // the caller and the callee, for a reply too
	Incarnation int    // of the caller; 0 for the ends of [Network.Impersonate]
	Num         uint64 // of the call, counted from 1 for each (From, To, Incarnation)
	Reply       bool
	Method      string // "Raft.RequestVote"
	Bytes       int
}

// Fate is what becomes of one message.
type Fate struct {
	Drop      bool          // it never arrives
	Latency   time.Duration // until it arrives; more than zero
	Duplicate time.Duration // where not zero, a second copy of a request arrives after this time
}

// Fates decides what becomes of each message, when it is sent. It is the one
// place where a run's order of deliveries is chosen: the default draws from a
// seed, a test may script it. The network never calls it from two goroutines
// at a time.
type Fates interface {
	Fate(Message) Fate
}

// FatesFunc is a function as [Fates].
type FatesFunc func(Message) Fate

func (f FatesFunc) Fate(m Message) Fate { return f(m) }

// DefaultLatency is a hop's latency where [Faults] names none.
const DefaultLatency = 5 * time.Millisecond

// maxJitter bounds the nanoseconds that are added to each latency so that
// events do not share an instant: below 2^17 ns, 0.131 ms.
const maxJitter = 1 << 17

// Faults says how badly a link treats its messages, requests and replies
// alike. The zero value is a link without faults.
type Faults struct {
	Latency   time.Duration // of every message; 0 means DefaultLatency
	Spread    time.Duration // plus a whole number of milliseconds below this
	Loss      float64       // probability that a message is lost
	Duplicate float64       // probability that a request arrives twice
	Reorder   float64       // probability that a message is held up
	ReorderBy time.Duration // for how long at most, when it is; 0 means 2 s
}

// draws is a stream of numbers that depends on nothing but what it was made
// from (splitmix64).
type draws struct{ state uint64 }

func hash(words ...uint64) draws {
	h := uint64(0x9e3779b97f4a7c15)
	for _, w := range words {
		h = mix(h ^ mix(w+0x9e3779b97f4a7c15))
	}
	return draws{h}
}

func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

func (d *draws) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	return mix(d.state)
}

// chance is true with probability p. It always draws, so that changing one
// probability leaves the other draws as they were.
func (d *draws) chance(p float64) bool {
	return float64(d.next()>>11)/(1<<53) < p
}

// millis is a whole number of milliseconds below limit.
func (d *draws) millis(limit time.Duration) time.Duration {
	n := uint64(limit / time.Millisecond)
	x := d.next()
	if n == 0 {
		return 0
	}
	return time.Duration(x%n) * time.Millisecond
}

func (d *draws) jitter() time.Duration {
	return 1 + time.Duration(d.next()%(maxJitter-1))
}

// streamOf is the stream that belongs to one message.
func streamOf(seed uint64, m Message) draws {
	kind := uint64(0)
	if m.Reply {
		kind = 1
	}
	return hash(seed, uint64(m.From), uint64(m.To), uint64(m.Incarnation), m.Num, kind)
}

// draw is the fate that f's probabilities give a message with the stream d.
func (f Faults) draw(d draws, reply bool) Fate {
	base := f.base()
	fate := Fate{
		Drop:    d.chance(f.Loss),
		Latency: base + d.millis(f.Spread) + d.jitter(),
	}
	held, by := d.chance(f.Reorder), f.ReorderBy
	if by == 0 {
		by = 2 * time.Second
	}
	if extra := d.millis(by); held {
		fate.Latency += extra
	}
	twice := d.chance(f.Duplicate)
	again := base + d.millis(f.Spread) + d.millis(by) + d.jitter()
	if twice && !reply {
		fate.Duplicate = again
	}
	return fate
}

// Usual is the fate of a message to which nothing happens by chance: it
// arrives, after the link's latency. drawn is what chance gave it; what sets
// one instant apart from another is taken from that.
func (f Faults) Usual(drawn Fate) Fate {
	_, jitter := f.Split(drawn.Latency)
	return Fate{Latency: f.base() + jitter}
}

// Split parts a latency that was drawn into what the faults gave, and the
// nanoseconds that set it apart from others.
func (f Faults) Split(latency time.Duration) (given, jitter time.Duration) {
	jitter = (latency - f.base()) % time.Millisecond
	return latency - jitter, jitter
}

// base is the latency of every message.
func (f Faults) base() time.Duration {
	if f.Latency == 0 {
		return DefaultLatency
	}
	return f.Latency
}
