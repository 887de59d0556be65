package labrpc

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"slices"
	"strconv"
	"sync/atomic"
	"time"
)

// DefaultTimeout is how long the caller of a lost message waits at least, and
// again at most, where Options say nothing.
const DefaultTimeout = 100 * time.Millisecond

// Options are what a [Network] is made with. The zero value is a network
// without faults, seeded with 0.
type Options struct {
	Seed   uint64 // of all fates
	Faults Faults // of every link; see Network.SetFaults
	Fates  Fates  // decides instead of Seed and Faults, if set

	// A Call that is never answered gives up after Timeout and a part of
	// TimeoutSpread drawn from its stream, counted from the instant at which
	// it is lost. 0 means DefaultTimeout for either.
	Timeout, TimeoutSpread time.Duration

	// Context holds the profiler labels (runtime/pprof) of the goroutines
	// that run methods; a label "server" ("S2") is added to them.
	Context context.Context

	OnError func(error)         // is told of every misuse; nil: standard error
	OnPanic func(*HandlerPanic) // is told of every panic in a method; nil: it goes on
}

// HandlerPanic is a panic in a method that the network ran.
type HandlerPanic struct {
	Server int
	Method string // "Raft.RequestVote"
	Value  any
	Stack  []byte
}

func (p *HandlerPanic) Error() string {
	return fmt.Sprintf("labrpc: panic in %s of S%d: %v", p.Method, p.Server, p.Value)
}

// Network connects servers, numbered from 0. Its methods may be called from
// any goroutine, but not from an [Observer] or a [Fates].
type Network struct {
	start  time.Time
	opts   Options
	domain *domain
	codec  *codec
	quit   chan struct{} // closed by Close
	limbo  chan struct{} // never closed: see Abandon

	abandoned atomic.Bool

	// All that follows is touched in the domain only.
	nodes     []*node
	links     [][]link // links[from][to]
	observers []Observer
	amend     func(Message, Fate) Fate // nil, or see Amend
	redraw    func(Message, Faults, Fate) Fate
	traffic   map[trafficKey]*Traffic
	free      []*waiter // see waiter
	underWay  int       // calls sent and not yet over
	closed    bool
	// How long the caller of a lost message waits until it gives up.
	timeout, timeoutSpread time.Duration
}

// node is a server's place on the network.
type node struct {
	id     int
	boots  int
	up     *incarnation // nil while the server is down
	ghost  *incarnation // who speaks for it in Impersonate
	paused chan struct{}
	labels context.Context
}

// incarnation is one life of a server, from Boot to Crash.
type incarnation struct {
	node     *node
	number   int // counted from 1; 0 for the ends of Impersonate
	dead     bool
	services []*service
	sent     []uint64 // calls so far, by callee
	calling  set      // calls made by this incarnation that have not ended
	serving  set      // calls whose method runs here
	ready    edge     // from Serve to every method that runs
}

type link struct {
	cut    bool
	faults Faults
}

// New makes a network of servers that are all down. Inside a testing/synctest
// bubble it must be made, used and closed in that bubble.
func New(servers int, opts Options) *Network {
	if opts.Timeout == 0 {
		opts.Timeout = DefaultTimeout
	}
	if opts.TimeoutSpread == 0 {
		opts.TimeoutSpread = DefaultTimeout
	}
	if opts.Context == nil {
		opts.Context = context.Background()
	}
	n := &Network{
		start: time.Now(), opts: opts, codec: newCodec(), traffic: map[trafficKey]*Traffic{},
		timeout: opts.Timeout, timeoutSpread: opts.TimeoutSpread,
	}
	for i := range servers {
		labels := pprof.WithLabels(opts.Context, pprof.Labels("server", "S"+strconv.Itoa(i)))
		nd := &node{id: i, labels: labels}
		nd.ghost = &incarnation{node: nd}
		n.nodes = append(n.nodes, nd)
		n.links = append(n.links, make([]link, servers))
	}
	n.setFaults(opts.Faults)
	n.quit, n.limbo = make(chan struct{}), make(chan struct{})
	n.domain = newDomain(n.idle)
	return n
}

// Close ends the network: every server crashes. No method may be called after
// it but Stats.
func (n *Network) Close() {
	for i := range n.nodes {
		n.Crash(i)
	}
	n.Do(func() {
		if !n.closed {
			n.closed = true
			close(n.quit)
		}
	})
}

// Abandon gives the network up, from whatever goroutine, inside or outside of
// its bubble: a server's goroutine that comes to Call or DoFor is not heard of
// again. A run that cannot be ended is stopped this way as far as it goes.
func (n *Network) Abandon() { n.abandoned.Store(true) }

// idle tells whether the network is closed and nothing is left to do in it.
func (n *Network) idle() bool { return n.closed && n.underWay == 0 }

// Size returns the number of servers.
func (n *Network) Size() int { return len(n.nodes) }

