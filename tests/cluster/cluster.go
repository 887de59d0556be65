package cluster

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
	"raftlabs/tests/scenario"
)

// Times that a case may rely on, all virtual (package raftapi, "What an
// instance promises").
const (
	ElectionTime = 5 * time.Second       // a leader is there this long after a majority is connected
	KillTime     = 2 * time.Second       // the goroutines of an instance end within this time of Kill
	Hop          = labrpc.DefaultLatency // a message's latency on a link without faults
)

// startSkew is how far apart servers that start together start, at most.
const startSkew = 10 * time.Millisecond

// Options are how a cluster differs from one on a network without faults.
type Options struct {
	Faults labrpc.Faults
	Fates  labrpc.Fates
	Stalls *labsync.Stalls // its Seed is filled in; left off where plain mutexes are used

	Service Service // above each real server
	Real    int     // NewScripted: S0 to S(Real-1) are real; 0 means 1

	unwatched bool // what breaks Raft's rules is not reported: for servers that are none
}

// Cluster is n servers on a network. Its methods are for the case's own
// goroutine, but for State and its like, which any goroutine of the case may
// call.
type Cluster struct {
	Net *labrpc.Network

	t       *lab.T
	make    raftapi.MakeFunc
	service Service
	start   StartFunc             // of NewServices: in place of make and service
	ends    [][]*labrpc.ClientEnd // of the clients
	closed  atomic.Bool

	// What follows is touched in the network's domain, but for what never
	// changes: the goroutines that ask for it are not ordered by that.
	servers []*server
	record  *recorder
	faults  *faults
	ledger  *ledger
	next    int // the last int that Next returned
	stamps  int // the last that Stamp did
}

// server is a place in the cluster: what of it survives a crash, and the
// instance that runs there now.
type server struct {
	id   int
	disk *Disk
	up   *instance   // nil while it is down
	dead atomic.Bool // crashed by the framework

	term    int           // that its GetState said last
	leads   bool          // likewise
	boots   int           // how many instances it has had
	started time.Duration // when the present one was
}

// New starts n servers and has them killed when the case ends.
func New(t *lab.T, n int, make raftapi.MakeFunc, o Options) *Cluster {
	c := newCluster(t, n, 0, make, o, nil)
	for i := range n {
		t.Sleep(skew(t, i, n))
		c.Start(i)
	}
	return c
}

// skew is how long after the one before a server starts.
func skew(t *lab.T, i, n int) time.Duration {
	return time.Duration(t.Stream("skew S" + strconv.Itoa(i)).Int64N(int64(startSkew) / int64(n)))
}

// newCluster makes the network and the places of n servers, some of them played,
// and of clients.
func newCluster(t *lab.T, n, clients int, make raftapi.MakeFunc, o Options, played []int) *Cluster {
	watch := newRules(t, n, played, clients > 0, o.unwatched)
	c := &Cluster{t: t, make: make, service: o.Service, ledger: &ledger{t: t, rules: watch}}
	c.Net = labrpc.New(n+clients, labrpc.Options{
		Seed: t.Mixed(), Faults: o.Faults, Fates: o.Fates, Context: t.Context(),
		OnError: func(err error) { t.Report(lab.Failure{Kind: lab.Misuse, Text: err.Error()}) },
		OnPanic: func(p *labrpc.HandlerPanic) { t.ReportPanic(p.Server, p.Method, p.Value, p.Stack) },
	})
	c.record = newRecorder(t, c.Net, watch)
	c.record.clients = n
	c.record.begin(n)
	c.Net.Observe(c.record)
	c.Net.Amend(c.record.fate)
	c.chance(n)
	for i := range n {
		c.servers = append(c.servers, &server{id: i, disk: newDisk(c.Net, c.record, i)})
	}
	t.SetLog(c.record.line)
	t.SetDead(func(i int) bool { return i < n && c.servers[i].dead.Load() })
	c.stall(o.Stalls)
	t.OnAbandon(c.Net.Abandon)
	t.Cleanup(c.Close)
	return c
}

// Size returns the number of servers.
func (c *Cluster) Size() int { return len(c.servers) }

// All returns the numbers of all servers.
func (c *Cluster) All() []int {
	all := make([]int, len(c.servers))
	for i := range all {
		all[i] = i
	}
	return all
}

// Start starts a server that is down, with what its disk holds. One that a scenario
// has spared goes on.
func (c *Cluster) Start(i int) {
	c.t.Step("cluster")
	s := c.servers[i]
	if c.running(i) {
		return
	}
	c.over(named(i), scenario.Crash)
	c.over("", scenario.PowerCut)
	c.record.act("start", i, "")
	s.boots++
	in := newInstance(i, s.boots)
	ends := c.Net.Boot(i)
	s.dead.Store(false)
	persister := s.disk.mount(in)
	c.Net.Do(func() {
		s.started, s.term, s.leads = c.Net.Now(), 0, false
		c.ledger.boot(in, fresh(s.disk.snapshot), c.start != nil)
	})
	in.publish(c.launch(in, ends[:len(c.servers)], persister))
	c.Net.Do(func() {
		s.up = in
		c.record.wire.Server(in.raft)
		c.record.gaps()
	})
	for _, receiver := range in.receivers() {
		if err := c.Net.Serve(i, receiver); err != nil {
			c.t.Fail(lab.Failure{Text: err.Error()})
		}
	}
}

