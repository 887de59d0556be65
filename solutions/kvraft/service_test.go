package kvraft

import (
	"math/rand"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/kvraft/kvapi"
	"raftlabs/labrpc"
)

// The service over its Raft, with exact times and one fault each. The swarm of
// faults is in linearizable_test.go.

func TestAnOperationTakesTwoRoundTrips(t *testing.T) {
	virtually(t, 3, 1, -1, func(c *cluster) {
		ck := c.clerk(0)
		c.leader()
		ck.Put("k", "") // now the clerk knows the leader
		assert.Equal(t, 4*hop, took(func() { ck.Put("k", "v") }))
		assert.Equal(t, 4*hop, took(func() { assert.Equal(t, "v", ck.Get("k")) }))
		time.Sleep(time.Second)
		assert.Equal(t, 4*hop, took(func() { ck.Append("k", "w") }))
		assert.Equal(t, "vw", ck.Get("k"))
		assert.Equal(t, 4*hop, took(func() { assert.Equal(t, "", ck.Get("nobody wrote this")) }))
	})
}

// Among many, an operation may have to wait for a round that is under way, and for
// no more than one.
func TestManyClerksAtOnceWaitForOneRoundAtMost(t *testing.T) {
	const clerks, operations = 16, 30
	virtually(t, 5, clerks, -1, func(c *cluster) {
		c.leader()
		var all []kvapi.Clerk
		for k := range clerks {
			all = append(all, c.clerk(k))
			all[k].Put("k", "") // now it knows the leader
		}
		var working sync.WaitGroup
		times := make([][]time.Duration, clerks)
		for k, ck := range all {
			working.Go(func() {
				for range operations {
					time.Sleep(time.Duration(rand.Intn(int(10 * hop))))
					times[k] = append(times[k], took(func() { ck.Append("k", "v") }))
				}
			})
		}
		working.Wait()
		sorted := slices.Concat(times...)
		slices.Sort(sorted)
		n := len(sorted)
		assert.LessOrEqual(t, 4*hop, sorted[0])
		assert.LessOrEqual(t, sorted[n-1], 6*hop)
		t.Logf("a hop takes %v; of %d operations 50 %% took up to %v, 90 %% %v, 99 %% %v, all %v",
			hop, n, sorted[n/2], sorted[n*9/10], sorted[n*99/100], sorted[n-1])
		assert.Equal(t, strings.Repeat("v", clerks*operations), all[0].Get("k"))
	})
}

func TestOneServerAloneAnswersInOneRoundTrip(t *testing.T) {
	virtually(t, 1, 1, -1, func(c *cluster) {
		ck := c.clerk(0)
		c.leader()
		assert.Equal(t, 2*hop, took(func() { ck.Append("k", "v") }))
		assert.Equal(t, "v", ck.Get("k"))
	})
}

func TestAClerkFindsTheLeaderWithoutAPause(t *testing.T) {
	virtually(t, 5, 1, -1, func(c *cluster) {
		leader := c.leader()
		ck := c.clerk(0)
		refusals := time.Duration(leader) * 2 * hop // clerks begin with server 0
		assert.Equal(t, refusals+4*hop, took(func() { ck.Put("k", "v") }))
		assert.Equal(t, 4*hop, took(func() { ck.Put("k", "w") }))
	})
}

func TestAnAnswerThatIsLostIsNoSecondExecution(t *testing.T) {
	virtually(t, 3, 1, -1, func(c *cluster) {
		ck := c.clerk(0)
		leader := c.leader()
		var answers atomic.Int64
		lose := func(m labrpc.Message) bool {
			return m.Reply && m.Method == "KVServer.Execute" && answers.Add(1) <= int64(leader+3)
		}
		c.lose.Store(&lose)
		ck.Append("k", "v")
		assert.EqualValues(t, leader+4, answers.Load(), "the refusals, three answers that are lost, and one that is not")
		assert.Equal(t, "v", ck.Get("k"))
	})
}

func TestAnotherServerGoesOnAfterACrash(t *testing.T) {
	virtually(t, 3, 1, -1, func(c *cluster) {
		ck := c.clerk(0)
		ck.Put("k", "")
		want := ""
		for range 5 {
			leader := c.leader()
			crashed := make(chan struct{})
			go func() { // while the entry travels, or the answer
				time.Sleep(3*hop + hop/2)
				c.crash(leader)
				close(crashed)
			}()
			assert.Less(t, took(func() { ck.Append("k", "v") }), electionTime)
			want += "v"
			assert.Equal(t, want, ck.Get("k"))
			<-crashed
			c.start(leader)
		}
	})
}

// A leader that reaches no other server finds out for itself, and until then says
// neither yes nor what it remembers.
func TestAClerkLeavesALeaderInAMinority(t *testing.T) {
	virtually(t, 3, 2, -1, func(c *cluster) {
		ck, late := c.clerk(0), c.clerk(1).(*Clerk)
		ck.Put("k", "old")
		old := c.leader()
		c.isolate(old)
		for _, kind := range []Kind{Get, Append} {
			var reply Reply
			waited := took(func() {
				late.servers[old].Call("KVServer.Execute", &Op{Kind: kind, Key: "k", Clerk: 1, Seq: 1}, &reply)
			})
			assert.Equal(t, Reply{}, reply)
			assert.Less(t, waited, patience+2*watchInterval)
		}
		ck.Put("k", "new")
		late.leader = old
		assert.Equal(t, "new", late.Get("k"))
	})
}

