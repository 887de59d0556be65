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

// Toy is a service that says which instance of which server it is.
type Toy struct {
	rf     *Raft
	server int
	number int
	killed int
}

type ToyReply struct{ Server, Number int }

func (s *Toy) Who(_ *ToyReply, r *ToyReply) { *r = ToyReply{s.server, s.number} }
func (s *Toy) Kill()                        { s.killed++ }

// toys starts Toys, and keeps them.
type toys struct{ made []*Toy }

func (ts *toys) start(ends []*labrpc.ClientEnd, server int, p raftapi.Persister) (Killer, raftapi.Raft) {
	s := &Toy{rf: &Raft{&puppet{peers: ends, persister: p}}, server: server, number: len(ts.made)}
	ts.made = append(ts.made, s)
	return s, s.rf
}

// ask has a client ask all servers who they are.
func ask(c *Cluster, k int) (answers []ToyReply) {
	for _, end := range c.ClientEnds(k) {
		var r ToyReply
		if end.Call("Toy.Who", &ToyReply{}, &r) {
			answers = append(answers, r)
		}
	}
	return answers
}

func TestServicesMakeTheirOwnRaftAndAnswerClients(t *testing.T) {
	r := lab.TryDurable(t, 1, func(t *lab.T) {
		ts := &toys{}
		c := NewServices(t, 3, 2, ts.start, Options{})
		assert.Equal(t, 3, c.Size())
		assert.Len(t, ts.made[0].rf.peers, 3, "the clients are no peers")
		assert.ElementsMatch(t, []ToyReply{{0, 0}, {1, 1}, {2, 2}}, ask(c, 0))
		assert.True(t, ts.made[0].rf.peers[1].Call("Raft.RequestVote", &wire.RequestVoteArgs{}, &wire.RequestVoteReply{}), "the Raft is served, too")

		ts.made[1].rf.persister.Save([]byte("state"), []byte("a snapshot of its own form"))
		c.Restart(1)
		assert.Equal(t, 1, ts.made[1].killed)
		assert.False(t, ts.made[1].rf.killed.Load(), "that is the service's affair")
		assert.ElementsMatch(t, []ToyReply{{0, 0}, {1, 3}, {2, 2}}, ask(c, 1))
		assert.PanicsWithValue(t, "Submit in a cluster of services: their Start and applyCh are their own", func() { c.Submit(0, 1) })
	})
	assert.Nil(t, r.Failed())
}

func TestAPartitionOfServicesLeavesTheClientsLinks(t *testing.T) {
	assert.Nil(t, lab.Try(t, 1, func(t *lab.T) {
		ts := &toys{}
		c := NewServices(t, 3, 2, ts.start, Options{unwatched: true})
		reaches := func(from, to int) bool {
			return ts.made[from].rf.peers[to].Call(wire.RequestVote, &wire.RequestVoteArgs{}, &wire.RequestVoteReply{})
		}
		c.Partition([]int{0, 2})
		assert.True(t, reaches(0, 2))
		assert.False(t, reaches(0, 1))
		assert.False(t, reaches(1, 0))
		assert.Len(t, ask(c, 0), 3)
		c.CutClient(0, 2)
		assert.Len(t, ask(c, 0), 2)
		assert.Len(t, ask(c, 1), 3)
		c.JoinClient(0, 2)
		assert.Len(t, ask(c, 0), 3)
		c.Partition([]int{0, 1}, []int{2})
		assert.True(t, reaches(1, 0))
		assert.False(t, reaches(0, 2))
		c.Heal()
		assert.True(t, reaches(0, 2))
	}).Failed())
}

func TestTheFatesOfClientsMessagesCanBeMeddledWith(t *testing.T) {
	assert.Nil(t, lab.Try(t, 1, func(t *lab.T) {
		ts := &toys{}
		c := NewServices(t, 3, 2, ts.start, Options{unwatched: true})
		requests, replies := 0, 0
		c.MeddleClients(func(m labrpc.Message, f labrpc.Fate) labrpc.Fate {
			if m.Reply {
				replies++
			} else {
				requests++
			}
			f.Drop = m.Reply && m.From == c.Client(1) && m.To == 2
			return f
		})
		assert.True(t, ts.made[0].rf.peers[2].Call(wire.RequestVote, &wire.RequestVoteArgs{}, &wire.RequestVoteReply{}))
		assert.Len(t, ask(c, 0), 3)
		assert.ElementsMatch(t, []ToyReply{{0, 0}, {1, 1}}, ask(c, 1))
		c.Do(func() { assert.Equal(t, [2]int{6, 6}, [2]int{requests, replies}) })
		c.MeddleClients(nil)
		assert.Len(t, ask(c, 1), 3)

		assert.Zero(t, c.Disk(0).SnapshotSize())
		ts.made[0].rf.persister.Save(nil, []byte("seven b"))
		assert.Equal(t, 7, c.Disk(0).SnapshotSize())
	}).Failed())
}

func TestStampsGrowAndClientsStandAmongTheEvents(t *testing.T) {
	assert.Nil(t, lab.Try(t, 1, func(t *lab.T) {
		c := NewServices(t, 1, 1, (&toys{}).start, Options{unwatched: true})
		first, _ := c.Stamp()
		second, now := c.Stamp()
		assert.Greater(t, second, first)
		assert.Equal(t, t.Now(), now)
		c.Call(0, "Get")
		c.Returned(0, "Get")
		var seen []trace.Event
		for _, e := range t.Recorder().Events() {
			switch e.Kind {
			case "call", "return", "cluster":
				e.At = 0
				seen = append(seen, e)
			}
		}
		assert.Equal(t, []trace.Event{
			{Kind: "cluster", From: trace.None, To: trace.None, Index: 1},
			{Kind: "call", From: 1, To: trace.None, Note: "Get"},
			{Kind: "return", From: 1, To: trace.None, Note: "Get"},
		}, seen)
	}).Failed())
}

func TestAClerkThatTriesForEverEndsWithAFailedCase(t *testing.T) {
	f := lab.Try(t, 1, func(t *lab.T) {
		c := NewServices(t, 1, 1, (&toys{}).start, Options{})
		end := c.ClientEnds(0)[0]
		t.Go("client C0", func() {
			for {
				end.Call("Toy.Who", &ToyReply{}, &ToyReply{})
			}
		})
		t.Sleep(time.Second)
		t.Failf("", "the case gives up")
	}).Failed()
	require.NotNil(t, f)
	assert.Equal(t, "the case gives up", f.Text)
}

func TestElectingOneServerLeavesClientsAlone(t *testing.T) {
	assert.Nil(t, lab.Try(t, 1, func(t *lab.T) {
		c := NewServices(t, 3, 1, (&toys{}).start, Options{unwatched: true})
		c.Only(1)
		assert.Len(t, ask(c, 0), 3)
	}).Failed())
}
