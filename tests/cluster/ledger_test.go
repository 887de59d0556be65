package cluster

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// entry is a puppet applying a command, before anybody applies the next one.
func (p *puppet) entry(index int, command any) {
	p.applyCh <- raftapi.ApplyMsg{CommandValid: true, CommandIndex: index, Command: command}
	time.Sleep(time.Microsecond)
}

// snapshot is a puppet delivering a snapshot.
func (p *puppet) snapshot(index int, data []byte) {
	p.applyCh <- raftapi.ApplyMsg{SnapshotValid: true, SnapshotIndex: index, SnapshotTerm: 1, Snapshot: data}
}

// takes has a puppet's Start take every command, at the next index.
func (p *puppet) takes(first int) {
	p.starts = func(any) (int, int, bool) {
		first++
		return first - 1, 1, true
	}
}

func TestWhatServicesHaveAppliedIsKnown(t *testing.T) {
	assert.Nil(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		s[0].takes(1)
		s[1].takes(3)
		a, b := c.Next(), "a string"
		c.Submit(0, a)
		c.Submit(0, b)
		c.Submit(1, a) // once more, elsewhere
		for _, p := range s {
			p.entry(1, a)
			p.entry(2, b)
			p.entry(3, a)
			p.entry(4, nil)
		}
		t.Sleep(time.Millisecond)
		assert.Equal(t, []int{4, 4, 4}, []int{c.Applied(0), c.Applied(1), c.Applied(2)})
		assert.Equal(t, 4, c.Committed())
	}))
}

func TestASnapshotJumpsOverIndexes(t *testing.T) {
	assert.Nil(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		s[0].takes(1)
		for k := range 4 {
			c.Submit(0, k)
			s[0].entry(k+1, k)
		}
		s[1].snapshot(3, SnapshotOf(0, 0, 1, 2))
		s[1].entry(4, 3)
		s[2].entry(1, 0)
		s[2].snapshot(2, SnapshotOf(5000, 0, 1))
		s[2].snapshot(2, SnapshotOf(5000, 0, 1))
		s[2].entry(3, 2)
		t.Sleep(time.Millisecond)
		assert.Equal(t, []int{4, 4, 3}, []int{c.Applied(0), c.Applied(1), c.Applied(2)})
		assert.Equal(t, []int{0, 3, 2}, []int{c.SnapshotIndex(0), c.SnapshotIndex(1), c.SnapshotIndex(2)})
		assert.Equal(t, 2, c.Installed(2))
		_, ok := c.AppliedAt(1, 3)
		assert.False(t, ok)
		_, ok = c.AppliedAt(1, 4)
		assert.True(t, ok)
	}))
}

func TestAServiceBeginsWithTheSnapshotOnItsDisk(t *testing.T) {
	run := func(saved []byte, then func(p *puppet)) *lab.Failure {
		return lab.Try(t, 1, func(t *lab.T) {
			ps := &puppets{}
			c := New(t, 1, ps.make, Options{unwatched: true})
			ps.made[0].takes(1)
			for k := range 4 {
				c.Submit(0, k)
				ps.made[0].entry(k+1, k)
			}
			ps.made[0].persister.Save([]byte("state"), saved)
			c.Restart(0)
			then(ps.made[1])
			t.Sleep(time.Millisecond)
		}).Failed()
	}
	three := SnapshotOf(0, 0, 1, 2)
	assert.Nil(t, run(three, func(p *puppet) { p.entry(4, 3) }), "it may go on after it")
	assert.Nil(t, run(three, func(p *puppet) { p.snapshot(3, three); p.entry(4, 3) }), "or deliver it first")
	assert.Nil(t, run(nil, func(p *puppet) { p.entry(1, 0); p.entry(2, 1) }))
}

func TestTheServiceTakesSnapshots(t *testing.T) {
	assert.Nil(t, lab.Try(t, 1, func(t *lab.T) {
		ps := &puppets{}
		c := New(t, 1, ps.make, Options{Service: Service{Every: 3, Size: 100}, unwatched: true})
		p := ps.made[0]
		p.takes(1)
		for k := range 10 {
			c.Submit(0, k)
			p.entry(k+1, k)
		}
		t.Sleep(time.Millisecond)
		assert.Equal(t, []int{3, 6, 9}, p.snapshots)
		assert.Equal(t, 9, c.SnapshotIndex(0))
		c.Snapshot(0, 10)
		assert.Equal(t, []int{3, 6, 9, 10}, p.snapshots)
	}).Failed())
}

func TestAnApplierCanBeHeld(t *testing.T) {
	assert.Nil(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		s[0].takes(1)
		c.Submit(0, 5)
		c.HoldApplier(0)
		var sent atomic.Bool
		t.Go("sender", func() { s[0].entry(1, 5); sent.Store(true) })
		t.Sleep(5 * time.Second)
		assert.False(t, sent.Load())
		c.ReleaseApplier(0)
		t.Sleep(time.Millisecond)
		assert.True(t, sent.Load())
		assert.Equal(t, 1, c.Applied(0))
		at, ok := c.AppliedAt(0, 1)
		assert.True(t, ok)
		assert.InDelta(t, 5.0, at.Seconds(), 0.1)

		c.HoldApplier(0)
		sent.Store(false)
		t.Go("sender", func() { s[0].entry(2, 5); sent.Store(true) })
		t.Sleep(time.Second)
		c.Crash(0)
		t.Sleep(time.Millisecond)
		assert.True(t, sent.Load(), "what a crashed instance sends is drained")
	}))
}

