package raft

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
)

// The benchmarks run on the wall clock, without faults, and are of use without
// the race detector only:
//
//	go test ./solutions/raft -run '^$' -bench . -benchmem
//
// Everything is in one process: what they measure is the work of all servers
// together, the network's copying included. A message takes one nanosecond, the
// least that the network allows, which on the wall clock is what the runtime
// takes to fire a timer. A disk is a variable, so that a save costs its encoding
// and a copy.

// snapshotEvery is how often the service of a benchmark takes a snapshot, in
// entries. Every save holds the whole log (raftapi.Persister), so with a log
// that is never trimmed a command would cost more the more there were before.
const snapshotEvery = 1000

// memory is a disk.
type memory struct{ state, snapshot atomic.Pointer[[]byte] }

func newMemory(state, snapshot []byte) *memory {
	m := &memory{}
	m.Save(state, snapshot)
	return m
}

func (m *memory) Save(state, snapshot []byte) {
	state, snapshot = append([]byte{}, state...), append([]byte{}, snapshot...)
	m.state.Store(&state)
	m.snapshot.Store(&snapshot)
}

func (m *memory) ReadRaftState() []byte { return append([]byte{}, *m.state.Load()...) }
func (m *memory) ReadSnapshot() []byte  { return append([]byte{}, *m.snapshot.Load()...) }
func (m *memory) RaftStateSize() int    { return len(*m.state.Load()) }
func (m *memory) SnapshotSize() int     { return len(*m.snapshot.Load()) }

// bench is a cluster with a service above each server.
type bench struct {
	net     *labrpc.Network
	servers []raftapi.Raft
	applied []atomic.Int64 // by server: the last index
	told    []chan int     // by server: it, each time it changes, if somebody reads
	stop    chan struct{}
}

// newBench makes the network of n servers, all of them down.
func newBench(n int) *bench {
	c := &bench{
		net: labrpc.New(n, labrpc.Options{Fates: labrpc.FatesFunc(func(labrpc.Message) labrpc.Fate {
			return labrpc.Fate{Latency: 1}
		})}),
		servers: make([]raftapi.Raft, n),
		applied: make([]atomic.Int64, n),
		stop:    make(chan struct{}),
	}
	for range n {
		c.told = append(c.told, make(chan int, 1))
	}
	return c
}

// start starts a server. every is how often its service takes a snapshot, 0
// for never.
func (c *bench) start(b *testing.B, i int, disk *memory, every int) {
	applyCh := make(chan raftapi.ApplyMsg)
	rf := Make(c.net.Boot(i), i, disk, applyCh)
	go c.serve(i, rf, applyCh, every)
	if err := c.net.Serve(i, rf); err != nil {
		b.Fatal(err)
	}
	c.servers[i] = rf
}

// serve is the service: it reads.
func (c *bench) serve(i int, rf raftapi.Raft, applyCh chan raftapi.ApplyMsg, every int) {
	for {
		select {
		case msg := <-applyCh:
			index := msg.CommandIndex + msg.SnapshotIndex
			if every > 0 && msg.CommandValid && index%every == 0 {
				rf.Snapshot(index, binary.LittleEndian.AppendUint64(nil, uint64(index)))
			}
			c.applied[i].Store(int64(index))
			select {
			case c.told[i] <- index:
			default: // it is told something already, and looks at applied
			}
		case <-c.stop:
			return
		}
	}
}

func (c *bench) close() {
	for i, rf := range c.servers {
		c.net.Crash(i)
		rf.Kill()
	}
	time.Sleep(maxElectionTimeout)
	close(c.stop)
	c.net.Close()
}

// leader waits until a server leads.
func (c *bench) leader() int {
	for ; ; time.Sleep(time.Millisecond) {
		for i, rf := range c.servers {
			if rf == nil {
				continue
			}
			if _, leads := rf.GetState(); leads {
				return i
			}
		}
	}
}

