package invariant

import (
	"fmt"
	"time"

	"raftlabs/tests/wire"
)

// # Terms
//
// A server's term never goes back, and after a restart neither (§5.1; Figure 2
// lists currentTerm under persistent state).
//
// Nor does it say yes to a request of a term that it has left behind
// (RequestVote 1, AppendEntries 1).
//
// Observed: each reply, and each answer of GetState, that says a term where a
// term had left the server before the request arrived; each request of an
// instance after one that has said a term.
//
// Not accused: a request that was built in a term and leaves late, when the
// server is in a newer one. So requests are compared only with what earlier
// instances said, and a reply only with what had left before its request
// arrived. A reply without a term (0, or less) says nothing, and neither do pre-votes,
// which carry the asker's term plus one and give it back.

// sighting is a term that was seen to leave a server.
type sighting struct {
	term  int
	at    time.Duration
	how   string // the method
	reply bool
}

func (s sighting) String() string {
	verb := "sent " + wire.Short(s.how)
	switch {
	case s.how == "GetState" || s.how == "Start":
		verb = "said so in " + s.how
	case s.reply:
		verb = "answered " + wire.Short(s.how)
	}
	return fmt.Sprintf("at %s it %s in term %d", clock(s.at), verb, s.term)
}

// leaves notes that a term has left a server.
func (c *Checker) leaves(s *server, term int, how string, reply bool) {
	s.latest = max(s.latest, term)
	if term > s.left.term {
		s.left = sighting{term, c.event.At, how, reply}
	}
}

// notBack asserts that an answer is not of an older term than what had left the
// server when it was asked.
func (c *Checker) notBack(s *server, term int, before sighting, how string) {
	if before.term == 0 || term <= 0 {
		return
	}
	c.count(Terms)
	if term >= before.term {
		return
	}
	what := "its GetState said term"
	if how != "GetState" {
		what = fmt.Sprintf("it answered S%d's %s in term", c.event.Server, wire.Short(how))
	}
	if s.number > 1 && before.at <= s.booted {
		what = "after its restart " + what
	}
	c.judge(Terms, Violation{
		Text: fmt.Sprintf("S%d's term went back from %d to %d: %s, and later %s %d",
			s.id, before.term, term, before, what, term),
		Expected: fmt.Sprintf("a term of %d or more", before.term),
		Seen:     fmt.Sprintf("term %d", term),
		Servers:  []int{s.id},
	})
}

// agreesLate asserts that a server does not say yes to a request of a term that
// it has left behind: one that is older than what had left it when the request
// arrived.
func (c *Checker) agreesLate(s *server, term int, before sighting) {
	if before.term == 0 {
		return
	}
	c.count(Terms)
	if term >= before.term {
		return
	}
	method := wire.Short(c.event.Method)
	said := "Success"
	if c.event.Method == wire.RequestVote {
		said = "VoteGranted"
	}
	c.judge(Terms, Violation{
		Section: "§5.1, Figure 2, " + method + " 1",
		Text: fmt.Sprintf("S%d answered S%d's %s of term %d with %s, though it had gone on to term %d: %s",
			s.id, c.event.Server, method, term, said, before.term, before),
		Expected: said + " false",
		Seen:     said + " true",
		Servers:  []int{s.id, c.event.Server},
	})
}

// notOlder asserts that an instance's request is not of an older term than what
// earlier instances said.
func (c *Checker) notOlder(s *server, term int) {
	if s.before.term == 0 {
		return
	}
	c.count(Terms)
	if term < s.before.term {
		c.judge(Terms, Violation{
			Text: fmt.Sprintf("S%d was restarted and its term went back from %d to %d: before the restart, %s, and now it sends %s in term %d: "+
				"currentTerm is to be saved when it changes and read back in Make",
				s.id, s.before.term, term, s.before, wire.Short(c.event.Method), term),
			Expected: fmt.Sprintf("a term of %d or more", s.before.term),
			Seen:     fmt.Sprintf("term %d", term),
			Servers:  []int{s.id},
		})
	}
}

// hears notes that a term has arrived at a server.
func (c *Checker) hears(s *server, number int) {
	s.latest = max(s.latest, number)
	if by := &c.of(number).by[s.id]; by.heard == 0 {
		by.heard = c.step
	}
}
