package rafttest

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Scenario cases about what snapshots cost: memory, messages and time.

func logTrimmed(t *lab.T, make raftapi.MakeFunc) {
	longRun(t, make)
	trimmedMemory(t, make)
	installedMemory(t, make)
}

// longRun submits megabytes, a snapshot at a time.
func longRun(t *lab.T, make raftapi.MakeFunc) {
	const size, every, batch, rounds = 5_000, 20, 10, 32
	c := cluster.New(t, 3, make, cluster.Options{Service: cluster.Service{Every: every}})
	leader := c.Settle()
	var half uint64
	events := 0
	for round := range rounds {
		var last cluster.Submission
		for range batch {
			last = c.Submit(leader.Server, large(c, size))
		}
		c.AwaitApplied(time.Second, last, c.All()...)
		for _, i := range c.All() {
			if got, most := c.PersistBytes(i), 3*every*size; got > most {
				t.Failf("§7", "S%d has applied up to index %d, its service takes a snapshot every %d entries of %d kB, and PersistBytes is %d, more than %d: the log is to be trimmed at each snapshot",
					i, c.Applied(i), every, size/1000, got, most)
			}
		}
		if round == rounds/2-1 {
			half, events = heap(), t.Recorder().Len()
		}
	}
	// Submitted since, and each server holds it unless it is trimmed. The run's own
	// record, some 250 bytes an event, grows with the messages.
	const more = batch * rounds / 2 * size
	record := 300 * int64(t.Recorder().Len()-events)
	if grown := int64(heap()) - int64(half); grown > more/2+record {
		t.Failf("§7", "%d kB of commands were submitted, applied and covered by snapshots, and the memory in use grew by %d kB meanwhile, up to %d kB of it the record of the run: something keeps commands alive that are in a snapshot",
			more/1000, grown/1000, record/1000)
	}
	c.Close()
}

// trimmedMemory lets a long log grow and has all of it covered by snapshots at
// once: its memory is to be free then, not when the log has grown again.
func trimmedMemory(t *lab.T, make raftapi.MakeFunc) {
	const size, entries, tail = 25_000, 40, 2
	c := cluster.New(t, 3, make, cluster.Options{})
	leader := c.Settle()
	empty := heap()
	var last cluster.Submission
	for range entries {
		// One at a time: the network's buffers grow with the largest message.
		last = c.Submit(leader.Server, large(c, size))
		c.AwaitApplied(time.Second, last, c.All()...)
	}
	full := heap()
	for _, i := range c.All() {
		c.Snapshot(i, last.Index-tail)
	}
	// Some more agreement, so that what was held for the sake of a message is not
	// counted.
	agreeOn(c, 2)
	t.Sleep(time.Second)
	left := int64(heap()) - int64(empty)
	t.Count("kB with the logs", int(full-empty)/1000)
	t.Count("kB without", int(left)/1000)
	if left > 3*size*entries/2 {
		t.Failf("§7", "3 servers held logs of %d kB each. Snapshots cover all but %d kB of them, and %d kB more memory is in use than before: %s",
			size*entries/1000, tail*size/1000, left/1000, stillReachable)
	}
	c.Close()
}

const stillReachable = "the trimmed entries are still reachable. A slice of the old log, log[k:], keeps the whole array alive; copy what stays"

// installedMemory is trimmedMemory for a log whose beginning a leader's
// snapshot takes the place of.
func installedMemory(t *lab.T, make raftapi.MakeFunc) {
	const size, entries, tail = 25_000, 40, 2
	p := playedLeader(t, make, terms(entries, 0)...)
	for i := range p.log {
		p.log[i].Command = large(p.Cluster, size)
	}
	p.give(0, 1, 0, "its log was empty")
	empty := heap()
	for i := 1; i < entries; i++ {
		p.give(i, i+1, 0, "it holds the entry before")
	}
	p.install(entries - tail)
	p.applies(entries-tail, "S1 has sent a snapshot there")
	p.holds(entries, "it has acknowledged this entry, and S1's snapshot is of the same term as its own entry")
	p.rest(time.Second)
	if left := int64(heap()) - int64(empty); left > size*entries/2 {
		t.Failf("§7", "S0 held a log of %d kB. S1's snapshot covers all but %d kB of it, and %d kB more memory is in use than before: %s",
			size*entries/1000, tail*size/1000, left/1000, stillReachable)
	}
	runtime.KeepAlive(p) // S1's own log is in use in both measurements
}

// large is a new command of about that many bytes.
func large(c *cluster.Cluster, size int) string {
	return fmt.Sprintf("%d %s", c.Next(), strings.Repeat("x", size))
}