// Now returns the time since the network was made.
func (n *Network) Now() time.Duration { return time.Since(n.start) }

// Do runs f alone: no message moves and no Observer is told of anything
// meanwhile. f must not wait and must not call the Network but for Now and
// CrashInDo. It is
// meant for those who record other events in one order with the network's.
func (n *Network) Do(f func()) { n.domain.doOrdered(f) }

// DoFor is Do for the goroutines of a server, between which it must make no
// order that a race detector would see. f therefore may touch only what is
// touched in Do and DoFor alone.
//
//go:norace
func (n *Network) DoFor(f func()) {
	hide()
	if n.abandoned.Load() {
		<-n.limbo
	}
	n.domain.do(f)
	unhide()
}

// Observe adds an observer of everything that happens from now on.
func (n *Network) Observe(o Observer) {
	n.Do(func() { n.observers = append(n.observers, o) })
}

// Boot starts a new incarnation of a server, after crashing the one before,
// and returns its ends to all servers, its own included. It can call at once,
// and is called from Serve on.
func (n *Network) Boot(server int) []*ClientEnd {
	n.Crash(server)
	ends := make([]*ClientEnd, len(n.nodes))
	n.Do(func() {
		node := n.nodes[server]
		node.boots++
		node.up = &incarnation{node: node, number: node.boots}
		for to := range ends {
			ends[to] = &ClientEnd{net: n, from: node.up, to: to}
		}
	})
	return ends
}

// Serve lets the running incarnation of a server answer calls of rcvr's
// methods, under the name of rcvr's type.
func (n *Network) Serve(server int, rcvr any) error { return n.ServeAs(server, "", rcvr) }

// ServeAs is Serve under a name of the caller's choice.
func (n *Network) ServeAs(server int, name string, rcvr any) error {
	s, err := newService(rcvr)
	if err != nil {
		return err
	}
	if name != "" {
		s.rename(name)
	}
	n.Do(func() {
		if in := n.nodes[server].up; in != nil {
			in.ready.release()
			in.services = append(in.services, s)
		} else {
			err = fmt.Errorf("labrpc: Serve on S%d, which is down: Boot it first", server)
		}
	})
	return err
}

// Impersonate returns an end through which a test speaks in a server's name:
// what it sends counts as sent by from and suffers that link's faults and
// cuts, whether from is up or not.
func (n *Network) Impersonate(from, to int) *ClientEnd {
	return &ClientEnd{net: n, from: n.nodes[from].ghost, to: to}
}

// Crash ends a server's incarnation. From now on nothing that its goroutines
// send leaves and nothing reaches them; their Calls return false, those under
// way at once. Crash on a server that is down does nothing.
func (n *Network) Crash(server int) { n.Do(func() { n.CrashInDo(server) }) }

// CrashInDo is Crash for a function that Do or DoFor runs, so that a crash can
// coincide with something else.
func (n *Network) CrashInDo(server int) {
	in := n.nodes[server].up
	if in == nil {
		return
	}
	in.dead = true
	n.nodes[server].up = nil
	for _, c := range slices.Clone(in.calling) {
		c.interrupt()
	}
	for _, c := range slices.Clone(in.serving) {
		n.loseReply(c, "S"+strconv.Itoa(server)+" crashed")
	}
}

// Up tells whether a server has been booted and not crashed.
func (n *Network) Up(server int) (up bool) {
	n.Do(func() { up = n.nodes[server].up != nil })
	return up
}

// Pause holds back all messages to and from a server until Resume: it looks
// like one that has stopped for a while. Its own clock goes on.
func (n *Network) Pause(server int) {
	n.Do(func() {
		if nd := n.nodes[server]; nd.paused == nil {
			nd.paused = make(chan struct{})
		}
	})
}

// Resume ends Pause. What was held back arrives, each message after a jitter
// of its own.
func (n *Network) Resume(server int) {
	n.Do(func() {
		if nd := n.nodes[server]; nd.paused != nil {
			close(nd.paused)
			nd.paused = nil
		}
	})
}

// Stats returns the traffic so far.
func (n *Network) Stats() Stats {
	s := Stats{rows: map[trafficKey]Traffic{}}
	n.Do(func() {
		for k, t := range n.traffic {
			s.rows[k] = *t
		}
	})
	return s
}

func (n *Network) trafficOf(server int, method string) *Traffic {
	k := trafficKey{server, method}
	t := n.traffic[k]
	if t == nil {
		t = &Traffic{Server: server, Method: method}
		n.traffic[k] = t
	}
	return t
}

func (n *Network) emit(e Event) {
	if len(n.observers) == 0 {
		return
	}
	e.At = n.Now()
	for _, o := range n.observers {
		o.Observe(e)
	}
}

func (n *Network) misuse(err error) {
	if n.opts.OnError != nil {
		n.opts.OnError(err)
		return
	}
	fmt.Fprintln(os.Stderr, err)
}
