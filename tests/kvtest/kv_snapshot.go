package kvtest

import (
	"fmt"
	"strings"
	"time"

	"raftlabs/kvraft/kvapi"
	"raftlabs/labrpc"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// The cases about snapshots of the service: how large, and what is in them.
var snapshotCases = []lab.Case[kvapi.Service]{
	{Name: "SnapshotBound", Kind: lab.Scenario, Points: 1, Rule: "§7", Run: snapshotBound,
		Doc: "PersistBytes stays below 8 times maxRaftState, and a snapshot is not much larger than what is in it"},
	{Name: "SnapshotRecover", Kind: lab.Scenario, Points: 1.5, Rule: "§7, §8", Run: snapshotRecover,
		Doc: "servers go on from snapshots, their own and a leader's, as if nothing had been: values and sessions"},
	{Name: "SnapshotInstallWaits", Kind: lab.Scenario, Points: 1, Rule: "§7", Run: snapshotInstallWaits,
		Doc: "a leader that was cut off installs a snapshot that jumps over what its clerks wait for: they get an answer"},
	{Name: "NoSnapshot", Kind: lab.Scenario, Points: 0.5, Rule: "kvapi, what a service promises", Run: noSnapshot,
		Doc: "without a limit, -1, no snapshot is taken"},
	{Name: "DedupBounded", Kind: lab.Scenario, Points: 1, Rule: "§8", Run: dedupBounded,
		Doc: "what is kept to know repeated requests grows with the clerks, not with their operations"},
}

// bound is what PersistBytes may come to at rest.
const bound = 8 * limited

func snapshotBound(t *lab.T, service kvapi.Service) {
	const clients, most = 2, 60 // bytes a value
	r := start(t, service, 3, clients, limited, cluster.Options{})
	s := []*hand{r.hand(0), r.hand(1)}
	for round := range 10 {
		for k := range clients {
			s[k].tell(func(c *client) {
				for i := range 10 {
					c.Put(fmt.Sprint("k", k), strings.Repeat(string(rune('a'+i)), most))
				}
			})
		}
		r.wait(undisturbed)
		t.Sleep(time.Second)
		r.bounded(lab.Sentence("%d operations were executed, nothing disturbed them", (round+1)*10*clients))
		const content = clients * (2*most + 4) // a value a key, and perhaps the last answer a clerk
		for _, i := range r.All() {
			if got, most := r.Disk(i).SnapshotSize(), content+2*clients*64+1024; got > most {
				t.Fail(lab.Failure{
					Text:     lab.Sentence("the snapshot of S%d is much larger than what belongs into it: %d keys, their values of up to %d bytes, and what is known of %d clerks", i, clients, 60, clients),
					Expected: lab.Sentence("%d bytes at most", most), Seen: lab.Sentence("%d bytes, after %d operations", got, (round+1)*10*clients),
				})
			}
		}
	}
}

// bounded asserts that no server's saved state is larger than it may be at rest.
func (r *run) bounded(when string) {
	for _, i := range r.All() {
		if got := r.PersistBytes(i); got > bound {
			r.t.Fail(lab.Failure{
				Rule:     "§7",
				Text:     lab.Sentence("%s, nothing is under way, and PersistBytes of S%d has outgrown maxRaftState = %d: the service is to hand its Raft a snapshot when it comes near that", when, i, limited),
				Expected: lab.Sentence("%d bytes at most: 8 times maxRaftState", bound), Seen: lab.Sentence("%d bytes; the snapshot has %d", got, r.Disk(i).SnapshotSize()),
			})
		}
	}
}

func snapshotRecover(t *lab.T, service kvapi.Service) {
	unanswered(t, service, false)
	unanswered(t, service, true)
	recoverAgain(t, service)
}

// unanswered: an operation is executed, and its clerk is not told. When it hears a
// server again, that one has the operation from a snapshot only: all servers were
// restarted with theirs, or it has installed the leader's.
func unanswered(t *lab.T, service kvapi.Service, installs bool) {
	r := start(t, service, 3, 2, limited, cluster.Options{})
	leader := r.Settle().Server
	away, how := leader, "all servers were restarted from snapshots that it is part of"
	a := &appender{run: r, s: r.hand(0), leader: leader}
	b := r.hand(1)
	a.appends("the first operation")
	if installs {
		away = r.others(leader)[0]
		how = lab.Sentence("S%d was away meanwhile, and leads now, with a snapshot of the leader's that it is part of", away)
		r.Isolate(away)
		r.only(1, r.others(away)...)
	}
	r.lose(0, anyServer, 1<<30)
	a.begin()
	t.Sleep(500 * time.Millisecond)
	for round := range 5 {
		write := func(c *client) {
			for i := range 10 {
				c.Append(fmt.Sprint("k", round), fmt.Sprintf("<%d>", i))
				c.Put("filler", strings.Repeat("f", 400))
			}
		}
		b.tell(write)
		r.untilIdle(1)
	}
	t.Sleep(time.Second)
	if installs {
		r.Heal()
	} else {
		r.PowerCut()
		r.startAll(200 * time.Millisecond)
	}
	r.Settle()
	t.Sleep(time.Second) // it has what the others have
	r.Elect(away)
	r.MeddleClients(nil)
	a.end(whole, "its clerk heard no reply, and "+how)
	b.does(whole, func(c *client) {
		for round := range 5 {
			c.reads(fmt.Sprint("k", round), "<0><1><2><3><4><5><6><7><8><9>")
		}
	})
	r.Close()
}

// untilIdle waits until no more than so many jobs are under way.
func (r *run) untilIdle(most int) {
	began := r.t.Now()
	for r.Peek(func() int { return r.working }) > most {
		r.t.Sleep(10 * time.Millisecond)
		if r.t.Now()-began > 2*returnTime {
			r.overdue(began, "a majority is connected and the client reaches it")
		}
	}
}

// recoverAgain: clients under way while servers come back with snapshots, each time
// in another way.
func recoverAgain(t *lab.T, service kvapi.Service) {
	const clients = 4
	r := start(t, service, 3, clients+1, limited, cluster.Options{})
	draw := t.Stream("recoveries")
	for k := range clients {
		r.begin(k, func(c *client) {
			Load{Operations: 30, Keys: clients, Puts: 0.1, Gets: 0.3, Pause: 500 * time.Millisecond}.Run(c.Recorder, t.Stream(actor(k)), t.Sleep)
		})
	}
	for round := range 6 {
		t.Sleep(time.Duration(500+draw.IntN(1000)) * time.Millisecond)
		switch i := draw.IntN(r.Size()); round % 3 {
		case 0:
			r.PowerCut()
		case 1:
			r.Crash(i)
			t.Sleep(2 * time.Second)
		default:
			r.Isolate(i)
			t.Sleep(2 * time.Second)
			r.Heal()
		}
		r.startAll(200 * time.Millisecond)
	}
	r.wait(whole)
	last := r.hand(clients)
	r.agreement(last, clients, r.All()...)
	r.bounded("all servers run")
	r.PowerCut()
	r.startAll(200 * time.Millisecond)
	r.agreement(last, clients, r.All()...)
}

// snapshotInstallWaits: handlers wait at a leader that is cut off. The others drop
// the entries at those indexes before it is back, and nobody writes any more.
func snapshotInstallWaits(t *lab.T, service kvapi.Service) {
	r := start(t, service, 3, 3, limited, cluster.Options{})
	s := []*hand{r.hand(0), r.hand(1), r.hand(2)}
	for round := range 5 {
		r.installOverWaiters(s, round)
	}
}

// installOverWaiters is one leader that comes back. What waits there is answered
// or sent away again and again meanwhile, so the moment counts.
func (r *run) installOverWaiters(s []*hand, round int) {
	old := r.Settle().Server
	key := fmt.Sprint("k", round)
	for k := range s {
		s[k].does(undisturbed, func(c *client) { c.Append(key, fmt.Sprintf("<%d>", k)) })
	}
	r.Isolate(old)
	r.only(0, old)
	r.only(1, old)
	r.only(2, r.others(old)...)
	s[0].tell(func(c *client) { c.Append(key, "<3>") })
	s[1].tell(func(c *client) { c.Get("b") })
	r.t.Sleep(50 * time.Millisecond)
	for range 4 {
		s[2].tell(func(c *client) {
			for range 15 {
				c.Put("filler", strings.Repeat("f", 400))
			}
		})
		r.untilIdle(2)
	}
	r.t.Sleep(time.Second + time.Duration(round)*150*time.Millisecond)
	r.Heal()
	r.wait(lab.Sentence("S%d, which led, is back and has the leader's snapshot in place of what its clerks were waiting for, the network has been whole", old))
	s[2].does(whole, func(c *client) { c.reads(key, "<0><1><2><3>") })
}

func noSnapshot(t *lab.T, service kvapi.Service) {
	r := start(t, service, 3, 1, noLimit, cluster.Options{})
	s := r.hand(0)
	for round := range 2 {
		s.does(whole, func(c *client) {
			for range 25 {
				c.Put("k", strings.Repeat("x", 100))
			}
		})
		t.Sleep(time.Second)
		for _, i := range r.All() {
			if got := r.Disk(i).SnapshotSize(); got > 0 {
				t.Fail(lab.Failure{
					Text:     lab.Sentence("S%d has saved a snapshot after %d operations, though maxRaftState is -1: that stands for no limit, so there is nothing to take one for", i, 25*(round+1)),
					Expected: "no snapshot", Seen: lab.Sentence("one of %d bytes", got),
				})
			}
		}
		r.PowerCut()
		r.startAll(0)
	}
	s.does(whole, func(c *client) { c.reads("k", strings.Repeat("x", 100)) })
}

// dedupBounded: the same few values, written again and again. The snapshots of a
// service that keeps something for each operation grow.
func dedupBounded(t *lab.T, service kvapi.Service) {
	const clients, early, all = 2, 60, 400 // operations of a client
	r := start(t, service, 3, clients, limited, cluster.Options{Faults: labrpc.Faults{Latency: time.Millisecond}})
	s := []*hand{r.hand(0), r.hand(1)}
	puts := func(n int) (largest int) {
		for k := range clients {
			s[k].tell(func(c *client) {
				for range n {
					c.Put("k", strings.Repeat("x", 100))
				}
			})
		}
		r.wait(undisturbed)
		t.Sleep(time.Second)
		for _, i := range r.All() {
			largest = max(largest, r.Disk(i).SnapshotSize())
		}
		return largest
	}
	before := puts(early)
	after := puts(all - early)
	r.bounded(lab.Sentence("%d operations were executed", clients*all))
	if before == 0 {
		t.Failf("§7", "%d operations of more than 100 bytes each were executed with maxRaftState = %d, and no server has saved a snapshot", clients*early, limited)
	}
	if most := before + clients*64; after > most {
		t.Fail(lab.Failure{
			Text: lab.Sentence("the largest snapshot had %d bytes after %d operations of %d clerks, and has %d after %d operations, with the same keys, values and clerks: "+
				"something is kept for each operation. A clerk has one operation under way, so the number of its last one is enough", before, clients*early, clients, after, clients*all),
			Expected: lab.Sentence("%d bytes at most", most), Seen: lab.Sentence("%d bytes", after),
		})
	}
}
