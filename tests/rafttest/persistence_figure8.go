package rafttest

import (
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The paper's Figure 8 (§5.4.2), with servers that crash as they do there.

func crashFigure8(t *lab.T, make raftapi.MakeFunc) {
	for _, end := range []func(f *figure){(*figure).d, (*figure).e} {
		f := &figure{t: t, c: cluster.New(t, 5, make, cluster.Options{}), own: map[int]bool{}}
		f.watch()
		f.a()
		f.b()
		f.c8()
		end(f)
		f.c.Agree(f.c.Next(), f.c.All()...)
		f.c.Close()
	}
	c := cluster.New(t, 5, make, cluster.Options{})
	c.Agree(c.Next())
	leadersCrash(t, c, 40, time.Second)
	finish(c)
}

// figure is Figure 8 step by step. s1 to s5 are the servers that the figure
// calls S1 to S5. Who can be elected follows from who is connected and what
// their logs are, so in each step nobody else is: of three that are connected,
// all must vote.
type figure struct {
	t *lab.T
	c *cluster.Cluster

	s1, s2, s3, s4, s5 int

	x, y cluster.Submission // the entries of steps (a) and (b), for the same index
	now  cluster.State      // the leader of step (c)

	// What follows is of the network's.
	own    map[int]bool // the terms of which an entry has been sent by the leader of that term
	silent bool         // AppendEntries are lost
}

func (f *figure) watch() {
	f.c.Watch(func(p cluster.Packet) {
		if a, ok := p.Request.(wire.AppendEntriesArgs); ok && p.Kind == labrpc.Sent {
			for _, e := range a.Entries {
				f.own[a.Term] = f.own[a.Term] || e.Term == a.Term
			}
		}
	})
	f.c.Meddle(func(p cluster.Packet, fate labrpc.Fate) labrpc.Fate {
		fate.Drop = fate.Drop || f.silent && !p.Message.Reply && p.Method == wire.AppendEntries
		return fate
	})
}

// a: S1 leads, and its entry comes to S2 only.
func (f *figure) a() {
	c := f.c
	c.Agree(c.Next(), c.All()...)
	f.s1 = c.Settle().Server
	rest := without(c.All(), f.s1)
	f.s2 = rest[0]
	c.Partition([]int{f.s1, f.s2}, rest[1:])
	f.x = c.Submit(f.s1, c.Next())
	f.t.Sleep(4 * cluster.Hop)
}

// b: S1 crashes. S5 is elected by S3, S4 and itself and takes another entry at
// the same index, which comes to nobody. S5 crashes.
func (f *figure) b() {
	c := f.c
	c.Crash(f.s1)
	c.Do(func() { f.silent = true })
	rest := without(c.All(), f.s1, f.s2)
	f.s5 = f.elected(rest...).Server
	f.y = c.Submit(f.s5, c.Next())
	// Until the entry is saved, and no longer than the others wait for a leader.
	f.t.Sleep(50 * time.Millisecond)
	c.Crash(f.s5)
	c.Do(func() { f.silent = false })
	rest = without(rest, f.s5)
	f.s3, f.s4 = rest[0], rest[1]
}

// elected waits until one of the servers leads.
func (f *figure) elected(servers ...int) (leader cluster.State) {
	if !f.c.Await(cluster.ElectionTime, func() bool {
		for _, s := range f.c.States(servers) {
			if s.Leader {
				leader = s
			}
		}
		return leader.Leader
	}) {
		f.c.OneLeader(servers...) // fails, and says why
	}
	return leader
}

// c8 is step (c): S1 is restarted, and it or S2 is elected, the only ones with
// that entry. Now S3 gets it as well, which makes a majority. Still it is not
// committed, but where an entry of the new term, a no-op, follows it.
func (f *figure) c8() {
	c := f.c
	c.Partition([]int{f.s1, f.s2, f.s3})
	c.Start(f.s1)
	f.now = f.elected(f.s1, f.s2, f.s3)
	if f.now.Server == f.s2 {
		f.s1, f.s2 = f.s2, f.s1
	}
	// Its heartbeats find out what the others lack, one step at a time or at once.
	f.t.Sleep(4*slowestHeartbeat + 20*cluster.Hop)
	noop := false
	c.Do(func() { noop = f.own[f.now.Term] })
	if i := f.holder(); i >= 0 && !noop {
		f.t.Failf("§5.4.2, Figure 8 (c)", "S%d applied %v, though S%d, which leads term %d now, has sent no entry of its own term: an older term's entry is not committed by counting who has it, for S%d, with an entry of term %d at this index, can still be elected and replace it",
			i, f.x, f.now.Server, f.now.Term, f.s5, f.y.Term)
	}
}

// holder returns a server that has applied S1's first entry, or -1.
func (f *figure) holder() int {
	for _, i := range f.c.All() {
		if f.c.Has(i, f.x) {
			return i
		}
	}
	return -1
}

// d: S1 crashes, S5 is back and replaces S1's entry by its own. Where S1 has
// committed a no-op in step (c), S3 is elected instead, and S5's entry is lost.
func (f *figure) d() {
	c := f.c
	c.Crash(f.s1)
	c.Partition([]int{f.s3, f.s4, f.s5})
	c.Start(f.s5)
	c.Agree(c.Next(), f.s3, f.s4, f.s5)
	c.Heal()
	c.Start(f.s1)
}

// e: S1 takes another entry, which comes to S2 and S3. With it the old one is
// committed, and S5 cannot be elected any more.
func (f *figure) e() {
	c := f.c
	z := c.Submit(f.s1, c.Next())
	if !z.Leader {
		f.t.Failf("§5.2", "S%d led term %d, of %v without faults, and its Start took no command", f.now.Server, f.now.Term, []int{f.s1, f.s2, f.s3})
	}
	c.AwaitApplied(time.Second, z, f.s1, f.s2, f.s3)
	c.Crash(f.s1)
	c.Heal()
	c.Start(f.s5)
	c.Agree(c.Next(), f.s2, f.s3, f.s4, f.s5)
	c.Start(f.s1)
	c.Agree(c.Next(), c.All()...)
	for _, i := range c.All() {
		if !c.Has(i, f.x) || !c.Has(i, z) {
			f.t.Failf("§5.4.3", "S%d, S%d and S%d had applied %v and %v, and now S%d has something else there", f.s1, f.s2, f.s3, f.x, z, i)
		}
	}
}

// leadersCrash is many rounds in which leaders take a command and crash, before
// or after it has come to some of the others. It waits for a leader for some
// time in each round.
func leadersCrash(t *lab.T, c *cluster.Cluster, rounds int, wait time.Duration) {
	draw := t.Stream("leaders crash")
	for range rounds {
		awaitLeading(t, c, wait)
		last := -1
		for _, s := range c.States(c.All()) {
			if !s.Leader {
				continue
			}
			// Its entry comes to some of the others only.
			for _, j := range c.All() {
				if j != s.Server && draw.IntN(2) == 0 {
					c.Net.Cut(s.Server, j)
				}
			}
			c.Submit(s.Server, c.Next())
			last = s.Server
		}
		if draw.IntN(10) == 0 {
			t.Sleep(time.Duration(draw.IntN(500)) * time.Millisecond)
		} else {
			t.Sleep(time.Duration(draw.IntN(30)) * time.Millisecond)
		}
		if last >= 0 {
			c.Crash(last)
			c.Rejoin(last)
		}
		for up := alive(c); len(up) <= c.Size()/2; up = alive(c) {
			revive(c, draw.IntN(c.Size()))
		}
	}
}

// finish ends all faults and has the servers agree.
func finish(c *cluster.Cluster) {
	c.SetFaults(labrpc.Faults{})
	c.Heal()
	reviveAll(c)
	c.Agree(c.Next(), c.All()...)
}

func figure8Unreliable(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 5, make, cluster.Options{})
	c.Agree(c.Next())
	draw := t.Stream("figure 8")
	c.SetFaults(labrpc.Faults{Loss: 0.1, Spread: 27 * time.Millisecond, Reorder: 0.3, ReorderBy: 2200 * time.Millisecond})
	cut := 0 // how many are cut off
	for range 80 {
		awaitLeading(t, c, time.Second)
		last := -1
		for _, i := range c.All() {
			if s := c.Submit(i, c.Next()); s.Leader && c.Net.Joined(i, (i+1)%c.Size()) {
				last = i
			}
		}
		if draw.IntN(10) == 0 {
			t.Sleep(time.Duration(draw.IntN(500)) * time.Millisecond)
		} else {
			t.Sleep(time.Duration(draw.IntN(100)) * time.Millisecond)
		}
		switch {
		case last >= 0 && draw.IntN(3) == 0:
			c.Crash(last)
		case last >= 0 && draw.IntN(2) == 0:
			c.Isolate(last)
			cut++
		}
		for ; len(alive(c))-cut <= c.Size()/2; cut = 0 {
			c.Heal()
			revive(c, draw.IntN(c.Size()))
		}
	}
	finish(c)
}
