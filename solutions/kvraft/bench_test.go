package kvraft

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"raftlabs/kvraft/kvapi"
	"raftlabs/labrpc"
)

// benchLimit is maxRaftState in the benchmarks: some hundreds of operations. Every
// save holds the whole log, so without snapshots an operation would cost more the
// more there were before.
const benchLimit = 32 << 10

// BenchmarkOperations is how many operations a second the service executes for so
// many clerks at once, half of them Gets, each clerk on a key of its own. It
// runs on the wall clock, without faults, and is of use without the race detector
// only:
//
//	go test ./solutions/kvraft -run '^$' -bench . -benchtime 3000x
//
// Everything is in one process: what is measured is the work of all servers and
// clerks together, the network's copying included. A message takes one
// nanosecond, which on the wall clock is what the runtime takes to fire a timer.
func BenchmarkOperations(b *testing.B) {
	for _, servers := range []int{3, 5} {
		for _, clerks := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("servers=%d/clerks=%d", servers, clerks), func(b *testing.B) {
				benchmark(b, servers, clerks)
			})
		}
	}
}

func benchmark(b *testing.B, servers, clerks int) {
	c := newCluster(b, servers, clerks, benchLimit, labrpc.Options{
		Fates: labrpc.FatesFunc(func(labrpc.Message) labrpc.Fate { return labrpc.Fate{Latency: 1} }),
	})
	defer c.close()
	var all []kvapi.Clerk
	for k := range clerks {
		all = append(all, c.clerk(k))
		all[k].Put(key(k), "before") // now it knows the leader
	}
	requests := func() int {
		sent, _ := c.net.Stats().Total("Raft.AppendEntries")
		return sent.Messages
	}
	before := requests()
	b.ReportAllocs()
	b.ResetTimer()
	var working sync.WaitGroup
	for k, ck := range all {
		working.Go(func() {
			for i := k; i < b.N; i += clerks {
				if i/clerks%2 == 0 {
					ck.Put(key(k), "a value of some length, as values go")
				} else {
					ck.Get(key(k))
				}
			}
		})
	}
	working.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "operations/s")
	b.ReportMetric(float64(clerks)/float64(b.N)*b.Elapsed().Seconds()*1e3, "ms/operation")
	b.ReportMetric(float64(requests()-before)/float64(b.N), "AppendEntries/op")
}

// BenchmarkReads is how many Gets a second the service answers for so many clerks
// at once, each way: nobody writes meanwhile. What a read costs the servers among
// themselves is AppendEntries/read, heartbeats included.
func BenchmarkReads(b *testing.B) {
	ways := []struct {
		name  string
		reads Reads
	}{{"log", ByLog}, {"ReadIndex", ByReadIndex}, {"lease", ByLease}}
	for _, servers := range []int{3, 5} {
		for _, clerks := range []int{1, 64} {
			for _, way := range ways {
				b.Run(fmt.Sprintf("servers=%d/clerks=%d/%s", servers, clerks, way.name), func(b *testing.B) {
					benchmarkReads(b, servers, clerks, way.reads)
				})
			}
		}
	}
}

func benchmarkReads(b *testing.B, servers, clerks int, reads Reads) {
	c := newCluster(b, servers, clerks, benchLimit, labrpc.Options{
		Fates: labrpc.FatesFunc(func(labrpc.Message) labrpc.Fate { return labrpc.Fate{Latency: 1} }),
	})
	defer c.close()
	c.readBy(reads)
	var all []kvapi.Clerk
	for k := range clerks {
		all = append(all, c.clerk(k))
		all[k].Put(key(k), "a value of some length, as values go")
	}
	requests := func() int {
		sent, _ := c.net.Stats().Total("Raft.AppendEntries")
		return sent.Messages
	}
	before := requests()
	b.ReportAllocs()
	b.ResetTimer()
	var working sync.WaitGroup
	for k, ck := range all {
		working.Go(func() {
			for i := k; i < b.N; i += clerks {
				ck.Get(key(k))
			}
		})
	}
	working.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reads/s")
	b.ReportMetric(float64(requests()-before)/float64(b.N), "AppendEntries/read")
}

func key(k int) string { return fmt.Sprint("key", k) }

// BenchmarkSnapshot is how long a snapshot of so many keys takes. Nobody is
// answered meanwhile.
func BenchmarkSnapshot(b *testing.B) {
	for _, keys := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			m := newMachine()
			for k := range keys {
				m.apply(Op{Kind: Put, Key: key(k), Value: "a value of some length, as values go", Clerk: int64(k), Seq: 1})
			}
			began := time.Now()
			var data []byte
			for b.Loop() {
				data = encode(m, 1)
			}
			b.ReportMetric(float64(b.N*keys)/time.Since(began).Seconds(), "keys/s")
			b.ReportMetric(float64(len(data)), "B")
		})
	}
}