// heap is the memory in use, after garbage collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what the first one put into pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func installOnce(t *lab.T, make raftapi.MakeFunc) {
	// One to learn what it lacks, one for the snapshot, and for each entry behind that.
	const trips = 2 + snapshotEvery
	const lag, catchUp = 100, callTime + 2*slowestHeartbeat + trips*4*cluster.Hop
	c := snapshotCluster(t, 3, make, labrpc.Faults{})
	j := keepJournal(t, c)
	for range 3 {
		leader := c.Settle()
		far := (leader.Server + 1) % c.Size()
		rest := without(c.All(), far)
		c.Crash(far)
		last := burst(c, leader.Server, lag)
		c.AwaitApplied(3*time.Second, last, rest...) // one entry a round trip, at worst
		t.Sleep(slowestHeartbeat)

		before := installs(c, far)
		c.Start(far)
		start := t.Now()
		in := c.Await(catchUp, func() bool { return c.Has(far, last) })
		st := c.State(leader.Server)
		same := st.Leader && st.Term == leader.Term
		if !in && same {
			t.Failf("§7", "S%d came back %d entries behind %v ago, its leader S%d has dropped these entries, and it has not caught up: the snapshot is to be sent as soon as the leader knows that S%d needs it",
				far, lag, t.Now()-start, leader.Server, far)
		}
		c.Agree(c.Next(), c.All()...)
		t.Sleep(time.Second)
		most := 2
		if !same {
			most = 4 // by two leaders: it may have campaigned before it was found
		}
		if n := installs(c, far) - before; n > most {
			t.Failf("§7", "S%d came back %d entries behind and was sent %d snapshots: one will do, and it arrived", far, lag, n)
		}
		j.lean(far, 2*snapshotEvery, start)
	}
}

// callTime is how long a Call to a server that is down takes to return, at
// most.
const callTime = 2 * labrpc.DefaultTimeout

func snapshotLost(t *lab.T, make raftapi.MakeFunc) {
	for _, reply := range []bool{false, true} {
		c := snapshotCluster(t, 3, make, labrpc.Faults{})
		agreeOn(c, 2)
		leader := c.Settle().Server
		far := (leader + 1) % c.Size()
		rest := without(c.All(), far)
		c.Crash(far)
		last := burst(c, leader, 3*snapshotEvery)
		c.AwaitApplied(time.Second, last, rest...)

		lost := 0
		c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
			if p.Method == wire.InstallSnapshot && p.To == far && p.Message.Reply == reply && lost < 3 {
				f.Drop = true
				lost++
			}
			return f
		})
		c.Start(far)
		c.Agree(c.Next(), c.All()...)
		c.Meddle(nil)
		c.Close()
	}
}

func snapshotReplyTerm(t *lab.T, make raftapi.MakeFunc) {
	const latency = 2500 * time.Millisecond
	c := snapshotCluster(t, 3, make, labrpc.Faults{})
	leader := c.Settle()
	far := (leader.Server + 1) % c.Size()
	rest := without(c.All(), far)
	c.Crash(far)
	last := burst(c, leader.Server, 2*snapshotEvery)
	c.AwaitApplied(time.Second, last, rest...)

	// Once a snapshot is on its way, which takes long, it is all that passes
	// between the two and the third. So the lagging server campaigns, and nobody hears of it
	// until the snapshot's answer. A leader that does not wait so long for an
	// answer may send it again later.
	onItsWay, sender, asked, answered := false, 0, 0, 0
	var since time.Duration
	c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
		switch {
		case p.Method == wire.InstallSnapshot && p.To == far && p.Message.Reply:
			answered = max(answered, wire.Term(p.Reply))
		case p.Method == wire.InstallSnapshot && p.To == far && !onItsWay:
			onItsWay, sender, asked, since = true, p.From, wire.Term(p.Request), t.Now()
			f.Latency = latency
		case p.Method == wire.InstallSnapshot && p.To == far && t.Now() > since+latency:
		default:
			f.Drop = onItsWay && (p.From == far || p.To == far)
		}
		return f
	})
	c.Start(far)
	t.Sleep(latency + 2*time.Second)
	var from, old, told int
	c.Do(func() { from, old, told = sender, asked, answered })
	if told <= old {
		return // it does not raise its term where it reaches nobody
	}
	t.Count("higher terms in replies", 1)
	if st := c.State(from); st.Term < told {
		t.Failf("§5.1, Figure 2, All Servers", "S%d led term %d and sent S%d a snapshot, which was answered with Term %d, but %v: a higher term in any reply is adopted, and makes a leader follow",
			from, old, far, told, st)
	}
	c.Meddle(nil)
	c.Agree(c.Next(), c.All()...)
}

