package rafttest

import (
	"fmt"
	"slices"
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// The Scenario cases of the election stage: real servers, scripted faults.

// slowestHeartbeat is the longest heartbeat interval that is still usual.
const slowestHeartbeat = 150 * time.Millisecond

// without returns all servers but some.
func without(all []int, some ...int) []int {
	return slices.DeleteFunc(slices.Clone(all), func(i int) bool { return slices.Contains(some, i) })
}

func initialElection(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 3, make, cluster.Options{})
	leader := c.Settle()
	if leader.Term < 1 {
		t.Failf("§5.1", "S%d leads term %d: terms start at 0, and a candidate increments its own before it asks for votes", leader.Server, leader.Term)
	}
	c.Terms()
	c.SameLeader(leader, 30*time.Second, "no message was lost and no server failed", c.All()...)
}

func reElection(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 3, make, cluster.Options{})
	first := c.Settle()
	c.Isolate(first.Server)
	second := c.Settle()
	if second.Term <= first.Term {
		t.Failf("§5.2", "S%d led term %d, and its successor S%d leads term %d: every election is for a new term", first.Server, first.Term, second.Server, second.Term)
	}
	c.Rejoin(first.Server)
	second = c.Settle()

	// Nobody has a majority.
	other := without(c.All(), second.Server)
	c.Isolate(c.All()...)
	c.NoLeader(cluster.ElectionTime, "it reaches no majority: 1 vote of 3", other...)
	if s := c.State(second.Server); s.Leader && s.Term > second.Term {
		t.Failf("§5.2", "%v, but it reaches no majority: 1 vote of 3", s)
	}

	// Two of three are a majority.
	c.Net.Join(other[0], other[1])
	c.Join(other[1], other[0])
	c.OneLeader(other...)
	c.Heal()
	c.Settle()
}

func cutLeaderRejoins(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 5, make, cluster.Options{})
	for _, how := range []struct {
		name    string
		off, on func(i int)
	}{
		{"was cut off", func(i int) { c.Isolate(i) }, func(i int) { c.Rejoin(i) }},
		{"was paused, and its messages of then arrive now", c.Pause, c.Resume},
	} {
		old := c.Settle()
		how.off(old.Server)
		rest := without(c.All(), old.Server)
		now := c.Settle(rest...)
		// One that leads has no election timer that could run off about now. One
		// that has stepped down alone has, and may depose the new leader.
		then := c.State(old.Server)
		stillLed := then.Leader && then.Term == old.Term
		how.on(old.Server)

		// The new leader's next heartbeat reaches the old one, or the old
		// one's reaches a server of the new term, whose reply tells it.
		t.Sleep(slowestHeartbeat + 4*cluster.Hop)
		if s := c.State(old.Server); s.Leader && s.Term == old.Term {
			t.Failf("§5.1", "%v, though it %s and S%d has been leading term %d since: a leader that hears of a higher term follows at once",
				s, how.name, now.Server, now.Term)
		}
		if stillLed {
			c.SameLeader(now, 2*time.Second, fmt.Sprintf("all that happened is that S%d came back, which %s and led an older term (a leader that steps down begins a new election timeout, its old one is long past)", old.Server, how.name), rest...)
		}
	}
}

func manyElections(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 7, make, cluster.Options{})
	pick := t.Stream("cuts")
	last := c.Settle()
	for range 10 {
		cut := pick.Perm(c.Size())[:3]
		if pick.IntN(2) == 0 {
			// The leader is among them more often than by chance.
			cut[0] = last.Server
			for k := 1; k < 3; k++ {
				for cut[k] == cut[0] || k == 2 && cut[2] == cut[1] {
					cut[k] = pick.IntN(c.Size())
				}
			}
		}
		c.Isolate(cut...)
		c.OneLeader()
		c.Rejoin(cut...)
		last = c.Settle()
	}
}

func noQuorumNoLeader(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 5, make, cluster.Options{})
	old := c.Settle()
	rest := without(c.All(), old.Server)
	c.Partition(rest[:2], rest[2:3], rest[3:], []int{old.Server})
	c.NoLeader(2*cluster.ElectionTime, "no more than 2 of 5 servers are connected", rest...)
	if s := c.State(old.Server); s.Leader && s.Term != old.Term {
		t.Failf("§5.2", "%v, but it has been alone since term %d", s, old.Term)
	}
	c.Heal()
	c.OneLeader()
}

