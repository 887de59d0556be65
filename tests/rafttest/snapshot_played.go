package rafttest

import (
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// played is S0 with a leader that the case plays, S1: what S1's log holds, and
// what S0 has acknowledged of it. All that S1 sends is what a correct leader
// could send, late or twice perhaps.
type played struct {
	*cluster.Scripted
	t      *lab.T
	term   int          // that S1 leads
	log    []wire.Entry // of S1; log[i] has index i+1
	match  int          // the last index that S0 is known to hold
	commit int
}

const (
	// pulse is how often S1 sends a heartbeat while a case waits.
	pulse = 50 * time.Millisecond
	// soon is how long S0 may take to apply what it knows to be committed.
	soon = 500 * time.Millisecond
)

// playedLeader has S1 lead S0 with entries of the given terms, counted from a
// first one that is older than S1's own by twenty: playedLeader(t, make, 0, 0, 1)
// is a log of three entries. S0 holds none of them yet.
func playedLeader(t *lab.T, make raftapi.MakeFunc, terms ...int) *played {
	s := cluster.NewScripted(t, 3, make, cluster.Options{})
	p := &played{Scripted: s, t: t, term: s.AwaitVote(0).Term + 30}
	p.extend(terms...)
	return p
}

// extend adds entries to S1's log, of terms as playedLeader takes them.
func (p *played) extend(terms ...int) {
	for _, k := range terms {
		p.log = append(p.log, wire.Entry{Term: p.term - 20 + k, Command: p.Next()})
	}
}

// terms is n times the same term.
func terms(n, term int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = term
	}
	return all
}

// termAt is the term of S1's entry at index, which may be 0.
func (p *played) termAt(index int) int {
	if index == 0 {
		return 0
	}
	return p.log[index-1].Term
}

// args are an AppendEntries of S1's with the entries behind prev, up to last.
func (p *played) args(prev, last int) wire.AppendEntriesArgs {
	return wire.AppendEntriesArgs{
		Term: p.term, LeaderId: 1, PrevLogIndex: prev, PrevLogTerm: p.termAt(prev),
		Entries: p.log[prev:last:last], LeaderCommit: p.commit,
	}
}

// give sends S0 the entries behind prev, up to last, which it must accept. why
// says what makes it.
func (p *played) give(prev, last, commit int, why string) {
	p.commit = max(p.commit, commit)
	a := p.args(prev, last)
	if r := p.Append(1, a); !r.Success || r.Term != p.term {
		p.t.Fail(lab.Failure{
			Rule: "Figure 2, AppendEntries",
			Text: lab.Sentence("S0 refused AppendEntries of its leader S1 with PrevLogIndex %d and PrevLogTerm %d, but %s",
				a.PrevLogIndex, a.PrevLogTerm, why),
			Detail: []string{"request: " + a.String(), "reply:   " + r.String()},
		})
	}
	p.match = max(p.match, last)
}

// holds asserts that S0 holds S1's log up to index: it must accept a heartbeat
// right behind that entry.
func (p *played) holds(index int, why string) { p.give(index, index, 0, why) }

// lacks asserts that S0 refuses a heartbeat behind an entry which it does not have.
func (p *played) lacks(index, term int, why string) {
	a := wire.AppendEntriesArgs{Term: p.term, LeaderId: 1, PrevLogIndex: index, PrevLogTerm: term, LeaderCommit: p.commit}
	if r := p.Append(1, a); r.Success {
		p.t.Fail(lab.Failure{
			Rule: "Figure 2, AppendEntries 2",
			Text: lab.Sentence("S0 accepted AppendEntries with PrevLogIndex %d and PrevLogTerm %d, but %s: Success says that it holds this entry",
				index, term, why),
			Detail: []string{"request: " + a.String(), "reply:   " + r.String()},
		})
	}
}

// snapshotAt is S1's InstallSnapshot with everything up to index.
func (p *played) snapshotAt(index int) wire.InstallSnapshotArgs {
	commands := make([]any, index)
	for i := range commands {
		commands[i] = p.log[i].Command
	}
	return wire.InstallSnapshotArgs{
		Term: p.term, LeaderId: 1, LastIncludedIndex: index, LastIncludedTerm: p.termAt(index),
		Data: cluster.SnapshotOf(0, commands...),
	}
}

// install sends S0 S1's snapshot at index and checks the reply's term.
func (p *played) install(index int) {
	p.commit = max(p.commit, index)
	p.match = max(p.match, index)
	if r := p.Install(0, 1, p.snapshotAt(index)); r.Term != p.term {
		p.t.Failf("Figure 13, InstallSnapshot", "S0 follows S1 in term %d and answered its InstallSnapshot at index %d with Term %d: it is to be its current term",
			p.term, index, r.Term)
	}
}

// installLater sends the snapshot and waits for no reply: S0 may take until it
// has delivered the snapshot, or crash.
func (p *played) installLater(index int) {
	p.commit = max(p.commit, index)
	a := p.snapshotAt(index)
	p.t.Go("a snapshot on its way", func() {
		var r wire.InstallSnapshotReply
		p.Net.Impersonate(1, 0).Call(wire.InstallSnapshot, a, &r)
	})
}

// rest lets time pass while S1's heartbeats go on.
func (p *played) rest(d time.Duration) { p.awhile(d, func() bool { return false }) }

// awhile waits for something to come true while S1's heartbeats go on, for at
// most d.
func (p *played) awhile(d time.Duration, done func() bool) bool {
	for start := p.t.Now(); p.t.Now()-start < d; {
		p.Append(1, p.args(p.match, p.match))
		if p.Await(min(pulse, d), done) {
			return true
		}
	}
	return done()
}

// applies has S1's entries up to index committed, and asserts that S0 applies
// them, or a snapshot in their place. why says what it should know.
func (p *played) applies(index int, why string) {
	p.commit = max(p.commit, index)
	if !p.awhile(soon, func() bool { return p.Applied(0) >= index }) {
		p.t.Failf("§5.3, Figure 2, All Servers", "S0 has applied up to index %d only, though %s and S1's heartbeats have told LeaderCommit %d for %v",
			p.Applied(0), why, p.commit, soon)
	}
	for i := 1; i <= index; i++ {
		want := cluster.Submission{Index: i, Command: p.log[i-1].Command, Leader: true}
		if _, itself := p.AppliedAt(0, i); itself && !p.Has(0, want) {
			p.t.Failf("§5.3, §7", "S0 applied another command at index %d than %v, which S1 has there: its log has moved against S1's", i, want.Command)
		}
	}
}

// installed asserts how many snapshots S0's present instance has delivered.
func (p *played) installed(want int, why string) {
	if got := p.Installed(0); got != want {
		p.t.Failf("§7, Figure 13, InstallSnapshot", "S0 has delivered %d snapshots on applyCh, it was to be %d: %s", got, want, why)
	}
}

// campaign waits until S0 asks for votes, which it does once S1 is silent, and
// asserts what it says about the end of its log. S1 then leads a later term.
func (p *played) campaign(index, term int, why string) {
	a := p.AwaitVote(p.term)
	if a.LastLogIndex != index || a.LastLogTerm != term {
		p.t.Failf("§5.4.1, §7", "S0 asks for votes with LastLogIndex %d and LastLogTerm %d, it was to be %d and %d: %s",
			a.LastLogIndex, a.LastLogTerm, index, term, why)
	}
	p.term = a.Term + 10
}
