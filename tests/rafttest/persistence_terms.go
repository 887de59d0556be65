package rafttest

import (
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Rule cases about terms and votes. S0 is real and is restarted, its peers
// are played.
//
// What S0 has told nobody, it may forget. So each case first has it say
// something in a reply or a request, and only then lets it crash. A restarted
// server that keeps a lease may refuse every vote for a while, which is no
// fault: a case asserts what S0 must refuse, never that it grants.

// lesson is one way in which S0 comes to hear of a term. Each is a place of its
// own in a server's code, and a place to forget saving.
type lesson struct {
	from  string // completes "S0 has heard of term 12 from ..."
	voted bool   // it has granted S1 its vote in that term
	// learn teaches S0 a term that is new to it. told is what S0 said its term
	// is, 0 where it has said nothing.
	learn func(t *lab.T, s *cluster.Scripted) (term, told int)
}

var lessons = []lesson{
	{from: "a RequestVote that it granted", voted: true, learn: func(_ *lab.T, s *cluster.Scripted) (int, int) {
		term := campaigned(s) + 10
		r := s.AskVote(1, longest(term, 1))
		return term, r.Term
	}},
	{from: "a RequestVote that it refused, since its own log was longer", learn: func(_ *lab.T, s *cluster.Scripted) (int, int) {
		lead := campaigned(s) + 2
		s.Append(1, wire.AppendEntriesArgs{Term: lead, LeaderId: 1, Entries: []wire.Entry{{Term: lead, Command: s.Next()}}})
		term := campaigned(s) + 10
		r := s.AskVote(1, request(term, 1))
		return term, r.Term
	}},
	{from: "AppendEntries that it accepted", learn: func(_ *lab.T, s *cluster.Scripted) (int, int) {
		term := campaigned(s) + 10
		r := s.Append(1, heartbeat(term, 1))
		return term, r.Term
	}},
	{from: "AppendEntries that it refused, since its log lacked the entry before", learn: func(_ *lab.T, s *cluster.Scripted) (int, int) {
		term := campaigned(s) + 10
		a := heartbeat(term, 1)
		a.PrevLogIndex, a.PrevLogTerm = 99, term-1
		r := s.Append(1, a)
		return term, r.Term
	}},
	{from: "a reply to its RequestVote", learn: learnFromVote},
	{from: "a reply to its AppendEntries", learn: learnFromAppend},
}

// beyond is more terms than a server goes through by itself in a case.
const beyond = 100

func learnFromVote(t *lab.T, s *cluster.Scripted) (term, told int) {
	term = campaigned(s) + beyond
	s.OnVote(func(_ int, a wire.RequestVoteArgs) (wire.RequestVoteReply, bool) {
		return wire.RequestVoteReply{Term: max(a.Term, term)}, true
	})
	adopts(t, s, term, "a reply to its RequestVote")
	s.OnVote(nil)
	return term, 0
}

func learnFromAppend(t *lab.T, s *cluster.Scripted) (term, told int) {
	term = campaigned(s) + beyond
	s.GrantFrom(s.All()...)
	s.OnAppend(func(_ int, a wire.AppendEntriesArgs) (wire.AppendEntriesReply, bool) {
		return wire.AppendEntriesReply{Term: max(a.Term, term)}, true
	})
	adopts(t, s, term, "a reply to its AppendEntries")
	s.OnVote(nil)
	s.OnAppend(nil)
	return term, 0
}

// adopts waits until S0 is in a term that it is told.
func adopts(t *lab.T, s *cluster.Scripted, term int, from string) {
	var st cluster.State
	if !s.Await(cluster.ElectionTime, func() bool { st = s.State(0); return st.Term >= term && !st.Leader }) {
		t.Failf("§5.1, Figure 2, All Servers", "S0 gets %s of term %d, but after %v %v: it is to adopt the higher term and follow", from, term, cluster.ElectionTime, st)
	}
}

// campaigned waits until S0 campaigns in a term that it was not in before, and
// returns that term. It has then heard of no leader for an election timeout.
func campaigned(s *cluster.Scripted) int { return s.AwaitVote(s.State(0).Term).Term }

// longest is a request for a vote by a candidate whose log is longer than any.
func longest(term, candidate int) wire.RequestVoteArgs {
	return wire.RequestVoteArgs{Term: term, CandidateId: candidate, LastLogIndex: 999, LastLogTerm: term - 1}
}

func termSurvives(t *lab.T, make raftapi.MakeFunc) {
	// Messages of an older term change nothing in S0, but the replies to them
	// tell its own term.
	asks := []func(s *cluster.Scripted, term int) int{
		func(_ *cluster.Scripted, _ int) int { return 0 },
		func(s *cluster.Scripted, term int) int { return s.AskVote(2, request(term-1, 2)).Term },
		func(s *cluster.Scripted, term int) int { return s.Append(2, heartbeat(term-1, 2)).Term },
	}
	for _, l := range lessons {
		s := cluster.NewScripted(t, 3, make, cluster.Options{})
		for _, ask := range asks {
			term, told := l.learn(t, s)
			told = max(told, ask(s, term))
			s.Restart(0)
			if st := s.State(0); st.Term < told {
				t.Failf("Figure 2, State", "S0 heard of term %d from %s and told term %d in a reply; then it was restarted, and now %v: currentTerm is to be saved wherever it changes, before the reply leaves",
					term, l.from, told, st)
			}
		}
		s.Close()
	}
}

func voteSurvives(t *lab.T, make raftapi.MakeFunc) {
	for _, l := range lessons {
		s := cluster.NewScripted(t, 3, make, cluster.Options{})
		term, _ := l.learn(t, s)
		if grantsInTime(s, longest(term, 1)) {
			// Should S0 vote twice, the cluster sees it first.
			t.Hint(lab.Sentence("S0 heard of term %d from %s, granted S1 its vote in that term, and was restarted: votedFor is to be saved before the reply leaves", term, l.from))
			s.Restart(0)
			refuses(t, s, longest(term, 2), "it had granted that term's vote to S1 before it was restarted: votedFor is to be saved before the reply leaves")
		} else {
			t.Count("votes not granted in the term of "+l.from, 1)
		}
		s.Close()
	}
	voteKeepsItsTerm(t, make)
}

// voteKeepsItsTerm: S0 has voted for S1, S2 asks it in the next term, and it
// crashes right after the first save which that brings, be there others to come
// or not. If that has the vote for S2, it has the term, too.
func voteKeepsItsTerm(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 3, make, cluster.Options{})
	term := campaigned(s) + 10
	if !grantsInTime(s, longest(term, 1)) {
		return
	}
	s.CrashAtSave(0, 1, true)
	s.Await(cluster.ElectionTime, func() bool {
		var r wire.RequestVoteReply
		s.Net.Impersonate(2, 0).Call(wire.RequestVote, longest(term+1, 2), &r)
		return s.Disk(0).Frozen()
	})
	s.Restart(0)
	refuses(t, s, longest(term, 2), lab.Sentence("it had granted that term's vote to S1. Then S2 asked it in term %d, and it crashed right after its first save: "+
		"a vote is saved together with its term, or after it", term+1))
	s.Close()
}

