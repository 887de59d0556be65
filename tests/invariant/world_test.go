package invariant

import (
	"math/rand/v2"
	"time"

	"raftlabs/tests/wire"
)

// design is what correct implementations may do differently, drawn from the
// seed, and at most one bug.
type design struct {
	servers   int
	durable   bool // servers save and are restarted
	noop      bool // a leader begins with an entry without a command
	early     bool // a leader sends its entries before it has saved them
	selfAsk   bool // a candidate asks itself, over the wire
	lease     bool // requests for votes are ignored at random
	prevote   bool
	snapshots bool
	extra     bool // replies say how far the log matches, beyond what was asked
	lazy      bool // a snapshot is installed after the answer, entries are saved and answered later
	termless  bool // a reply that says yes carries no term
	again     bool // a candidate repeats its requests, a client its commands; a leader may step down
	calm      bool // few faults, much progress
	bug       string
}

func designOf(seed uint64) design {
	r := rand.New(rand.NewPCG(seed, 1))
	coin := func() bool { return r.IntN(2) == 0 }
	return design{
		servers: []int{1, 2, 3, 3, 3, 4, 5, 5, 7}[r.IntN(9)], durable: coin(), noop: coin(), early: coin(), selfAsk: coin(),
		lease: coin(), prevote: coin(), snapshots: coin(), extra: coin(),
		lazy: coin(), termless: coin(), again: coin(), calm: r.IntN(3) > 0,
	}
}

// world is a network of dumb Rafts (raft_test.go) and all that may happen next.
// What one of them decides takes effect later, one act at a time, in any order:
// that is every delay, stall and reordering there is.
type world struct {
	design
	rng   *rand.Rand
	nodes []*node
	acts  []act
	next  int // the last command
	now   time.Duration
	tell  func(Event)
}

// act is something that is bound to happen, unless the instance that it is of is
// gone.
type act struct {
	of  *node // nil: of the network
	inc int
	do  func()
}

func newWorld(seed uint64, d design, tell func(Event)) *world {
	w := &world{design: d, rng: rand.New(rand.NewPCG(seed, 2)), tell: tell}
	for i := range d.servers {
		w.nodes = append(w.nodes, &node{world: w, id: i, disk: disk{vote: -1}})
	}
	for _, n := range w.nodes {
		n.boot()
	}
	return w
}

func (w *world) chance(percent int) bool { return w.rng.IntN(100) < percent }
func (w *world) is(bug string) bool      { return w.bug == bug }

func (w *world) emit(e Event) {
	w.now += time.Millisecond
	e.At = w.now
	w.tell(e)
}

// later has something happen in an instance, after a while.
func (n *node) later(do func()) {
	n.world.acts = append(n.world.acts, act{n, n.inc, do})
}

// run lets a number of things happen.
func (w *world) run(steps int) {
	for range steps {
		if len(w.acts) > 0 && (len(w.acts) > 60 || w.chance(80)) {
			k := w.rng.IntN(min(len(w.acts), 1+w.rng.IntN(20)))
			a := w.acts[k]
			w.acts = append(w.acts[:k], w.acts[k+1:]...)
			if a.of == nil || a.of.up && a.of.inc == a.inc {
				a.do()
			}
			continue
		}
		w.stimulus(w.nodes[w.rng.IntN(len(w.nodes))])
	}
}

// stimulus is something that comes from outside of the protocol.
func (w *world) stimulus(n *node) {
	if !n.up {
		if w.chance(50) {
			n.boot()
		}
		return
	}
	chaos := 4
	if w.calm {
		chaos = 1
	}
	switch p := w.rng.IntN(100); {
	case p < 3*chaos:
		n.timeout()
	case p < 4*chaos && w.durable:
		n.crash()
	case p < 25 && n.lead:
		n.heartbeats()
	case p < 55:
		n.client()
	case p < 75:
		n.apply()
	case p < 80 && w.snapshots && n.applied > n.base:
		n.snapshot()
	case p < 88:
		n.ask()
	case p < 90 && w.again:
		if n.lead && w.chance(10) {
			n.lead = false
		} else if n.stands {
			n.solicit()
		}
	case n.lead:
		n.replicate(w.rng.IntN(len(w.nodes)))
	}
}

// rpc takes a request there and a reply back. extra is what a student's reply
// may carry beside Figure 2's fields.
func (n *node) rpc(to int, method string, request wire.Message, snap Snap, handle func(p *node) (wire.Message, int), then func(r wire.Message, extra int)) {
	w, p := n.world, n.world.nodes[to]
	n.sent[to]++
	e := Event{Server: n.id, Peer: to, Incarnation: n.inc, Method: method, Num: n.sent[to], Request: request}
	inc := n.inc
	emit := func(kind Kind, second bool, reply wire.Message) {
		e := e
		e.Kind, e.Second, e.Reply, e.PeerIncarnation = kind, second, reply, p.inc
		if kind == Sent {
			e.Snap = snap
		}
		w.emit(e)
	}
	alive := func() bool { return n.up && n.inc == inc }
	loss := 25
	if w.calm {
		loss = 5
	}
	arrive := func(second bool) func() {
		return func() {
			if !second && !alive() {
				return
			}
			if !p.up {
				emit(Dropped, second, nil)
				return
			}
			emit(Delivered, second, nil)
			p.later(func() {
				reply, extra := handle(p)
				if method != wire.RequestPreVote && w.termless {
					reply = withoutTerm(reply)
				}
				p.later(func() {
					if second || !alive() {
						return
					}
					emit(Replied, false, reply)
					if w.chance(loss) {
						emit(Dropped, false, reply)
						return
					}
					n.later(func() {
						emit(Returned, false, reply)
						n.later(func() { then(reply, extra) })
					})
				})
			})
		}
	}
	n.later(func() {
		emit(Sent, false, nil)
		if w.chance(loss) {
			emit(Dropped, false, nil)
			return
		}
		w.acts = append(w.acts, act{do: arrive(false)})
		if w.chance(loss) {
			w.acts = append(w.acts, act{do: arrive(true)})
		}
	})
}

// withoutTerm is a reply that says yes as some say it.
func withoutTerm(reply wire.Message) wire.Message {
	switch r := reply.(type) {
	case wire.RequestVoteReply:
		if r.VoteGranted {
			r.Term = 0
		}
		return r
	case wire.AppendEntriesReply:
		if r.Success {
			r.Term = 0
		}
		return r
	}
	return reply
}

// watch runs a seed until a rule speaks.
func watch(seed uint64, d design, o Options, see func(Event) Event) (found []Violation, c *Checker) {
	defer func() {
		if d.bug != "" {
			_ = recover() // a Raft with a bug may fall over it
		}
	}()
	o.Servers, o.Durable = d.servers, d.durable
	c = New(o)
	w := newWorld(seed, d, func(e Event) {
		if see != nil {
			e = see(e)
		}
		if e.Kind != 0 {
			found = append(found, c.Observe(e)...)
		}
	})
	for k := 0; k < 3000 && found == nil; k += 50 {
		w.run(50)
	}
	return found, c
}
