package rafttest

import (
	"fmt"
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Rule cases of the election stage. S0 is real, its peers are played.
//
// A server that keeps a lease may leave a request for its vote unheeded while
// it hears a leader, so a case asks for votes only after S0 has campaigned
// itself and heard no leader since.

// aLittle is more than a message and its reply take, and less than any
// election timeout.
const aLittle = 40 * time.Millisecond

// voter returns a cluster of n in which S0 has campaigned in vain, and a term
// that is higher than S0 has seen or will reach by itself for a while.
func voter(t *lab.T, n int, make raftapi.MakeFunc) (s *cluster.Scripted, term int) {
	s = cluster.NewScripted(t, n, make, cluster.Options{})
	return s, s.AwaitVote(0).Term + 10
}

// elected returns a cluster of n in which S0 leads the given term.
func elected(t *lab.T, n int, make raftapi.MakeFunc) (s *cluster.Scripted, term int) {
	s = cluster.NewScripted(t, n, make, cluster.Options{})
	s.GrantFrom(s.All()...)
	term = s.AwaitVote(0).Term
	var st cluster.State
	if !s.Await(aLittle, func() bool { st = s.State(0); return st.Leader }) {
		t.Failf("§5.2", "all %d peers granted S0 their votes in term %d, and GetState says that it does not lead: %v", n-1, term, st)
	}
	return s, st.Term
}

func request(term, candidate int) wire.RequestVoteArgs {
	return wire.RequestVoteArgs{Term: term, CandidateId: candidate}
}

func heartbeat(term, leader int) wire.AppendEntriesArgs {
	return wire.AppendEntriesArgs{Term: term, LeaderId: leader}
}

// wantVote asks S0 for its vote and asserts the answer. why completes the
// sentence "S0 granted its vote to S2 in term 3, but ...".
func wantVote(t *lab.T, s *cluster.Scripted, a wire.RequestVoteArgs, granted bool, why string) wire.RequestVoteReply {
	r := s.AskVote(a.CandidateId, a)
	if r.VoteGranted != granted {
		did := "refused its vote to"
		if r.VoteGranted {
			did = "granted its vote to"
		}
		t.Fail(lab.Failure{
			Text:   fmt.Sprintf("S0 %s S%d in term %d, but %s", did, a.CandidateId, a.Term, why),
			Detail: []string{"request: " + a.String(), "reply:   " + r.String()},
		})
	}
	return r
}

func campaignAsksEveryone(t *lab.T, make raftapi.MakeFunc) {
	const n = 5
	s := cluster.NewScripted(t, n, make, cluster.Options{})
	// S1 never answers: it must not keep the others from being asked.
	s.OnVote(func(peer int, a wire.RequestVoteArgs) (wire.RequestVoteReply, bool) {
		return wire.RequestVoteReply{Term: a.Term}, peer != 1
	})
	previous := 0
	for round := range 3 {
		a := s.AwaitVote(previous)
		if want := previous + 1; round > 0 && a.Term != want {
			t.Failf("§5.2", "S0 campaigned in term %d and then in term %d: a new election is for the next term, %d", previous, a.Term, want)
		}
		if a.Term < 1 {
			t.Failf("§5.2", "S0 campaigns in term %d: terms start at 0, and a candidate increments its own before it asks", a.Term)
		}
		if a.CandidateId != 0 {
			t.Failf("Figure 2, RequestVote", "S0 asks for votes with CandidateId %d: it is to be its own number, me", a.CandidateId)
		}
		if a.LastLogIndex != 0 || a.LastLogTerm != 0 {
			t.Failf("§5.4.1", "S0's log is empty, but its request says that the last entry has index %d and term %d: both are to be 0", a.LastLogIndex, a.LastLogTerm)
		}
		t.Sleep(aLittle)
		asked := map[int]bool{}
		for _, v := range s.Votes() {
			asked[v.Peer] = asked[v.Peer] || v.Args.Term == a.Term
		}
		for peer := 1; peer < n; peer++ {
			if !asked[peer] {
				t.Failf("§5.2", "%v after S0 began its campaign for term %d it has not asked S%d: it is to ask all of its peers in parallel, and S1 gives no answer", aLittle, a.Term, peer)
			}
		}
		if st := s.State(0); st.Leader || st.Term != a.Term {
			t.Failf("§5.2", "S0 campaigns in term %d and nobody has granted it a vote, but %v", a.Term, st)
		}
		previous = a.Term
	}
}

func majorityElects(t *lab.T, make raftapi.MakeFunc) {
	for _, n := range []int{2, 3, 4, 5, 7} {
		quorum := n/2 + 1
		s := cluster.NewScripted(t, n, make, cluster.Options{})
		short := s.All()[1 : quorum-1]
		s.GrantFrom(short...)
		first := s.AwaitVote(0).Term
		t.Sleep(aLittle)
		if st := s.State(0); st.Leader {
			t.Failf("§5.2", "S0 leads term %d of a cluster of %d with %d votes, its own included: it needs a majority, which is %d", st.Term, n, quorum-1, quorum)
		}
		// Just enough peers grant, the others never answer. A peer that has
		// refused in the first term does not change its mind in it.
		s.OnVote(func(peer int, a wire.RequestVoteArgs) (wire.RequestVoteReply, bool) {
			return wire.RequestVoteReply{Term: a.Term, VoteGranted: a.Term > first}, peer < quorum
		})
		term := s.AwaitVote(first).Term
		if !s.Await(aLittle, func() bool { return s.State(0).Leader }) {
			wait := ""
			if quorum < n {
				wait = fmt.Sprintf(", however long the other peers (%d) give no answer", n-quorum)
			}
			t.Failf("§5.2", "S0 has %d votes of %d in term %d, its own included, which is a majority, but GetState says that it does not lead: it is to lead as soon as it has them%s",
				quorum, n, term, wait)
		}
		s.Close()
	}
}

func leaderAnnounces(t *lab.T, make raftapi.MakeFunc) {
	const n = 5
	s, term := elected(t, n, make)
	won := t.Now()
	for _, wait := range []time.Duration{aLittle, time.Second, 3 * time.Second} {
		since := t.Now()
		t.Sleep(wait)
		heard := map[int]bool{}
		for _, a := range s.Appends() {
			if a.Args.Term == term && a.Args.LeaderId != 0 {
				t.Failf("Figure 2, AppendEntries", "S0 leads term %d, but its AppendEntries names S%d as LeaderId", term, a.Args.LeaderId)
			}
			heard[a.Peer] = heard[a.Peer] || a.Args.Term == term && (a.At >= since || wait == aLittle)
		}
		for peer := 1; peer < n; peer++ {
			if !heard[peer] {
				t.Failf("§5.2, Figure 2, Leaders", "S0 was elected in term %d at %.3f s, and S%d heard nothing from it between %.3f s and %.3f s: a leader sends AppendEntries to every peer upon election and again and again while idle",
					term, won.Seconds(), peer, since.Seconds(), t.Now().Seconds())
			}
		}
	}
	if st := s.State(0); !st.Leader || st.Term != term {
		t.Failf("§5.2", "S0 was elected in term %d and all its peers answer, but now %v", term, st)
	}
}

func oneVotePerTerm(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 3, make, cluster.Options{})
	own := s.AwaitVote(0).Term
	wantVote(t, s, request(own, 1), false, "it is a candidate of that term itself and has voted for itself")

	term := own + 10
	if r := wantVote(t, s, request(term, 1), true, "it has not voted in that term, and S1's log is as up-to-date as its own"); r.Term != term {
		t.Failf("Figure 2, RequestVote", "S0 granted its vote in term %d with Term %d in the reply: it is to be its current term, which is now the request's", term, r.Term)
	}
	wantVote(t, s, request(term, 2), false, "it has granted that term's vote to S1")
	s.AskVote(2, request(term-1, 2))
	s.Append(2, heartbeat(term-2, 2))
	wantVote(t, s, request(term, 2), false, "it has granted that term's vote to S1, and messages of older terms change nothing")

	wantVote(t, s, request(term+1, 2), true, "that is a new term, in which it has not voted")
	wantVote(t, s, request(term+1, 1), false, "it has granted that term's vote to S2")
	s.Append(2, heartbeat(term+1, 2))
	wantVote(t, s, request(term+1, 1), false, "it has granted that term's vote to S2, and a message of the same term does not take that back")
	longer := wire.RequestVoteArgs{Term: term + 1, CandidateId: 1, LastLogIndex: 9, LastLogTerm: term}
	wantVote(t, s, longer, false, "it has granted that term's vote to S2, and a longer log does not take that back")
}

