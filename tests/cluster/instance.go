package cluster

import (
	"time"

	"raftlabs/raft/raftapi"
)

// instance is one life of a server: what Make returned, and how far the
// service above it has come.
//
// service and raft are set once, before ready is published; the channels belong to the
// goroutine of the applier and to the case's own. All that follows is touched
// in the network's domain only, so that the goroutines which come by order
// nobody.
type instance struct {
	server  int
	number  int    // of its server's instances, counted from 1
	service Killer // what makes the Raft and reads applyCh; nil where the framework does
	raft    raftapi.Raft
	ready   edge
	made    chan struct{}      // closed when raft is set
	gone    chan struct{}      // closed when the framework has crashed it
	gates   chan chan struct{} // what the applier has to wait for next; see HoldApplier
	gate    chan struct{}      // what it waits for now, nil if nothing; of the case's goroutine

	crashed   bool
	base      int             // the index that its service began at: that of the disk's snapshot
	times     []time.Duration // of applying base+1, base+2, ...; 0 where a snapshot jumped over it
	snapshot  int             // the index of the service's newest snapshot
	installed int             // how many snapshots it has delivered
}

func newInstance(server, number int) *instance {
	return &instance{
		server: server,
		number: number,
		made:   make(chan struct{}),
		gone:   make(chan struct{}),
		gates:  make(chan chan struct{}, 1),
	}
}

// publish hands out what the constructor has returned.
func (in *instance) publish(service Killer, rf raftapi.Raft) {
	in.service, in.raft = service, rf
	in.ready.publish()
	close(in.made)
}

// receivers are what answers at the instance's place in the network.
func (in *instance) receivers() []any {
	if in.service == nil {
		return []any{in.raft}
	}
	return []any{in.raft, in.service}
}

// kill ends the instance. A service kills its Raft.
func (in *instance) kill() {
	if in.service != nil {
		in.service.Kill()
		return
	}
	in.raft.Kill()
}

// at keeps when an entry was applied.
func (in *instance) at(index int, now time.Duration) {
	for len(in.times) < index-in.base {
		in.times = append(in.times, 0)
	}
	in.times[index-in.base-1] = now
}

// instance is a server's running instance, nil while it is down. Whoever gets
// it sees what Make did, and nothing else of other goroutines.
//
//go:norace
func (c *Cluster) instance(i int) *instance {
	var in *instance
	c.Net.DoFor(func() {
		if up := c.servers[i].up; up != nil && !up.crashed {
			in = up
		}
	})
	if in != nil {
		in.ready.see()
	}
	return in
}

// raft is what Make returned for a server's running instance, nil while it is
// down.
func (c *Cluster) raft(i int) raftapi.Raft {
	if in := c.instance(i); in != nil {
		return in.raft
	}
	return nil
}

// Peek reads a number that goroutines of the case share, and orders none of them:
// they touch it in Net.DoFor only. What f captures are words.
//
//go:norace
func (c *Cluster) Peek(f func() int) int { return c.peek(f) }

// peek reads a number out of the domain, for any goroutine. Like the functions
// that DoFor is given, f is to capture words and structs of a few words only:
// those are copied as f is made, and not in the race detector's sight.
//
//go:norace
func (c *Cluster) peek(f func() int) int {
	n := 0
	c.Net.DoFor(func() { n = f() })
	return n
}
