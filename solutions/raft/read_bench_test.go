package raft

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"raftlabs/raft/raftapi"
)

// BenchmarkRead is how many reads a second a leader can answer, for so many
// readers at once, by an entry of the log for each, by ReadIndex and by lease. A
// read by ReadIndex or by lease ends with the index: with nobody who writes, it
// is applied already.
func BenchmarkRead(b *testing.B) {
	ways := []struct {
		name string
		read func(raftapi.Reader) (int, bool)
	}{
		{"ReadIndex", raftapi.Reader.ReadIndex},
		{"LeaseRead", raftapi.Reader.LeaseRead},
	}
	for _, servers := range []int{3, 5} {
		for _, readers := range []int{1, 64} {
			b.Run(fmt.Sprintf("servers=%d/readers=%d/log", servers, readers), func(b *testing.B) {
				commit(b, servers, readers)
			})
			for _, way := range ways {
				b.Run(fmt.Sprintf("servers=%d/readers=%d/%s", servers, readers, way.name), func(b *testing.B) {
					readMany(b, servers, readers, way.read)
				})
			}
		}
	}
}

func readMany(b *testing.B, servers, readers int, read func(raftapi.Reader) (int, bool)) {
	c := newBench(servers)
	defer c.close()
	for i := range servers {
		c.start(b, i, newMemory(nil, nil), snapshotEvery)
	}
	leader := c.servers[c.leader()].(raftapi.Reader)
	leader.ReadIndex()
	time.Sleep(4 * heartbeatInterval)

	before := c.net.Stats()
	b.ReportAllocs()
	b.ResetTimer()
	var left atomic.Int64
	left.Store(int64(b.N))
	var reading sync.WaitGroup
	for range readers {
		reading.Go(func() {
			for left.Add(-1) >= 0 {
				if _, ok := read(leader); !ok {
					b.Error("the leader does not know")
				}
			}
		})
	}
	reading.Wait()
	b.StopTimer()
	var t traffic
	t.add(before, c.net.Stats())
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reads/s")
	t.report(b)
}