func voteAgain(t *lab.T, make raftapi.MakeFunc) {
	s, term := voter(t, 3, make)
	longer := wire.RequestVoteArgs{Term: term, CandidateId: 1, LastLogIndex: 9, LastLogTerm: term - 1}
	wantVote(t, s, longer, true, "it has not voted in that term, and S1's log is longer than its own, which is empty")
	for range 3 {
		wantVote(t, s, longer, true, "S1 has that term's vote already: it may ask again, for the reply may have been lost")
	}
}

func olderTermRefused(t *lab.T, make raftapi.MakeFunc) {
	s, term := voter(t, 3, make)
	wantVote(t, s, request(term, 1), true, "it has not voted in that term")
	for _, old := range []int{term - 1, term - 5, 0} {
		r := wantVote(t, s, request(old, 2), false, fmt.Sprintf("its term is %d: it refuses requests of older terms", term))
		if r.Term != term {
			t.Failf("§5.1, Figure 2, RequestVote", "S0 is in term %d and refused a request of term %d with Term %d in the reply: it is to be its current term, for the candidate to update itself", term, old, r.Term)
		}
		ar := s.Append(2, heartbeat(old, 2))
		if ar.Success || ar.Term != term {
			t.Failf("§5.1, Figure 2, AppendEntries", "S0 is in term %d and answered AppendEntries of term %d with %q: it is to refuse, with its own term", term, old, ar)
		}
	}
	if st := s.State(0); st.Term != term || st.Leader {
		t.Failf("§5.1", "S0 was in term %d and has heard of older terms only, but now %v", term, st)
	}
	s.Close()

	// A server that has not voted in its term, which it knows from a reply.
	s = cluster.NewScripted(t, 3, make, cluster.Options{})
	const told = 20
	s.OnVote(func(_ int, a wire.RequestVoteArgs) (wire.RequestVoteReply, bool) {
		return wire.RequestVoteReply{Term: max(a.Term, told)}, true
	})
	s.AwaitVote(0)
	if s.Await(aLittle, func() bool { return s.State(0).Term >= told }) {
		wantVote(t, s, request(told-5, 1), false, fmt.Sprintf("its term is %d: it refuses requests of older terms, whether it has voted in its own or not", told))
	}
}

