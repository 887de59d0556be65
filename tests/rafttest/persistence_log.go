package rafttest

import (
	"fmt"
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Rule cases about the log. Played peers lead S0, which is restarted in
// between; where S0 leads, its follower is real.

// keeper is S0 among two played peers, and the log that it has acknowledged to
// them.
type keeper struct {
	*cluster.Scripted
	t    *lab.T
	log  []wire.Entry // S0 has acknowledged log[i] at index i+1
	term int          // of its present leader
	past string       // what happened to S0, for a failure: ", and was restarted since"
}

func newKeeper(t *lab.T, make raftapi.MakeFunc) *keeper {
	k := &keeper{Scripted: cluster.NewScripted(t, 3, make, cluster.Options{}), t: t}
	k.term = campaigned(k.Scripted) + 10
	return k
}

// restart crashes S0 and starts it again.
func (k *keeper) restart() {
	k.Restart(0)
	k.past = ", and was restarted since"
}

// append is an AppendEntries of a leader of the present term, with n new
// entries behind the first prev ones.
func (k *keeper) append(leader, prev, n, commit int) wire.AppendEntriesArgs {
	a := wire.AppendEntriesArgs{Term: k.term, LeaderId: leader, PrevLogIndex: prev, LeaderCommit: commit}
	if prev > 0 {
		a.PrevLogTerm = k.log[prev-1].Term
	}
	for range n {
		a.Entries = append(a.Entries, wire.Entry{Term: k.term, Command: k.Next()})
	}
	return a
}

// accepts has S0 accept such a request.
func (k *keeper) accepts(a wire.AppendEntriesArgs) {
	if r := k.Append(a.LeaderId, a); !r.Success || r.Term != a.Term {
		why := "it has acknowledged that entry" + k.past
		if a.PrevLogIndex == 0 {
			why = "index 0 is before the first entry, so that all logs agree there"
		}
		k.t.Fail(lab.Failure{
			Rule: "Figure 2, AppendEntries",
			Text: lab.Sentence("S0 refused AppendEntries of S%d, which leads term %d, with PrevLogIndex %d and PrevLogTerm %d, though %s",
				a.LeaderId, a.Term, a.PrevLogIndex, a.PrevLogTerm, why),
			Detail: []string{"request: " + a.String(), "reply:   " + r.String()},
		})
	}
	k.acknowledged(a)
}

// acknowledged keeps what S0 holds once it has accepted a request.
func (k *keeper) acknowledged(a wire.AppendEntriesArgs) {
	if len(a.Entries) > 0 {
		k.log = append(k.log[:a.PrevLogIndex:a.PrevLogIndex], a.Entries...)
	}
}

// intact asserts that S0's log is what it has acknowledged: it has every entry
// of it, and no more. how says what happened since then.
func (k *keeper) intact(leader int, how string) {
	for index := 1; index <= len(k.log)+1; index++ {
		a := heartbeat(k.term, leader)
		a.PrevLogIndex, a.PrevLogTerm = index, k.term
		if index <= len(k.log) {
			a.PrevLogTerm = k.log[index-1].Term
		}
		r := k.Append(leader, a)
		text := ""
		switch {
		case r.Success && index > len(k.log):
			text = lab.Sentence("S0's log ended at index %d when %s, and now it has an entry at index %d", len(k.log), how, index)
		case !r.Success && index <= len(k.log):
			text = lab.Sentence("S0 had acknowledged the entry at index %d, of term %d, when %s, and now it does not have it: the log is to be saved wherever it changes, before the reply leaves",
				index, a.PrevLogTerm, how)
		}
		if text != "" {
			k.t.Fail(lab.Failure{
				Rule: "Figure 2, State", Text: text,
				Detail: []string{"asked by AppendEntries: " + a.String(), "reply: " + r.String(), "S0's log by index and term, as it was acknowledged: " + k.terms()},
			})
		}
	}
}

// terms prints the log: "1:12 2:12 3:14".
func (k *keeper) terms() string {
	s := ""
	for i, e := range k.log {
		s += fmt.Sprintf("%d:%d ", i+1, e.Term)
	}
	return s
}

// campaigns waits until S0 campaigns and asserts that it does so above a term,
// with the whole log. how says what happened since it had them.
func (k *keeper) campaigns(above int, how string) {
	before := len(k.Votes())
	if !k.Await(cluster.ElectionTime, func() bool { return len(k.Votes()) > before }) {
		k.AwaitVote(k.State(0).Term) // fails, and says why
	}
	a := k.Votes()[before].Args
	if a.Term <= above {
		k.t.Failf("Figure 2, State", "S0 was in term %d when %s, and now it asks for votes in term %d: every save is to hold currentTerm", above, how, a.Term)
	}
	last := k.log[len(k.log)-1]
	if a.LastLogIndex != len(k.log) || a.LastLogTerm != last.Term {
		k.t.Failf("Figure 2, State", "S0's log ended with index %d of term %d when %s, and now its RequestVote says that it ends with index %d of term %d: every save is to hold the whole log",
			len(k.log), last.Term, how, a.LastLogIndex, a.LastLogTerm)
	}
}

func logSurvives(t *lab.T, make raftapi.MakeFunc) {
	k := newKeeper(t, make)
	restarted := func(leader int, after string) {
		k.restart()
		k.intact(leader, "it was restarted after "+after)
	}
	k.accepts(k.append(1, 0, 3, 0))
	restarted(1, "it had got its first 3 entries")
	k.accepts(k.append(1, 3, 1, 0))
	restarted(1, "it had got a single entry more, in a term that it knew")

	// A new leader, first heard of without entries: what is saved for the term
	// is not what is to be saved for the log.
	k.term++
	k.accepts(k.append(2, 2, 0, 0))
	k.accepts(k.append(2, 2, 2, 0))
	restarted(2, "entries of another term had replaced those at index 3 and 4")
	k.term++
	k.accepts(k.append(1, 1, 0, 0))
	k.accepts(k.append(1, 1, 1, 0))
	restarted(1, "a single entry had replaced those from index 2 on")
	k.term++
	k.accepts(k.append(2, 2, 2, 0))
	restarted(2, "a new leader's first AppendEntries had brought its term and 2 entries at once")
	k.campaigns(k.term, "it was restarted")

	// A log that is long enough to be saved in parts, and cut in the middle.
	k.term = k.State(0).Term + 10
	for range 4 {
		k.accepts(k.append(1, len(k.log), 50, 0))
	}
	restarted(1, "it had got 200 entries")
	k.term++
	k.accepts(k.append(2, 90, 1, 0))
	restarted(2, "a single entry had replaced more than 100 in a long log")

	// What it applies at last is what it was given at first.
	k.term = k.State(0).Term + 10
	k.accepts(k.append(1, len(k.log), 0, len(k.log)))
	k.applied(len(k.log), "its leader S1 has told it that all of them are committed")
	k.restart()
	k.accepts(k.append(1, len(k.log), 0, len(k.log)))
	k.applied(len(k.log), "it was restarted, and its leader S1 has told it again that all of them are committed")
}

// applied asserts that S0 applies the entries up to an index.
func (k *keeper) applied(upTo int, why string) {
	const promptly = 200 * time.Millisecond
	k.Await(promptly, func() bool { return k.Applied(0) >= upTo })
	for i, e := range k.log[:upTo] {
		if !k.Has(0, cluster.Submission{Index: i + 1, Leader: true, Command: e.Command}) {
			k.t.Overduef("§5.3, Figure 2, All Servers", "S0 has not applied command %v at index %d, but has applied up to index %d, though %s",
				e.Command, i+1, k.Applied(0), why)
		}
	}
}

func saveIsWhole(t *lab.T, make raftapi.MakeFunc) {
	k := newKeeper(t, make)
	k.accepts(k.append(1, 0, 3, 0))

	// A vote is saved.
	term := campaigned(k.Scripted) + 10
	if grantsInTime(k.Scripted, longest(term, 2)) {
		k.restart()
		refuses(t, k.Scripted, longest(term, 1), "it had granted that term's vote to S2 before it was restarted")
		k.campaigns(term, "it saved a vote and was restarted")
	}

	// A vote, then an entry of that leader's, an old one: with an entry of its
	// own term S0 would refuse everybody else in that term anyhow (§5.4.1).
	k.term = campaigned(k.Scripted) + 10
	voted := grantsInTime(k.Scripted, longest(k.term, 1))
	a := k.append(1, 3, 1, 0)
	a.Entries[0].Term = k.log[2].Term
	k.accepts(a)
	k.restart()
	if voted {
		refuses(t, k.Scripted, longest(k.term, 2), "it had granted that term's vote to S1, whose entry it saved later on, before it was restarted: every save is to hold votedFor")
	}
	k.campaigns(k.term, "it saved an entry and was restarted")

	// A term is saved.
	k.term = campaigned(k.Scripted) + 10
	k.accepts(k.append(2, 4, 0, 0))
	k.restart()
	k.campaigns(k.term, "it saved a term and was restarted")

	// A candidacy is saved.
	term = campaigned(k.Scripted)
	k.restart()
	k.campaigns(term, "it saved a candidacy and was restarted")

	// Nothing is saved between two restarts.
	term = k.State(0).Term
	k.restart()
	k.restart()
	k.campaigns(term, "it was restarted twice")
}
