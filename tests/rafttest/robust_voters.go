package rafttest

import (
	"fmt"
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Rule cases about who grants a pre-vote. S0 is asked, its peers are played.
//
// How long S0's minimum election timeout is, is its own choice. So a case knows
// only that it is not over right after a heartbeat, and that it is over when
// S0 asks for pre-votes itself.

// wantPreVote asks S0 for a pre-vote and asserts the answer, and that S0 stays in
// its term. why completes the sentence "S0 granted a pre-vote to S2 for term 3,
// but ...".
func wantPreVote(t *lab.T, s *cluster.Scripted, a wire.RequestVoteArgs, granted bool, why string) wire.RequestVoteReply {
	before := s.State(0)
	r := s.AskPreVote(a.CandidateId, a)
	if r.VoteGranted != granted {
		did := "refused a pre-vote to"
		if r.VoteGranted {
			did = "granted a pre-vote to"
		}
		t.Fail(lab.Failure{
			Text:   fmt.Sprintf("S0 %s S%d for term %d, but %s", did, a.CandidateId, a.Term, why),
			Detail: []string{"request: " + a.String(), "reply:   " + r.String()},
		})
	}
	if st := s.State(0); st.Term != before.Term {
		t.Failf("thesis §9.6", "S0 was in term %d, S%d asked it for a pre-vote for term %d, and now %v: the request of a pre-vote is no reason to change terms",
			before.Term, a.CandidateId, a.Term, st)
	}
	return r
}

func preVoteBindsNobody(t *lab.T, make raftapi.MakeFunc) {
	s := quietServer(t, 3, make)
	term := s.State(0).Term + 10
	wantVote(t, s, longest(term, 1), true, "it has not voted in that term")

	for _, k := range []int{1, 1, 40, 1} {
		for peer := 1; peer <= 2; peer++ {
			r := wantPreVote(t, s, longest(term+k, peer), true, "it hears no leader, S"+fmt.Sprint(peer)+"'s log is as up-to-date as its own, and a pre-vote granted to one binds it to nobody")
			if r.Term != term+k {
				t.Failf("thesis §9.6", "S0 granted a pre-vote for term %d with Term %d in the reply: where it is granted, that is the term of the request, or the asker takes it for news", term+k, r.Term)
			}
		}
	}
	wantVote(t, s, longest(term, 1), true, "it has granted S1 its vote in this term before, and pre-votes that others asked for since do not take that back")
	wantVote(t, s, longest(term, 2), false, fmt.Sprintf("it has granted that term's vote to S1; what it has granted to S2 since are pre-votes for term %d", term+1))
	wantVote(t, s, longest(term+1, 2), true, "it has not voted in that term: a pre-vote granted to S1 is no vote")
}

func preVoteKeepsTimer(t *lab.T, make raftapi.MakeFunc) {
	for _, up := range []int{1, 0} {
		s := quietServer(t, 3, make)
		term := s.State(0).Term + 10
		wantVote(t, s, longest(term, 1), true, "it has not voted in that term")
		what := "it grants a pre-vote"
		if up == 0 {
			what = "it refuses a pre-vote for an older term"
		}
		campaignsThough(t, s, what, "a pre-vote, granted or refused, is not to reset the election timer",
			func() {
				wantPreVote(t, s, longest(term-9+10*up, 2), up == 1, "it hears no leader, and the request is for term "+fmt.Sprint(term-9+10*up))
			})
		s.Close()
	}
}

func preVoteLog(t *lab.T, make raftapi.MakeFunc) {
	p := playedLeader(t, make, 0, 0, 1, 1)
	p.OnPreVote(noPreVotes)
	p.give(0, 4, 0, "its log was empty")
	a := asking(t, p.Scripted, len(p.PreVotes()))
	last := p.termAt(4)
	if a.Term != p.term+1 || a.LastLogIndex != 4 || a.LastLogTerm != last {
		t.Failf("thesis §9.6", "S0 is in term %d, its last entry is (index 4, term %d), and it asks for pre-votes with %q", p.term, last, a)
	}
	for _, v := range []struct {
		index, term int
		granted     bool
	}{
		{3, last, false}, {9, last - 1, false}, {0, 0, false},
		{4, last, true}, {5, last, true}, {1, last + 1, true},
	} {
		why := fmt.Sprintf("its last entry is (index 4, term %d) and S2's (index %d, term %d)", last, v.index, v.term)
		wantPreVote(t, p.Scripted, wire.RequestVoteArgs{Term: p.term + 1, CandidateId: 2, LastLogIndex: v.index, LastLogTerm: v.term}, v.granted, why)
	}
}

func preVoteOldTerm(t *lab.T, make raftapi.MakeFunc) {
	s := quietServer(t, 3, make)
	term := s.State(0).Term + 20
	wantVote(t, s, longest(term, 1), true, "it has not voted in that term")
	for _, k := range []int{1, 5, 15} {
		a := longest(term, 2)
		a.Term = term - k
		r := wantPreVote(t, s, a, false, fmt.Sprintf("it is in term %d, and nobody can be elected in an older one", term))
		if r.Term != term {
			t.Failf("§5.1, thesis §9.6", "S0 is in term %d and refused a pre-vote for term %d with Term %d in the reply: it is to be its own, which the asker has to learn", term, a.Term, r.Term)
		}
	}
}

// heard has S0 follow S1 in a term of its own, after it has asked for pre-votes
// in vain.
func heard(t *lab.T, make raftapi.MakeFunc) (s *cluster.Scripted, term int) {
	s = quietServer(t, 3, make)
	term = s.State(0).Term + 10
	s.Append(1, heartbeat(term, 1))
	return s, term
}

func leaderHeard(t *lab.T, make raftapi.MakeFunc) {
	s, term := heard(t, make)
	for i := range 40 {
		why := fmt.Sprintf("it has heard S1, the leader of term %d, less than 50 ms ago: that S2 does not hear it is S2's own trouble", term)
		if i%2 == 0 {
			wantPreVote(t, s, longest(term+1+i%3, 2), false, why)
		} else {
			wantVote(t, s, longest(term+1+i%3, 2), false, why)
		}
		if st := s.State(0); st.Term != term {
			t.Failf("thesis §4.2.3", "S0 heard S1, the leader of term %d, and less than 50 ms later S2's request for a later term, and now %v: it is to ignore that, its term included", term, st)
		}
		if r := s.Append(1, heartbeat(term, 1)); !r.Success {
			t.Failf("thesis §4.2.3", "S0 follows S1 in term %d and answered its heartbeat with %q after S2 had asked for pre-votes and votes", term, r)
		}
		t.Sleep(10 * time.Millisecond)
	}

	// A leader is heard by its snapshots, too.
	const rounds = 10
	p := playedLeader(t, make, terms(rounds, 0)...)
	p.OnPreVote(noPreVotes)
	for i := range rounds {
		p.install(i + 1)
		wantPreVote(t, p.Scripted, longest(p.term+1, 2), false, fmt.Sprintf("it has got a snapshot of S1, the leader of term %d, a moment ago", p.term))
		t.Sleep(often)
	}
}

func leaderGone(t *lab.T, make raftapi.MakeFunc) {
	s, term := heard(t, make)
	for range 2 {
		asking(t, s, len(s.PreVotes()))
		why := "it asks for pre-votes itself, so it has heard no leader for its election timeout, and S%d's log is as up-to-date as its own"
		wantPreVote(t, s, longest(term+1, 2), true, fmt.Sprintf(why, 2))
		wantPreVote(t, s, longest(term+1, 1), true, fmt.Sprintf(why, 1)+": that S1 was its leader changes nothing")
		wantVote(t, s, longest(term+1, 2), true, fmt.Sprintf(why, 2))
		term += 10
		s.Append(1, heartbeat(term, 1))
	}
}

// madeLeader has S0, which asks for pre-votes, elected by its peers.
func madeLeader(t *lab.T, s *cluster.Scripted) int {
	s.GrantFrom(s.All()...)
	s.OnAppend(nil)
	s.OnPreVote(preVotesOf(s.All()...))
	if !s.Await(cluster.ElectionTime, func() bool { return s.State(0).Leader }) {
		t.Overduef("§5.2", "all peers grant S0 pre-votes and votes, and it does not lead within %v", cluster.ElectionTime)
	}
	s.OnPreVote(noPreVotes)
	return s.State(0).Term
}

func oldLeaderGrants(t *lab.T, make raftapi.MakeFunc) {
	for _, v := range []struct {
		ended string
		end   func(s *cluster.Scripted, term int)
	}{
		{"S1 told it of a later term", func(s *cluster.Scripted, term int) { s.Append(1, heartbeat(term+5, 1)) }},
		{"an answer told it of a later term", func(s *cluster.Scripted, term int) {
			s.OnAppend(func(int, wire.AppendEntriesArgs) (wire.AppendEntriesReply, bool) {
				return wire.AppendEntriesReply{Term: term + 5}, true
			})
		}},
		{"nobody answered it any more", func(s *cluster.Scripted, _ int) {
			s.OnAppend(func(int, wire.AppendEntriesArgs) (wire.AppendEntriesReply, bool) {
				return wire.AppendEntriesReply{}, false
			})
		}},
	} {
		s := quietServer(t, 3, make)
		term := madeLeader(t, s)
		v.end(s, term)
		if !s.Await(stepDownTime, func() bool { return !s.State(0).Leader }) {
			t.Overduef("thesis §6.2", "S0 led term %d, %s, and it still leads after %v", term, v.ended, stepDownTime)
		}
		asking(t, s, len(s.PreVotes()))
		wantPreVote(t, s, longest(term+20, 2), true,
			fmt.Sprintf("it does not lead any more, since %s, and asks for pre-votes itself: so it hears no leader", v.ended))
		s.Close()
	}
}
