package rafttest

import (
	"runtime"
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Rule cases about the order: first saved, then said. S0 crashes at its next
// save, which is not written. Whatever it has said until then rests on nothing.

// unhurried makes servers whose disks take their time: while one of them is
// saving, its other goroutines go on until they have to wait. No virtual time
// passes, so that a server may save while it holds its mutex.
func unhurried(make raftapi.MakeFunc) raftapi.MakeFunc {
	return func(peers []*labrpc.ClientEnd, me int, p raftapi.Persister, applyCh chan raftapi.ApplyMsg) raftapi.Raft {
		return make(peers, me, unhurriedDisk{p}, applyCh)
	}
}

type unhurriedDisk struct{ raftapi.Persister }

func (d unhurriedDisk) Save(raftState, snapshot []byte) {
	for range 20 {
		runtime.Gosched()
	}
	d.Persister.Save(raftState, snapshot)
}

// answers calls S0 in a peer's name and tells whether it answered. If it did not,
// it must have crashed as it was told to.
func answers(t *lab.T, s *cluster.Scripted, from int, method string, args wire.Message, reply any) bool {
	t.Step("script")
	answered := s.Net.Impersonate(from, 0).Call(method, args, reply)
	if !answered && !s.Disk(0).Frozen() {
		t.Overduef("", "S0 gave no reply to %s of S%d: %v", wire.Short(method), from, args)
	}
	return answered
}

// reboot ends a crash of CrashAtSave, or takes it back if it did not happen.
func reboot(s *cluster.Scripted) {
	s.Crash(0)
	s.CrashAtSave(0, cluster.Never, false)
	s.Start(0)
}

// crashPoint says at which save S0 crashed.
func crashPoint(k int, into bool) string {
	if into {
		return lab.Sentence("right after its save number %d", k)
	}
	return lab.Sentence("right before its save number %d", k)
}

func voteSavedFirst(t *lab.T, make raftapi.MakeFunc) {
	for _, known := range []bool{false, true} {
		s := cluster.NewScripted(t, 3, unhurried(make), cluster.Options{})
		for range 2 {
			term := inTerm(t, s, known)
			s.CrashAtSave(0, 1, false)
			var r wire.RequestVoteReply
			if answers(t, s, 1, wire.RequestVote, longest(term, 1), &r) {
				if r.VoteGranted {
					t.Failf("Figure 2, State", "S0 granted S1 its vote in term %d, and had saved nothing since it was asked: should it crash now, it will vote in that term again. Save before the reply leaves", term)
				}
				if !known && r.Term >= term {
					t.Failf("Figure 2, State", "S0 answered a request of term %d with term %d, and had saved nothing since it was asked: should it crash now, it falls back. Save before the reply leaves", term, r.Term)
				}
			}
			reboot(s)
		}
		// Where it takes several saves, the reply leaves after the last of them.
		for _, into := range []bool{true, false} {
			for k := 1; k <= 3; k++ {
				term := inTerm(t, s, known)
				s.CrashAtSave(0, k, into)
				var r wire.RequestVoteReply
				granted := answers(t, s, 1, wire.RequestVote, longest(term, 1), &r) && r.VoteGranted
				if granted {
					t.Sleep(aLittle) // for what it saves too late
					t.Hint(lab.Sentence("S0 granted S1 its vote in term %d and crashed %s from when it was asked, or later", term, crashPoint(k, into)))
				}
				reboot(s)
				if granted {
					refuses(t, s, longest(term, 2), "it had granted that term's vote to S1 before it crashed: the vote is to be saved before the reply leaves")
				}
			}
		}
		s.Close()
	}
}

// inTerm brings S0 right before a vote in the term that it returns: into that
// term, which it has saved, or into one before.
func inTerm(t *lab.T, s *cluster.Scripted, known bool) int {
	if !known {
		return campaigned(s) + 10
	}
	term, _ := learnFromVote(t, s)
	s.AskVote(2, request(term-1, 2)) // the reply tells the term
	return term
}

func entriesSavedFirst(t *lab.T, make raftapi.MakeFunc) {
	for _, v := range []struct {
		what string
		args func(k *keeper) wire.AppendEntriesArgs
	}{
		{"entries that were new to it", func(k *keeper) wire.AppendEntriesArgs { return k.append(1, len(k.log), 2, 0) }},
		{"entries that replaced others of its log", func(k *keeper) wire.AppendEntriesArgs {
			k.term++
			k.accepts(k.append(2, 2, 0, 0))
			return k.append(2, 2, 2, 0)
		}},
		{"entries of a new leader in a new term", func(k *keeper) wire.AppendEntriesArgs {
			k.term += 10
			return k.append(1, len(k.log), 2, 0)
		}},
	} {
		k := newKeeper(t, unhurried(make))
		k.accepts(k.append(1, 0, 4, 0))
		crashesFirst(t, k, v.what, v.args(k))
		for _, into := range []bool{true, false} {
			for n := 1; n <= 3; n++ {
				a := v.args(k)
				k.CrashAtSave(0, n, into)
				var r wire.AppendEntriesReply
				if answers(t, k.Scripted, a.LeaderId, wire.AppendEntries, a, &r) && r.Success {
					k.acknowledged(a)
					t.Sleep(aLittle)
				}
				reboot(k.Scripted)
				// What it has not acknowledged, it may hold all the same: then it accepts it.
				k.accepts(a)
				k.intact(a.LeaderId, lab.Sentence("it crashed %s from when it got %s, and got them again", crashPoint(n, into), v.what))
			}
		}
		k.Close()
	}
	heartbeatSavedFirst(t, make)
}

// crashesFirst has S0 get entries, and crash at the save that they need.
func crashesFirst(t *lab.T, k *keeper, what string, a wire.AppendEntriesArgs) {
	k.CrashAtSave(0, 1, false)
	var r wire.AppendEntriesReply
	if answers(t, k.Scripted, a.LeaderId, wire.AppendEntries, a, &r) && r.Success {
		t.Failf("Figure 2, State", "S0 acknowledged %d %s, from index %d on, and had saved nothing since it got them: its leader counts it as one that holds them, and a crash would take them away. Save before the reply leaves",
			len(a.Entries), what, a.PrevLogIndex+1)
	}
	reboot(k.Scripted)
	k.intact(a.LeaderId, lab.Sentence("it crashed right before it saved %s", what))
}

// heartbeatSavedFirst: a new term comes without entries.
func heartbeatSavedFirst(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 3, unhurried(make), cluster.Options{})
	term := campaigned(s) + 10
	s.CrashAtSave(0, 1, false)
	var r wire.AppendEntriesReply
	if answers(t, s, 1, wire.AppendEntries, heartbeat(term, 1), &r) && r.Term >= term {
		t.Failf("Figure 2, State", "S0 answered a heartbeat of term %d with term %d, and had saved nothing since it got it: should it crash now, it falls back to an older term. Save before the reply leaves", term, r.Term)
	}
	s.Close()
}

