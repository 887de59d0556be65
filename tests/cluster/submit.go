package cluster

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"raftlabs/tests/invariant"
	"raftlabs/tests/lab"
	"raftlabs/tests/scenario"
)

// AgreeTime is how long Agree waits where nothing else is to be replicated before. A
// majority that is connected has a leader within ElectionTime, and commits as soon
// as it has one.
const AgreeTime = 2 * ElectionTime

// Submission is a command that was given to a server's Start, and the answer.
type Submission struct {
	Server      int
	Index, Term int
	Leader      bool
	At          time.Duration // when Start was called
	Command     any
}

func (s Submission) String() string {
	if !s.Leader {
		return fmt.Sprintf("%v, which S%d did not take", invariant.CommandOf(s.Command), s.Server)
	}
	return fmt.Sprintf("%v, which S%d took at index %d in term %d", invariant.CommandOf(s.Command), s.Server, s.Index, s.Term)
}

// Next returns an int that it has never returned before, for a command.
func (c *Cluster) Next() int {
	return c.peek(func() int {
		c.next++
		return c.next
	})
}

// Submit gives a command, an int or a string, to a server's Start. A server
// that is down does not take it. It may be called from any goroutine of the
// case; nothing orders those that call it.
func (c *Cluster) Submit(i int, command any) Submission {
	if !c.fromClient(scenario.Submit, fmt.Sprintf("%v %s", command, named(i))) {
		return Submission{Server: i, Command: command, At: c.t.Now()}
	}
	return c.submit(i, command)
}

// submit is Submit where a scenario is not asked.
func (c *Cluster) submit(i int, command any) Submission {
	c.plain("Submit")
	c.t.Step("submit")
	s := Submission{Server: i, Command: command, At: c.t.Now()}
	in := c.instance(i)
	if in == nil {
		return s
	}
	d := invariant.CommandOf(command)
	c.Net.DoFor(func() { c.ledger.starting(in, d) })
	c.t.Enter(i, "Start", func() { s.Index, s.Term, s.Leader = in.raft.Start(command) })
	index, term, leader := s.Index, s.Term, s.Leader
	c.Net.DoFor(func() { c.ledger.started(in, d, index, term, leader) })
	return s
}

// Agree has whoever leads among the servers take a command, again if that
// leadership is lost, until all of them have applied it, and returns its index.
// Without servers it takes the Connected ones. A case that fails here has a
// majority that is connected and does not commit in time: AgreeTime and what the
// entries before take.
func (c *Cluster) Agree(command any, servers ...int) (index int) {
	if len(servers) == 0 {
		servers = c.Connected()
	}
	start := c.t.Now()
	until := start + AgreeTime
	var last Submission
	for c.t.Now() < until {
		for _, i := range servers {
			s := c.submit(i, command)
			if !s.Leader {
				continue
			}
			last, until = s, start+AgreeTime+c.backlog(s, servers)
			if c.applies(s, servers, until) {
				return s.Index
			}
			break
		}
		c.t.Sleep(4 * poll)
	}
	c.t.Fail(c.disagreement(last, servers, c.t.Now()-start))
	panic("unreachable")
}

// backlog is how long the servers may take over the entries before a submission
// that they have yet to apply. A leader that sends one entry a request, and the next
// when that is answered, is slow and right: a round trip for each entry, and another
// one where it awaits the answer to something else before.
func (c *Cluster) backlog(s Submission, servers []int) time.Duration {
	const each, longest = 4 * Hop, time.Minute // Start may return any index
	applied := s.Index
	for _, i := range servers {
		applied = min(applied, c.Applied(i))
	}
	return time.Duration(min(s.Index-applied, int(longest/each))) * each
}

// applies waits until all of the servers have applied a submission. It gives up
// when another command has taken its place, or its leader leads no more and
// nothing has come of it for a while.
func (c *Cluster) applies(s Submission, servers []int, until time.Duration) bool {
	const patience = time.Second
	lost := time.Duration(0)
	for c.t.Now() < until {
		c.t.Sleep(poll)
		if c.missing(s, servers) == nil {
			return true
		}
		if c.replaced(s) {
			return false
		}
		if st := c.State(s.Server); !st.Leader || st.Term != s.Term {
			if lost += poll; lost > patience {
				return false
			}
		}
	}
	return false
}

// missing returns the servers that have not applied a submission.
func (c *Cluster) missing(s Submission, servers []int) (missing []int) {
	for _, i := range servers {
		if !c.Has(i, s) {
			missing = append(missing, i)
		}
	}
	return missing
}

