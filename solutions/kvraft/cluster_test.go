package kvraft

import (
	"maps"
	"math/rand"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"raftlabs/kvraft/kvapi"
	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
)

// hop is what every message of a test takes, exactly, if it is not lost.
const hop = 5 * time.Millisecond

// electionTime is how long a cluster may be without a leader.
const electionTime = 5 * time.Second

// cluster is the servers of a test and its clients, who are on the same network:
// server i is S(i), and client c is S(servers+c).
type cluster struct {
	t       testing.TB
	net     *labrpc.Network
	limit   int // maxRaftState
	disks   []*disk
	servers []*KVServer                                // nil while down
	guard   *time.Timer                                // ends a test that does not end
	lose    *atomic.Pointer[func(labrpc.Message) bool] // virtually: which messages are lost, nil for none
}

// endless is after how long a test is taken for one that does not end.
const endless = 3 * time.Minute

// virtually runs a test of servers and clients on a clock of its own, and sees to
// it that nothing is left of them.
func virtually(t *testing.T, servers, clients, maxRaftState int, test func(*cluster)) {
	seedElections(1)
	synctest.Test(t, func(t *testing.T) {
		var lose atomic.Pointer[func(labrpc.Message) bool]
		c := newCluster(t, servers, clients, maxRaftState, labrpc.Options{
			Fates: labrpc.FatesFunc(func(m labrpc.Message) labrpc.Fate {
				f := lose.Load()
				return labrpc.Fate{Latency: hop, Drop: f != nil && (*f)(m)}
			}),
		})
		c.lose = &lose
		test(c)
		c.close()
	})
}

// seedElections makes the timeouts of elections repeatable.
func seedElections(seed int64) {
	rand.Seed(seed) //lint:ignore SA1019 nothing else does it
}

func newCluster(t testing.TB, servers, clients, maxRaftState int, o labrpc.Options) *cluster {
	o.OnError = func(err error) { t.Error(err) }
	c := &cluster{
		t: t, limit: maxRaftState, servers: make([]*KVServer, servers),
		net:   labrpc.New(servers+clients, o),
		guard: time.AfterFunc(endless, func() { panic("an operation does not return") }),
	}
	for i := range servers {
		c.disks = append(c.disks, &disk{})
		c.start(i)
	}
	return c
}

// start starts a server that is down.
func (c *cluster) start(i int) {
	ends := c.net.Boot(i)[:len(c.servers)]
	kv := StartKVServer(ends, i, c.disks[i].mount(), c.limit).(*KVServer)
	c.servers[i] = kv
	require.NoError(c.t, c.net.Serve(i, kv))
	require.NoError(c.t, c.net.Serve(i, kv.Raft()))
}

// readBy has all servers answer Gets in a way, before anybody asks them.
func (c *cluster) readBy(reads Reads) {
	c.readOver(reads, func(rf raftapi.Raft) raftapi.Raft { return rf })
}

// readOver is readBy over another Raft. A server is served anew: whoever asks it
// from then on sees the change.
func (c *cluster) readOver(reads Reads, other func(raftapi.Raft) raftapi.Raft) {
	for i, kv := range c.servers {
		kv.read = reads.over(other(kv.rf))
		require.NoError(c.t, c.net.Serve(i, kv))
	}
}

// crash ends a server: nothing that it sends or saves from now on has an effect.
func (c *cluster) crash(i int) {
	c.net.Crash(i)
	c.disks[i].unmount()
	c.servers[i].Kill()
	c.servers[i] = nil
}

// close kills all servers. What they leave behind, the bubble reports.
func (c *cluster) close() {
	for i := range c.servers {
		if c.servers[i] != nil {
			c.crash(i)
		}
	}
	time.Sleep(2 * time.Second)
	c.net.Close()
	c.guard.Stop()
}

// client is the number of a client on the network.
func (c *cluster) client(k int) int { return len(c.servers) + k }

// ends are a client's to all servers.
func (c *cluster) ends(k int) []*labrpc.ClientEnd {
	return c.net.Boot(c.client(k))[:len(c.servers)]
}

func (c *cluster) clerk(k int) kvapi.Clerk { return MakeClerk(c.ends(k)) }

// leader is who leads the latest term among some servers, all of them if none are
// named. It waits for one.
func (c *cluster) leader(among ...int) int {
	if len(among) == 0 {
		for i := range c.servers {
			among = append(among, i)
		}
	}
	for began := time.Now(); time.Since(began) < electionTime; time.Sleep(time.Millisecond) {
		best, bestTerm := -1, 0
		for _, i := range among {
			if c.servers[i] == nil {
				continue
			}
			if term, leads := c.servers[i].Raft().GetState(); leads && term > bestTerm {
				best, bestTerm = i, term
			}
		}
		if best >= 0 {
			return best
		}
	}
	require.FailNow(c.t, "there is no leader")
	return -1
}

// machine is a copy of a server's.
func (c *cluster) machine(i int) machine {
	c.servers[i].mu.Lock()
	defer c.servers[i].mu.Unlock()
	m := c.servers[i].machine
	return machine{values: maps.Clone(m.values), sessions: maps.Clone(m.sessions)}
}

// others are all servers but one.
func (c *cluster) others(than int) (others []int) {
	for i := range c.servers {
		if i != than {
			others = append(others, i)
		}
	}
	return others
}

// isolate cuts a server from the others, but not from the clients.
func (c *cluster) isolate(i int) {
	for _, j := range c.others(i) {
		c.net.Cut(i, j)
		c.net.Cut(j, i)
	}
}

// took is how long f takes.
func took(f func()) time.Duration {
	began := time.Now()
	f()
	return time.Since(began)
}

// disk is a server's stable storage. It outlives the instances.
type disk struct {
	state, snapshot atomic.Pointer[[]byte]
	mounted         atomic.Pointer[persister]
}

// persister is one instance's way to its disk.
type persister struct{ *disk }

func (d *disk) mount() raftapi.Persister {
	p := &persister{d}
	d.mounted.Store(p)
	return p
}

func (d *disk) unmount() { d.mounted.Store(nil) }

func (p *persister) Save(raftState, snapshot []byte) {
	if p.mounted.Load() == p {
		state, snapshot := read(&raftState), read(&snapshot)
		p.state.Store(&state)
		p.snapshot.Store(&snapshot)
	}
}

func (p *persister) ReadRaftState() []byte { return read(p.state.Load()) }
func (p *persister) ReadSnapshot() []byte  { return read(p.snapshot.Load()) }
func (p *persister) RaftStateSize() int    { return size(p.state.Load()) }
func (p *persister) SnapshotSize() int     { return size(p.snapshot.Load()) }

// read copies what is there.
func read(b *[]byte) []byte {
	if b == nil {
		return []byte{}
	}
	return append([]byte{}, *b...)
}

func size(b *[]byte) int {
	if b == nil {
		return 0
	}
	return len(*b)
}
