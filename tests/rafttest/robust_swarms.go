package rafttest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"raftlabs/labsync"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// The Swarm cases of the robust-elections stage.

// quietSwarm strikes all links and servers but the leader, just as many
// followers as make a majority with it, and the links from one to the other.
// All of these hear their leader all the time, so nobody can win a pre-vote.
func quietSwarm(t *lab.T, make raftapi.MakeFunc) {
	draw := t.Stream("swarm")
	n := []int{3, 4, 5, 7}[draw.IntN(4)]
	c := cluster.New(t, n, make, cluster.Options{})
	leader := c.Settle()
	others := without(c.All(), leader.Server)
	draw.Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
	core, struck := others[:n/2], others[n/2:]
	why := fmt.Sprintf("%d of %d servers, S%d included, have heard it and answered it all the time", n/2+1, n, leader.Server)
	paused := map[int]bool{}
	for range 25 {
		i := struck[draw.IntN(len(struck))]
		switch draw.IntN(7) {
		case 0, 1:
			c.Isolate(i)
		case 2: // from some, to some
			for _, j := range without(c.All(), i) {
				if draw.IntN(2) == 0 {
					c.Cut(i, j)
				}
				if draw.IntN(2) == 0 {
					c.Cut(j, i)
				}
			}
		case 3: // the core among itself, without the leader
			for _, j := range core {
				if draw.IntN(2) == 0 && j != core[0] {
					c.Cut(core[0], j)
					c.Cut(j, core[0])
				}
			}
		case 4:
			if !c.State(i).Down {
				c.Pause(i)
				paused[i] = true
			}
		case 5:
			c.Restart(i)
		case 6:
			c.Heal()
			for j := range paused {
				c.Resume(j)
			}
			clear(paused)
		}
		c.SameLeader(leader, time.Duration(50+draw.IntN(900))*time.Millisecond, why, c.All()...)
		c.Agree(c.Next(), append([]int{leader.Server}, core...)...)
	}
	c.Heal()
	for j := range paused {
		c.Resume(j)
	}
	c.SameLeader(leader, 3*time.Second, why, c.All()...)
	c.Agree(c.Next(), c.All()...)
}

// quorumSwarm mixes cuts of all kinds with load, loss and crashes. Whoever has
// lacked a majority for so long that it is to have stepped down must not lead.
func quorumSwarm(t *lab.T, make raftapi.MakeFunc) {
	draw := t.Stream("swarm")
	s := storm{t: t, draw: draw, every: 5, held: map[int]bool{}, paused: map[int]bool{}, trapped: map[int]bool{}}
	if draw.IntN(3) == 0 {
		s.faulty = drawLoss(draw)
	}
	s.c = cluster.New(t, []int{3, 4, 5, 7}[draw.IntN(4)], make, cluster.Options{
		Faults: s.faulty, Stalls: drawStalls(draw), Service: cluster.Service{Every: s.every},
	})
	l := quorums{t: t, c: s.c, draw: draw, since: map[int]time.Duration{}, late: s.faulty.Spread + s.faulty.ReorderBy}
	for range 25 {
		l.strike(draw.IntN(5))
		l.look()
		s.load()
		for range 1 + draw.IntN(10) {
			t.Sleep(100 * time.Millisecond)
			l.look()
		}
	}
	labsync.SetStalls(nil)
	for _, i := range s.c.All() {
		if s.c.State(i).Down {
			s.c.Start(i)
		}
	}
	s.c.Heal()
	s.converge()
}

// quorums keeps since when each server has had no majority.
type quorums struct {
	t     *lab.T
	c     *cluster.Cluster
	draw  *rand.Rand
	since map[int]time.Duration
	late  time.Duration // by which messages may come
}

// strike cuts links, or servers, or joins them.
func (l *quorums) strike(kind int) {
	c := l.c
	draw := l.draw
	perm := draw.Perm(c.Size())
	i := perm[0]
	for _, s := range c.States(c.All()) {
		if s.Leader && draw.IntN(2) == 0 {
			i = s.Server
		}
	}
	switch kind {
	case 0:
		c.Isolate(i)
	case 1: // mute
		for _, j := range without(c.All(), i) {
			c.Cut(i, j)
		}
	case 2: // deaf
		for _, j := range without(c.All(), i) {
			c.Cut(j, i)
		}
	case 3:
		k := 1 + draw.IntN(c.Size()-1)
		c.Partition(perm[:k], perm[k:])
	default:
		c.Heal()
		if !c.State(i).Down {
			c.Restart(i)
		}
	}
}

// look asserts that nobody leads who has lacked a majority for too long. The
// strikes change the links, nothing else does, and look runs after each.
func (l *quorums) look() {
	c, now := l.c, l.t.Now()
	for _, st := range c.States(c.All()) {
		peers := 1
		for _, j := range without(c.All(), st.Server) {
			if c.Net.Joined(st.Server, j) && c.Net.Joined(j, st.Server) {
				peers++
			}
		}
		since, lacks := l.since[st.Server]
		switch {
		case peers > c.Size()/2 || st.Down:
			delete(l.since, st.Server)
		case !lacks:
			l.since[st.Server] = now
		case st.Leader && now-since > stepDownTime+l.late:
			l.t.Failf("thesis §6.2", "%v, and it has been joined in both directions with no majority of the %d servers since %.1f s, for %v: a leader steps down when an election timeout has gone by without answers of a majority",
				st, c.Size(), since.Seconds(), (now - since).Round(100*time.Millisecond))
		}
	}
}
