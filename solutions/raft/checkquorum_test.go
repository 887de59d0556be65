package raft

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/labrpc"
)

func TestAHealthyLeaderIsNeverSteppedDown(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5} {
		for _, slow := range []time.Duration{hop, 6 * hop} {
			t.Run(fmt.Sprintf("%d servers, %v a hop", n, slow), func(t *testing.T) {
				virtually(t, n, Options{}, func(c *virtual) {
					c.net.Amend(func(_ labrpc.Message, f labrpc.Fate) labrpc.Fate { f.Latency = slow; return f })
					c.start()
					leader := c.leader()
					term := c.term(leader)
					for _, down := range c.others(leader)[:(n-1)/2] {
						c.crash(down) // a majority is enough
					}
					time.Sleep(20 * time.Second)
					assert.True(t, c.leads(leader))
					assert.Equal(t, term, c.term(leader))
				})
			})
		}
	}
}

// It counts from when the last request left that a majority has answered: here
// between none and one heartbeat interval before the cut.
func TestALeaderThatNobodyAnswersStepsDown(t *testing.T) {
	for name, cut := range map[string]func(*virtual, int){
		"cut off": (*virtual).isolate, "deaf": (*virtual).deafen,
	} {
		t.Run(name, func(t *testing.T) {
			virtually(t, 5, Options{}, func(c *virtual) {
				c.start()
				old := c.leader()
				time.Sleep(time.Second)
				term := c.term(old)
				cut(c, old)
				after := took(func() {
					for c.leads(old) {
						time.Sleep(time.Millisecond)
					}
				})
				assert.Equal(t, term, c.term(old), "in the same term")
				assert.LessOrEqual(t, after, maxElectionTimeout+time.Millisecond)
				assert.GreaterOrEqual(t, after, maxElectionTimeout-heartbeatInterval-2*hop)
				_, _, led := c.servers[old].Start("refused")
				assert.False(t, led)

				next := c.leader(c.others(old)...)
				c.join(old)
				time.Sleep(time.Second)
				assert.True(t, c.leads(next))
				assert.Equal(t, c.term(next), c.term(old))
			})
		})
	}
}

// One follower of four answers: with itself that makes two of five.
func TestALeaderInAMinorityStepsDown(t *testing.T) {
	virtually(t, 5, Options{}, func(c *virtual) {
		c.start()
		old := c.leader()
		rest := c.others(old)
		c.net.Partition([]int{old, rest[0]}, rest[1:])
		next := c.leader(rest[1:]...)
		time.Sleep(maxElectionTimeout)
		assert.False(t, c.leads(old))
		c.net.Heal()
		time.Sleep(time.Second)
		assert.True(t, c.leads(next), "who comes back deposes nobody")
	})
}

// Requests of a peer are no answers, and an answer counts from when its request
// left, however late it comes.
func TestOnlyAnswersToWhatWasSentCount(t *testing.T) {
	virtually(t, 3, Options{}, func(c *virtual) {
		c.start()
		old := c.leader()
		time.Sleep(time.Second)
		c.net.Amend(func(m labrpc.Message, f labrpc.Fate) labrpc.Fate {
			if m.Reply && m.From == old {
				f.Latency = 2 * maxElectionTimeout
			}
			return f
		})
		time.Sleep(maxElectionTimeout + heartbeatInterval)
		assert.False(t, c.leads(old), "the answers of the last 600 ms are under way")
		time.Sleep(soon)
		assert.False(t, c.leads(old))
	})
}

func TestWithoutCheckQuorumALeaderDoesNotStepDown(t *testing.T) {
	virtually(t, 3, Options{NoCheckQuorum: true}, func(c *virtual) {
		c.start()
		old := c.leader()
		c.isolate(old)
		time.Sleep(soon)
		assert.True(t, c.leads(old))
	})
}
