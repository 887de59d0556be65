package rafttest

import (
	"fmt"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Rule cases about a snapshot's way to the disk and to the service. S0 is
// real, S1 leads it.

func snapshotSurvives(t *lab.T, make raftapi.MakeFunc) {
	for _, v := range trimmed {
		p := playedLeader(t, make, append(terms(6, 0), terms(10, 1)...)...)
		v.trim(p)
		p.rest(aLittle)
		for round := range 3 {
			p.Restart(0)
			if got := p.Applied(0); got < 8 {
				t.Failf("§7", "%s, and after %d restarts its disk holds a snapshot at index %d: every Save takes the snapshot along, so it is to be in memory again after a restart",
					v.how, round+1, got)
			}
			// A new term is saved, and so is an entry now and then.
			p.term += 2
			p.holds(12+round, "it has acknowledged this entry before it was restarted")
			p.give(12+round, 13+round, 13+round, "it holds the entry before")
			p.applies(13+round, "it holds these entries")
		}
		p.Restart(0)
		p.campaign(15, p.termAt(15), "it has acknowledged this entry, and was restarted since")
		p.Close()
	}
}

func savedTogether(t *lab.T, make raftapi.MakeFunc) {
	for _, v := range []struct {
		what string
		do   func(p *played)
	}{
		{"S0's service took a snapshot at index 8", func(p *played) { p.Snapshot(0, 8) }},
		{"S1 sent S0 a snapshot at index 11, which is in the middle of its log", func(p *played) { p.installLater(11) }},
		{"S1 sent S0 a snapshot at index 20, beyond its log", func(p *played) { p.installLater(20) }},
	} {
		for k := 1; k <= 2; k++ {
			for _, into := range []bool{false, true} {
				crashAtSnapshot(t, make, v.what, v.do, k, into)
			}
		}
	}
}

// crashAtSnapshot crashes S0 at its k-th save from when a snapshot comes, with or
// without that save, and restarts it. Its disk must then hold one of the two:
// what was before, or what was to be after.
func crashAtSnapshot(t *lab.T, make raftapi.MakeFunc, what string, snapshot func(p *played), k int, into bool) {
	p := playedLeader(t, make, append(terms(6, 0), terms(18, 1)...)...)
	p.give(0, 12, 10, "its log was empty")
	p.applies(10, "it holds these entries")
	p.Snapshot(0, 3)
	p.rest(aLittle)

	p.CrashAtSave(0, k, into)
	snapshot(p)
	p.Await(2*aLittle, p.Disk(0).Frozen)
	p.Crash(0)
	p.CrashAtSave(0, cluster.Never, false)
	p.Start(0)

	when := "right before"
	if into {
		when = "right after"
	}
	crashed := fmt.Sprintf("it crashed %s the save number %d after %s", when, k, what)
	p.term += 2
	if p.Applied(0) < 3 {
		t.Failf("§7", "S0 was restarted with a snapshot at index %d, though one at index 3 was saved long before %s", p.Applied(0), crashed)
	}
	end := 20
	if a := p.args(end, end); !p.Append(1, a).Success {
		end = 12
		p.holds(12, fmt.Sprintf("it has acknowledged entry 12, and says that it has no snapshot at index 20 either. Since then %s: state and snapshot go into one save", crashed))
	}
	p.give(end, 24, 24, "it holds the entry before")
	p.applies(24, "it holds these entries")
	p.Close()
}

// installSavedFirst: S0 crashes right before its first save after the request
// has arrived. Its term has changed with it, so that save comes before the answer,
// which therefore never leaves. Of the second snapshot that is all that changes.
func installSavedFirst(t *lab.T, make raftapi.MakeFunc) {
	for _, index := range []int{8, 2} {
		p := playedLeader(t, make, terms(12, 0)...)
		p.give(0, 2, 2, "its log was empty")
		p.applies(2, "it holds these entries")
		p.term += 5
		p.CrashAtSave(0, 1, false)
		var r wire.InstallSnapshotReply
		if p.Net.Impersonate(1, 0).Call(wire.InstallSnapshot, p.snapshotAt(index), &r) && r.Term >= p.term {
			t.Failf("Figure 13, InstallSnapshot 5; Figure 2, State", "S0 answered an InstallSnapshot of term %d, which was new to it, with Term %d, and had saved nothing since it came: "+
				"what it changes is to be saved before the answer leaves", p.term, r.Term)
		}
		p.Close()
	}
}

func snapshotsInOrder(t *lab.T, make raftapi.MakeFunc) {
	// What comes, one after the other, while the service reads nothing. -n is
	// entries up to n, appended and committed; n a snapshot at n.
	for _, script := range [][]int{
		{8},           // one
		{8, 16},       // a newer one, when the first is on its way to the service
		{-4, 8},       // entries are on their way
		{-4, 2, 8},    // and an old snapshot comes
		{-4, 8, 16},   //
		{-4, 4, 16},   // a snapshot of just these entries
		{8, -12, 16},  // entries behind a snapshot that is on its way
		{8, -12, -14}, //
		{-4, 8, -10, 12, -14, 16, -18},
	} {
		p := playedLeader(t, make, terms(24, 0)...)
		p.give(0, 1, 1, "its log was empty")
		p.applies(1, "it holds this entry")
		p.HoldApplier(0)
		end := 1
		for _, what := range script {
			if what > 0 {
				p.installLater(what)
				end = max(end, what)
				p.rest(aLittle)
				continue
			}
			// A server that installs a snapshot only when its service takes
			// it may refuse what follows.
			p.commit = max(p.commit, -what)
			if p.Append(1, p.args(end, -what)).Success {
				p.match, end = -what, -what
			}
			p.rest(aLittle)
		}
		p.ReleaseApplier(0)
		p.match = max(p.match, 1)
		came := fmt.Sprintf("while its service was busy it got, in this order: %s", told(script))
		p.rest(aLittle)
		p.catchUp(end, came)
		p.give(end, 24, 24, came)
		p.applies(24, came)
		p.Close()
	}
}

// catchUp has S1 go on until S0 holds everything up to end.
func (p *played) catchUp(end int, why string) {
	if !p.awhile(soon, func() bool { return p.Applied(0) >= end }) {
		p.t.Failf("§7", "S0 has applied up to index %d and stays there: it was to come to index %d, since %s. Each is to reach the service in its turn", p.Applied(0), end, why)
	}
}

// told is a script of snapshotsInOrder in words.
func told(script []int) string {
	s := ""
	for k, what := range script {
		if k > 0 {
			s += ", "
		}
		if what > 0 {
			s += fmt.Sprintf("a snapshot at index %d", what)
		} else {
			s += fmt.Sprintf("entries up to index %d", -what)
		}
	}
	return s
}