// BenchmarkCommit is the time from a command's Start to its place in the
// leader's service, where so many other commands are under way at any time.
func BenchmarkCommit(b *testing.B) {
	for _, servers := range []int{3, 5} {
		for _, outstanding := range []int{1, 64} {
			b.Run(fmt.Sprintf("servers=%d/outstanding=%d", servers, outstanding), func(b *testing.B) {
				commit(b, servers, outstanding)
			})
		}
	}
}

func commit(b *testing.B, servers, outstanding int) {
	c := newBench(servers)
	defer c.close()
	for i := range servers {
		c.start(b, i, newMemory(nil, nil), snapshotEvery)
	}
	leader := c.leader()
	time.Sleep(4 * heartbeatInterval)

	before := c.net.Stats()
	b.ReportAllocs()
	b.ResetTimer()
	started, finished := 0, 0
	for finished < b.N {
		for started < b.N && started-finished < outstanding {
			if _, _, leads := c.servers[leader].Start(started); !leads {
				b.Fatal("the leader was deposed")
			}
			started++
		}
		<-c.told[leader]
		finished = int(c.applied[leader].Load())
	}
	b.StopTimer()
	var t traffic
	t.add(before, c.net.Stats())
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
	t.report(b)
}

// traffic is what a network has carried.
type traffic struct{ rpcs, bytes int }

func (t *traffic) add(before, after labrpc.Stats) {
	requests, replies := after.Total("")
	requestsBefore, repliesBefore := before.Total("")
	t.rpcs += requests.Messages - requestsBefore.Messages
	t.bytes += requests.Bytes - requestsBefore.Bytes + replies.Bytes - repliesBefore.Bytes
}

func (t *traffic) report(b *testing.B) {
	b.ReportMetric(float64(t.rpcs)/float64(b.N), "RPCs/op")
	b.ReportMetric(float64(t.bytes)/float64(b.N), "wire-B/op")
}

// BenchmarkCatchUp is the time from the start of an empty follower until it has
// applied the 100,000 entries that two other servers hold. log: all of them are
// in the logs. snapshot: the logs were trimmed to nothing, and a snapshot of
// 1 MB stands for them. Either begins with the wait for the leader's next
// heartbeat, up to 50 ms, by which it notices the follower. The heap is what the follower and its disk have added
// in the end, after garbage collection.
func BenchmarkCatchUp(b *testing.B) {
	const entries = 100_000
	b.Run("log", func(b *testing.B) {
		var log raftLog
		for k := range entries {
			log.append(LogEntry{Term: 1, Command: k})
		}
		state := persistent{CurrentTerm: 1, VotedFor: nobody}
		state.Blocks, state.Tail = log.blocks()
		catchUp(b, encode(state), nil, entries)
	})
	b.Run("snapshot", func(b *testing.B) {
		state := persistent{CurrentTerm: 1, VotedFor: nobody, LastIncludedIndex: entries, LastIncludedTerm: 1}
		catchUp(b, encode(state), make([]byte, 1<<20), entries)
	})
}

func catchUp(b *testing.B, state, snapshot []byte, entries int64) {
	b.ReportAllocs()
	var t traffic
	var added float64
	const follower = 2
	for range b.N {
		b.StopTimer()
		c := newBench(3)
		c.start(b, 0, newMemory(state, snapshot), 0)
		c.start(b, 1, newMemory(state, snapshot), 0)
		for c.applied[0].Load() <= entries || c.applied[1].Load() <= entries {
			c.servers[c.leader()].Start(-1) // commits what is before it
			time.Sleep(heartbeatInterval)
		}
		without, before := heap(), c.net.Stats()

		b.StartTimer()
		c.start(b, follower, newMemory(nil, nil), 0)
		for c.applied[follower].Load() < entries {
			time.Sleep(100 * time.Microsecond)
		}
		b.StopTimer()

		t.add(before, c.net.Stats())
		added += heap() - without
		c.close()
	}
	t.report(b)
	b.ReportMetric(added/float64(b.N)/(1<<20), "heap-MB")
}

// heap is the number of bytes in use.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
