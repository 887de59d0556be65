package rafttest

import (
	"fmt"
	"slices"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Rule cases about a follower. S0 is real, its peers are played and lead
// it. What S0 holds is asked with a heartbeat, which it answers with success
// just where its log contains the entry at PrevLogIndex, and is told by the
// last entry that it names when it campaigns.

// logLeader is a peer that leads S0 with a log of its own.
type logLeader struct {
	t        *lab.T
	s        *cluster.Scripted
	id, term int
	log      []wire.Entry // from index 1 on; log[0] stands before the first entry
}

// leadS0 has a peer lead S0. After the prefix, which may be part of another
// leader's log, its log has an entry with a new command for each of the terms.
func leadS0(t *lab.T, s *cluster.Scripted, id, term int, prefix []wire.Entry, terms ...int) *logLeader {
	log := slices.Clone(prefix)
	if len(log) == 0 {
		log = []wire.Entry{{}}
	}
	for _, term := range terms {
		log = append(log, wire.Entry{Term: term, Command: s.Next()})
	}
	return &logLeader{t: t, s: s, id: id, term: term, log: log}
}

// send is AppendEntries with the entries after prev, up to last.
func (l *logLeader) send(prev, last, commit int) (wire.AppendEntriesArgs, wire.AppendEntriesReply) {
	a := wire.AppendEntriesArgs{
		Term: l.term, LeaderId: l.id, PrevLogIndex: prev, PrevLogTerm: l.log[prev].Term,
		Entries: l.log[prev+1 : last+1], LeaderCommit: commit,
	}
	r := l.s.Append(l.id, a)
	if r.Term != l.term {
		l.t.Fail(lab.Failure{Rule: "§5.1, Figure 2, AppendEntries", Text: lab.Sentence(
			"S0 answered AppendEntries of term %d with term %d: S%d leads that term and nobody has named a later one", a.Term, r.Term, l.id),
			Detail: exchange(a, r)})
	}
	return a, r
}

// accepted asserts that S0 takes what is sent. why completes the sentence "S0
// refused AppendEntries of S1, but ...".
func (l *logLeader) accepted(prev, last, commit int, why string) {
	if a, r := l.send(prev, last, commit); !r.Success {
		l.t.Fail(lab.Failure{Text: lab.Sentence("S0 refused AppendEntries of S%d, the leader of term %d, but %s", l.id, l.term, why),
			Detail: exchange(a, r)})
	}
}

// refused asserts that S0 does not.
func (l *logLeader) refused(prev, last, commit int, why string) {
	if a, r := l.send(prev, last, commit); r.Success {
		l.t.Fail(lab.Failure{Text: lab.Sentence("S0 answered AppendEntries of S%d, the leader of term %d, with success, but %s", l.id, l.term, why),
			Detail: exchange(a, r)})
	}
}

func exchange(a wire.AppendEntriesArgs, r wire.AppendEntriesReply) []string {
	return []string{"request: " + a.String(), "reply:   " + r.String()}
}

// applied asserts that S0 has soon applied just up to index. why completes the
// sentence "S0 applied up to index 3, but ...".
func (l *logLeader) applied(index int, why string) {
	l.s.Await(aLittle, func() bool { return l.s.Applied(0) > index })
	if n := l.s.Applied(0); n != index {
		l.t.Failf("", "S0 has applied up to index %d, but %s: it is to be index %d", n, why, index)
	}
}

// lastEntry asserts with which entry S0's log ends: S0 names it when it
// campaigns, because nobody leads it any more. It returns the term of that
// campaign.
func (l *logLeader) lastEntry(index, term int, why string) int {
	a := l.s.AwaitVote(l.term)
	if a.LastLogIndex != index || a.LastLogTerm != term {
		l.t.Failf("", "S0's request for votes says that its log ends at index %d with an entry of term %d: it is to be index %d and term %d, because %s",
			a.LastLogIndex, a.LastLogTerm, index, term, why)
	}
	return a.Term
}

func missingPrevRefused(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 3, make, cluster.Options{})
	l := leadS0(t, s, 1, 3, nil, 1, 1, 2, 3)
	l.refused(3, 4, 4, "its log is empty and lacks index 3, the entry before the new one")
	l.applied(0, "it has refused all that it got")
	// Who is refused leads all the same.
	for before, k := s.Campaigns(), 0; k < 30; k++ {
		t.Sleep(2 * often)
		if s.Campaigns() > before || s.State(0).Term > l.term {
			t.Failf("§5.2, Figure 2, Followers", "S0 heard from the leader of its term every %v, refused what it sent, since its own log lacked the entry before, and campaigned: "+
				"AppendEntries of the current leader is to reset the election timer, whatever it says about the log", 2*often)
		}
		l.refused(3, 4, 4, "its log is empty and lacks index 3, the entry before the new one")
	}
	l.accepted(0, 2, 0, "the new entries are the first of the log: nothing is before them")
	l.refused(3, 4, 4, "its log ends at index 2 and lacks index 3, the entry before the new one")
	l.applied(0, "the leader's LeaderCommit of 4 came with entries that it has refused")
	l.lastEntry(2, 1, "it has accepted the entries 1 and 2 and refused the one that followed a gap")
}

