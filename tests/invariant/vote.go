package invariant

import (
	"fmt"

	"raftlabs/tests/wire"
)

// # One Vote
//
// A server grants its vote to one candidate in a term, over its restarts too
// (§5.2; Figure 2, RequestVote 2, and votedFor under persistent state).
//
// Observed: each vote granted over the wire.
//
// Not accused: granting the same candidate again; a candidate that asks itself
// over the wire as it asks the others, and is refused since another was faster.
// So a candidate's vote for itself is not assumed when it stands, but when it
// leads with fewer than a majority of others (election.go). Pre-votes are no
// votes. Without Options.Durable a restarted server has no past.

// votes is a vote that a server grants to the caller of the present message.
func (c *Checker) votes(p *server, a *wire.RequestVoteArgs) {
	c.count(OneVote)
	by := &c.of(a.Term).by[p.id]
	first := by.vote
	if first == a.CandidateId || first < 0 || !c.opts.Durable && by.voter != c.event.PeerIncarnation {
		if first != a.CandidateId {
			by.vote, by.voteAt, by.voter = a.CandidateId, c.event.At, c.event.PeerIncarnation
		}
		c.voteSaved(p, a)
		return
	}
	again := ""
	if by.voter != c.event.PeerIncarnation {
		again = " (it was restarted in between: votedFor is to be saved before the answer leaves)"
	}
	to := fmt.Sprintf("for S%d", first)
	if first == p.id {
		to = "for itself, to become the leader,"
	}
	c.judge(OneVote, Violation{
		Text: fmt.Sprintf("S%d voted twice in term %d: first %s at %s, and now for S%d%s",
			p.id, a.Term, to, clock(by.voteAt), a.CandidateId, again),
		Expected: fmt.Sprintf("no vote for anybody but S%d in term %d", first, a.Term),
		Seen:     fmt.Sprintf("a vote for S%d", a.CandidateId),
		Servers:  []int{p.id, first, a.CandidateId},
	})
}

// asks notes that a candidate's request for a vote has arrived.
func (c *Checker) asks(p *server, a *wire.RequestVoteArgs) {
	by := &c.of(a.Term).by[p.id]
	if by.asked == nil {
		by.asked = make([]uint64, len(c.servers))
	}
	if i := a.CandidateId; i >= 0 && i < len(by.asked) && by.asked[i] == 0 {
		by.asked[i] = c.step
	}
}
