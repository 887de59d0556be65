package raft

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/labrpc"
)

func TestAReadIndexTakesOneRoundTrip(t *testing.T) {
	virtually(t, 5, Options{}, func(c *virtual) {
		c.start()
		rf := c.servers[c.leader()]
		index, _, _ := rf.Start("entry")
		for range 50 {
			time.Sleep(heartbeatInterval/2 + time.Millisecond)
			assert.Equal(t, 2*hop, took(func() {
				got, ok := rf.ReadIndex()
				assert.True(t, ok)
				assert.Equal(t, index, got)
			}))
		}
		rf.mu.Lock()
		defer rf.mu.Unlock()
		assert.Equal(t, index, rf.log.lastIndex(), "no entry")
	})
}

func TestReadsAtOnceShareRounds(t *testing.T) {
	const readers, reads = 64, 20
	virtually(t, 3, Options{}, func(c *virtual) {
		c.start()
		rf := c.servers[c.leader()]
		rf.Start("entry")
		time.Sleep(time.Second)
		before := c.requests("")
		begun := time.Now()
		var reading sync.WaitGroup
		for r := range readers {
			reading.Go(func() {
				time.Sleep(time.Duration(r) * time.Millisecond / 8)
				for range reads {
					d := took(func() {
						_, ok := rf.ReadIndex()
						assert.True(t, ok)
					})
					assert.LessOrEqual(t, d, 4*hop, "the round that is under way, and one of its own")
				}
			})
		}
		reading.Wait()
		rounds := int(time.Since(begun)/(2*hop)) + 1
		heartbeats := int(time.Since(begun)/heartbeatInterval) + 1
		sent := c.requests("") - before
		assert.LessOrEqual(t, sent, 2*(rounds+heartbeats))
		t.Logf("%d reads took %v and %d requests", readers*reads, time.Since(begun), sent)
	})
}

// What an older term left may be committed, for all that a new leader knows.
func TestANewLeaderWaitsForAnEntryOfItsOwn(t *testing.T) {
	virtually(t, 3, Options{}, func(c *virtual) {
		for i := range c.servers {
			c.has(i, 3, 1, 2, 3)
		}
		c.start()
		rf := c.servers[c.leader()]
		time.Sleep(soon)
		_, ok := rf.LeaseRead()
		assert.False(t, ok, "3 entries of older terms may be committed")
		for range 2 {
			index, ok := rf.ReadIndex()
			assert.True(t, ok)
			assert.Equal(t, 4, index)
		}
		index, ok := rf.LeaseRead()
		assert.True(t, ok)
		assert.Equal(t, 4, index)
		rf.mu.Lock()
		defer rf.mu.Unlock()
		assert.Equal(t, LogEntry{Term: rf.currentTerm}, rf.log.entries[3])
		assert.Equal(t, 4, rf.log.lastIndex(), "one such entry a term")
	})
}

func TestWhoCannotKnowSaysSo(t *testing.T) {
	for name, o := range map[string]Options{"with CheckQuorum": {}, "without": {NoCheckQuorum: true}} {
		t.Run(name, func(t *testing.T) {
			virtually(t, 3, o, func(c *virtual) {
				c.start()
				leader := c.leader()
				c.servers[leader].Start("entry")
				time.Sleep(time.Second)
				for _, i := range c.others(leader) {
					assert.Zero(t, took(func() {
						_, ok := c.servers[i].ReadIndex()
						assert.False(t, ok, "it does not lead")
					}))
				}
				c.deafen(leader)
				assert.Less(t, took(func() {
					_, ok := c.servers[leader].ReadIndex()
					assert.False(t, ok, "nobody answers")
				}), maxElectionTimeout+2*heartbeatInterval)
			})
		})
	}
}

func TestAnAnswerToAnOlderRequestConfirmsNoRead(t *testing.T) {
	virtually(t, 3, Options{}, func(c *virtual) {
		c.start()
		leader := c.leader()
		rf := c.servers[leader]
		rf.Start("entry")
		time.Sleep(time.Second)
		before := c.requests("")
		for c.requests("") == before {
			time.Sleep(time.Millisecond) // until heartbeats are on their way
		}
		c.net.Amend(func(m labrpc.Message, f labrpc.Fate) labrpc.Fate {
			f.Drop = !m.Reply && m.From == leader // the answers to those come, but nobody is asked anything more
			return f
		})
		_, ok := rf.ReadIndex()
		assert.False(t, ok)
	})
}

func TestKillEndsAReadIndex(t *testing.T) {
	virtually(t, 3, Options{}, func(c *virtual) {
		c.start()
		leader := c.leader()
		rf := c.servers[leader]
		rf.Start("entry")
		time.Sleep(time.Second)
		c.isolate(leader)
		time.AfterFunc(hop, func() { rf.Kill() })
		assert.Equal(t, hop, took(func() {
			_, ok := rf.ReadIndex()
			assert.False(t, ok)
		}))
	})
}

func TestOneServerAloneReadsWithoutAMessage(t *testing.T) {
	virtually(t, 1, Options{}, func(c *virtual) {
		c.start()
		rf := c.servers[c.leader()]
		assert.Zero(t, took(func() {
			index, ok := rf.ReadIndex()
			assert.True(t, ok)
			assert.Equal(t, 1, index)
		}))
		time.Sleep(soon)
		_, ok := rf.LeaseRead()
		assert.True(t, ok)
	})
}
