package cluster

import (
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"raftlabs/labrpc"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// Only lets no real server but i win an election from now on: it drops what
// the others send as candidates and as leaders. Anyone ends it.
func (c *Cluster) Only(i int) { c.Net.Do(func() { c.record.only, c.record.chosen = true, i }) }

// Anyone ends Only.
func (c *Cluster) Anyone() { c.Net.Do(func() { c.record.only = false }) }

// elections drops what Only does not let through: of Raft's messages, not of a
// service's.
func (r *recorder) elections(m labrpc.Message, f labrpc.Fate) labrpc.Fate {
	if r.only && m.From != r.chosen && m.Incarnation > 0 && strings.HasPrefix(m.Method, "Raft.") {
		f.Drop = true
	}
	return f
}

// electTime is how long Elect tries.
const electTime = 4 * ElectionTime

// Elect has a server elected whose log is up-to-date enough for a majority, and
// returns when it has led for so long that nothing but a fault can depose it.
// servers are those that are to follow it, the Connected ones where none are
// named.
func (c *Cluster) Elect(i int, servers ...int) State {
	if len(servers) == 0 {
		servers = c.Connected()
	}
	c.Only(i)
	defer c.Anyone()
	start := c.t.Now()
	for {
		st := c.State(i)
		if !st.Leader {
			st = c.support(i, servers, start+electTime)
		}
		if c.quiet(st, servers) {
			c.t.Count("leaders", 1)
			return st
		}
	}
}

// support waits until a server leads, and keeps the others from campaigning
// meanwhile: they would do so in vain, but with each time their terms rise, and
// a server with longer timeouts might never catch up.
//
// It asks them for their votes in the server's name, in a term that is new to
// them. Each vote they give resets their timers; so the server is the next to
// campaign, sooner or later, and then in a later term. That request is its own,
// and decided by the log that it has.
func (c *Cluster) support(i int, servers []int, until time.Duration) State {
	var term atomic.Int64
	for _, s := range c.States(servers) {
		term.Store(max(term.Load(), int64(s.Term)+1))
	}
	var over atomic.Bool
	defer over.Store(true)
	for _, j := range servers {
		if j != i && c.instance(j) != nil {
			c.t.Go("votes of S"+strconv.Itoa(j), func() { c.askFor(i, j, &term, &over) })
		}
	}
	for c.t.Now() < until {
		if st := c.State(i); st.Leader {
			return st
		}
		c.t.Sleep(time.Millisecond)
	}
	c.t.Fail(lab.Failure{Rule: "§5.2", Detail: c.describe(), Liveness: true, Text: lab.Sentence(
		"S%d was the only server whose requests for votes arrived, and was not elected within %v", i, electTime)})
	panic("unreachable")
}

// askFor asks j for its vote for i, again and again.
func (c *Cluster) askFor(i, j int, term *atomic.Int64, over *atomic.Bool) {
	const pause = 40 * time.Millisecond // less than any election timeout
	end := c.Net.Impersonate(i, j)
	for !over.Load() && !c.t.Failed() {
		c.t.Step("votes of S" + strconv.Itoa(j))
		now := int(term.Load())
		var r wire.RequestVoteReply
		end.Call(wire.RequestVote, wire.RequestVoteArgs{Term: now, CandidateId: i, LastLogIndex: 1 << 30, LastLogTerm: now - 1}, &r)
		if r.Term > now {
			term.Store(max(term.Load(), int64(r.Term)+1))
		}
		time.Sleep(pause)
	}
}