func conflictingPrevRefused(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 3, make, cluster.Options{})
	old := leadS0(t, s, 1, 2, nil, 1, 2, 2)
	old.accepted(0, 3, 1, "the new entries are the first of the log: nothing is before them")
	old.applied(1, "LeaderCommit is 1")
	l := leadS0(t, s, 2, 4, old.log[:2], 3, 3, 4)
	l.refused(3, 4, 4, "at PrevLogIndex 3 its log has an entry of term 2, and S2's has one of term 3")
	l.refused(2, 4, 4, "at PrevLogIndex 2 its log has an entry of term 2, and S2's has one of term 3")
	l.applied(1, "it refused all that S2 has sent, LeaderCommit with it")
	l.accepted(1, 4, 4, "at PrevLogIndex 1 both logs have the same entry, of term 1")
	l.applied(4, "LeaderCommit is 4 and it holds the entries 1 to 4 of S2's log")
}

func heartbeatChecked(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 3, make, cluster.Options{})
	old := leadS0(t, s, 1, 2, nil, 1, 2, 2)
	old.refused(2, 2, 2, "its log is empty: a heartbeat with PrevLogIndex 2 is checked like any AppendEntries")
	old.accepted(0, 3, 0, "the new entries are the first of the log: nothing is before them")
	old.accepted(3, 3, 0, "its log has the entry at PrevLogIndex 3")
	l := leadS0(t, s, 2, 4, old.log[:2], 3, 3)
	l.refused(3, 3, 3, "at PrevLogIndex 3 its log has an entry of term 2, and S2's has one of term 3: a heartbeat is checked like any AppendEntries")
	l.applied(0, "it refused the heartbeat with LeaderCommit 3: the entries that it holds there are not those of S2")
	l.accepted(1, 3, 0, "at PrevLogIndex 1 both logs have the same entry, of term 1")
	l.accepted(3, 3, 3, "its log has now the entry at PrevLogIndex 3, of term 3")
	l.applied(3, "a heartbeat told it that the entries up to index 3 are committed, and it holds them")
}

func lateAppendKeeps(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 3, make, cluster.Options{})
	l := leadS0(t, s, 1, 3, nil, 1, 2, 2, 3, 3)
	l.accepted(0, 5, 0, "the new entries are the first of the log: nothing is before them")
	for _, late := range []struct {
		prev, last int
		what       string
	}{
		{0, 5, "the same AppendEntries came a second time"},
		{0, 2, "an older AppendEntries with the entries 1 and 2 only came late"},
		{1, 4, "an older AppendEntries with the entries 2 to 4 only came late"},
		{0, 0, "an older heartbeat with PrevLogIndex 0 came late"},
		{2, 2, "an older heartbeat with PrevLogIndex 2 came late"},
	} {
		l.accepted(late.prev, late.last, 0, "its log has the entry at PrevLogIndex")
		l.accepted(5, 5, 0, late.what+", and cost it the entries that it had after those: "+
			"only an entry that conflicts with a new one, in its term, makes it delete anything")
	}
	l.accepted(5, 5, 5, "its log has the entry at PrevLogIndex 5")
	l.applied(5, "LeaderCommit is 5 and it holds the entries 1 to 5")
	l.send(0, 3, 2) // it may answer what it likes to what lies below its commitIndex
	l.accepted(5, 5, 5, "an older AppendEntries with the entries 1 to 3 came late, and cost it entries that it had applied")
	l.lastEntry(5, 3, "it acknowledged five entries, and no entry ever conflicted with one of them")
}

func conflictTruncates(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 3, make, cluster.Options{})
	old := leadS0(t, s, 1, 3, nil, 1, 2, 3, 3, 3)
	old.accepted(0, 5, 1, "the new entries are the first of the log: nothing is before them")

	// Right after PrevLogIndex, and nothing else comes.
	l := leadS0(t, s, 2, 5, old.log[:3], 4)
	l.accepted(2, 3, 1, "its log has the entry at PrevLogIndex 2")
	l.accepted(3, 3, 1, "it acknowledged the entry of term 4 at index 3: the one of term 3 that it had there conflicts and is replaced")
	term := l.lastEntry(3, 4, "S2's entry at index 3 conflicts with the one that it had there, which goes and takes all that follow it along")

	// In the middle of the new entries.
	l = leadS0(t, s, 1, term+10, old.log[:3], term+5, term+5)
	l.accepted(1, 4, 4, "its log has the entry at PrevLogIndex 1")
	l.applied(4, "LeaderCommit is 4, and the entries 2 to 4 are those that S1 has just sent")
	l.accepted(4, 4, 4, "it acknowledged the entries up to index 4")
	l.lastEntry(4, term+5, "the entries 3 and 4 of S1 have replaced its own, which conflicted")
}

