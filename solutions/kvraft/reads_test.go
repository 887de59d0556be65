package kvraft

import (
	"flag"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/kvraft/kvapi"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/kvtest"
)

// The stage itself is over ReadIndex.

func TestKVLogReads(t *testing.T)   { testReads(t, ByLog) }
func TestKVLeaseReads(t *testing.T) { testReads(t, ByLease) }

// testReads runs the stage with a way to answer Gets, one seed a case if no flag
// asks for others.
func testReads(t *testing.T, reads Reads) {
	if seeds := flag.Lookup("lab.seeds").Value; seeds.String() == "0" {
		require.NoError(t, seeds.Set("1"))
		defer func() { require.NoError(t, seeds.Set("0")) }()
	}
	kvtest.KV.Run(t, kvapi.Service{MakeClerk: MakeClerk, Start: StartWith(reads)})
}

// logOnly hides what a Raft offers beyond its contract for the first stages.
type logOnly struct{ raftapi.Raft }

func TestARaftWithoutReadsHasTheGetsInItsLog(t *testing.T) {
	for _, reads := range []Reads{ByReadIndex, ByLease, ByLog} {
		virtually(t, 3, 1, -1, func(c *cluster) {
			ck := c.clerk(0)
			ck.Put("k", "v")
			c.readOver(reads, func(rf raftapi.Raft) raftapi.Raft { return logOnly{rf} })
			entries := c.lastApplied()
			assert.Equal(t, "v", ck.Get("k"))
			assert.Equal(t, entries+1, c.lastApplied())
		})
	}
}

func TestAGetLeavesNoEntryAndTakesWhatItSays(t *testing.T) {
	for reads, takes := range map[Reads]time.Duration{ByReadIndex: 4 * hop, ByLease: 2 * hop} {
		virtually(t, 3, 1, -1, func(c *cluster) {
			ck := c.clerk(0)
			c.readBy(reads)
			ck.Put("k", "v")
			time.Sleep(time.Second)
			entries := c.lastApplied()
			for range 10 {
				assert.Equal(t, takes, took(func() { assert.Equal(t, "v", ck.Get("k")) }))
			}
			assert.Equal(t, entries, c.lastApplied())
		})
	}
}

func TestKillSendsAwayWhoReads(t *testing.T) {
	virtually(t, 3, 1, -1, func(c *cluster) {
		c.clerk(0).Put("k", "v")
		leader := c.leader()
		kv := c.servers[leader]
		c.isolate(leader)
		get := Op{Kind: Get, Key: "k"}
		reply := Reply{Value: "none"}
		go func() { time.Sleep(hop); kv.Kill() }()
		assert.Equal(t, hop, took(func() { reply = kv.read(kv, get) }), "while it asks the others")
		assert.Equal(t, Reply{}, reply)
		assert.Equal(t, Reply{}, kv.valueAt(0, get), "after Kill")
	})
	kv := applied(newMachine(), 3)
	kv.toWatch = kv.toRead
	go kv.close()
	assert.Equal(t, Reply{}, kv.valueAt(4, Op{Kind: Get, Key: "k"}), "while it waits for the applier")
}

// lastApplied is how far the leader's machine is.
func (c *cluster) lastApplied() int {
	kv := c.servers[c.leader()]
	kv.mu.Lock()
	defer kv.mu.Unlock()
	return kv.lastApplied
}
