package cluster

import (
	"fmt"
	"strings"
	"time"

	"raftlabs/tests/invariant"
	"raftlabs/tests/lab"
)

// poll is how often a cluster asks its servers for their state while it waits.
const poll = 5 * time.Millisecond

// State is what GetState of a server returned.
type State struct {
	Server int
	Term   int
	Leader bool
	Down   bool
}

func (s State) String() string {
	switch {
	case s.Down:
		return fmt.Sprintf("S%d is down", s.Server)
	case s.Leader:
		return fmt.Sprintf("S%d leads term %d", s.Server, s.Term)
	}
	return fmt.Sprintf("S%d is in term %d", s.Server, s.Term)
}

// State asks a server for its term and whether it leads.
func (c *Cluster) State(i int) State {
	in := c.instance(i)
	if in == nil {
		return State{Server: i, Down: true}
	}
	call := c.peek(func() int { return c.record.rules.asking(in) })
	st := State{Server: i}
	c.t.Enter(i, "GetState", func() { st.Term, st.Leader = in.raft.GetState() })
	term, leader := st.Term, st.Leader
	c.Net.DoFor(func() { c.told(in, call, term, leader) })
	return st
}

// PersistBytes asks a server for the size of its saved state, 0 while it is
// down.
func (c *Cluster) PersistBytes(i int) (n int) {
	if rf := c.raft(i); rf != nil {
		c.t.Enter(i, "PersistBytes", func() { n = rf.PersistBytes() })
	}
	return n
}

// told is what GetState returned, in the domain.
func (c *Cluster) told(in *instance, call, term int, leader bool) {
	if s := c.servers[in.server]; !in.crashed && (s.term != term || s.leads != leader) {
		s.term, s.leads = term, leader
		c.record.told(in.server, term, leader)
	}
	c.record.rules.of(in, invariant.Event{Kind: invariant.State, Num: uint64(call), Term: term, Leader: leader})
}

// States asks several servers.
func (c *Cluster) States(servers []int) []State {
	states := make([]State, len(servers))
	for k, i := range servers {
		states[k] = c.State(i)
	}
	return states
}

// describe says what every server thinks, for a failure's detail.
func (c *Cluster) describe() []string {
	var now []string
	for _, s := range c.States(c.All()) {
		now = append(now, s.String())
	}
	return []string{"now: " + strings.Join(now, "; ")}
}

// Connected returns the servers of the majority: those that are up and joined
// in both directions to at least as many as a quorum needs. It is what OneLeader
// takes where no servers are named.
func (c *Cluster) Connected() []int {
	var in []int
	for i := range c.servers {
		peers := 0
		for j := range c.servers {
			if c.raft(i) != nil && c.raft(j) != nil && c.Net.Joined(i, j) && c.Net.Joined(j, i) {
				peers++
			}
		}
		if peers > len(c.servers)/2 {
			in = append(in, i)
		}
	}
	return in
}

// OneLeader waits until exactly one of the servers leads and no other of them
// is ahead of its term, for at most ElectionTime, and returns it. Without
// arguments it takes the Connected servers. §5.2.
func (c *Cluster) OneLeader(servers ...int) State {
	if len(servers) == 0 {
		servers = c.Connected()
	}
	var leaders []State
	for waited := time.Duration(0); waited < ElectionTime; waited += poll {
		c.t.Sleep(poll)
		states := c.States(servers)
		leaders = nil
		newest := 0
		for _, s := range states {
			newest = max(newest, s.Term)
			if s.Leader {
				leaders = append(leaders, s)
			}
		}
		if len(leaders) == 1 && leaders[0].Term == newest {
			c.t.Count("leaders", 1)
			return leaders[0]
		}
	}
	text := lab.Sentence("%s have been connected for %v and none of them leads", names(servers), ElectionTime)
	if len(servers) == 1 {
		text = lab.Sentence("%s is the only server and does not lead after %v: its own vote is a majority", names(servers), ElectionTime)
	}
	if len(leaders) > 0 {
		text = lab.Sentence("%s have been connected for %v and still do not agree on one leader", names(servers), ElectionTime)
	}
	c.t.Fail(lab.Failure{Rule: "§5.2", Text: text, Detail: c.describe(), Liveness: true})
	panic("unreachable")
}