func commitAtLastNew(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 3, make, cluster.Options{})
	old := leadS0(t, s, 1, 2, nil, 1, 2, 2, 2)
	old.accepted(0, 4, 0, "the new entries are the first of the log: nothing is before them")
	l := leadS0(t, s, 2, 4, old.log[:2], 3, 4, 4)
	atMost := func(index int, why string) {
		s.Await(aLittle, func() bool { return s.Applied(0) > index })
		if n := s.Applied(0); n > index {
			t.Failf("", "S0 has applied up to index %d, but %s: LeaderCommit 4 says what S2's log holds, and only up to the last new entry is S0's log known to be the same",
				n, why)
		}
	}
	l.accepted(1, 1, 4, "at PrevLogIndex 1 both logs have the same entry")
	atMost(1, "S2's heartbeat had PrevLogIndex 1 and no entries, and the entries 2 to 4 of S0 are not S2's")
	l.send(0, 1, 4)
	atMost(1, "S2's message ended with index 1, and the entries 2 to 4 of S0 are not S2's")
	l.accepted(1, 2, 4, "at PrevLogIndex 1 both logs have the same entry")
	atMost(2, "S2's message ended with index 2")
	l.accepted(2, 4, 4, "it acknowledged S2's entry at index 2")
	l.applied(4, "LeaderCommit is 4 and it holds the entries 1 to 4 of S2's log")
}

func appliesOnce(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 3, make, cluster.Options{})
	l := leadS0(t, s, 1, 2, nil, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2)
	for _, step := range []struct {
		prev, last, commit, applied int
		late                        bool
	}{
		{0, 4, 0, 0, false},
		{4, 8, 3, 3, false},
		{8, 8, 8, 8, false},
		{4, 6, 2, 8, true},
		{8, 12, 9, 9, false},
		{0, 12, 0, 9, true},
		{12, 12, 12, 12, false},
	} {
		if step.late {
			l.send(step.prev, step.last, step.commit)
		} else {
			l.accepted(step.prev, step.last, step.commit, "its log has the entry at PrevLogIndex")
		}
		l.applied(step.applied, fmt.Sprintf("the highest LeaderCommit so far is %d and it holds the entries up to there", step.applied))
	}
}

func voteByLog(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 3, make, cluster.Options{})
	l := leadS0(t, s, 1, 3, nil, 1, 2, 3, 3)
	l.accepted(0, 4, 2, "the new entries are the first of the log: nothing is before them")
	term := l.lastEntry(4, 3, "it has got four entries from S1, the last one of term 3")
	for _, ask := range []struct {
		index, term int
		granted     bool
		why         string
	}{
		{9, 2, false, "S2's log is longer but ends in term 2: the later last term decides, and its own is 3"},
		{3, 3, false, "both logs end in term 3, and S2's is shorter, 3 entries against 4"},
		{4, 3, true, "both logs end in term 3 and have 4 entries: equal is up-to-date enough"},
		{0, 0, false, "S2's log is empty, and its own has 4 entries"},
		{4, 2, false, "the logs are equally long, and S2's ends in term 2 but its own in term 3"},
		{5, 3, true, "both logs end in term 3, and S2's is longer, 5 entries against 4"},
		{1, 4, true, "S2's log ends in term 4: that outweighs that it is shorter"},
	} {
		term += 10
		a := request(term, 2)
		a.LastLogIndex, a.LastLogTerm = ask.index, ask.term
		wantVote(t, s, a, ask.granted, ask.why)
	}
}

func followerRefusesStart(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 3, make, cluster.Options{})
	refuses := func(what string) {
		st := s.State(0)
		if got := s.Submit(0, s.Next()); got.Leader {
			t.Failf("§5.3, §8", "S0 is %s in term %d, and its Start took a command, for index %d: only a leader does", what, st.Term, got.Index)
		}
	}
	refuses("a follower that has heard of no leader yet")
	l := leadS0(t, s, 1, 3, nil, 1, 3)
	l.accepted(0, 2, 2, "the new entries are the first of the log: nothing is before them")
	refuses("a follower of S1")
	term := l.lastEntry(2, 3, "S1 has sent it two entries, and Start, of which it refused each command, adds nothing")
	refuses("a candidate")

	// A leader, until it hears of a later term.
	s.GrantFrom(s.All()...)
	if !s.Await(cluster.ElectionTime, func() bool { return s.State(0).Leader }) {
		t.Overduef("§5.2", "all peers have granted S0 every vote since term %d, and it does not lead after %v", term, cluster.ElectionTime)
	}
	st := s.State(0)
	s.Append(1, heartbeat(st.Term+5, 1))
	refuses(fmt.Sprintf("a follower of S1, and led term %d before,", st.Term))
	t.Sleep(often)
}
