package rafttest

import (
	"fmt"
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Rule cases about InstallSnapshot. S0 is real, S1 leads it.
//
// A snapshot at or below what S0 has applied may be ignored, or taken as a
// reason to trim: what counts is that nothing of it reaches the service.

func staleSnapshotTerm(t *lab.T, make raftapi.MakeFunc) {
	p := playedLeader(t, make, terms(12, 0)...)
	p.give(0, 6, 6, "its log was empty")
	p.applies(6, "it holds these entries")

	old := p.snapshotAt(10)
	old.Term, old.LeaderId = p.term-1, 2
	if r := p.Install(0, 2, old); r.Term != p.term {
		t.Failf("Figure 13, InstallSnapshot 1", "S0 is in term %d and answered InstallSnapshot of term %d with Term %d: it is to be its current term, for the old leader to update itself",
			p.term, old.Term, r.Term)
	}
	p.rest(aLittle)
	p.installed(0, fmt.Sprintf("S2's snapshot at index 10 was of term %d, and S0 is in term %d: an older term is refused", old.Term, p.term))
	p.lacks(10, p.termAt(10), "all that it was sent of this entry is a snapshot of an older term, which is refused")
	p.give(6, 12, 12, "it has held entry 6 since before the old leader's snapshot")
	p.applies(12, "it holds these entries")
	p.installed(0, "all that it was sent is a snapshot of an older term, which is refused")
}

func staleSnapshotIndex(t *lab.T, make raftapi.MakeFunc) {
	p := playedLeader(t, make, append(terms(6, 0), terms(6, 1)...)...)
	p.give(0, 12, 10, "its log was empty")
	p.applies(10, "it holds these entries")
	p.Snapshot(0, 8)
	for _, index := range []int{5, 8, 3} {
		p.install(index)
		p.rest(aLittle)
		p.installed(0, fmt.Sprintf("S0 has applied up to index 10 and has a snapshot of its own at index 8, so there is nothing in S1's delayed snapshot at index %d for it", index))
		p.holds(12, fmt.Sprintf("it has acknowledged entry 12: a delayed snapshot at index %d takes nothing of that back", index))
	}
	p.Restart(0)
	if got := p.Applied(0); got < 8 {
		t.Failf("§7", "S0 had a snapshot at index 8 and comes back after a restart with one at index %d: a delayed InstallSnapshot at a lower index must not replace it", got)
	}
	p.install(5) // before S1 has told it what is committed
	p.holds(12, "it has acknowledged entry 12 before it was restarted")
	p.applies(12, "it holds these entries")
}

func appliedNeverBack(t *lab.T, make raftapi.MakeFunc) {
	for _, own := range []int{0, 3} {
		for _, index := range []int{4, 8, 10} {
			p := playedLeader(t, make, append(terms(6, 0), terms(7, 1)...)...)
			p.give(0, 12, 10, "its log was empty")
			p.applies(10, "it holds these entries")
			if own > 0 {
				p.Snapshot(0, own)
			}
			p.install(index)
			p.rest(aLittle)
			p.installed(0, fmt.Sprintf("S0 has applied up to index 10, so S1's snapshot at index %d would take its service back", index))
			p.holds(12, fmt.Sprintf("it has acknowledged entry 12: a snapshot at index %d of the same term as its own entry takes nothing of that back", index))
			p.applies(12, "it holds these entries")
			p.Restart(0)
			p.give(12, 13, 13, "it has acknowledged entry 12 before it was restarted")
			p.applies(13, "it holds these entries")
			p.Close()
		}
	}
}

func suffixKept(t *lab.T, make raftapi.MakeFunc) {
	for _, own := range []int{0, 3} {
		for _, index := range []int{8, 6, 12} {
			p := playedLeader(t, make, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5)
			p.give(0, 12, 5, "its log was empty")
			p.applies(5, "it holds these entries")
			if own > 0 {
				p.Snapshot(0, own)
			}
			p.install(index)
			p.applies(index, fmt.Sprintf("S1 has sent a snapshot at index %d", index))
			kept := fmt.Sprintf("it has acknowledged entry 12, and S1's snapshot at index %d has the term of its own entry there: the entries that follow it stay (InstallSnapshot 6)", index)
			p.holds(12, kept)
			p.Restart(0)
			p.holds(12, kept+". It was restarted since")
			p.give(12, 13, 13, kept)
			p.applies(13, "it holds these entries")
			p.Close()
		}
	}
}

func suffixDropped(t *lab.T, make raftapi.MakeFunc) {
	// S0 holds entries of S2, which led before S1: from index 6 on they are
	// not S1's.
	for _, v := range []struct {
		own, theirs int
		restart     bool
	}{{0, 7, false}, {3, 7, true}, {0, 3, false}, {0, 1, true}} {
		p := playedLeader(t, make, terms(5, 0)...)
		p.give(0, 5, 5, "its log was empty")
		p.applies(5, "it holds these entries")
		if v.own > 0 {
			p.Snapshot(0, v.own)
		}
		theirs := p.term + 1
		a := p.args(5, 5)
		a.LeaderId, a.Term = 2, theirs
		for range v.theirs {
			a.Entries = append(a.Entries, wire.Entry{Term: theirs, Command: p.Next()})
		}
		p.Append(2, a)
		p.term = theirs + 1
		p.extend(terms(5, 20)...) // of S1's own term
		p.install(8)
		p.applies(8, "S1 has sent a snapshot at index 8")
		why := fmt.Sprintf("its log ended with (index %d, term %d), and S1's snapshot ends with (index 8, term %d). Where its own entry 8 is of another term, or missing, the whole log goes (InstallSnapshot 7)",
			5+v.theirs, theirs, p.termAt(8))
		if v.restart {
			p.Restart(0)
			why += ". It was restarted since"
		}
		p.campaign(8, p.termAt(8), why)
		p.give(8, 10, 10, "its snapshot ends with this entry")
		p.applies(10, "it holds these entries")
		p.Close()
	}
}

func snapshotOnce(t *lab.T, make raftapi.MakeFunc) {
	p := playedLeader(t, make, terms(14, 0)...)
	p.give(0, 2, 2, "its log was empty")
	p.applies(2, "it holds these entries")
	p.install(8)
	p.install(8)
	p.applies(8, "S1 has sent a snapshot at index 8")
	p.install(8)
	p.rest(aLittle)
	p.installed(1, "S1's snapshot at index 8 has come three times, and it is the same one")
	p.give(8, 10, 10, "its snapshot ends with this entry")
	p.applies(10, "it holds these entries")
	p.install(8)
	p.rest(aLittle)
	p.installed(1, "S1's snapshot at index 8 has come four times, and it is the same one")
	p.holds(10, "it has acknowledged entry 10: a second copy of a snapshot takes nothing of that back")

	// The copies come while the service is busy.
	p.HoldApplier(0)
	p.installLater(12)
	p.rest(aLittle)
	p.installLater(12)
	p.rest(aLittle)
	p.ReleaseApplier(0)
	p.match = 12
	p.applies(12, "S1 has sent a snapshot at index 12")
	p.rest(aLittle)
	p.installed(2, "S1 has sent two different snapshots, the second one twice while the service was busy")
	p.give(12, 14, 14, "its snapshot ends with this entry")
	p.applies(14, "it holds these entries")
}

func snapshotResetsTimer(t *lab.T, make raftapi.MakeFunc) {
	const rounds, interval = 40, 100 * time.Millisecond
	p := playedLeader(t, make, terms(rounds, 0)...)
	p.holds(0, "every log holds index 0")
	before := p.Campaigns()
	for i := range rounds {
		t.Sleep(interval)
		if p.Campaigns() > before {
			t.Failf("§5.2, §7", "S0 got a new snapshot from its leader S1 every %v and campaigned all the same: an InstallSnapshot of the current leader is to reset the election timer, as its AppendEntries do",
				interval)
		}
		p.install(i + 1)
	}
	p.applies(rounds, "S1 has sent a snapshot there")

	// An old leader's do not.
	before, start := p.Campaigns(), t.Now()
	for old := p.snapshotAt(rounds); p.Campaigns() == before; t.Sleep(pulse) {
		if t.Now()-start > cluster.ElectionTime {
			t.Overduef("§5.2, §7", "S0 has heard of no leader but one of an older term for %v and has not campaigned: its snapshots are not to reset the election timer", cluster.ElectionTime)
		}
		old.Term, old.LeaderId = p.term-1, 2
		p.Install(0, 2, old)
	}
}

func snapshotMakesFollow(t *lab.T, make raftapi.MakeFunc) {
	// A candidate, of the same term. The votes are granted, but take until
	// 100 ms after the snapshot has come.
	s := cluster.NewScripted(t, 3, make, cluster.Options{})
	s.OnVote(func(_ int, a wire.RequestVoteArgs) (wire.RequestVoteReply, bool) {
		t.Sleep(100 * time.Millisecond)
		return wire.RequestVoteReply{Term: a.Term, VoteGranted: true}, true
	})
	p := &played{Scripted: s, t: t, term: s.AwaitVote(0).Term}
	for range 6 {
		p.log = append(p.log, wire.Entry{Term: p.term - 1, Command: p.Next()})
	}
	p.install(5)
	s.Await(130*time.Millisecond, func() bool {
		if st := s.State(0); st.Leader || st.Term != p.term {
			t.Failf("§5.2, §7", "S0 was a candidate of term %d and has got a snapshot of that term's leader S1, but %v: InstallSnapshot tells of the leader as AppendEntries does", p.term, st)
		}
		return false
	})
	s.Close()

	// A leader, of a lower term.
	s, term := elected(t, 3, make)
	p = &played{Scripted: s, t: t, term: term + 5}
	for range 6 {
		p.log = append(p.log, wire.Entry{Term: term + 4, Command: p.Next()})
	}
	p.install(5)
	if st := s.State(0); st.Leader || st.Term != p.term {
		t.Failf("§5.1, Figure 2, All Servers", "S0 led term %d and got a snapshot of term %d, but %v: it is to adopt the higher term and follow", term, p.term, st)
	}
	p.applies(5, "S1 has sent a snapshot there")
	p.give(5, 6, 6, "its snapshot ends with this entry")
	p.applies(6, "it holds this entry")
}
