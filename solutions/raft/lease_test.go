package raft

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAServerThatHearsItsLeaderDoesNotHeedRequestVote(t *testing.T) {
	virtually(t, 3, Options{}, func(c *virtual) {
		c.has(0, 4)
		c.start(0)
		rf := c.servers[0]
		ask := func(term int) (reply RequestVoteReply) {
			rf.RequestVote(&RequestVoteArgs{Term: term, CandidateId: 1}, &reply)
			return reply
		}
		time.Sleep(minElectionTimeout - 1)
		assert.Equal(t, RequestVoteReply{Term: 4}, ask(5), "it may have heard one before it was restarted")
		time.Sleep(time.Nanosecond)
		assert.Equal(t, RequestVoteReply{Term: 5, VoteGranted: true}, ask(5))

		rf.AppendEntries(&AppendEntriesArgs{Term: 5, LeaderId: 1}, &AppendEntriesReply{})
		time.Sleep(minElectionTimeout - 1)
		assert.Equal(t, RequestVoteReply{Term: 5}, ask(6))
		time.Sleep(time.Nanosecond)
		assert.Equal(t, RequestVoteReply{Term: 6, VoteGranted: true}, ask(6))

		rf.mu.Lock()
		rf.becomeLeaderLocked()
		rf.mu.Unlock()
		assert.Equal(t, RequestVoteReply{Term: 6}, ask(7))
	})
}

// The old leader is cut off in every way, at every phase of its heartbeats. At
// every millisecond after that, what LeaseRead says of it is not less than what
// anybody has committed.
func TestALeaseIsOverBeforeAnybodyElseIsElected(t *testing.T) {
	for name, cut := range map[string]func(*virtual, int){
		"cut off": (*virtual).isolate, "deaf": (*virtual).deafen, "mute": (*virtual).silence,
	} {
		t.Run(name, func(t *testing.T) {
			for phase := time.Duration(0); phase < heartbeatInterval; phase += 7 * time.Millisecond {
				virtually(t, 3, Options{}, func(c *virtual) {
					c.start()
					old := c.leader()
					c.servers[old].Start("entry")
					time.Sleep(time.Second + phase)
					cut(c, old)
					held := time.Duration(0)
					for ms := range 1000 {
						time.Sleep(time.Millisecond)
						committed := 0
						for i, rf := range c.servers {
							if i != old && ms%10 == 0 && c.leads(i) {
								rf.Start("newer")
							}
							rf.mu.Lock()
							committed = max(committed, rf.commitIndex)
							rf.mu.Unlock()
						}
						if index, ok := c.servers[old].LeaseRead(); ok {
							held += time.Millisecond
							assert.GreaterOrEqual(t, index, committed)
						}
					}
					assert.Greater(t, held, leaseTimeout-heartbeatInterval-3*hop)
					assert.LessOrEqual(t, held, leaseTimeout)
				})
			}
		})
	}
}

func TestALeaseReadSendsNothingAndKnowsWhileItIsAnswered(t *testing.T) {
	virtually(t, 3, Options{}, func(c *virtual) {
		c.start()
		leader := c.leader()
		rf := c.servers[leader]
		_, ok := rf.LeaseRead()
		assert.False(t, ok, "no entry of its term is committed")
		index, _, _ := rf.Start("entry")
		time.Sleep(2 * hop)
		time.Sleep(time.Millisecond)
		before := c.requests("")
		for range 1000 {
			got, ok := rf.LeaseRead()
			assert.True(t, ok)
			assert.Equal(t, index, got)
		}
		assert.Equal(t, before, c.requests(""))
		for _, i := range c.others(leader) {
			_, ok := c.servers[i].LeaseRead()
			assert.False(t, ok)
		}

		rf.AppendEntries(&AppendEntriesArgs{Term: 9, LeaderId: 1}, &AppendEntriesReply{})
		_, ok = rf.LeaseRead()
		assert.False(t, ok, "it has stepped down")
	})
}

func TestWithoutLeasesLeaseReadNeverKnows(t *testing.T) {
	virtually(t, 3, Options{NoLease: true}, func(c *virtual) {
		c.start()
		rf := c.servers[c.leader()]
		rf.Start("entry")
		time.Sleep(time.Second)
		_, ok := rf.LeaseRead()
		assert.False(t, ok)
		_, ok = rf.ReadIndex()
		assert.True(t, ok)
	})
}