// launch has an instance made, by the constructor of what is tested.
func (c *Cluster) launch(in *instance, ends []*labrpc.ClientEnd, persister raftapi.Persister) (Killer, raftapi.Raft) {
	if c.start != nil {
		return c.start(ends, in.server, persister)
	}
	applyCh := make(chan raftapi.ApplyMsg)
	c.t.Go(applierName(in.server), func() { c.serve(in, applyCh) })
	var rf raftapi.Raft
	c.t.Enter(in.server, "Make", func() { rf = c.make(ends, in.server, persister, applyCh) })
	if rf == nil {
		c.t.Fail(lab.Failure{Text: "Make returned nil; it is to return the new server"})
	}
	return nil, rf
}

// Started returns when a server's instance was started, as [labrpc.Event] and
// [labrpc.Network.Now] count time. It may be called inside the network, too.
func (c *Cluster) Started(i int) time.Duration { return c.servers[i].started }

// Close kills every server and waits until what they had to send is sent. A
// cluster is closed when its case ends; one that is followed by another is
// closed before.
func (c *Cluster) Close() {
	if c.closed.Swap(true) {
		return
	}
	for i := range c.servers {
		c.crash(i)
	}
	time.Sleep(KillTime)
	c.count()
	c.Net.Close()
	if c.start != nil && c.t.Failed() {
		c.Net.Abandon() // a clerk tries for ever
	}
}

// count puts the traffic into the case's summary.
func (c *Cluster) count() {
	requests, _ := c.Net.Stats().Total("")
	c.t.Count("rpcs", requests.Messages)
	c.t.Count("bytes", requests.Bytes)
	c.Net.Do(c.record.rules.count)
}

// Disk returns a server's stable storage.
func (c *Cluster) Disk(i int) *Disk { return c.servers[i].disk }

// Pause holds all messages of a server back until Resume.
func (c *Cluster) Pause(i int) {
	c.t.Step("cluster")
	if !c.strike(scenario.Pause, named(i)) {
		return
	}
	c.Net.Pause(i)
	c.record.act("pause", i, "")
}

// Resume ends Pause.
func (c *Cluster) Resume(i int) {
	c.t.Step("cluster")
	c.Net.Resume(i)
	c.over(named(i), scenario.Pause)
	c.record.act("resume", i, "")
}

// Cut loses all messages from one server to another, in that direction.
func (c *Cluster) Cut(from, to int) {
	c.t.Step("cluster")
	if !c.strike(scenario.Cut, c.linkName(from, to)) {
		return
	}
	c.Net.Cut(from, to)
	c.record.link("cut", from, to, "")
}

// Join ends a Cut.
func (c *Cluster) Join(from, to int) {
	c.t.Step("cluster")
	c.Net.Join(from, to)
	c.over(c.linkName(from, to), scenario.Cut)
	c.record.link("join", from, to, "")
}

// Isolate cuts a server from all others, in both directions.
func (c *Cluster) Isolate(servers ...int) {
	c.t.Step("cluster")
	for _, i := range servers {
		if !c.strike(scenario.Isolate, named(i)) {
			continue
		}
		c.each(i, c.Net.Cut)
		c.record.act("isolate", i, "")
	}
}

// Rejoin joins a server to all others, in both directions.
func (c *Cluster) Rejoin(servers ...int) {
	c.t.Step("cluster")
	for _, i := range servers {
		c.each(i, c.Net.Join)
		c.over(named(i), scenario.Isolate)
		c.record.act("rejoin", i, "")
	}
}

func (c *Cluster) each(i int, f func(from, to int)) {
	for j := range c.servers {
		if j != i {
			f(i, j)
			f(j, i)
		}
	}
}

// Partition joins the servers of each group with each other and cuts them
// from all others.
func (c *Cluster) Partition(groups ...[]int) {
	c.t.Step("cluster")
	if !c.strike(scenario.Partition, groupNames(groups)) {
		return
	}
	c.over("", scenario.Cut, scenario.Isolate)
	if c.start != nil {
		c.split(groups)
	} else {
		c.Net.Partition(groups...)
	}
	c.record.act("partition", -1, fmt.Sprint(groups))
}

// Heal ends all cuts.
func (c *Cluster) Heal() {
	c.t.Step("cluster")
	c.Net.Heal()
	c.over("", scenario.Cut, scenario.Isolate, scenario.Partition)
	c.record.act("heal", -1, "")
}

// SetLinkFaults sets the faults of one direction of one link from now on.
func (c *Cluster) SetLinkFaults(from, to int, f labrpc.Faults) {
	c.t.Step("cluster")
	c.Net.SetLinkFaults(from, to, f)
	c.record.link("faults", from, to, fmt.Sprintf("%+v", f))
}

// SetFaults sets the faults of every link from now on.
func (c *Cluster) SetFaults(f labrpc.Faults) {
	c.t.Step("cluster")
	c.Net.SetFaults(f)
	c.record.act("faults", -1, fmt.Sprintf("%+v", f))
}
