package rafttest

import (
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The traps that pre-vote is known for, with the logs and terms that make them.
// They are about servers in different terms: what one learns from a refusal of
// the other is all that gets them on. The last server is played, leads the real
// ones into their places and falls silent.

// trap is a cluster whose real servers hear nobody but the played one.
type trap struct {
	*cluster.Scripted
	t      *lab.T
	played int
	log    []wire.Entry
}

func setTrap(t *lab.T, n int, make raftapi.MakeFunc) *trap {
	s := cluster.NewScripted(t, n, make, cluster.Options{Real: n - 1})
	for i := range n - 1 {
		for j := range n - 1 {
			if i != j {
				s.Cut(i, j)
			}
		}
	}
	s.OnPreVote(noPreVotes)
	return &trap{Scripted: s, t: t, played: n - 1}
}

// lead has the played server win the vote of one of the real ones, and lead it, with
// the whole of its log.
func (p *trap) lead(i, term int) {
	p.raise(i, term)
	a := heartbeat(term, p.played)
	a.Entries = p.log
	if r := p.AppendTo(i, p.played, a); !r.Success || r.Term != term {
		p.t.Failf("§5.3, Figure 2, AppendEntries", "S%d's log was empty, and it answered AppendEntries of S%d, the leader of term %d, with %q", i, p.played, term, r)
	}
}

// raise brings a real server into a term, by the vote that it gives the played one
// in it: nobody leads that term. It may hear its leader at first, and refuse.
func (p *trap) raise(i, term int) {
	start := p.t.Now()
	for !p.AskVoteOf(i, p.played, longest(term, p.played)).VoteGranted {
		if p.t.Now()-start > cluster.ElectionTime {
			p.t.Overduef("§5.2", "S%d has heard no leader for %v, and refuses its vote in term %d to S%d, whose log is longer than its own; now %v", i, cluster.ElectionTime, term, p.played, p.State(i))
		}
		p.t.Sleep(often)
	}
	if st := p.State(i); st.Term != term || st.Leader {
		p.t.Failf("§5.1, thesis §9.6", "%v, though it has just granted S%d its vote in term %d, and nobody grants it a pre-vote", st, p.played, term)
	}
}

// spring takes the played server away and lets the real ones meet.
func (p *trap) spring() (real []int) {
	real = without(p.All(), p.played)
	p.Heal()
	p.Isolate(p.played)
	return real
}

// fill puts entries of a term into the played leader's log.
func (p *trap) fill(n, term int) {
	for range n {
		p.log = append(p.log, wire.Entry{Term: term, Command: p.Next()})
	}
}

// longLogLowTerm: S0 has 10 entries and is in term 30, S1 has none and is in term
// 50, and S2 is away. S1 cannot win, its log is too short; S0 cannot before it has
// learned S1's term. That it does from S1's refusal.
func longLogLowTerm(t *lab.T, make raftapi.MakeFunc) {
	const low = 30
	for _, high := range []int{low + 1, low + 2, low + 20} {
		p := setTrap(t, 3, make)
		p.fill(10, low)
		p.lead(0, low)
		p.raise(1, high)
		real := p.spring()
		var st cluster.State
		if !p.Await(cluster.ElectionTime, func() bool { st = p.State(0); return st.Leader }) {
			t.Overduef("§5.4.1, thesis §9.6", "S0 has 10 entries and was in term %d, S1 has none and is in term %d, S2 is away; after %v %v and %v: S1's log is too short to win, so S1 has to tell S0 its term when it refuses a pre-vote, and S0 to adopt it and ask again",
				low, high, cluster.ElectionTime, st, p.State(1))
		}
		if st.Term <= high {
			t.Failf("§5.1", "%v with the vote of S1, which has been in term %d before", st, high)
		}
		p.Agree(p.Next(), real...)
		p.Close()
	}
}

// behindInTerm: five servers with the same log, of which S4 is away. S0 is in a
// term that the others have long left, each for another one, and is the only one
// whose requests arrive.
func behindInTerm(t *lab.T, make raftapi.MakeFunc) {
	const low = 30
	for _, apart := range []int{1, 7} {
		p := setTrap(t, 5, make)
		p.fill(3, low)
		for i := range 4 {
			p.lead(i, low)
		}
		for i := 1; i < 4; i++ {
			p.raise(i, low+i*apart)
		}
		p.Only(0)
		real := p.spring()
		var st cluster.State
		if !p.Await(2*cluster.ElectionTime, func() bool { st = p.State(0); return st.Leader }) {
			t.Overduef("§5.1, thesis §9.6", "S0 to S3 have the same log, S0 was in term %d and the others in terms up to %d, and only S0's requests arrive; after %v %v, %v, %v and %v: a refusal of a pre-vote is to tell the voter's term, and S0 to adopt it and ask again",
				low, low+3*apart, 2*cluster.ElectionTime, st, p.State(1), p.State(2), p.State(3))
		}
		p.Anyone()
		p.Agree(p.Next(), real...)
		p.Close()
	}
}

// aheadInTerm: S0 to S2 of five have a leader, and S3 joins them, with no entry and
// in a later term than theirs. Nobody in it grants S3 anything, and S3 does not
// follow their leader: so that one has to learn S3's term from its answers.
func aheadInTerm(t *lab.T, make raftapi.MakeFunc) {
	p := setTrap(t, 5, make)
	p.raise(3, 50)
	trio := []int{0, 1, 2}
	p.Partition(trio, []int{3}, []int{4})
	leader := p.Settle(trio...)
	p.Agree(p.Next(), trio...)
	if leader.Term >= 50 {
		t.Failf("§5.1", "%v, and S0, S1 and S2 have been alone since term 0", leader)
	}
	real := p.spring()
	now := p.OneLeader(real...)
	if now.Term < 50 || now.Server == 3 {
		t.Failf("§5.4.1, thesis §9.6", "S3 joined S0, S1 and S2 in term 50 and without an entry, and now %v: it is to be one of the others, in a term that is not older", now)
	}
	p.Agree(p.Next(), real...)
}
