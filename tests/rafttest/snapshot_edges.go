package rafttest

import (
	"fmt"
	"strings"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Rule cases about the log that begins with a snapshot. S0 is real, S1
// leads it.
//
// All that a snapshot covers is committed, so a leader never sends another term
// for an index in it, and no case does.

// trimmed are the two ways in which S0's log comes to begin behind a snapshot
// at index 8. Afterwards S0 holds S1's entries up to 12 and has applied 10.
var trimmed = []struct {
	how  string
	trim func(p *played)
}{
	{"S0's service took a snapshot at index 8", func(p *played) {
		p.give(0, 12, 10, "its log was empty")
		p.applies(10, "it holds these entries")
		p.Snapshot(0, 8)
	}},
	{"S1 sent S0 a snapshot at index 8", func(p *played) {
		p.give(0, 2, 2, "its log was empty")
		p.install(8)
		p.applies(8, "S1 has sent a snapshot there")
		p.give(8, 12, 10, "its snapshot ends with this entry")
		p.applies(10, "it holds these entries")
	}},
	{"S0's service took a snapshot at index 8, and it was restarted", func(p *played) {
		p.give(0, 12, 10, "its log was empty")
		p.applies(10, "it holds these entries")
		p.Snapshot(0, 8)
		p.rest(aLittle)
		p.Restart(0)
		p.applies(10, "it held these entries when it was restarted")
	}},
}

func appendIntoSnapshot(t *lab.T, make raftapi.MakeFunc) {
	for _, v := range trimmed {
		for _, late := range []struct {
			prev, last int
			what       string
		}{
			{3, 6, "all of whose entries are in the snapshot"},
			{5, 5, "a heartbeat"},
			{5, 8, "whose entries end where the snapshot ends"},
			{7, 9, "with one entry in the snapshot and one behind it"},
			{0, 10, "with entries in the snapshot and behind it"},
			{3, 12, "with entries in the snapshot and all that S0 holds"},
			{6, 15, "with entries in the snapshot, those that S0 holds and new ones"},
		} {
			p := playedLeader(t, make, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 5)
			v.trim(p)
			r := p.Append(1, p.args(late.prev, late.last))
			if r.Term != p.term {
				t.Failf("§5.1, Figure 2, AppendEntries", "S0 follows S1 in term %d and answered its AppendEntries with Term %d", p.term, r.Term)
			}
			what := fmt.Sprintf("before the last message %s, S0 held entries up to 12, and S1 sent it AppendEntries with PrevLogIndex %d, %s: all of it agrees with what S0 has, so nothing of that may go",
				v.how, late.prev, late.what)
			held := 12
			if r.Success && late.last > held {
				held = late.last
				what = fmt.Sprintf("S0 has just answered an AppendEntries with PrevLogIndex %d and %d entries with Success, which says that it holds entry %d", late.prev, late.last-late.prev, held)
			}
			p.holds(held, what)
			p.give(held, 16, 16, what)
			p.applies(16, "it holds these entries")
			p.Close()
		}
	}
}

func snapshotEdge(t *lab.T, make raftapi.MakeFunc) {
	for _, v := range trimmed {
		p := playedLeader(t, make, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6)
		v.trim(p)
		p.holds(8, "its snapshot ends with this entry, so it has it: LastIncludedIndex and LastIncludedTerm stand for it")
		p.holds(9, "it is the first entry behind its snapshot, and it holds it")
		p.holds(12, "it is the last entry that it was sent")
		p.lacks(13, p.termAt(13), "its log ends with index 12")
		p.lacks(11, p.termAt(11)+1, fmt.Sprintf("its own entry 11 is of term %d", p.termAt(11)))

		// A new leader, S2, has other entries behind the committed ones.
		p.term += 2
		for i := 11; i <= 14; i++ {
			p.log[i-1] = wire.Entry{Term: p.term, Command: p.Next()}
		}
		p.match = 10
		p.lacks(12, p.termAt(12), "its own entry 12 is one of an older leader's")
		p.give(8, 14, 14, "its snapshot ends with this entry, and what follows is its leader's to say")
		p.applies(14, "it holds these entries")

		// Nothing is left behind the snapshot, and the next entry follows.
		p.Snapshot(0, 14)
		p.rest(aLittle)
		p.Restart(0)
		p.holds(14, "its snapshot ends with this entry, and nothing is behind it")
		p.extend(20)
		p.give(14, 15, 15, "its snapshot ends with this entry, and nothing is behind it")
		p.applies(15, "it holds this entry")
		p.Close()
	}
}

func snapshotTrims(t *lab.T, make raftapi.MakeFunc) {
	const last, size = 13, 2000
	p := playedLeader(t, make)
	for i := range last {
		p.extend(i) // each entry has a term of its own, and is large
		p.log[i].Command = fmt.Sprintf("%d %s", p.Next(), strings.Repeat("x", size))
	}
	p.give(0, 12, 10, "its log was empty")
	p.applies(10, "it holds these entries")
	for _, index := range []int{1, 4, 9, 10} {
		p.Snapshot(0, index)
		p.rest(aLittle)
		p.intact(index, 12, fmt.Sprintf("its service has taken a snapshot at index %d, which stands for what is up to there and for nothing more", index))
		p.fits(index, 12, size)
	}
	p.Restart(0)
	p.intact(10, 12, "it was restarted with a snapshot at index 10 and a log up to index 12")
	p.applies(12, "it holds these entries")
	p.Snapshot(0, 12)
	p.rest(aLittle)
	p.fits(12, 12, size)
	p.give(12, 13, 13, "its snapshot ends with this entry")
	p.applies(13, "it holds this entry")
}

// intact asserts that each entry of S0's from one index to another is where it
// was, which shows by its term. S0 may drop what is not committed and disagrees
// with its leader, so it is given that again.
func (p *played) intact(from, to int, why string) {
	for i := from; i <= to; i++ {
		p.holds(i, fmt.Sprintf("that is the entry it has there: %s", why))
	}
	for i := to; i > max(p.commit, from-1); i-- {
		p.lacks(i, p.termAt(i-1), fmt.Sprintf("its entry %d is of term %d: %s", i, p.termAt(i), why))
		p.give(i-1, to, 0, fmt.Sprintf("its entry %d is that one: %s", i-1, why))
	}
}

// fits asserts that S0's state is no larger than a log from the snapshot on can
// be, where every entry has that size.
func (p *played) fits(snapshot, last, size int) {
	if got, most := p.PersistBytes(0), (last-snapshot+1)*size+size/2; got > most {
		p.t.Failf("§7", "S0 has a snapshot at index %d and holds entries of %d B up to index %d, and its PersistBytes is %d: more than %d says that entries which the snapshot covers are still in the log",
			snapshot, size, last, got, most)
	}
}

func oldSnapshotIgnored(t *lab.T, make raftapi.MakeFunc) {
	// The service is late with a snapshot at an index below the one that S0 has.
	p := playedLeader(t, make, append(terms(6, 0), terms(9, 1)...)...)
	p.give(0, 12, 10, "its log was empty")
	p.applies(10, "it holds these entries")
	p.Snapshot(0, 8)
	for _, index := range []int{5, 8, 1} {
		p.Snapshot(0, index)
		p.rest(aLittle)
		p.holds(12, fmt.Sprintf("it holds entry 12. Its service has called Snapshot for index 8 and then for index %d, which is old news and changes nothing", index))
	}
	p.Restart(0)
	if got := p.Applied(0); got < 8 {
		t.Failf("§7", "S0 had a snapshot at index 8 and was restarted with one at index %d: a Snapshot call for an older index must not replace it", got)
	}
	p.applies(10, "it held these entries when it was restarted")

	// S1's newer snapshot has come, and the service, which is busy, has not got it yet.
	p.HoldApplier(0)
	p.installLater(14)
	p.rest(aLittle)
	p.Snapshot(0, 9)
	p.rest(aLittle)
	p.ReleaseApplier(0)
	p.match = 14
	p.applies(14, "S1 has sent a snapshot there. S0's service, which was busy, has called Snapshot for index 9 meanwhile, which is old news")
	p.give(14, 15, 15, "its snapshot ends with this entry")
	p.applies(15, "it holds this entry")
	p.Restart(0)
	p.holds(15, "it has acknowledged entry 15 before it was restarted")
	p.applies(15, "it held this entry when it was restarted")
}

func voteAfterTrim(t *lab.T, make raftapi.MakeFunc) {
	for _, v := range []struct {
		how  string
		trim func(p *played)
	}{
		{"S0's service took a snapshot at index 8, the last of its log", func(p *played) {
			p.give(0, 8, 8, "its log was empty")
			p.applies(8, "it holds these entries")
			p.Snapshot(0, 8)
			p.rest(aLittle)
		}},
		{"S1 sent S0 a snapshot at index 8, and its log ended before that", func(p *played) {
			p.give(0, 5, 3, "its log was empty")
			p.install(8)
			p.applies(8, "S1 has sent a snapshot there")
		}},
		{"S1 sent S0 a snapshot at index 8, and it was restarted", func(p *played) {
			p.install(8)
			p.applies(8, "S1 has sent a snapshot there")
			p.Restart(0)
		}},
	} {
		p := playedLeader(t, make, append(terms(6, 0), terms(2, 5)...)...)
		v.trim(p)
		end := p.termAt(8)
		p.campaign(8, end, v.how+": where no entry is left in the log, the snapshot's last index and term take its place")
		for _, c := range []struct {
			index, term int
			granted     bool
			why         string
		}{
			{7, end, false, "that log is shorter than its own"},
			{20, end - 1, false, "that log ends with an older term than its own"},
			{0, 0, false, "that log is empty, and its own is not"},
			{8, end, true, "that log is as up-to-date as its own"},
		} {
			p.term++
			a := wire.RequestVoteArgs{Term: p.term, CandidateId: 2, LastLogIndex: c.index, LastLogTerm: c.term}
			wantVote(t, p.Scripted, a, c.granted, fmt.Sprintf("%s: S0's log ends with index 8 of term %d, the candidate's with index %d of term %d, since %s",
				c.why, end, c.index, c.term, v.how))
		}
		p.Close()
	}
}
