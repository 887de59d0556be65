package invariant

import "fmt"

// # Election Safety
//
// At most one server leads a term, and it leads because a majority has voted for
// it (§5.2, Figure 3).
//
// Observed: each server that is first seen to lead a term, since it sends
// AppendEntries or InstallSnapshot in it, or says so in GetState or Start. The
// votes that had reached it by then are counted, those of its own term only.
//
// Not accused: a leader that is seen long after it was elected; one of a term
// that is over. A server's vote for itself counts without a message, unless it
// was seen to give that vote away. A played peer may lead any term.

// leads notes that a server was seen to lead a term.
func (c *Checker) leads(s *server, number int, how string) {
	t := c.of(number)
	if t.leader == s.id || s.played {
		return
	}
	c.count(ElectionSafety)
	if first := t.leader; first >= 0 {
		c.judge(ElectionSafety, Violation{
			Text: fmt.Sprintf("S%d and S%d are both leaders of term %d: S%d was seen to lead it before, and now S%d does (%s)",
				first, s.id, number, first, s.id, how),
			Expected: fmt.Sprintf("S%d alone leads term %d", first, number),
			Seen:     fmt.Sprintf("S%d leads it, too", s.id),
			Servers:  []int{s.id, first},
		})
		return
	}
	t.leader, t.seat, t.seen = s.id, s.number, c.event.At
	c.led, c.newest = append(c.led, t), max(c.newest, number)
	by := &t.by[s.id]
	others := by.won
	others.remove(s.id)
	if others.size() < c.quorum {
		c.needsItself(s, t, others, how)
	}
	if by.stood > 0 {
		t.tip = by.candidacy
	}
	c.complete(t)
}

// needsItself judges a leader whom fewer than a majority of others have elected:
// it has counted its own vote.
func (c *Checker) needsItself(s *server, t *term, others mask, how string) {
	by := &t.by[s.id]
	away := by.vote >= 0 && by.vote != s.id && (c.opts.Durable || by.voter == s.number)
	if !away && others.size()+1 >= c.quorum {
		by.vote, by.voter, by.voteAt = s.id, s.number, c.event.At
		return
	}
	has, votes := "its own alone", 1
	switch n := others.size(); {
	case away:
		has = fmt.Sprintf("those of %s, since its own it had given to S%d at %s, and a candidate votes for itself and for nobody else in that term",
			names(others.members()), by.vote, clock(by.voteAt))
		votes = n
	case n > 0:
		has = fmt.Sprintf("those of %s and its own", names(others.members()))
		votes = n + 1
	}
	c.judge(ElectionSafety, Violation{
		Text: fmt.Sprintf("S%d leads term %d (%s) without a majority: of %s it takes %d votes in term %d, and it had %s",
			s.id, t.number, how, plural(len(c.servers), "server"), c.quorum, t.number, has),
		Expected: fmt.Sprintf("%d votes granted in term %d, its own included", c.quorum, t.number),
		Seen:     fmt.Sprintf("%d", votes),
		Servers:  []int{s.id},
	})
}

// stands notes a candidate's request for votes: from here on it may be elected,
// for the best log that it asks with. That may grow while it stands, where a
// snapshot that came in an earlier term is installed late.
func (c *Checker) stands(s *server, number int, last place) {
	by := &c.of(number).by[s.id]
	if by.stood == 0 {
		by.stood, by.candidacy = c.step, last
	} else if by.candidacy.less(last) {
		by.candidacy = last
	}
}

// stillLeads tells whether a server leads a term and nothing says that it has gone
// on to a later one since.
func (s *server) stillLeads(t *term) bool {
	return t != nil && t.leader == s.id && t.seat == s.number && s.latest <= t.number
}

// mayHaveLed tells whether a server has led a term, or could have without being
// seen to: it may have been elected and deposed before it sent anything.
func (c *Checker) mayHaveLed(s *server, number int) bool {
	t := c.terms[number]
	if t == nil {
		return false
	}
	won := t.by[s.id].won
	won.add(s.id)
	return t.leader == s.id || won.size() >= c.quorum
}