func bigSnapshot(t *lab.T, make raftapi.MakeFunc) {
	const size, span = 1 << 20, 3 * time.Second
	c := cluster.New(t, 3, make, cluster.Options{Service: cluster.Service{Every: snapshotEvery, Size: size}})
	leader := c.Settle()
	far := (leader.Server + 1) % c.Size()
	rest := without(c.All(), far)
	c.Crash(far)
	last := burst(c, leader.Server, 2*snapshotEvery)
	c.AwaitApplied(time.Second, last, rest...)

	// A second on the way: longer than any election timeout. Where the leader
	// sends nothing else meanwhile, the lagging server campaigns, which is nobody's fault and
	// not what this is about.
	w := slowSnapshots(c, leader, far, time.Second)
	c.Start(far)
	for start := t.Now(); t.Now()-start < span; t.Sleep(100 * time.Millisecond) {
		s := c.Submit(leader.Server, c.Next())
		if !s.Leader {
			t.Failf("§5.2, §7", "S%d led term %d and leads no more, but S%d, which needs a snapshot, is the only one that could be slow", leader.Server, leader.Term, far)
		}
		c.AwaitApplied(7*cluster.Hop, s, leader.Server)
		c.AwaitApplied(slowestHeartbeat+7*cluster.Hop, s, rest...)
	}
	var sent []time.Duration
	c.Do(func() { sent = w.sent })
	t.Count("snapshots sent", len(sent))
	if len(sent) == 0 {
		t.Failf("§7", "S%d has been back for %v and lacks %d entries that its leader S%d has dropped, and was sent no snapshot", far, span, 2*snapshotEvery, leader.Server)
	}
	for k := range sent {
		const most = 3
		if k+most < len(sent) && sent[k+most]-sent[k] < 900*time.Millisecond {
			t.Failf("§7", "S%d sent S%d its snapshot of 1 MB %d times within %v, though the first one was still on its way, which takes 1 s: a heartbeat is no reason to send it again",
				leader.Server, far, most+1, sent[k+most]-sent[k])
		}
	}
	c.Meddle(nil)
	c.Agree(c.Next(), c.All()...)

	// Once it has arrived, it is not sent again.
	c.Settle()
	before := installs(c, far)
	t.Sleep(span)
	if n := installs(c, far) - before; n > 0 {
		t.Failf("§7", "S%d has caught up and nothing is submitted, but it was sent %d snapshots within %v", far, n, span)
	}
}

// slow is what slowSnapshots has seen.
type slow struct {
	sent []time.Duration // when each InstallSnapshot left
}

// slowSnapshots has InstallSnapshot from a leader to one server take a while,
// and keeps what that server makes of it from deposing the leader.
func slowSnapshots(c *cluster.Cluster, leader cluster.State, far int, latency time.Duration) *slow {
	w := &slow{}
	c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
		switch {
		case p.Method == wire.InstallSnapshot && p.To == far && !p.Message.Reply:
			f.Latency += latency
			w.sent = append(w.sent, p.At)
		case p.From == far && !p.Message.Reply:
			f.Drop = true
		case p.To == far && p.Message.Reply && wire.Term(p.Reply) > leader.Term:
			f.Drop = true
		}
		return f
	})
	return w
}

func snapshotLoad(t *lab.T, make raftapi.MakeFunc) {
	steadyLoad(t, make, 0)
	steadyLoad(t, make, 80*time.Millisecond)
	stalledLoad(t, make)
}

// steadyLoad has a server come back in the middle of a steady load, with leaders
// that drop entries after every few: whenever a snapshot arrives, the entries
// behind it may be gone.
func steadyLoad(t *lab.T, make raftapi.MakeFunc, latency time.Duration) {
	const every, interval, commands = 3, 4 * time.Millisecond, 400
	const lagging = time.Second
	c := cluster.New(t, 3, make, cluster.Options{Service: cluster.Service{Every: every}})
	leader := c.Settle()
	far := (leader.Server + 1) % c.Size()
	c.Crash(far)
	burst(c, leader.Server, 5*every)
	c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
		if p.Method == wire.InstallSnapshot && p.To == far && !p.Message.Reply {
			f.Latency += latency
		}
		return f
	})
	before := installs(c, far)
	c.Start(far)
	start := t.Now()
	var committed []int // when each command was submitted
	const ago = int(lagging / interval)
	for k := range commands {
		if s := c.Submit(leader.Server, c.Next()); !s.Leader {
			leader = c.OneLeader()
		}
		committed = append(committed, c.Committed())
		t.Sleep(interval)
		if got := c.Applied(far); k >= ago && got < committed[k-ago] {
			t.Overduef("§7", "S%d has been back for %v and has applied up to index %d, but index %d was committed %v ago: under a steady load, with a snapshot every %d entries, it never catches up",
				far, t.Now()-start, got, committed[k-ago], lagging, every)
		}
	}
	spent := t.Now() - start
	c.Agree(c.Next(), c.All()...)
	if n, most := installs(c, far)-before, commands/every+10; n > most {
		t.Failf("§7", "S%d was sent %d snapshots within %v, in which its leader's service took about %d: some were sent more than once, although they arrive",
			far, n, spent, commands/every)
	}
	c.Close()
}