// NoLeader asserts that none of the servers leads at any time during d. why
// completes the sentence "S1 leads term 7, but ...".
func (c *Cluster) NoLeader(d time.Duration, why string, servers ...int) {
	for waited := time.Duration(0); waited < d; waited += poll {
		c.t.Sleep(poll)
		for _, s := range c.States(servers) {
			if s.Leader {
				c.t.Fail(lab.Failure{Rule: "§5.2", Text: lab.Sentence("%v, but %s", s, why), Detail: c.describe()})
			}
		}
	}
}

// settleTime is how long a cluster without faults has to be quiet before a
// case takes it for settled: more than the longest election timeout that is
// still usual (1 s), so that every server has heard from the leader.
const settleTime = 1100 * time.Millisecond

// Settle waits until one leader has led all of the servers, in one term, for
// so long that nothing but a fault can depose it: right after an election
// another server's timer may still run off. Without arguments it takes the
// Connected servers.
func (c *Cluster) Settle(servers ...int) State {
	if len(servers) == 0 {
		servers = c.Connected()
	}
	start := c.t.Now()
	for {
		leader := c.OneLeader(servers...)
		if c.quiet(leader, servers) {
			return leader
		}
		if c.t.Now()-start > 2*ElectionTime {
			c.t.Fail(lab.Failure{Rule: "§5.2", Detail: c.describe(), Liveness: true, Text: lab.Sentence(
				"%s have been connected without faults for %v and their leaders do not last: elections go on and on",
				names(servers), 2*ElectionTime)})
		}
	}
}

func (c *Cluster) quiet(leader State, servers []int) bool {
	for waited := time.Duration(0); waited < settleTime; waited += poll {
		c.t.Sleep(poll)
		for _, s := range c.States(servers) {
			told := waited > settleTime/2 // the others have had the time to hear of the term
			if s.Term > leader.Term || told && s.Term < leader.Term || s.Leader != (s.Server == leader.Server) {
				return false
			}
		}
	}
	return true
}

// SameLeader asserts that a leader leads on in its term during d, and that
// the servers stay in that term. why says what should have kept it so.
func (c *Cluster) SameLeader(leader State, d time.Duration, why string, servers ...int) {
	for waited := time.Duration(0); waited < d; waited += poll {
		c.t.Sleep(poll)
		for _, s := range c.States(servers) {
			switch {
			case s.Term > leader.Term:
				c.t.Fail(lab.Failure{Rule: "§5.2", Detail: c.describe(), Text: lab.Sentence(
					"S%d went from term %d on to term %d though %s", s.Server, leader.Term, s.Term, why)})
			case s.Server == leader.Server && !s.Leader:
				c.t.Fail(lab.Failure{Rule: "§5.2", Detail: c.describe(), Text: lab.Sentence(
					"S%d stopped leading term %d though %s", s.Server, leader.Term, why)})
			}
		}
	}
}

// Terms returns the term that all of the servers are in, and fails if they
// are in several.
func (c *Cluster) Terms(servers ...int) int {
	if len(servers) == 0 {
		servers = c.Connected()
	}
	states := c.States(servers)
	for _, s := range states[1:] {
		if s.Term != states[0].Term {
			c.t.Fail(lab.Failure{Rule: "§5.1", Detail: c.describe(), Liveness: true, Text: lab.Sentence(
				"%v and %v, though they have been connected and a leader has had the time to tell them its term", states[0], s)})
		}
	}
	return states[0].Term
}

// names lists servers: "S0, S1 and S4".
func names(servers []int) string {
	var parts []string
	for _, i := range servers {
		parts = append(parts, fmt.Sprintf("S%d", i))
	}
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}