func campaignSavedFirst(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 3, unhurried(make), cluster.Options{})
	newest := 0 // the term of the latest RequestVote that left S0
	s.Watch(func(p cluster.Packet) {
		if a, ok := p.Request.(wire.RequestVoteArgs); ok && p.Kind == labrpc.Sent && p.Method == wire.RequestVote && p.Incarnation > 0 {
			newest = max(newest, a.Term)
		}
	})
	for round := range 4 {
		if round > 0 {
			campaigned(s)
		}
		before, after := 0, 0
		s.Do(func() { before = newest })
		s.CrashAtSave(0, 1, false)
		if !s.Await(cluster.ElectionTime, func() bool {
			s.Do(func() { after = newest })
			return after > before || s.Disk(0).Frozen()
		}) {
			t.Overduef("§5.2, Figure 2, Followers", "S0 has heard from no leader for %v and has not campaigned", cluster.ElectionTime)
		}
		s.Do(func() { after = newest })
		if after > before {
			t.Failf("Figure 2, State", "S0 asked for votes in term %d, and had saved nothing since it came into that term: should it crash now, it will vote for another in that term, or ask again. Save currentTerm and votedFor before the first request leaves", after)
		}
		reboot(s)
	}
}

func leaderCountsSaved(t *lab.T, make raftapi.MakeFunc) {
	for _, n := range []int{1, 3} {
		c := cluster.New(t, n, unhurried(make), cluster.Options{})
		c.Agree(c.Next())
		for range 3 {
			leader := c.Settle(c.All()...)
			down := without(c.All(), leader.Server)
			if n > 1 {
				down = down[:1]
				c.Crash(down[0])
			}
			c.CrashAtSave(leader.Server, 1, false)
			s := c.Submit(leader.Server, c.Next())
			alone := "it is the only server"
			if n > 1 {
				alone = lab.Sentence("S%d is down, so that its own log is one of the two that make the majority", down[0])
			}
			c.NeverApplied(300*time.Millisecond, s, lab.Sentence("it took the entry as the leader and has saved nothing since then, and %s: it is to count itself only when it has saved the entry", alone))
			for _, i := range append(down, leader.Server) {
				c.Crash(i)
				c.CrashAtSave(i, cluster.Never, false)
				c.Start(i)
			}
			c.Agree(c.Next(), c.All()...)
		}
		c.Close()
	}
}

