package cluster

import (
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
	"raftlabs/tests/trace"
	"raftlabs/tests/wire"
)

// puppet is a server whose state the test sets.
type puppet struct {
	peers     []*labrpc.ClientEnd
	persister raftapi.Persister
	applyCh   chan raftapi.ApplyMsg
	starts    func(command any) (index, term int, isLeader bool) // Start, if set
	onState   atomic.Pointer[func()]                             // inside of GetState, if set
	onVote    atomic.Pointer[func()]                             // inside of RequestVote, if set
	snapshots []int                                              // the indexes of the calls of Snapshot
	term      atomic.Int64
	leader    atomic.Bool
	killed    atomic.Bool
	grant     atomic.Bool
	got       atomic.Pointer[wire.AppendEntriesArgs] // the last AppendEntries
}

func (p *puppet) Start(command any) (int, int, bool) {
	if p.starts != nil {
		return p.starts(command)
	}
	return -1, int(p.term.Load()), false
}
func (p *puppet) GetState() (int, bool) {
	term, leader := int(p.term.Load()), p.leader.Load()
	if f := p.onState.Load(); f != nil {
		(*f)()
	}
	return term, leader
}
func (p *puppet) Snapshot(index int, _ []byte) {
	p.snapshots = append(p.snapshots, index)
}
func (p *puppet) PersistBytes() int { return 0 }
func (p *puppet) Kill()             { p.killed.Store(true) }

func (p *puppet) RequestVote(a *wire.RequestVoteArgs, r *wire.RequestVoteReply) {
	if f := p.onVote.Load(); f != nil {
		(*f)()
	}
	*r = wire.RequestVoteReply{Term: a.Term, VoteGranted: p.grant.Load()}
}
func (p *puppet) AppendEntries(a *wire.AppendEntriesArgs, r *wire.AppendEntriesReply) {
	p.got.Store(a)
	*r = wire.AppendEntriesReply{Term: a.Term, Success: true}
}

func (p *puppet) InstallSnapshot(_ *wire.InstallSnapshotArgs, r *wire.InstallSnapshotReply) {
	*r = wire.InstallSnapshotReply{}
}

func (p *puppet) install(to int, a *wire.InstallSnapshotArgs) {
	p.peers[to].Call(wire.InstallSnapshot, a, &wire.InstallSnapshotReply{})
}

// puppets makes servers and keeps every instance, in order of their start.
type puppets struct{ made []*puppet }

func (ps *puppets) make(peers []*labrpc.ClientEnd, me int, p raftapi.Persister, applyCh chan raftapi.ApplyMsg) raftapi.Raft {
	ps.made = append(ps.made, &puppet{peers: peers, persister: p, applyCh: applyCh})
	return &Raft{ps.made[len(ps.made)-1]}
}

// Raft gives the service its name.
type Raft struct{ *puppet }

// try runs a case over three puppets. They do what the test says, whether that
// is Raft or not, and nobody watches.
func try(t *testing.T, body func(t *lab.T, c *Cluster, s []*puppet)) *lab.Failure {
	return over(t, lab.Try, Options{unwatched: true}, body)
}

func over(
	t *testing.T, run func(*testing.T, uint64, func(*lab.T)) lab.Result, o Options, body func(t *lab.T, c *Cluster, s []*puppet),
) *lab.Failure {
	return run(t, 1, func(t *lab.T) {
		ps := &puppets{}
		c := New(t, 3, ps.make, o)
		body(t, c, ps.made)
	}).Failed()
}

// refused asserts that a check refuses a run with a sentence.
func refused(t *testing.T, f *lab.Failure, rule, text string) {
	t.Helper()
	require.NotNil(t, f, "the check accepts what it must refuse")
	assert.Contains(t, f.Rule, rule)
	assert.Contains(t, f.Text, text)
}

