package kvtest

import (
	"fmt"
	"strconv"
	"time"

	"raftlabs/kvraft/kvapi"
	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// Times that a case may rely on (package kvapi), all virtual.
const (
	returnTime = 10 * time.Second // an operation returns within this time of a fault's end
	hop        = cluster.Hop
)

// noLimit is the maxRaftState of a service that takes no snapshots.
const noLimit = -1

// run is a service in one run of a case: its servers, its clients, and what
// these have done, which is checked when the run is over.
type run struct {
	*cluster.Cluster
	t       *lab.T
	service kvapi.Service
	clients []*client
	working int // clients that have not ended; like clients and called, touched in the network's domain

	// called is when each client's operation under way was, 0 for none. It is
	// not the clients': what is touched in the domain is made before that begins.
	called []time.Duration
}

// start starts the servers of a service, and has places for clients.
func start(t *lab.T, service kvapi.Service, servers, clients, maxRaftState int, o cluster.Options) *run {
	r := &run{t: t, service: service, clients: make([]*client, clients), called: make([]time.Duration, clients)}
	r.Cluster = cluster.NewServices(t, servers, clients, r.starter(maxRaftState), o)
	t.Afterwards(r.judge)
	return r
}

// starter is how the servers are started.
func (r *run) starter(maxRaftState int) cluster.StartFunc {
	return func(ends []*labrpc.ClientEnd, i int, persister raftapi.Persister) (cluster.Killer, raftapi.Raft) {
		var server kvapi.Server
		var rf raftapi.Raft
		r.t.Enter(i, "StartKVServer", func() { server = r.service.Start(ends, i, persister, maxRaftState) })
		if server == nil {
			r.t.Fail(lab.Failure{Text: "StartKVServer returned nil; it is to return the new server"})
		}
		r.t.Enter(i, "Raft", func() { rf = server.Raft() })
		if rf == nil {
			r.t.Fail(lab.Failure{Text: lab.Sentence("Raft of server S%d returned nil; it is to return the Raft that the server is built on", i)})
		}
		return server, rf
	}
}

// client makes a client's clerk, whose operations are written down.
func (r *run) client(k int) *client {
	var clerk kvapi.Clerk
	ends := r.ClientEnds(k)
	r.t.EnterClient(k, "MakeClerk", func() { clerk = r.service.MakeClerk(ends) })
	if clerk == nil {
		r.t.Fail(lab.Failure{Text: "MakeClerk returned nil; it is to return a new clerk"})
	}
	c := &client{run: r, number: k}
	c.Recorder = Record(k, &calls{c, clerk}, r.Stamp)
	r.Net.DoFor(func() { r.clients[k] = c })
	return c
}

// begin runs a client in a goroutine of its own.
func (r *run) begin(k int, body func(c *client)) {
	r.Net.DoFor(func() { r.working++ })
	r.t.Go(actor(k), func() {
		r.t.Step(actor(k))
		body(r.client(k))
		r.Net.DoFor(func() { r.working-- })
	})
}

// operates tells of each operation of a client's load whether it is done; see
// cluster.Operates.
func (r *run) operates(k int) func() bool { return func() bool { return r.Operates(k) } }

// wait waits until all clients have ended. No operation may take longer than
// returnTime from now on, or from its call. why says what makes that possible:
// "the network has been whole and all servers have run".
func (r *run) wait(why string) {
	since := r.t.Now()
	for r.Peek(func() int { return r.working }) > 0 {
		r.t.Sleep(10 * time.Millisecond)
		oldest := time.Duration(r.Peek(r.oldest))
		if oldest > 0 && r.t.Now()-max(oldest, since) > returnTime {
			r.overdue(max(oldest, since), why)
		}
	}
}

// oldest is when the first of the operations under way was called, 0 where none
// is; in the domain.
func (r *run) oldest() int {
	oldest := time.Duration(0)
	for _, called := range r.called {
		if called > 0 && (oldest == 0 || called < oldest) {
			oldest = called
		}
	}
	return int(oldest)
}

// overdue fails the case for an operation that has not returned.
func (r *run) overdue(since time.Duration, why string) {
	open := underWay(r.t.Recorder().Events(), r.Client(0))
	first, others := open[0], ""
	if len(open) > 1 {
		others = ", nor has another operation"
	}
	if len(open) > 2 {
		others = fmt.Sprintf(", nor have %d other operations", len(open)-1)
	}
	r.t.Overduef("§8", "C%d's %s was called at %s and has not returned%s: %s for %v",
		first.client, first.text, seconds(first.at), others, why, r.t.Now()-since)
}

// actor is the name of a client's goroutine and of its stream.
func actor(k int) string { return "client C" + strconv.Itoa(k) }

// client is one client and its clerk.
type client struct {
	*Recorder
	run    *run
	number int
}

// calls is the clerk of what is tested, as it is called: each operation stands
// among the events and has an instant of its own.
type calls struct {
	c     *client
	clerk kvapi.Clerk
}

func (s *calls) Get(key string) (value string) {
	op := Operation{Kind: Get, Key: key}.String()
	s.do("Get", op, func() string {
		value = s.clerk.Get(key)
		return op + " = " + brief(value)
	})
	return value
}

func (s *calls) Put(key, value string) {
	op := Operation{Kind: Put, Key: key, Value: value}.String()
	s.do("Put", op, func() string { s.clerk.Put(key, value); return op })
}

func (s *calls) Append(key, value string) {
	op := Operation{Kind: Append, Key: key, Value: value}.String()
	s.do("Append", op, func() string { s.clerk.Append(key, value); return op })
}

func (s *calls) do(what, op string, call func() (result string)) {
	c := s.c
	c.run.t.Count("operations", 1)
	r, k, now := c.run, c.number, c.run.t.Now()
	r.Call(k, op)
	r.Net.DoFor(func() { r.called[k] = now })
	result := ""
	r.t.EnterClient(k, what, func() { result = call() })
	r.Net.DoFor(func() { r.called[k] = 0 })
	r.Returned(k, result)
}