func higherTermFollows(t *lab.T, make raftapi.MakeFunc) {
	follows := func(s *cluster.Scripted, was string, term int, what string) {
		var st cluster.State
		if !s.Await(200*time.Millisecond, func() bool { st = s.State(0); return !st.Leader && st.Term >= term }) {
			t.Failf("§5.1, Figure 2, All Servers", "S0, %s, got %s of term %d, but %v: it is to adopt the higher term and follow", was, what, term, st)
		}
	}
	// A candidate, by a reply.
	s := cluster.NewScripted(t, 3, make, cluster.Options{})
	s.OnVote(func(_ int, a wire.RequestVoteArgs) (wire.RequestVoteReply, bool) {
		return wire.RequestVoteReply{Term: max(a.Term, 20)}, true
	})
	s.AwaitVote(0)
	follows(s, "a candidate", 20, "a reply to its RequestVote")
	s.Append(1, heartbeat(30, 1))
	follows(s, "a candidate before", 30, "AppendEntries")
	s.Close()

	// A leader, by a request and by a reply.
	s, term := elected(t, 3, make)
	if r := s.Append(1, heartbeat(term+5, 1)); !r.Success || r.Term != term+5 {
		t.Failf("§5.1, Figure 2, AppendEntries", "S0 led term %d and answered AppendEntries of term %d with %q: a leader of a higher term is to be followed", term, term+5, r)
	}
	follows(s, "a leader", term+5, "AppendEntries")
	s.Close()

	s, term = elected(t, 3, make)
	s.OnAppend(func(int, wire.AppendEntriesArgs) (wire.AppendEntriesReply, bool) {
		return wire.AppendEntriesReply{Term: term + 7}, true
	})
	follows(s, "a leader", term+7, "a reply to its AppendEntries")
}

