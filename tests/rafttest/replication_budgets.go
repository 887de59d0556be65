package rafttest

import (
	"strings"
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Scenario cases about what agreement costs: messages, entries and bytes.
// The budgets leave room for heartbeats, for a few repetitions and for a
// leader's own entry at the start of its term, and not for work that grows with
// the length of the log where it need not.

func rpcBytes(t *lab.T, make raftapi.MakeFunc) {
	const commands, size = 10, 5000
	c := cluster.New(t, 3, make, cluster.Options{})
	j := keepJournal(t, c)
	leader := c.Settle()
	c.Agree(c.Next())
	entries := func() int { return j.sum(func(s *shipment) int { return s.entries }) }
	bytes := func() int { return c.Net.Stats().Of(leader.Server, wire.AppendEntries).Requests.Bytes }
	entriesBefore, bytesBefore, since := entries(), bytes(), t.Now()
	for k := range commands {
		c.Agree(strings.Repeat(string(rune('a'+k)), size))
	}
	const followers = 2
	if n, most := entries()-entriesBefore, followers*commands*3/2; n > most {
		t.Failf("§5.3", "%d commands, one after the other, took %d entries in AppendEntries to %d followers: each command is to go once to each of them, and at most %d entries are allowed",
			commands, n, followers, most)
	}
	heartbeats := followers * (int((t.Now()-since)/time.Second)*25 + 25)
	if n, most := bytes()-bytesBefore, followers*commands*size*3/2+heartbeats*200; n > most {
		t.Failf("§5.3", "%d commands of %d bytes, one after the other, took %d bytes of AppendEntries to %d followers: each command is to go once to each of them, and at most %d bytes are allowed",
			commands, size, n, followers, most)
	}
	j.verify()
}

func count(t *lab.T, make raftapi.MakeFunc) {
	const commands, perSecond, copies = 10, 25, 8
	c := cluster.New(t, 3, make, cluster.Options{})
	j := keepJournal(t, c)
	leader := c.Settle()
	others := without(c.All(), leader.Server)
	c.Agree(c.Next())
	sent := func(to int) int {
		return j.count(func(s *shipment) bool { return s.from == leader.Server && s.to == to })
	}
	before, since := map[int]int{}, t.Now()
	for _, i := range others {
		before[i] = sent(i)
	}
	var x cluster.Submission
	for range commands {
		x = take(t, c, leader.Server)
	}
	c.AwaitApplied(slowestHeartbeat+20*cluster.Hop, x, c.All()...)
	for _, i := range others {
		// An AppendEntries may carry one entry. Where several are under way, they may
		// overtake each other, and are then sent again.
		if n, most := sent(i)-before[i], copies*commands+int((t.Now()-since)*perSecond/time.Second); n > most {
			t.Failf("§5.3", "%d commands that were started at once took %d AppendEntries from S%d to S%d, where %d are allowed, %d for each command beside the heartbeats: "+
				"one AppendEntries carries any number of entries", commands, n, leader.Server, i, most, copies)
		}
	}

	// Everything is acknowledged: now only heartbeats go out, without entries.
	t.Sleep(slowestHeartbeat)
	quiet := t.Now()
	t.Sleep(2 * time.Second)
	for _, i := range others {
		idle := func(such func(s *shipment) bool) int {
			return j.count(func(s *shipment) bool { return s.from == leader.Server && s.to == i && s.sent > quiet && such(s) })
		}
		if n := idle(func(s *shipment) bool { return s.entries > 0 }); n > 0 {
			t.Failf("§5.3", "S%d has acknowledged every entry, and the leader S%d sent it %d AppendEntries with entries within 2 s: it sends entries from nextIndex on, which is past the last one",
				i, leader.Server, n)
		}
		if n := idle(func(*shipment) bool { return true }); n > 2*perSecond+2 {
			t.Failf("§5.2", "S%d has nothing to learn, and the leader S%d sent it %d AppendEntries within 2 s: at most %d heartbeats a second are needed", i, leader.Server, n, perSecond)
		}
	}
	j.verify()
}

// backup: logs that conflict over 50 entries are brought together in a few
// rounds, whether the entries to be replaced are of an older term than the
// leader's at the same place, or of a later one.
func backup(t *lab.T, make raftapi.MakeFunc) {
	const length = 50
	c := cluster.New(t, 5, make, cluster.Options{})
	j := keepJournal(t, c)
	replacesOlder(t, c, length)
	replacesLater(t, c, length)
	fewSteps(t, j, length)
	j.verify()
}

// strand has a leader and one follower, alone, take entries that are not
// committed. It returns the two, and the other three.
func strand(t *lab.T, c *cluster.Cluster, entries int) (pair, rest []int) {
	leader := c.Settle()
	c.Agree(c.Next())
	rest = without(c.All(), leader.Server)
	pair, rest = []int{leader.Server, rest[0]}, rest[1:]
	c.Partition(pair, rest)
	for range entries {
		take(t, c, leader.Server)
	}
	t.Sleep(4 * cluster.Hop)
	return pair, rest
}

// replacesOlder: the entries of a term give way to those of the next.
func replacesOlder(t *lab.T, c *cluster.Cluster, entries int) {
	pair, rest := strand(t, c, entries)

	// As many on the other three, committed. Then more on two of these, alone.
	c.Partition(rest)
	second := c.Settle(rest...)
	submitAll(t, c, second.Server, entries)
	other := without(rest, second.Server)[0]
	c.Partition(without(rest, other), pair)
	for range entries {
		c.Submit(second.Server, c.Next())
	}
	t.Sleep(4 * cluster.Hop)

	// The pair with the one that is left, and last all five.
	three := append([]int{other}, pair...)
	c.Partition(three)
	third := c.Settle(three...)
	if third.Server != other {
		t.Failf("§5.4.1", "S%d leads term %d, but S%d's log ends in a later term and holds entries that are committed", third.Server, third.Term, other)
	}
	submitAll(t, c, third.Server, entries)
	c.Heal()
	c.Agree(c.Next())
}

// replacesLater: the entries of a term give way to older ones, which a leader
// brings along that knows nothing of that term.
func replacesLater(t *lab.T, c *cluster.Cluster, entries int) {
	pair, rest := strand(t, c, entries)

	// One of the other three leads the next term, reaches one follower only and
	// takes as many.
	c.Partition(rest)
	second := c.Settle(rest...)
	follower := without(rest, second.Server)[0]
	c.Partition([]int{second.Server, follower}, pair)
	for range entries {
		c.Submit(second.Server, c.Next())
	}
	t.Sleep(4 * cluster.Hop)

	// The pair, whose log is the longer one, with the last of the three.
	three := append(without(rest, second.Server, follower), pair...)
	c.Partition(three)
	third := c.Settle(three...)
	submitAll(t, c, third.Server, 2)
	c.Heal()
	c.Agree(c.Next())
}

// fewSteps asserts that no leader went back one entry at a time with any
// follower. A step is a refusal further back than all before it: a leader that
// sends without awaiting the answers may get more refusals, where messages
// overtake each other, but they do not lead further and further back.
func fewSteps(t *lab.T, j *journal, length int) {
	const most = 12
	type pairing struct{ from, to, term int }
	lowest, steps, worst := map[pairing]int{}, map[pairing]int{}, pairing{}
	j.count(func(s *shipment) bool {
		p := pairing{s.from, s.to, s.term}
		if low, ok := lowest[p]; s.refused && (!ok || s.prev < low) {
			lowest[p] = s.prev
			if steps[p]++; steps[p] > steps[worst] {
				worst = p
			}
		}
		return s.refused
	})
	t.Count("steps back", steps[worst])
	if n := steps[worst]; n > most {
		t.Failf("end of §5.3", "the logs of the leader S%d and of S%d differed in %d entries of few terms, and in term %d S%d refused AppendEntries with %d lower and lower PrevLogIndexes before they agreed, where %d are allowed: "+
			"a refusal is to tell enough to skip a whole term at a time, not one entry", worst.from, worst.to, length, worst.term, worst.to, n, most)
	}
}

// catchUp: a follower that was away while 1,000 commands were committed. How many of
// them a request carries is the leader's choice, and how long Agree waits allows for
// one. What is sent is counted in entries, therefore, and not in requests.
func catchUp(t *lab.T, make raftapi.MakeFunc) {
	const behind = 1000
	c := cluster.New(t, 3, make, cluster.Options{})
	j := keepJournal(t, c)
	c.Elect(0)
	c.Agree(c.Next())
	c.Isolate(2)
	submitAll(t, c, 0, behind)
	since := t.Now()
	c.Heal()
	c.Agree(c.Next())
	j.lean(2, behind, since)
	fewSteps(t, j, behind)
	j.verify()
}

// lean asserts that a server which lacked some entries was sent these a few
// times over at most since some instant, in however many requests, and beside
// these heartbeats and a few questions where the logs agree.
func (j *journal) lean(to, lacking int, since time.Duration) {
	const copies, perSecond, questions = 8, 25, 35
	such := func(s *shipment) bool { return s.to == to && s.sent >= since }
	if n := j.sum(func(s *shipment) int {
		if such(s) {
			return s.entries
		}
		return 0
	}); n > copies*lacking {
		j.t.Failf("§5.3", "S%d was sent %d entries within %v, and lacked no more than %d, so %d are allowed: what is under way need not be sent again at once",
			to, n, j.t.Now()-since, lacking, copies*lacking)
	}
	most := int((j.t.Now()-since)*perSecond/time.Second) + questions
	if n := j.count(func(s *shipment) bool { return such(s) && s.entries == 0 }); n > most {
		j.t.Failf("§5.3", "S%d lacked %d entries at most, and was sent %d AppendEntries without entries within %v, where %d are allowed: heartbeats, and a few questions where the logs agree",
			to, lacking, n, j.t.Now()-since, most)
	}
}