// replaced tells whether another command was applied at a submission's index.
func (c *Cluster) replaced(s Submission) bool {
	d, index := invariant.CommandOf(s.Command), s.Index
	return c.peek(func() int {
		if c.ledger.differs(index, d) {
			return 1
		}
		return 0
	}) == 1
}

// disagreement is why Agree fails.
func (c *Cluster) disagreement(s Submission, servers []int, waited time.Duration) lab.Failure {
	f := lab.Failure{Rule: "§5.3", Detail: append(c.describe(), c.progress()), Liveness: true}
	switch missing := c.missing(s, servers); {
	case s.Leader && len(servers) == 1:
		f.Text = lab.Sentence("%s is the only server and has not applied %v within %v: it is a majority by itself", names(servers), s, waited)
	case !s.Leader:
		f.Rule = "§5.2"
		f.Text = lab.Sentence("%s have been connected for %v, and Start of none of them took a command: each returned isLeader false", names(servers), waited)
	case len(missing) < len(servers):
		f.Text = lab.Sentence("%v, has been applied by %s but not by %s, though they have been connected for %v",
			s, names(without(servers, missing)), names(missing), waited)
	default:
		f.Text = lab.Sentence("%v, has been applied by none of %s, though they have been connected for %v", s, names(servers), waited)
	}
	return f
}

// progress says how far every service has come, for a failure's detail.
func (c *Cluster) progress() string {
	var parts []string
	for i := range c.servers {
		if c.instance(i) != nil {
			parts = append(parts, fmt.Sprintf("S%d up to index %d", i, c.Applied(i)))
		}
	}
	return "applied: " + strings.Join(parts, "; ")
}

// Has tells whether the service of a server's instance has applied a
// submission: the command, at its index, itself or in a snapshot.
func (c *Cluster) Has(i int, s Submission) bool {
	d, index := invariant.CommandOf(s.Command), s.Index
	return s.Leader && c.peek(func() int {
		in := c.servers[i].up
		if in == nil || c.ledger.applied(in) < index || !c.ledger.has(index, d) {
			return 0
		}
		return 1
	}) == 1
}

// AppliedAt returns when the service of a server's instance applied an entry;
// not ok where it has not, or has installed a snapshot instead.
func (c *Cluster) AppliedAt(i, index int) (at time.Duration, ok bool) {
	at = time.Duration(c.peek(func() int {
		in := c.servers[i].up
		if in == nil || index <= in.base || index-in.base > len(in.times) {
			return 0
		}
		return int(in.times[index-in.base-1])
	}))
	return at, at > 0
}

// Committed returns the highest index that any service has ever applied.
func (c *Cluster) Committed() int { return c.peek(c.ledger.rules.check.Highest) }

// Await waits for something to come true, for at most d, and tells whether it
// did. It looks every millisecond.
func (c *Cluster) Await(d time.Duration, done func() bool) bool {
	for waited := time.Duration(0); ; waited += time.Millisecond {
		if done() {
			return true
		}
		if waited >= d {
			return false
		}
		c.t.Sleep(time.Millisecond)
	}
}

// AwaitApplied asserts that all of the servers apply a submission within d.
func (c *Cluster) AwaitApplied(d time.Duration, s Submission, servers ...int) {
	if !s.Leader {
		c.t.Fail(lab.Failure{Rule: "§5.3", Detail: c.describe(), Text: lab.Sentence(
			"S%d's Start was given %v and returned isLeader false, though it led", s.Server, invariant.CommandOf(s.Command))})
	}
	if !c.Await(d, func() bool { return c.missing(s, servers) == nil }) {
		c.t.Fail(lab.Failure{Rule: "§5.3", Detail: append(c.describe(), c.progress()), Liveness: true, Text: lab.Sentence(
			"within %v %s did not apply %v", d, names(c.missing(s, servers)), s)})
	}
}

// NeverApplied asserts that no service applies a submission during d. why says
// what should have kept it from that.
func (c *Cluster) NeverApplied(d time.Duration, s Submission, why string) {
	for waited := time.Duration(0); waited < d; waited += poll {
		c.t.Sleep(poll)
		for i := range c.servers {
			if c.Has(i, s) {
				c.t.Fail(lab.Failure{Rule: "§5.3", Detail: append(c.describe(), c.progress()), Text: lab.Sentence(
					"S%d applied %v, but %s", i, s, why)})
			}
		}
	}
}

// without returns the servers that are not among some.
func without(all, some []int) []int {
	return slices.DeleteFunc(slices.Clone(all), func(i int) bool { return slices.Contains(some, i) })
}
