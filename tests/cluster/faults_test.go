package cluster

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/tests/lab"
	"raftlabs/tests/scenario"
	"raftlabs/tests/trace"
	"raftlabs/tests/wire"
)

// swarm runs a swarm over three puppets under links of all faults, with a
// scenario or without.
func swarm(t *testing.T, faults *scenario.Scenario, body func(t *lab.T, c *Cluster, s []*puppet)) (lab.Result, *trace.Recorder) {
	t.Helper()
	var rec *trace.Recorder
	r := lab.TrySwarm(t, 1, faults, func(t *lab.T) {
		rec = t.Recorder()
		ps := &puppets{}
		c := New(t, 3, ps.make, Options{unwatched: true, Stalls: &labsync.Stalls{Probability: 0.1, Max: time.Millisecond}, Faults: labrpc.Faults{
			Spread: 20 * time.Millisecond, Loss: 0.2, Duplicate: 0.2, Reorder: 0.2, ReorderBy: 300 * time.Millisecond,
		}})
		body(t, c, ps.made)
	})
	require.Nil(t, r.Failed())
	return r, rec
}

// traffic is what passes between S0 and S1.
func traffic(t *lab.T, _ *Cluster, s []*puppet) {
	for range 60 {
		t.Go("call", func() { s[0].peers[1].Call(wire.AppendEntries, &wire.AppendEntriesArgs{}, &wire.AppendEntriesReply{}) })
		t.Sleep(30 * time.Millisecond)
	}
	t.Sleep(2 * time.Second)
}

func scenarioOf(r lab.Result) *scenario.Scenario {
	s := &scenario.Scenario{}
	s.Stalls, s.Faults = r.Happened()
	return s
}

// A run with all the faults that happened in another is the same run.
func TestAllFaultsListedAreTheSameRun(t *testing.T) {
	whole, events := swarm(t, nil, traffic)
	s := scenarioOf(whole)
	assert.True(t, s.Stalls)
	kinds := map[scenario.Kind]int{}
	for _, f := range s.Faults {
		kinds[f.Kind]++
	}
	for _, k := range []scenario.Kind{scenario.Drop, scenario.Late, scenario.Twice} {
		assert.Greater(t, kinds[k], 5, k)
	}
	again, err := scenario.Parse(s.String())
	require.NoError(t, err)
	listed, same := swarm(t, again, traffic)
	assert.Equal(t, events.Hash(), same.Hash())
	assert.Equal(t, s.String(), scenarioOf(listed).String())
}

// What is not listed does not happen: the message arrives after the usual latency.
func TestAMessageThatIsNotListedArrivesAsUsual(t *testing.T) {
	s, err := scenario.Parse("drop S0 -> S1 AppendEntries #2\nlate 200ms reply S0 -> S1 AppendEntries #3\ntwice 50ms S0 -> S1 AppendEntries #4")
	require.NoError(t, err)
	r, rec := swarm(t, s, traffic)
	got := scenarioOf(r)
	assert.False(t, got.Stalls)
	assert.Equal(t, keys(s), keys(got))
	sent, replied := map[uint64]time.Duration{}, map[uint64]time.Duration{}
	delivered, returned := map[uint64]int{}, 0
	for _, e := range rec.Events() {
		switch e.Kind {
		case "sent":
			sent[e.Num] = e.At
		case "delivered":
			delivered[e.Num]++
			if !e.Second {
				assert.InDelta(t, Hop, e.At-sent[e.Num], float64(time.Millisecond))
			}
		case "replied":
			replied[e.Num] = e.At
		case "returned":
			returned++
			want := Hop
			if e.Num == 3 {
				want = 200 * time.Millisecond
			}
			assert.InDelta(t, want, e.At-replied[e.Num], float64(time.Millisecond), e.Num)
		}
	}
	assert.Equal(t, 59, returned, "all but #2")
	assert.Equal(t, 0, delivered[2])
	assert.Equal(t, 1, delivered[3])
	assert.Equal(t, 2, delivered[4])
}

func keys(s *scenario.Scenario) (keys []scenario.Fault) {
	for _, f := range s.Faults {
		keys = append(keys, f.Key())
	}
	return keys
}

