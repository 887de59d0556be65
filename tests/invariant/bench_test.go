package invariant

import (
	"fmt"
	"testing"
	"time"

	"raftlabs/tests/wire"
)

// A mixed run: elections, small requests, crashes, snapshots.
func BenchmarkMixedRun(b *testing.B) {
	var run []Event
	w := newWorld(3, design{servers: 5, durable: true, noop: true, snapshots: true, calm: true}, func(e Event) { run = append(run, e) })
	w.run(50_000)
	b.ReportAllocs()
	for b.Loop() {
		c := New(Options{Servers: 5, Durable: true})
		for _, e := range run {
			c.Observe(e)
		}
	}
	b.ReportMetric(float64(len(run))*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// heartbeats is the commonest thing of all.
func BenchmarkHeartbeats(b *testing.B) {
	p := newTape(Options{Servers: 5, Durable: true})
	p.elect(0, 1, place{}, 1, 2)
	p.start(0, 10, 1, 1)
	p.replicates(0, ae(1, 0, 0, 0, e(1, 10)), 1, 2, 3, 4)
	m := p.draft(0, 1, ae(1, 1, 1, 1))
	reply := ok(1)
	b.ReportAllocs()
	for b.Loop() {
		m.e.Num++
		m.emit(Sent, nil).emit(Delivered, nil).emit(Replied, reply).emit(Returned, reply)
	}
	b.ReportMetric(4*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	if p.found != nil {
		b.Fatal(p.found[0])
	}
}

// longRun is a log of so many entries that a leader takes one by one and sends to
// four followers in batches, which everybody applies; and a restart after which
// the next leader sends all of it again to one of them.
func longRun(c *Checker, entries, batch int) (events int) {
	p := &tape{Checker: c, inc: make([]int, 5)}
	count := func() int { return int(p.now / time.Millisecond) }
	for i := range 5 {
		p.boot(i)
	}
	p.elect(0, 1, place{}, 1, 2)
	log := make([]wire.Entry, entries)
	for k := range log {
		log[k] = wire.Entry{Term: 1, Command: k + 1}
	}
	send := func(from, to, term, k, commit int) {
		prev := 0
		if k > 0 {
			prev = 1
		}
		p.rpc(from, to, ae(term, k, prev, commit, log[k:min(k+batch, entries)]...), ok(term))
	}
	for k := 0; k < entries; k += batch {
		for i := k; i < min(k+batch, entries); i++ {
			p.start(0, i+1, i+1, 1)
		}
		for f := 1; f < 5; f++ {
			send(0, f, 1, k, k)
		}
		for s := range 5 {
			for i := k; i < min(k+batch, entries); i++ {
				p.apply(s, i+1, i+1)
			}
		}
	}
	p.elect(1, 2, place{entries, 1}, 2, 3)
	for k := 0; k < entries; k += batch {
		send(1, 4, 2, k, entries)
	}
	if p.found != nil {
		panic(p.found[0])
	}
	return count()
}

func BenchmarkLongLog(b *testing.B) {
	for _, entries := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprint(entries), func(b *testing.B) {
			events := 0
			b.ReportAllocs()
			for b.Loop() {
				events += longRun(New(Options{Servers: 5, Durable: true}), entries, 500)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(entries*b.N), "ns/entry")
			b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