func leaderLogSurvives(t *lab.T, make raftapi.MakeFunc) {
	// Alone, a server commits what it has saved itself.
	c := cluster.New(t, 1, make, cluster.Options{})
	t.Hint("whenever a leader was restarted, Start's entry had been applied before: it is to be saved before the leader counts itself")
	for range 4 {
		c.Agree(c.Next())
		c.Restart(0)
	}
	c.Agree(c.Next())
	c.Close()

	// Of three, one is down: the leader is needed for the majority, and again
	// when it has been restarted, for the other one of the two is down then.
	c = cluster.New(t, 3, make, cluster.Options{})
	c.Agree(c.Next())
	for range 2 {
		leader := c.Settle().Server
		rest := without(c.All(), leader)
		c.Crash(rest[1])
		index := 0
		for range 3 {
			index = c.Agree(c.Next(), leader, rest[0])
		}
		c.Crash(leader)
		c.Crash(rest[0])
		c.Start(leader)
		c.Start(rest[1])
		if now := c.Agree(c.Next(), leader, rest[1]); now <= index {
			t.Failf("§5.4.3", "S%d led and had applied up to index %d, which S%d lacks; then it was restarted, and a new command was agreed on at index %d: its log was lost",
				leader, index, rest[1], now)
		}
		c.Start(rest[0])
		c.Agree(c.Next(), c.All()...)
	}
}

func commitRelearned(t *lab.T, make raftapi.MakeFunc) {
	k := newKeeper(t, make)
	const told = 3
	k.accepts(k.append(1, 0, 5, told))
	k.applied(told, lab.Sentence("its leader S1 has told it that index %d is committed", told))
	k.restart()

	// That index 3 was committed it may know by itself, if it saves that too.
	before := len(k.Votes())
	notBeyond := func(when string) {
		if n := k.Applied(0); n > told {
			t.Failf("Figure 2, State", "S0 had 5 entries and had been told that index %d is committed; then it was restarted, and %s it applied index %d: commitIndex starts at 0 again, and only a leader moves it. What is merely in the log may still be replaced",
				told, when, n)
		}
	}
	k.Await(cluster.ElectionTime, func() bool {
		notBeyond("before any leader had spoken to it")
		return len(k.Votes()) >= before+2*(k.Size()-1) // two campaigns
	})

	// A new leader, which has never seen index 4 and 5.
	k.term = k.State(0).Term + 10
	k.accepts(k.append(2, told, 0, 0))
	t.Sleep(aLittle)
	notBeyond("with a new leader that had not yet said what is committed")
	k.accepts(k.append(2, told, 2, told))
	k.applied(told, lab.Sentence("its new leader S2 has told it that index %d is committed: after a restart everything is applied again, from index 1 on", told))
	notBeyond("with a new leader that has told it so again")
	k.accepts(k.append(2, 5, 0, 5))
	k.applied(5, "its new leader S2 has told it that index 5 is committed")
}
