package labrpc_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"raftlabs/labrpc"
)

// Echo is the service that the tests call.
type Echo struct {
	mu    sync.Mutex
	seen  []int
	block chan struct{} // Wait waits for it
}

type EchoArgs struct {
	N       int
	Text    string
	Entries []Entry
}

type Entry struct {
	Term    int
	Command any
}

type EchoReply struct {
	N       int
	Text    string
	Entries []Entry
}

func (e *Echo) Echo(args *EchoArgs, reply *EchoReply) {
	e.mu.Lock()
	e.seen = append(e.seen, args.N)
	e.mu.Unlock()
	reply.N, reply.Text, reply.Entries = args.N, args.Text, args.Entries
}

func (e *Echo) Wait(args *EchoArgs, reply *EchoReply) {
	<-e.block
	reply.N = args.N
}

func (e *Echo) ByValue(args EchoArgs, reply *EchoReply) { reply.N = args.N }

func (e *Echo) Panic(*EchoArgs, *EchoReply) { panic("boom") }

func (e *Echo) TooFew(*EchoArgs)                          {}
func (e *Echo) Returns(*EchoArgs, *EchoReply) error       { return nil }
func (e *Echo) NoPointer(args *EchoArgs, reply EchoReply) {}
func (e *Echo) hidden(*EchoArgs, *EchoReply)              {}

var _ = (*Echo).hidden

func (e *Echo) calls() []int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]int(nil), e.seen...)
}

// world is a network of which every server is an Echo.
type world struct {
	t      *testing.T
	net    *labrpc.Network
	ends   [][]*labrpc.ClientEnd
	echoes []*Echo
	events []labrpc.Event
	mu     sync.Mutex // the network orders nobody
	errors []error
}

func newWorld(t *testing.T, n int, opts labrpc.Options) *world {
	w := &world{t: t}
	opts.OnError = func(err error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.errors = append(w.errors, err)
	}
	w.net = labrpc.New(n, opts)
	w.net.Observe(labrpc.ObserverFunc(func(e labrpc.Event) { w.events = append(w.events, e) }))
	for i := range n {
		w.ends = append(w.ends, nil)
		w.echoes = append(w.echoes, nil)
		w.boot(i)
	}
	return w
}

func (w *world) boot(i int) {
	w.ends[i] = w.net.Boot(i)
	w.echoes[i] = &Echo{block: make(chan struct{})}
	require.NoError(w.t, w.net.Serve(i, w.echoes[i]))
}

func (w *world) echo(from, to, n int) (EchoReply, bool) {
	var reply EchoReply
	ok := w.ends[from][to].Call("Echo.Echo", &EchoArgs{N: n}, &reply)
	return reply, ok
}

func (w *world) kinds() []string {
	var kinds []string
	w.net.Do(func() {
		for _, e := range w.events {
			s := e.Kind.String()
			if e.Reason != "" {
				s += ": " + e.Reason
			}
			kinds = append(kinds, s)
		}
		w.events = nil
	})
	return kinds
}

// inBubble runs a test of a network in virtual time and closes the network.
func inBubble(t *testing.T, n int, opts labrpc.Options, f func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, n, opts)
		f(t, w)
		w.net.Close()
		time.Sleep(5 * time.Second)
	})
}

// within asserts that a duration is want and at most a jitter for each of hops
// more.
func within(t *testing.T, want, got time.Duration, hops int) {
	t.Helper()
	require.GreaterOrEqual(t, got, want)
	require.Less(t, got, want+time.Duration(hops)*131072)
}