// A leader that was deposed hears of it, but where nobody writes nothing is
// applied at the index that its handler waits for.
func TestADeposedLeaderSendsItsClerksAway(t *testing.T) {
	virtually(t, 3, 1, -1, func(c *cluster) {
		c.clerk(0).Put("k", "v")
		old := c.leader()
		c.isolate(old)
		ends := c.ends(0)
		c.leader(c.others(old)...)
		time.Sleep(time.Second) // let it be older than what follows

		answer := make(chan Reply, 1)
		go func() { // past the clerk, which would go to another server
			var reply Reply
			if ends[old].Call("KVServer.Execute", &Op{Kind: Get, Key: "k", Clerk: 1, Seq: 1}, &reply) {
				answer <- reply
			}
		}()
		time.Sleep(2 * hop)
		c.net.Heal()
		assert.Less(t, took(func() { assert.Equal(t, Reply{}, <-answer) }), 2*watchInterval)
	})
}

func TestAMinorityAnswersNobodyUntilItIsHealed(t *testing.T) {
	virtually(t, 5, 2, -1, func(c *cluster) {
		inside, outside := c.clerk(0), c.clerk(1)
		inside.Put("k", "old")
		outside.Put("k", "old")
		leader := c.leader()
		fewer := []int{leader, (leader + 1) % 5, c.client(0)}
		more := []int{(leader + 2) % 5, (leader + 3) % 5, (leader + 4) % 5, c.client(1)}
		c.net.Partition(fewer, more)

		var returned atomic.Bool
		go func() { inside.Append("k", "+inside"); returned.Store(true) }()
		assert.Less(t, took(func() { outside.Put("k", "new") }), electionTime)
		time.Sleep(20 * time.Second)
		assert.False(t, returned.Load(), "the minority answered")

		c.net.Heal()
		time.Sleep(electionTime)
		assert.True(t, returned.Load(), "the operation returns once it can")
		assert.Equal(t, "new+inside", outside.Get("k"))
	})
}

func TestSnapshotsBoundTheStateAndHoldTheSessions(t *testing.T) {
	const limit = 1000
	virtually(t, 3, 3, limit, func(c *cluster) {
		early, ck := c.clerk(0), c.clerk(1)
		early.Append("early", "once")
		largest := 0
		for i := range 100 {
			ck.Put("k", strings.Repeat("x", i))
			for _, kv := range c.servers {
				largest = max(largest, kv.Raft().PersistBytes())
			}
		}
		assert.Less(t, largest, 2*limit)
		for i := range c.servers {
			assert.NotZero(t, c.disks[i].mount().SnapshotSize(), "S%d has taken a snapshot", i)
			c.crash(i)
		}
		for i := range c.servers {
			c.start(i)
		}
		assert.Equal(t, strings.Repeat("x", 99), ck.Get("k"))
		assert.Equal(t, "once", ck.Get("early"))

		// What was executed before the restart is not executed again.
		again := &Clerk{servers: c.ends(2), id: early.(*Clerk).id}
		again.Append("early", "twice")
		assert.Equal(t, "once", ck.Get("early"))
		assert.Len(t, c.machine(c.leader()).sessions, 2)
	})
}

func TestWithoutALimitThereIsNoSnapshot(t *testing.T) {
	virtually(t, 3, 1, -1, func(c *cluster) {
		ck := c.clerk(0)
		for range 100 {
			ck.Put("k", strings.Repeat("x", 100))
		}
		assert.Zero(t, c.disks[c.leader()].mount().SnapshotSize())
		assert.Greater(t, c.servers[c.leader()].Raft().PersistBytes(), 100*100)
	})
}

func TestAServerThatWasAwayInstallsASnapshot(t *testing.T) {
	virtually(t, 3, 1, 1000, func(c *cluster) {
		ck := c.clerk(0)
		ck.Put("k", "")
		away := c.others(c.leader())[0]
		c.isolate(away)
		for range 100 {
			ck.Append("k", "v")
		}
		c.net.Heal()
		time.Sleep(electionTime)
		want := strings.Repeat("v", 100)
		assert.Equal(t, want, ck.Get("k"))
		time.Sleep(time.Second)
		assert.Equal(t, want, c.machine(away).values["k"])
		assert.Equal(t, c.machine(c.leader()), c.machine(away))
	})
}

func TestKillSendsAwayWhoWaits(t *testing.T) {
	virtually(t, 3, 1, -1, func(c *cluster) {
		c.clerk(0).Put("k", "v")
		leader := c.leader()
		c.isolate(leader)
		reply := Reply{Value: "none"}
		kv := c.servers[leader]
		go func() { time.Sleep(hop); kv.Kill() }()
		assert.Equal(t, hop, took(func() { reply = kv.commit(Op{Clerk: 1, Seq: 1}) }))
		assert.Equal(t, Reply{}, reply)
		assert.Equal(t, Reply{}, kv.commit(Op{Clerk: 1, Seq: 2}), "after Kill")
	})
}
