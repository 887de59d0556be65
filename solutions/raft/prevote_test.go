package raft

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAPreVoteChangesNothing(t *testing.T) {
	virtually(t, 3, Options{}, func(c *virtual) {
		c.has(0, 4, 1, 2)
		c.start(0)
		time.Sleep(minElectionTimeout)
		rf := c.servers[0]
		for asker := 1; asker < 3; asker++ {
			rf.mu.Lock()
			term, vote, role, deadline, saved := rf.currentTerm, rf.votedFor, rf.role, rf.electionDeadline, c.disks[0].state.Load()
			rf.mu.Unlock()
			var reply RequestVoteReply
			rf.RequestPreVote(&RequestVoteArgs{Term: 9, CandidateId: asker, LastLogIndex: 2, LastLogTerm: 2}, &reply)
			assert.Equal(t, RequestVoteReply{Term: 9, VoteGranted: true}, reply, "to anybody, in the asker's term")
			rf.mu.Lock()
			assert.Equal(t, []any{term, vote, role, deadline}, []any{rf.currentTerm, rf.votedFor, rf.role, rf.electionDeadline})
			assert.Same(t, saved, c.disks[0].state.Load())
			rf.mu.Unlock()
		}
	})
}

func TestAPreVoteIsRefused(t *testing.T) {
	yes := RequestVoteArgs{Term: 5, CandidateId: 1, LastLogIndex: 2, LastLogTerm: 2}
	for name, try := range map[string]struct {
		before func(rf *Raft)
		args   RequestVoteArgs
	}{
		"to a term that is not to come": {nil, RequestVoteArgs{Term: 4, CandidateId: 1, LastLogIndex: 9, LastLogTerm: 4}},
		"to a shorter log":              {nil, RequestVoteArgs{Term: 9, CandidateId: 1, LastLogIndex: 1, LastLogTerm: 2}},
		"to a log of an older term":     {nil, RequestVoteArgs{Term: 9, CandidateId: 1, LastLogIndex: 7, LastLogTerm: 1}},
		"while a leader is heard": {func(rf *Raft) {
			rf.AppendEntries(&AppendEntriesArgs{Term: 4, LeaderId: 2}, &AppendEntriesReply{})
			time.Sleep(minElectionTimeout - 1)
		}, yes},
		"while a leader's snapshot is heard": {func(rf *Raft) {
			rf.InstallSnapshot(&InstallSnapshotArgs{Term: 4, LeaderId: 2}, &InstallSnapshotReply{})
			time.Sleep(minElectionTimeout - 1)
		}, yes},
		"by a leader": {func(rf *Raft) {
			rf.mu.Lock()
			rf.becomeLeaderLocked()
			rf.mu.Unlock()
		}, yes},
		"right after a restart": {func(rf *Raft) {
			rf.mu.Lock()
			rf.restoreLocked()
			rf.mu.Unlock()
		}, yes},
	} {
		t.Run(name, func(t *testing.T) {
			virtually(t, 3, Options{}, func(c *virtual) {
				c.has(0, 4, 1, 2)
				c.start(0)
				time.Sleep(minElectionTimeout)
				if try.before != nil {
					try.before(c.servers[0])
				}
				var reply RequestVoteReply
				c.servers[0].RequestPreVote(&try.args, &reply)
				assert.Equal(t, RequestVoteReply{Term: 4}, reply)
			})
		})
	}
}

func TestAServerThatIsCutOffKeepsItsTermAndDeposesNobody(t *testing.T) {
	for name, cut := range map[string]func(*virtual, int){
		"from all":             (*virtual).isolate,
		"and hears nobody":     (*virtual).deafen,
		"and reaches nobody":   (*virtual).silence,
		"but from some others": func(c *virtual, i int) { c.net.Cut(c.leader(), i) },
	} {
		t.Run(name, func(t *testing.T) {
			virtually(t, 5, Options{}, func(c *virtual) {
				c.start()
				leader := c.leader()
				term, away := c.term(leader), c.others(leader)[1]
				for range 5 {
					cut(c, away)
					time.Sleep(5 * time.Second)
					c.join(away)
					time.Sleep(time.Second)
					for i := range c.servers {
						assert.Equal(t, term, c.term(i), "S%d", i)
					}
					assert.True(t, c.leads(leader))
				}
			})
		})
	}
}

