package rafttest

import (
	"fmt"
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Rule cases about who asks for pre-votes, and what becomes of the answers.
// S0 is real, its peers are played.

// noPreVotes is how peers answer which are in the asker's term and hear a
// leader: S0 stays in its term then.
func noPreVotes(_ int, a wire.RequestVoteArgs) wire.RequestVoteReply {
	return wire.RequestVoteReply{Term: a.Term - 1}
}

// preVotesOf has some of the peers grant every pre-vote, the others none.
func preVotesOf(peers ...int) func(int, wire.RequestVoteArgs) wire.RequestVoteReply {
	return func(peer int, a wire.RequestVoteArgs) wire.RequestVoteReply {
		for _, p := range peers {
			if p == peer {
				return wire.RequestVoteReply{Term: a.Term, VoteGranted: true}
			}
		}
		return noPreVotes(peer, a)
	}
}

// asking waits until S0 sends a pre-vote after the first n, and returns it. It
// has then heard from no leader for an election timeout.
func asking(t *lab.T, s *cluster.Scripted, n int) wire.RequestVoteArgs {
	votes := len(s.Votes())
	if !s.Await(cluster.ElectionTime, func() bool { return len(s.PreVotes()) > n || len(s.Votes()) > votes }) {
		t.Overduef("thesis §9.6", "S0 has heard from no leader for %v and sends no RequestPreVote", cluster.ElectionTime)
	}
	if len(s.PreVotes()) == n {
		t.Failf("thesis §9.6", "S0 asks for votes in term %d and has not asked for pre-votes first: it is to know that a majority would vote for it before it begins a term",
			s.Votes()[votes].Args.Term)
	}
	return s.PreVotes()[n].Args
}

// quietServer returns a cluster of n in which S0 has asked for pre-votes in vain,
// and goes on so: it hears no leader and keeps its term.
func quietServer(t *lab.T, n int, make raftapi.MakeFunc) *cluster.Scripted {
	s := cluster.NewScripted(t, n, make, cluster.Options{})
	s.OnPreVote(noPreVotes)
	asking(t, s, 0)
	return s
}

// noCampaign asserts that S0 asks nobody for a vote during d, and keeps its term.
// why completes the sentence "S0 asks for votes in term 3, but ...".
func noCampaign(t *lab.T, s *cluster.Scripted, d time.Duration, why string) {
	votes, before := len(s.Votes()), s.State(0)
	s.Await(d, func() bool {
		if all := s.Votes(); len(all) > votes {
			t.Failf("thesis §9.6", "S0 asks for votes in term %d, but %s", all[votes].Args.Term, why)
		}
		if st := s.State(0); st.Term != before.Term || st.Leader {
			t.Failf("thesis §9.6", "S0 was in term %d and now %v, but %s", before.Term, st, why)
		}
		return false
	})
}

func preVoteFirst(t *lab.T, make raftapi.MakeFunc) {
	const n = 5
	s := cluster.NewScripted(t, n, make, cluster.Options{})
	s.OnPreVote(noPreVotes)
	for range 4 {
		since := len(s.PreVotes())
		a := asking(t, s, since)
		st := s.State(0)
		if st.Term != 0 || st.Leader {
			t.Failf("thesis §9.6", "S0 asks for pre-votes and nobody has granted one, but %v: asking is not to raise its term, which was 0", st)
		}
		if want := st.Term + 1; a.Term != want {
			t.Failf("thesis §9.6", "S0 is in term %d and asks for pre-votes with Term %d: it is to be the term that its election would be for, %d", st.Term, a.Term, want)
		}
		if a.CandidateId != 0 || a.LastLogIndex != 0 || a.LastLogTerm != 0 {
			t.Failf("thesis §9.6", "S0's log is empty, and its RequestPreVote says %q: its fields are those of RequestVote", a)
		}
		noCampaign(t, s, aLittle, "nobody has granted it a pre-vote")
		asked := map[int]bool{}
		for _, v := range s.PreVotes()[since:] {
			asked[v.Peer] = true
		}
		for peer := 1; peer < n; peer++ {
			if !asked[peer] {
				t.Failf("thesis §9.6", "%v after S0 began to ask for pre-votes it has not asked S%d: it is to ask all of its peers in parallel", aLittle, peer)
			}
		}
	}
}

func preVoteMajority(t *lab.T, make raftapi.MakeFunc) {
	for _, n := range []int{2, 3, 4, 5, 7} {
		quorum := n/2 + 1
		s := cluster.NewScripted(t, n, make, cluster.Options{})
		s.OnPreVote(preVotesOf(s.All()[1 : quorum-1]...))
		asking(t, s, 0)
		noCampaign(t, s, 2*time.Second, fmt.Sprintf("%d of %d servers would vote for it, itself included, and a majority is %d", quorum-1, n, quorum))

		// Those who refuse are the first to answer.
		s.GrantFrom(s.All()...)
		s.OnPreVote(func(peer int, a wire.RequestVoteArgs) wire.RequestVoteReply {
			r := preVotesOf(s.All()[1:quorum]...)(peer, a)
			if r.VoteGranted {
				t.Sleep(2 * cluster.Hop)
			}
			return r
		})
		term := s.State(0).Term
		if !s.Await(cluster.ElectionTime, func() bool { return len(s.Votes()) > 0 }) {
			t.Overduef("thesis §9.6", "%d of %d servers grant S0 their pre-votes, itself included, which is a majority, and it has not asked for votes within %v: it is to campaign as soon as it has them",
				quorum, n, cluster.ElectionTime)
		}
		if a := s.Votes()[0].Args; a.Term != term+1 {
			t.Failf("thesis §9.6", "S0 was in term %d, won a pre-vote and asks for votes in term %d: a real election follows, for term %d", term, a.Term, term+1)
		}
		if !s.Await(aLittle, func() bool { return s.State(0).Leader }) {
			t.Failf("§5.2", "S0 has won a pre-vote and all the votes of term %d, and does not lead: %v", term+1, s.State(0))
		}
		s.Close()
	}
}

// preVotesCountOnce: in each round another one of the peers grants.
func preVotesCountOnce(t *lab.T, make raftapi.MakeFunc) {
	const n = 5
	s := cluster.NewScripted(t, n, make, cluster.Options{})
	rounds := map[int]int{} // by peer
	s.OnPreVote(func(peer int, a wire.RequestVoteArgs) wire.RequestVoteReply {
		var round int
		s.Do(func() { round, rounds[peer] = rounds[peer], rounds[peer]+1 })
		return preVotesOf(1+round%(n-1))(peer, a)
	})
	asking(t, s, 0)
	noCampaign(t, s, cluster.ElectionTime, "only one of its 4 peers has granted a pre-vote in each round, and those of an earlier round count no more")
	asking(t, s, len(s.PreVotes()))
}

func preVoteTeachesTerm(t *lab.T, make raftapi.MakeFunc) {
	const told = 20
	s := cluster.NewScripted(t, 5, make, cluster.Options{})
	// S1 has a term that the others have not heard of.
	s.OnPreVote(func(peer int, a wire.RequestVoteArgs) wire.RequestVoteReply {
		switch {
		case a.Term > told:
			return wire.RequestVoteReply{Term: a.Term, VoteGranted: true}
		case peer == 1:
			return wire.RequestVoteReply{Term: told}
		}
		return noPreVotes(peer, a)
	})
	a := asking(t, s, 0)
	var st cluster.State
	if !s.Await(aLittle, func() bool { st = s.State(0); return st.Term >= told }) {
		t.Failf("§5.1, thesis §9.6", "S0 asked for a pre-vote for term %d and was refused by S1, which is in term %d, but %v: it is to adopt the higher term, or it asks in vain for ever", a.Term, told, st)
	}
	if !s.Await(cluster.ElectionTime, func() bool { return len(s.Votes()) > 0 }) {
		t.Overduef("thesis §9.6", "S0 heard of term %d from a refusal, all peers grant a pre-vote for any later term, and within %v it has not campaigned", told, cluster.ElectionTime)
	}
	if a := s.Votes()[0].Args; a.Term != told+1 {
		t.Failf("thesis §9.6", "S0 heard of term %d from a refusal and campaigns in term %d: it is to be the next one", told, a.Term)
	}
}

// preCandidateYields: the pre-votes are granted, but take until 100 ms after the
// leader was heard.
func preCandidateYields(t *lab.T, make raftapi.MakeFunc) {
	s := quietServer(t, 5, make)
	term := s.State(0).Term + 10
	s.Append(1, heartbeat(term, 1))
	s.OnPreVote(func(_ int, a wire.RequestVoteArgs) wire.RequestVoteReply {
		t.Sleep(100 * time.Millisecond)
		return wire.RequestVoteReply{Term: a.Term, VoteGranted: true}
	})
	asking(t, s, len(s.PreVotes()))
	for range 20 {
		if r := s.Append(1, heartbeat(term, 1)); !r.Success || r.Term != term {
			t.Failf("§5.2", "S0 asks for pre-votes in term %d and answered AppendEntries of that term's leader S1 with %q: it is to follow", term, r)
		}
		noCampaign(t, s, often, "it has heard that term's leader S1 while it was asking: once it follows, pre-votes that come late count for nothing")
	}
}