func TestOneLeader(t *testing.T) {
	assert.Nil(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		s[0].term.Store(2)
		s[1].term.Store(3)
		s[2].term.Store(1)
		t.Go("election", func() { time.Sleep(4 * time.Second); s[1].leader.Store(true) })
		got := c.OneLeader()
		assert.Equal(t, State{Server: 1, Term: 3, Leader: true}, got)
		assert.Less(t, t.Now(), 4200*time.Millisecond)
	}))
	assert.Nil(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		s[0].term.Store(2)
		s[0].leader.Store(true) // of an older term, and cut off
		s[1].term.Store(3)
		s[1].leader.Store(true)
		c.Isolate(0)
		assert.Equal(t, []int{1, 2}, c.Connected())
		assert.Equal(t, 1, c.OneLeader().Server)
	}), "an old leader without a majority may still believe that it leads")
	refused(t, try(t, func(_ *lab.T, c *Cluster, _ []*puppet) { c.OneLeader() }),
		"§5.2", "S0, S1 and S2 have been connected for 5 s and none of them leads")
	refused(t, lab.Try(t, 1, func(t *lab.T) {
		New(t, 1, (&puppets{}).make, Options{}).OneLeader()
	}).Failed(), "§5.2", "S0 is the only server and does not lead after 5 s: its own vote is a majority")
	refused(t, try(t, func(_ *lab.T, c *Cluster, s []*puppet) {
		s[0].term.Store(2)
		s[0].leader.Store(true)
		s[1].term.Store(3)
		s[1].leader.Store(true)
		c.OneLeader()
	}), "§5.2", "still do not agree on one leader")
	refused(t, try(t, func(_ *lab.T, c *Cluster, s []*puppet) {
		s[0].term.Store(2)
		s[0].leader.Store(true)
		s[1].term.Store(3)
		c.OneLeader()
	}), "§5.2", "still do not agree on one leader")
}

func TestNoLeader(t *testing.T) {
	assert.Nil(t, try(t, func(_ *lab.T, c *Cluster, s []*puppet) {
		s[2].leader.Store(true)
		c.NoLeader(time.Second, "it reaches nobody", 0, 1)
	}))
	refused(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		t.Go("election", func() { time.Sleep(900 * time.Millisecond); s[1].term.Store(7); s[1].leader.Store(true) })
		c.NoLeader(time.Second, "it reaches nobody", 0, 1)
	}), "§5.2", "S1 leads term 7, but it reaches nobody")
}

func TestSettleAndSameLeader(t *testing.T) {
	assert.Nil(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		s[0].term.Store(1)
		s[0].leader.Store(true)
		t.Go("another election", func() {
			time.Sleep(300 * time.Millisecond) // right after the first, which is legal
			s[0].leader.Store(false)
			s[1].leader.Store(true)
			s[0].term.Store(2)
			s[1].term.Store(2)
			s[2].term.Store(2)
		})
		leader := c.Settle()
		assert.Equal(t, 1, leader.Server)
		assert.Equal(t, 2, c.Terms())
		c.SameLeader(leader, 10*time.Second, "nothing happened", c.All()...)
	}))
	refused(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		t.Go("elections", func() {
			for !t.Failed() {
				for _, p := range s {
					p.term.Add(int64(1 + len(s)))
				}
				s[0].leader.Store(s[0].term.Load()%2 == 0)
				s[1].leader.Store(s[0].term.Load()%2 == 1)
				time.Sleep(500 * time.Millisecond)
			}
		})
		c.Settle()
	}), "§5.2", "their leaders do not last")
	lead := func(s []*puppet) State {
		s[0].term.Store(4)
		s[1].term.Store(4)
		s[2].term.Store(4)
		s[0].leader.Store(true)
		return State{Server: 0, Term: 4, Leader: true}
	}
	refused(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		leader := lead(s)
		t.Go("restless", func() { time.Sleep(time.Second); s[2].term.Store(5) })
		c.SameLeader(leader, 2*time.Second, "nothing happened", c.All()...)
	}), "§5.2", "S2 went from term 4 on to term 5 though nothing happened")
	refused(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		leader := lead(s)
		t.Go("tired", func() { time.Sleep(time.Second); s[0].leader.Store(false) })
		c.SameLeader(leader, 2*time.Second, "nothing happened", c.All()...)
	}), "§5.2", "S0 stopped leading term 4 though nothing happened")
	refused(t, try(t, func(_ *lab.T, c *Cluster, s []*puppet) {
		lead(s)
		s[1].term.Store(3)
		c.Terms()
	}), "§5.1", "S0 leads term 4 and S1 is in term 3")
}

// A server gets hold of whatever its persister's own type has, by a type
// assertion: there must be nothing but the contract.
func TestAPersisterIsNoMoreThanTheContract(t *testing.T) {
	assert.Nil(t, lab.Try(t, 1, func(t *lab.T) {
		ps := &puppets{}
		New(t, 1, ps.make, Options{})
		given, promised := reflect.TypeOf(ps.made[0].persister), reflect.TypeFor[raftapi.Persister]()
		assert.Equal(t, promised.NumMethod(), given.NumMethod())
	}).Failed())
}