// grantsInTime asks S0 for its vote until it is granted or S0 has gone on to
// another term: if it keeps a lease it does not vote while it has a leader.
func grantsInTime(s *cluster.Scripted, a wire.RequestVoteArgs) bool {
	granted := false
	s.Await(cluster.ElectionTime, func() bool {
		r := s.AskVote(a.CandidateId, a)
		granted = r.VoteGranted
		return granted || r.Term > a.Term || s.State(0).Term > a.Term
	})
	return granted
}

// refuses asserts that S0 refuses a vote, again and again until it is in a
// later term: with a lease it would at first refuse whatever it knows.
func refuses(t *lab.T, s *cluster.Scripted, a wire.RequestVoteArgs, why string) {
	s.Await(cluster.ElectionTime, func() bool {
		wantVote(t, s, a, false, why)
		return s.State(0).Term > a.Term
	})
}

func ownVoteSurvives(t *lab.T, make raftapi.MakeFunc) {
	for _, wins := range []bool{false, true} {
		s := cluster.NewScripted(t, 3, make, cluster.Options{})
		for round := range 3 {
			term, was := 0, "campaigned in"
			if wins {
				was = "led"
				term = leads(t, s)
				s.Submit(0, s.Next())
			} else {
				term = campaigned(s)
				t.Sleep(aLittle) // it may ask itself as it asks the others
			}
			s.Crash(0)
			before := len(s.Votes())
			s.Start(0)
			if round < 2 {
				refuses(t, s, longest(term, 1), lab.Sentence("it had %s that term itself before it was restarted, so it has voted for itself: its own vote is to be saved before its requests leave", was))
			}
			s.Await(cluster.ElectionTime, func() bool { return len(s.Votes()) > before })
			for _, v := range s.Votes()[before:] {
				if v.Args.Term <= term {
					t.Failf("§5.2, Figure 2, State", "S0 %s term %d and was restarted, and now it asks S%d for its vote in term %d: a new election is for a new term, and currentTerm is to be saved before the requests leave",
						was, term, v.Peer, v.Args.Term)
				}
			}
		}
		s.Close()
	}
}

// leads has S0 win an election and returns the term that it leads. Nobody
// votes for it again.
func leads(t *lab.T, s *cluster.Scripted) int {
	s.GrantFrom(s.All()...)
	defer s.OnVote(nil)
	var st cluster.State
	if !s.Await(cluster.ElectionTime, func() bool { st = s.State(0); return st.Leader }) {
		t.Overduef("§5.2", "all peers grant S0 their votes, but after %v %v", cluster.ElectionTime, st)
	}
	return st.Term
}
