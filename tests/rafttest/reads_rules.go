package rafttest

import (
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Rule cases of the reads stage. Where S0 is to lead, its followers are real,
// and the case decides which of their answers reach it, and when.

// followerRefuses: S0 follows S1, which the case plays.
func followerRefuses(t *lab.T, make raftapi.MakeFunc) {
	s, term := voter(t, 3, make)
	j := judgeReads(t, s.Cluster)
	refuses := func(what string) {
		for _, r := range []cluster.Read{j.lease(0), j.index(0)} {
			if r.OK {
				t.Failf("thesis §6.4", "%v, but S0 %s: only a leader knows what is committed", r, what)
			}
			if took := r.Ended - r.Began; took > readIndexTime {
				t.Failf("thesis §6.4", "%v, after %v, but S0 %s: it is to say no at once", r, took, what)
			}
		}
	}
	refuses("is a candidate")
	s.Append(1, wire.AppendEntriesArgs{Term: term, LeaderId: 1, Entries: []wire.Entry{{Term: term, Command: s.Next()}}})
	for range 20 {
		s.Append(1, wire.AppendEntriesArgs{Term: term, LeaderId: 1, PrevLogIndex: 1, PrevLogTerm: term, LeaderCommit: 1})
		refuses(lab.Sentence("follows S1 in term %d", term))
		t.Sleep(often)
	}
}

// deposedRefuses: S1 is real, too, and S0 has its promise; S2, which the case
// plays, has been in a higher term.
func deposedRefuses(t *lab.T, make raftapi.MakeFunc) {
	s := cluster.NewScripted(t, 3, make, cluster.Options{Real: 2})
	j := judgeReads(t, s.Cluster)
	for range 3 {
		st := s.Elect(0, 0, 1)
		s.Agree(s.Next(), 0, 1)
		j.lease(0)
		s.OnAppend(func(_ int, a wire.AppendEntriesArgs) (wire.AppendEntriesReply, bool) {
			return wire.AppendEntriesReply{Term: max(a.Term, st.Term+7)}, true
		})
		if !s.Await(time.Second, func() bool { return !s.State(0).Leader }) {
			t.Overduef("§5.1", "S0 led term %d, S2 answers its AppendEntries with term %d, and S0 still leads", st.Term, st.Term+7)
		}
		for range 300 {
			r, now := j.lease(0), s.State(0)
			if now.Leader {
				break
			}
			if r.OK {
				t.Failf("thesis §6.4.1", "%v, but S0 led term %d and has stepped down: %v. Now it may vote for another server itself, so its lease is void", r, st.Term, now)
			}
			t.Sleep(time.Millisecond)
		}
		s.OnAppend(nil)
		s.Agree(s.Next(), 0, 1) // or S0 may lack what S1 has got
	}
}

// readNeedsRound: S0's followers hear it, and their answers are lost, those of
// all but a minority.
func readNeedsRound(t *lab.T, make raftapi.MakeFunc) {
	for _, n := range []int{3, 5} {
		c, j := readers(t, n, make, cluster.Hop)
		c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
			f.Drop = p.Reply != nil && p.From == 0 && p.To >= n/2 || p.To == 0 && p.Reply == nil
			return f
		})
		t.Sleep(aLittle) // what was under way has arrived
		for range 5 {
			j.ask(0)
			t.Sleep(aLittle)
		}
		j.settled(lab.Sentence("no majority answers S0, which led %d servers", n))
		c.Meddle(nil)
		c.Agree(c.Next())
		c.Close()
	}
}

// olderRoundIgnored: answers are slow. What S0 asks before the calls is answered
// while they wait, what it asks afterwards is lost, or answered later.
func olderRoundIgnored(t *lab.T, make raftapi.MakeFunc) {
	const slow = 80 * time.Millisecond
	for _, lost := range []bool{false, true} {
		c, j := readers(t, 3, make, cluster.Hop)
		calls := false // it is time for them
		c.Meddle(func(p cluster.Packet, f labrpc.Fate) labrpc.Fate {
			switch {
			case p.From == 0 && p.Reply != nil:
				f.Latency += slow
			case p.From == 0 && lost && calls:
				f.Drop = true
			}
			return f
		})
		t.Sleep(time.Second)
		for range 8 {
			c.Do(func() { calls = true })
			for range 4 {
				j.ask(0)
				t.Sleep(slow / 7)
			}
			j.settled(lab.Sentence("a round trip from S0 takes %v", slow+2*cluster.Hop))
			c.Do(func() { calls = false })
			t.Sleep(slow)
		}
		c.Meddle(nil)
		if !lost && j.answers() == 0 {
			t.Failf("thesis §6.4", "a round trip takes %v, nothing is lost, and of 32 ReadIndex calls of S0, which leads, not one was answered with an index", slow+2*cluster.Hop)
		}
		c.Agree(c.Next())
		c.Close()
	}
}

// loneLeaderRefuses: S0 leads a minority, and is killed while it asks.
func loneLeaderRefuses(t *lab.T, make raftapi.MakeFunc) {
	c, j := readers(t, 5, make, cluster.Hop)
	c.Partition([]int{0, 1}, []int{2, 3, 4})
	for range 5 {
		j.ask(0)
		t.Sleep(aLittle)
	}
	j.settled("S0 led five servers and reaches one of them")
	c.Heal()
	c.Agree(c.Next()) // or S0 may lack what the others have got
	c.Elect(0)
	c.Agree(c.Next())
	c.Isolate(0)
	t.Sleep(aLittle)
	j.ask(0)
	t.Sleep(aLittle)
	c.Crash(0)
	j.settled("S0 was killed")
	c.Heal()
	c.Start(0)
	c.Agree(c.Next())
}