func TestACrashedServersSavesAreLostAndItsDiskStays(t *testing.T) {
	assert.Nil(t, lab.Try(t, 1, func(t *lab.T) {
		ps := &puppets{}
		c := New(t, 2, ps.make, Options{})
		old := ps.made[0]
		assert.Equal(t, []byte{}, old.persister.ReadRaftState())
		state := []byte("state")
		old.persister.Save(state, SnapshotOf(0, 1, 2))
		state[0] = 'X' // Save keeps a copy
		c.Crash(0)
		assert.True(t, old.killed.Load())
		old.persister.Save([]byte("too late"), nil)
		c.Start(0)
		now := ps.made[2]
		require.NotSame(t, old, now)
		assert.Equal(t, "state", string(now.persister.ReadRaftState()))
		assert.Equal(t, SnapshotOf(0, 1, 2), now.persister.ReadSnapshot())
		assert.Equal(t, 5, now.persister.RaftStateSize())
		assert.Equal(t, minSnapshot, now.persister.SnapshotSize())
		old.persister.Save([]byte("far too late"), nil)
		assert.Equal(t, "state", string(now.persister.ReadRaftState()))
		assert.Equal(t, 1, c.Disk(0).Saves())
		assert.Equal(t, 5+minSnapshot, c.Disk(0).Written())
	}).Failed())
}

func TestADiskFreezesBeforeOrAfterAChosenSave(t *testing.T) {
	for _, into := range []bool{false, true} {
		assert.Nil(t, lab.Try(t, 1, func(t *lab.T) {
			ps := &puppets{}
			c := New(t, 1, ps.make, Options{})
			p := ps.made[0].persister
			p.Save([]byte("1"), nil)
			crashed := false
			c.Disk(0).FreezeAt(2, into, func() { crashed = true; c.Net.CrashInDo(0) })
			p.Save([]byte("2"), nil)
			assert.False(t, c.Disk(0).Frozen())
			p.Save([]byte("3"), nil)
			assert.True(t, c.Disk(0).Frozen())
			p.Save([]byte("4"), nil)
			assert.True(t, crashed, "at the instant of the save")
			assert.False(t, c.Net.Up(0))
			c.Restart(0)
			want := "2"
			if into {
				want = "3"
			}
			assert.Equal(t, want, string(ps.made[1].persister.ReadRaftState()))
			ps.made[1].persister.Save([]byte("5"), nil)
			assert.Equal(t, "5", string(ps.made[1].persister.ReadRaftState()))
		}).Failed())
	}
}

func TestMakeMustReturnAServer(t *testing.T) {
	refused(t, lab.Try(t, 1, func(t *lab.T) {
		New(t, 1, func([]*labrpc.ClientEnd, int, raftapi.Persister, chan raftapi.ApplyMsg) raftapi.Raft { return nil }, Options{})
	}).Failed(), "", "Make returned nil")
}

// hasty is a server whose messages lose a field.
type hasty struct{ *puppet }

type hastyArgs struct {
	Term    int
	entries []int
}

func (hasty) RequestVote(a *hastyArgs, _ *wire.RequestVoteReply) { _ = a.entries }

func TestAFailureAboutAServersTypeNamesNoPlaceOfTheFramework(t *testing.T) {
	f := lab.Try(t, 1, func(t *lab.T) {
		c := New(t, 1, (&puppets{}).make, Options{})
		assert.NoError(t, c.Net.ServeAs(0, "Hasty", hasty{}))
		c.Net.Impersonate(0, 0).Call("Hasty.RequestVote", hastyArgs{Term: 1}, &wire.RequestVoteReply{})
	}).Failed()
	require.NotNil(t, f)
	assert.Regexp(t, "^gob loses field entries of cluster.hastyArgs", f.Text)
}

func TestAServersOwnLinesStandAmongTheEvents(t *testing.T) {
	assert.Nil(t, try(t, func(t *lab.T, c *Cluster, s []*puppet) {
		raftapi.Logf(2, "vote", "for S%d", 1)
		t.Sleep(time.Millisecond)
		raftapi.Logf(1, "term", "%d", 7)
		var got []trace.Event
		for _, e := range t.Recorder().Events() {
			if e.Kind == "log" {
				e.At = 0
				got = append(got, e)
			}
		}
		assert.Equal(t, []trace.Event{
			{Kind: "log", From: 2, To: trace.None, Topic: "vote", Note: "for S1"},
			{Kind: "log", From: 1, To: trace.None, Topic: "term", Note: "7"},
		}, got)
	}))
}

func TestAPlayedLeadersEntriesCarryTheirIndexes(t *testing.T) {
	assert.Nil(t, lab.Try(t, 1, func(t *lab.T) {
		ps := &puppets{}
		c := NewScripted(t, 3, ps.make, Options{unwatched: true})
		sent := []wire.Entry{{Term: 1}, {Term: 1}}
		c.Append(1, wire.AppendEntriesArgs{Term: 1, PrevLogIndex: 4, Entries: sent})
		assert.Equal(t, []wire.Entry{{Term: 1, Index: 5}, {Term: 1, Index: 6}}, ps.made[0].got.Load().Entries)
		assert.Zero(t, sent[0].Index, "the case's own entries stay as they are")
	}).Failed())
}