// A server with a short log and a high term is up with one that has a long log
// and a low term: the first may not win, and the second learns the term.
func TestTermsAndLogsThatDisagreeDoNotWedge(t *testing.T) {
	virtually(t, 3, Options{}, func(c *virtual) {
		c.has(0, 9, 1)
		c.has(1, 3, 1, 2, 3)
		c.start(0, 1)
		assert.Equal(t, 1, c.leader())
		assert.Equal(t, 10, c.term(1))
	})
}

// All but one are a term ahead, and it alone has the whole log.
func TestAServerBehindInTermIsElected(t *testing.T) {
	virtually(t, 5, Options{}, func(c *virtual) {
		c.has(0, 2, 1, 2)
		for _, i := range c.others(0) {
			c.has(i, 3, 1)
		}
		c.start(0, 1, 2)
		assert.Equal(t, 0, c.leader())
	})
}

// One that was down while others campaigned is ahead of a leader in office. The
// leader hears of it by the answer to AppendEntries, and the next one is ahead
// of both.
func TestAServerAheadInTermIsBroughtBack(t *testing.T) {
	virtually(t, 3, Options{}, func(c *virtual) {
		c.has(2, 50)
		c.start(0, 1)
		c.servers[c.leader()].Start("entry")
		time.Sleep(time.Second)
		c.start(2)
		time.Sleep(soon)
		leader := c.leader()
		assert.NotEqual(t, 2, leader, "S2 lacks an entry")
		assert.Greater(t, c.term(leader), 50)
		assert.Equal(t, c.term(leader), c.term(2))
	})
}

// An old leader remembers that it led. It may not refuse its successor for that.
func TestAnOldLeaderHelpsToElectTheNext(t *testing.T) {
	virtually(t, 3, Options{}, func(c *virtual) {
		c.start()
		old := c.leader()
		third := c.others(old)[0]
		c.deafen(old)
		for c.leads(old) {
			time.Sleep(time.Millisecond)
		}
		c.crash(third)
		c.join(old) // with the one that is left it is a majority
		c.leader(c.others(third)...)
	})
}

// slow says yes to everybody, but later than anybody waits for.
type slow struct{}

func (slow) RequestPreVote(args *RequestVoteArgs, reply *RequestVoteReply) {
	time.Sleep(maxElectionTimeout)
	*reply = RequestVoteReply{Term: args.Term, VoteGranted: true}
}

func (slow) RequestVote(*RequestVoteArgs, *RequestVoteReply) {}

func TestAPreVoteOfAnEarlierPreCandidacyDoesNotCount(t *testing.T) {
	virtually(t, 5, Options{}, func(c *virtual) {
		for _, i := range c.others(0) {
			c.net.Boot(i)
			assert.NoError(t, c.net.ServeAs(i, "Raft", slow{}))
		}
		c.start(0)
		time.Sleep(20 * time.Second)
		assert.Zero(t, c.term(0))
		assert.Greater(t, c.requests("Raft.RequestPreVote"), 4*30)
	})
}

func TestAPreCandidateGoesBack(t *testing.T) {
	for name, news := range map[string]func(rf *Raft){
		"that hears its leader": func(rf *Raft) {
			rf.AppendEntries(&AppendEntriesArgs{Term: 4, LeaderId: 2}, &AppendEntriesReply{})
		},
		"that gives its vote": func(rf *Raft) {
			rf.RequestVote(&RequestVoteArgs{Term: 4, CandidateId: 2}, &RequestVoteReply{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			virtually(t, 3, Options{}, func(c *virtual) {
				c.has(0, 4)
				c.start(0)
				time.Sleep(minElectionTimeout)
				rf := c.servers[0]
				rf.mu.Lock()
				rf.preCampaignLocked()
				rf.mu.Unlock()
				news(rf)
				rf.mu.Lock()
				assert.Equal(t, follower, rf.role)
				rf.mu.Unlock()
			})
		})
	}
}
