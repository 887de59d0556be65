package cluster

import (
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

// watched runs a case over three puppets under the rules.
func watched(t *testing.T, body func(t *lab.T, c *Cluster, s []*puppet)) *lab.Failure {
	return over(t, lab.Try, Options{}, body)
}

// wins has a puppet elected by the two others.
func wins(s []*puppet, i, term int) {
	for j, p := range s {
		if j != i {
			p.grant.Store(true)
			vote(s, i, j, term)
			p.grant.Store(false)
		}
	}
}

func vote(s []*puppet, candidate, voter, term int) {
	s[candidate].peers[voter].Call(wire.RequestVote, &wire.RequestVoteArgs{Term: term, CandidateId: candidate}, &wire.RequestVoteReply{})
}

// send sends an AppendEntries with commands of the leader's term, from index 1 on.
func send(s []*puppet, from, to, term, commit int, commands ...any) bool {
	a := &wire.AppendEntriesArgs{Term: term, LeaderId: from, LeaderCommit: commit}
	for _, command := range commands {
		a.Entries = append(a.Entries, wire.Entry{Term: term, Command: command})
	}
	return s[from].peers[to].Call(wire.AppendEntries, a, &wire.AppendEntriesReply{})
}

// told is a run that breaks a rule, or that does not.
type told struct {
	rule, text string // "" for a run that breaks none
	body       func(t *lab.T, c *Cluster, s []*puppet)
}

// leads has S0 elected in term 1, and its Start take commands from index 1 on.
func leads(s []*puppet) {
	wins(s, 0, 1)
	s[0].term.Store(1)
	s[0].leader.Store(true)
	s[0].takes(1)
}

// What the rules ask for is tested in package invariant. Here, that they are
// told of everything that they need: one run for each kind of event that breaks
// a rule, beside one that does not for what the event brings.
var tellings = map[string]told{
	"requests": {"Election Safety, §5.2", "S0 and S1 are both leaders of term 1", func(_ *lab.T, c *Cluster, s []*puppet) {
		wins(s, 0, 1)
		send(s, 0, 2, 1, 0)
		wins(s, 1, 2)
		send(s, 1, 2, 1, 0)
	}},
	"replies": {"One Vote, §5.2", "S2 voted twice in term 1: first for S0", func(_ *lab.T, c *Cluster, s []*puppet) {
		s[2].grant.Store(true)
		vote(s, 0, 2, 1)
		vote(s, 1, 2, 1)
	}},
	"replies that arrive": {"", "", func(t *lab.T, c *Cluster, s []*puppet) {
		leads(s)
		c.Submit(0, 7)
		send(s, 0, 1, 1, 0, 7)
		send(s, 0, 2, 1, 1, 7)
	}},
	"replies that do not": {"Commit Rule, §5.3", "S0", func(t *lab.T, c *Cluster, s []*puppet) {
		leads(s)
		c.Submit(0, 7)
		c.Cut(1, 0)
		send(s, 0, 1, 1, 0, 7)
		send(s, 0, 2, 1, 1, 7)
	}},
	"what the case itself sends": {"", "", func(_ *lab.T, c *Cluster, s []*puppet) {
		leads(s)
		send(s, 0, 1, 1, 0)
		var r wire.AppendEntriesReply
		c.Net.Impersonate(2, 1).Call(wire.AppendEntries, &wire.AppendEntriesArgs{Term: 1, LeaderId: 2}, &r)
	}},
	"GetState": {"Terms, §5.1", "S1's term went back from 4 to 3", func(_ *lab.T, c *Cluster, s []*puppet) {
		s[1].term.Store(4)
		c.States(c.All())
		s[1].term.Store(3)
		c.States(c.All())
	}},
	"GetState, which leads": {"Election Safety, §5.2", "S1 leads term 3 (its GetState says so) without a majority", func(_ *lab.T, c *Cluster, s []*puppet) {
		s[1].term.Store(3)
		s[1].leader.Store(true)
		c.State(1)
	}},
	"Start's answer": {"Start's Promise, §5.3", "returned index 0 and term 1: both begin at 1", func(_ *lab.T, c *Cluster, s []*puppet) {
		leads(s)
		s[0].takes(0)
		c.Submit(0, 7)
	}},
	"Start": {"Start's Promise, §5.3", "command 8", func(_ *lab.T, c *Cluster, s []*puppet) {
		leads(s)
		c.Submit(0, 7)
		send(s, 0, 1, 1, 0, 8)
	}},
	"what is applied": {"Apply Order, §5.3", "S0 was started without a snapshot, and the first index that it applied is 2",
		func(t *lab.T, c *Cluster, s []*puppet) { s[0].entry(2, 7); t.Sleep(time.Millisecond) }},
	"snapshots that are delivered": {"Snapshots, §7", "its 3 bytes are none that a service has made",
		func(t *lab.T, c *Cluster, s []*puppet) { s[0].snapshot(2, []byte("abc")); t.Sleep(time.Millisecond) }},
	"snapshots on a disk": {"Snapshots, §7", "the disk of S0 holds a snapshot that is none", func(_ *lab.T, c *Cluster, s []*puppet) {
		s[0].persister.Save(nil, []byte("x"))
		c.Restart(0)
	}},
}

func TestTheRulesAreToldWhatHappens(t *testing.T) {
	for name, run := range tellings {
		f := watched(t, func(t *lab.T, c *Cluster, s []*puppet) {
			run.body(t, c, s)
			t.Sleep(time.Millisecond)
		})
		if run.rule == "" {
			assert.Nil(t, f, name)
			continue
		}
		require.NotNil(t, f, name)
		assert.Contains(t, f.Rule, run.rule, name)
		assert.Contains(t, f.Text, run.text, name)
		assert.NotEmpty(t, f.Servers, name)
	}
}

func TestTheRulesAreToldOfSavesAndCrashes(t *testing.T) {
	grants := func(save bool) *lab.Failure {
		return over(t, lab.TryDurable, Options{}, func(_ *lab.T, c *Cluster, s []*puppet) {
			s[0].persister.Save([]byte("a term"), nil)
			s[2].grant.Store(true)
			saves := func() {
				if save {
					s[2].persister.Save([]byte("a vote"), nil)
				}
			}
			s[2].onVote.Store(&saves)
			vote(s, 0, 2, 1)
		})
	}
	assert.Nil(t, grants(true))
	refused(t, grants(false), "Durability, §5.1", "S2")

	// A save of an instance that has crashed does not count.
	refused(t, over(t, lab.TryDurable, Options{}, func(_ *lab.T, c *Cluster, s []*puppet) {
		s[0].persister.Save([]byte("a term"), nil)
		old := s[2]
		c.Restart(2)
		p := c.raft(2).(*Raft)
		p.grant.Store(true)
		saves := func() { old.persister.Save([]byte("a vote"), nil) }
		p.onVote.Store(&saves)
		vote(s, 0, 2, 1)
	}), "Durability, §5.1", "S2")
}

func TestTheRulesAreToldOfSnapshotsThatAreTakenAndSent(t *testing.T) {
	ships := func(took bool, data []byte) *lab.Failure {
		return lab.Try(t, 1, func(t *lab.T) {
			ps := &puppets{}
			c := New(t, 1, ps.make, Options{})
			p := ps.made[0]
			p.term.Store(1)
			p.leader.Store(true)
			p.takes(1)
			c.State(0)
			c.Submit(0, 7)
			p.entry(1, 7)
			t.Sleep(time.Millisecond)
			if took {
				c.Snapshot(0, 1)
			}
			p.install(0, &wire.InstallSnapshotArgs{Term: 1, LastIncludedIndex: 1, LastIncludedTerm: 1, Data: data})
		}).Failed()
	}
	seven := SnapshotOf(0, 7)
	assert.Nil(t, ships(true, seven))
	refused(t, ships(false, seven), "Provenance", "S0 sent a snapshot up to index 1, which its service never took")
	refused(t, ships(true, SnapshotOf(0, 7, 8)), "Snapshots, §7", "with LastIncludedIndex 1 that is none: it contains everything up to index 2")
}

func TestACrashedInstancesCallsAreNotHeldAgainstTheNextOne(t *testing.T) {
	assert.Nil(t, watched(t, func(t *lab.T, c *Cluster, s []*puppet) {
		old := s[0]
		old.starts = func(any) (int, int, bool) {
			c.Crash(0)
			return 0, 0, true // it is dead, and may say anything
		}
		c.Submit(0, 5)
		old.entry(3, "of a server that is gone")
		c.Start(0)
		old.term.Store(9)
		assert.Equal(t, 0, c.State(0).Term)
	}))
}

func TestTwoMayAskAServerForItsStateAtOnce(t *testing.T) {
	assert.Nil(t, watched(t, func(t *lab.T, c *Cluster, s []*puppet) {
		s[1].term.Store(1)
		slow := func() { time.Sleep(time.Second) } // between reading its term and telling it
		s[1].onState.Store(&slow)
		t.Go("slow", func() { c.State(1) })
		t.Sleep(time.Millisecond)
		s[1].onState.Store(nil)
		s[1].term.Store(2)
		assert.Equal(t, 2, c.State(1).Term)
		t.Sleep(2 * time.Second)
	}), "the slow one's answer is the older one")
}

func TestAViolationStandsAmongTheEvents(t *testing.T) {
	var marks []trace.Event
	require.NotNil(t, watched(t, func(t *lab.T, c *Cluster, s []*puppet) {
		t.Cleanup(func() {
			for _, e := range t.Recorder().Events() {
				if e.Kind == "violation" {
					marks = append(marks, e)
				}
			}
		})
		s[2].grant.Store(true)
		vote(s, 0, 2, 1)
		vote(s, 1, 2, 1)
		s[1].entry(7, 7) // the first one counts
	}))
	require.Len(t, marks, 1)
	assert.Equal(t, []int{trace.None, trace.None}, []int{marks[0].From, marks[0].To}, "the voter and two candidates: the sentence names them")
	assert.Contains(t, marks[0].Rule, "One Vote")
	assert.Contains(t, marks[0].Note, "S2 voted twice in term 1")
	assert.Positive(t, marks[0].At)
}

// renamed is a server whose messages do not have the paper's names.
type renamed struct{ *puppet }

type renamedArgs struct{ Term, Candidate, LastLogIndex, LastLogTerm int }

func (renamed) RequestVote(a *renamedArgs, r *wire.RequestVoteReply)        { *r = wire.RequestVoteReply{} }
func (renamed) Whisper(a *wire.AppendEntriesArgs, _ *wire.RequestVoteReply) { _ = a }

func TestWhatIsNotSeenIsSaid(t *testing.T) {
	type Raft struct{ renamed }
	made := &puppet{}
	r := lab.Try(t, 1, func(t *lab.T) {
		c := New(t, 1, func(peers []*labrpc.ClientEnd, _ int, _ raftapi.Persister, _ chan raftapi.ApplyMsg) raftapi.Raft {
			made.peers = peers
			return &Raft{renamed{made}}
		}, Options{})
		made.peers[0].Call("Raft.Whisper", &wire.AppendEntriesArgs{}, &wire.RequestVoteReply{})
		made.peers[0].Call("Raft.Whisper", &wire.AppendEntriesArgs{}, &wire.RequestVoteReply{})
		c.Close()
	})
	assert.Nil(t, r.Failed())
	require.Len(t, r.Hints, 2)
	assert.Contains(t, r.Hints[0], "cluster.renamedArgs has no field CandidateId of a type that fits")
	assert.Contains(t, r.Hints[0], "Until then these rules are not watched: Election Safety, One Vote, ")
	assert.Contains(t, r.Hints[1], "Raft.Whisper is none of the paper's messages: what it carries is not seen")
	assert.Contains(t, r.Hints[1], "Provenance")
	assert.Equal(t, 1, r.Counts["not observed: RequestVoteArgs.CandidateId"])
	assert.Equal(t, 1, r.Counts["not observed: Raft.Whisper"])
}

func TestObservationsAreCounted(t *testing.T) {
	r := lab.Try(t, 1, func(t *lab.T) {
		ps := &puppets{}
		c := New(t, 3, ps.make, Options{})
		wins(ps.made, 0, 1)
		c.Close()
	})
	assert.Nil(t, r.Failed())
	assert.Equal(t, 2, r.Counts[lab.RuleCount("One Vote")])
	assert.NotContains(t, r.Counts, lab.RuleCount("Snapshots"))
}