func TestAgree(t *testing.T) {
	all := func(s []*puppet, index int, command any) {
		for _, p := range s {
			p.entry(index, command)
		}
	}
	assert.Nil(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		s[1].leader.Store(true)
		s[1].starts = func(command any) (int, int, bool) {
			t.Go("commit", func() { time.Sleep(20 * time.Millisecond); all(s, 1, command) })
			return 1, 1, true
		}
		assert.Equal(t, 1, c.Agree(c.Next()))
		assert.Less(t, t.Now(), 60*time.Millisecond)
	}))
	assert.Nil(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		var deposed atomic.Bool
		s[0].starts = func(any) (int, int, bool) { return 1, 1, !deposed.Load() }
		s[2].starts = func(command any) (int, int, bool) {
			all(s, 1, nil)
			all(s, 2, command)
			return 2, 2, true
		}
		t.Go("another leader", func() { time.Sleep(3 * time.Second); deposed.Store(true) })
		assert.Equal(t, 2, c.Agree(7))
	}), "the next leader takes it again")
	refused(t, lab.Try(t, 1, func(t *lab.T) {
		ps := &puppets{}
		c := New(t, 1, ps.make, Options{unwatched: true})
		ps.made[0].leader.Store(true)
		ps.made[0].starts = func(any) (int, int, bool) { return 1, 1, true }
		c.Agree(1)
	}).Failed(), "§5.3", "S0 is the only server and has not applied command 1")
	refused(t, try(t, func(_ *lab.T, c *Cluster, s []*puppet) { c.Agree(1) }), "§5.2",
		"S0, S1 and S2 have been connected for 10 s, and Start of none of them took a command")
	refused(t, try(t, func(_ *lab.T, c *Cluster, s []*puppet) {
		s[0].leader.Store(true)
		s[0].takes(4)
		c.Agree(1)
	}), "§5.3", "command 1, which S0 took at index")
	refused(t, try(t, func(_ *lab.T, c *Cluster, s []*puppet) {
		s[0].leader.Store(true)
		s[0].starts = func(command any) (int, int, bool) { return 1, 1, true }
		one := c.Submit(0, 8)
		s[0].entry(1, 8)
		s[1].entry(1, 8)
		c.AwaitApplied(time.Second, one, 0, 1)
		c.AwaitApplied(time.Second, one, c.All()...)
	}), "§5.3", "within 1 s S2 did not apply command 8, which S0 took at index 1 in term 1")
	refused(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		s[0].takes(1)
		one := c.Submit(0, 8)
		t.Go("late", func() { time.Sleep(time.Second); s[1].entry(1, 8) })
		c.NeverApplied(2*time.Second, one, "nobody holds it")
	}), "§5.3", "S1 applied command 8, which S0 took at index 1 in term 1, but nobody holds it")
}

func TestACrashAtASave(t *testing.T) {
	assert.Nil(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		c.CrashAtSave(0, 2, true)
		s[0].persister.Save([]byte("1"), nil)
		assert.Equal(t, 0, c.State(0).Term)
		s[0].persister.Save([]byte("2"), nil)
		assert.True(t, c.State(0).Down)
		assert.False(t, s[0].killed.Load())
		s[0].entry(1, "of a server that is gone")
		c.Crash(0)
		assert.True(t, s[0].killed.Load())
		c.Start(0)
		assert.False(t, c.State(0).Down)

		c.PowerCut()
		for i := range s {
			assert.True(t, c.State(i).Down)
		}
	}))
}

func TestFatesCanBeMeddledWith(t *testing.T) {
	assert.Nil(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		var seen []string
		c.Watch(func(p Packet) {
			if p.Reply != nil {
				seen = append(seen, p.Kind.String()+" "+p.Reply.String()+" to "+p.Request.String())
			}
		})
		c.Meddle(func(p Packet, f labrpc.Fate) labrpc.Fate {
			a := p.Request.(wire.AppendEntriesArgs)
			f.Drop = a.Term == 2
			if p.Reply != nil {
				f.Latency = time.Second
			}
			return f
		})
		send := func(term int) bool {
			return s[0].peers[1].Call(wire.AppendEntries, &wire.AppendEntriesArgs{Term: term}, &wire.AppendEntriesReply{})
		}
		start := t.Now()
		assert.True(t, send(1))
		assert.InDelta(t, 1.005, (t.Now() - start).Seconds(), 0.001)
		assert.False(t, send(2))
		c.Meddle(nil)
		assert.True(t, send(2))
		c.Do(func() {
			const one = " term 1 success to term 1 leader S0 prev (0,0) +0 commit 0"
			assert.Equal(t, []string{"replied" + one, "returned" + one}, seen[:2])
			assert.Len(t, seen, 4)
			assert.Empty(t, c.record.calls)
		})

		// Only one may win elections.
		c.Only(1)
		assert.False(t, send(3))
		s[2].grant.Store(true)
		ask := func(i int) bool {
			return s[i].peers[2].Call(wire.RequestVote, &wire.RequestVoteArgs{Term: 3 + i}, &wire.RequestVoteReply{})
		}
		assert.False(t, ask(0))
		assert.True(t, ask(1))
		c.Anyone()
		assert.True(t, ask(0))
	}))
}

func TestANewStateStandsAmongTheEventsOnce(t *testing.T) {
	assert.Nil(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		s[1].term.Store(3)
		for range 3 {
			c.State(1)
		}
		s[1].leader.Store(true)
		for range 3 {
			c.State(1)
		}
		c.Restart(1)
		c.State(1)
		var got []string
		for _, e := range t.Recorder().Events() {
			if e.Kind == "term" || e.Kind == "leader" {
				got = append(got, lab.Sentence("%s %d of S%d", e.Kind, e.Term, e.From))
			}
		}
		assert.Equal(t, []string{"term 3 of S1", "leader 3 of S1"}, got)
	}))
}