func evenCluster(t *lab.T, make raftapi.MakeFunc) {
	for _, n := range []int{4, 2} {
		c := cluster.New(t, n, make, cluster.Options{})
		old := c.Settle()
		rest := without(c.All(), old.Server)
		c.Partition(append([]int{old.Server}, rest[:n/2-1]...), rest[n/2-1:])
		c.NoLeader(cluster.ElectionTime, fmt.Sprintf("it reaches half of %d servers, which is not a majority", n), rest...)
		if s := c.State(old.Server); s.Leader && s.Term != old.Term {
			t.Failf("§5.2", "%v, but it has reached half of %d servers only since term %d", s, n, old.Term)
		}
		c.Heal()
		c.OneLeader()
		c.Close()
	}
	c := cluster.New(t, 1, make, cluster.Options{})
	alone := c.OneLeader()
	c.SameLeader(alone, cluster.ElectionTime, "it is the only server of its cluster", 0)
}

func splitVote(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 5, make, cluster.Options{})
	for range 5 {
		// The leader's last heartbeat has reached all others within 0.2 ms,
		// so their timers start together, and messages take long enough for
		// several of them to run off before the first is heard of.
		old := c.Settle()
		c.SetFaults(labrpc.Faults{Latency: 4 * cluster.Hop})
		c.Isolate(old.Server)
		rest := without(c.All(), old.Server)
		c.OneLeader(rest...)
		c.SetFaults(labrpc.Faults{})

		// Everybody campaigns alone for a while, and then all at once.
		c.Isolate(c.All()...)
		t.Sleep(2 * time.Second)
		c.Heal()
		c.OneLeader()
	}
}

func lossyStable(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 5, make, cluster.Options{Faults: labrpc.Faults{Loss: 0.1}})
	// A sender that waits for the answer to each heartbeat loses about one
	// leadership a second, which is wasteful and safe.
	const most, span = 45, 30 * time.Second
	c.OneLeader()
	led := map[int]bool{}
	without, step := time.Duration(0), 10*time.Millisecond
	for d := time.Duration(0); d < span; d += step {
		t.Sleep(step)
		leads := false
		for _, s := range c.States(c.All()) {
			if s.Leader {
				led[s.Term] = true
				leads = true
			}
		}
		if !leads {
			without += step
		}
	}
	t.Count("leaderships", len(led))
	if len(led) > most {
		t.Failf("§5.2", "with 10 %% of all messages lost there were %d leaderships within %v: a follower is to miss several heartbeats in a row before it campaigns", len(led), span)
	}
	if without > span/3 {
		t.Overduef("§5.2", "with 10 %% of all messages lost nobody led for %v of %v", without, span)
	}
}

func electionTraffic(t *lab.T, make raftapi.MakeFunc) {
	const perSecond = 25 // a peer
	c := cluster.New(t, 5, make, cluster.Options{})
	leader := c.Settle()
	const idle = 10 * time.Second
	count := traffic(c)
	c.SameLeader(leader, idle, "no message was lost and no server failed", c.All()...)
	for link, n := range traffic(c) {
		n -= count[link]
		from, to, method := link.from, link.to, wire.Short(link.method)
		switch {
		case n > 0 && link.method != wire.AppendEntries:
			t.Failf("§5.2", "within %v without faults S%d sent S%d %d RPCs %s: with a leader in place there is nothing to elect", idle, from, to, n, method)
		case n > 0 && from != leader.Server:
			t.Failf("§5.2", "within %v without faults S%d sent S%d %d RPCs %s, but the leader is S%d", idle, from, to, n, method, leader.Server)
		case n > perSecond*int(idle/time.Second)+2:
			t.Failf("§5.2", "within %v without faults S%d sent S%d %d RPCs %s: at most %d a second are needed", idle, from, to, n, method, perSecond)
		case n == 0 && from == leader.Server && to != from && link.method == wire.AppendEntries:
			t.Overduef("§5.2", "within %v the leader S%d sent S%d no AppendEntries: heartbeats keep its followers", idle, from, to)
		}
	}

	// While electing: requests that nobody answers may be repeated, but not
	// without end.
	count = traffic(c)
	start := t.Now()
	c.Isolate(c.All()...)
	t.Sleep(cluster.ElectionTime)
	seconds := (t.Now() - start).Seconds()
	for link, n := range traffic(c) {
		if n -= count[link]; float64(n) > perSecond*(seconds+1) {
			t.Failf("§5.2", "S%d is cut off and sent S%d %d RPCs %s within %.0f s: at most %d a second are needed", link.from, link.to, n, wire.Short(link.method), seconds, perSecond)
		}
	}
	c.Heal()
	c.OneLeader()
}

// link is one direction of a link, and a method.
type link struct {
	from, to int
	method   string
}

// traffic is the number of requests so far over every link.
func traffic(c *cluster.Cluster) map[link]int {
	sent := map[link]int{}
	for _, from := range c.All() {
		for _, to := range c.All() {
			for _, method := range []string{wire.RequestVote, wire.RequestPreVote, wire.AppendEntries, wire.InstallSnapshot} {
				sent[link{from, to, method}] = c.Sent(from, to, method)
			}
		}
	}
	return sent
}