// strikes does everything that a swarm does to a cluster, each thing twice.
func strikes(t *lab.T, c *Cluster, _ []*puppet) {
	for range 2 {
		c.Cut(0, 1)
		c.Join(0, 1)
		c.Isolate(1)
		c.Heal()
		c.Partition([]int{0}, []int{1, 2})
		c.Heal()
		c.Pause(2)
		c.Resume(2)
		c.HoldApplier(2)
		c.ReleaseApplier(2)
		c.Crash(0)
		c.Start(0)
		c.Restart(1)
		c.CrashAtSave(1, 3, false)
		c.CrashAtSave(1, Never, false)
		c.Submit(0, c.Next())
		c.PowerCut()
		for i := range 3 {
			c.Start(i)
		}
		c.Operates(0)
	}
}

// What a swarm does to servers happens where it is listed, and what it would end
// goes on where it is not.
func TestASwarmSparesWhatIsNotListed(t *testing.T) {
	whole, _ := swarm(t, nil, strikes)
	s := scenarioOf(whole)
	var lines []string
	for _, f := range s.Faults {
		lines = append(lines, f.String())
	}
	assert.Equal(t, []string{
		"cut S0 -> S1 #1", "isolate S1 #1", "partition [0] [1 2] #1", "pause S2 #1", "hold S2 #1", "crash S0 #1", "restart S1 #1",
		"trap S1 #1", "submit 1 S0", "power-cut #1", "operation C0 #1",
		"cut S0 -> S1 #2", "isolate S1 #2", "partition [0] [1 2] #2", "pause S2 #2", "hold S2 #2", "crash S0 #2", "restart S1 #2",
		"trap S1 #2", "submit 2 S0", "power-cut #2", "operation C0 #2",
	}, lines)
	for _, f := range s.Faults {
		if f.Kind != scenario.Restart && f.Kind != scenario.Trap && !f.Kind.OfClient() {
			assert.Greater(t, f.Until, f.At, f)
		}
		one := &scenario.Scenario{Faults: []scenario.Fault{f.Key()}}
		r, rec := swarm(t, one, strikes)
		assert.Equal(t, keys(one), keys(scenarioOf(r)))
		begun := 0
		for _, e := range rec.Events() {
			switch e.Kind {
			case "start":
				begun++
			case "cut", "isolate", "partition", "pause", "hold":
				assert.Contains(t, f.String(), e.Kind, "%v happened", e)
			}
		}
		want := 3
		switch f.Kind {
		case scenario.Crash, scenario.Restart:
			want = 4
		case scenario.PowerCut:
			want = 6
		}
		assert.Equal(t, want, begun, f)
	}
}

// What a case that is no swarm does is its script, and not for a scenario to change.
func TestAScriptIsNoFault(t *testing.T) {
	r := lab.Try(t, 1, func(t *lab.T) {
		ps := &puppets{}
		c := New(t, 3, ps.make, Options{unwatched: true})
		strikes(t, c, nil)
	})
	require.Nil(t, r.Failed())
	_, faults := r.Happened()
	assert.Empty(t, faults)
}

// A message's name says in which life its sender was, and which of the nodes are clients.
func TestAMessageIsNamedAsItIsRead(t *testing.T) {
	for _, id := range []messageID{{0, 2, 1, 7, false}, {2, 0, 2, 7, true}, {4, 1, 1, 12, false}, {1, 3, 3, 1, true}} {
		l := faultLog{servers: 3}
		l.add(logged{kind: scenario.Drop, message: id, method: "Raft.AppendEntries"})
		f := l.faults()[0]
		s, err := scenario.Parse(f.String())
		require.NoError(t, err)
		assert.Equal(t, id, idOf(s.Faults[0].Message, 3), f)
	}
	l := faultLog{servers: 3}
	l.add(logged{kind: scenario.Drop, message: messageID{4, 1, 2, 7, true}, method: "KVServer.Get"})
	assert.Equal(t, "drop reply C1/2 -> S1 Get #7", l.faults()[0].String())
}