func candidateYields(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 5, make, cluster.Options{})
	// The votes are granted, but take until 100 ms after the leader was heard.
	s.OnVote(func(_ int, a wire.RequestVoteArgs) (wire.RequestVoteReply, bool) {
		t.Sleep(100 * time.Millisecond)
		return wire.RequestVoteReply{Term: a.Term, VoteGranted: true}, true
	})
	term := s.AwaitVote(0).Term
	r := s.Append(1, heartbeat(term, 1))
	if !r.Success || r.Term != term {
		t.Failf("§5.2", "S0 is a candidate of term %d and answered AppendEntries of that term's leader S1 with %q: it is to follow", term, r)
	}
	// Until the votes have arrived, and no longer than its timer may run.
	s.Await(130*time.Millisecond, func() bool {
		st := s.State(0)
		if st.Leader || st.Term != term {
			t.Failf("§5.2", "S0 was a candidate of term %d and has heard that term's leader S1, but %v: once it follows, votes that come late count for nothing", term, st)
		}
		return false
	})
}

func staleVotes(t *lab.T, make raftapi.MakeFunc) {
	lateVotes(t, make)
	repeatedVotes(t, make)
}

// lateVotes: the votes of the first term, the lowest that anybody is asked in,
// arrive when S0 is a candidate of the second.
func lateVotes(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 5, make, cluster.Options{})
	s.OnVote(func(_ int, a wire.RequestVoteArgs) (wire.RequestVoteReply, bool) {
		first := s.AwaitVote(0).Term
		if a.Term > first {
			return wire.RequestVoteReply{Term: a.Term}, true
		}
		s.AwaitVote(first)
		return wire.RequestVoteReply{Term: a.Term, VoteGranted: true}, true
	})
	first := s.AwaitVote(0).Term
	second := s.AwaitVote(first).Term
	for range 60 {
		t.Sleep(5 * time.Millisecond)
		if st := s.State(0); st.Leader {
			t.Failf("§5.2", "%v with votes that were granted to its candidacy for term %d: in term %d nobody has voted for it", st, first, second)
		}
	}
	s.Close()
}

// repeatedVotes: one peer grants whenever it is asked, the others are silent.
func repeatedVotes(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 5, make, cluster.Options{})
	s.OnVote(func(peer int, a wire.RequestVoteArgs) (wire.RequestVoteReply, bool) {
		return wire.RequestVoteReply{Term: a.Term, VoteGranted: true}, peer == 1
	})
	s.NoLeader(cluster.ElectionTime, "only S1 has ever voted for it: a vote counts once, and in its own term only", 0)
	if s.Campaigns() == 0 {
		t.Overduef("§5.2", "S0 has heard from no leader for %v and has not campaigned", cluster.ElectionTime)
	}
}
