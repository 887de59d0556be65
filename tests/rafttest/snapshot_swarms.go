package rafttest

import (
	"math/rand/v2"
	"time"

	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// The Swarm cases of the snapshot stage. Services take snapshots as often as
// the seed says, and clients submit whatever happens. What is applied is watched
// all along; afterwards all servers must come to apply the same, and what they
// save must be small.

func snapshotSwarm(t *lab.T, make raftapi.MakeFunc) {
	storm{strikes: 25}.run(t, make)
}

func snapshotCrashSwarm(t *lab.T, make raftapi.MakeFunc) {
	storm{strikes: 25, crashes: true}.run(t, make)
}

// storm is a swarm under snapshots.
type storm struct {
	strikes int
	crashes bool // servers crash, at a save or anywhere, and come back

	t       *lab.T
	c       *cluster.Cluster
	draw    *rand.Rand
	every   int
	faulty  labrpc.Faults
	held    map[int]bool // its service reads nothing
	paused  map[int]bool
	trapped map[int]bool // it is to crash at a save
}

func (s storm) run(t *lab.T, make raftapi.MakeFunc) {
	draw := t.Stream("snapshot swarm")
	n := []int{3, 3, 5, 5, 2, 4, 7}[draw.IntN(7)]
	s.every = []int{1, 2, 5, 10, 20}[draw.IntN(5)]
	s.t, s.draw = t, draw
	if draw.IntN(2) == 0 {
		s.faulty = drawLoss(draw)
	}
	s.c = cluster.New(t, n, make, cluster.Options{
		Faults: s.faulty, Stalls: drawStalls(draw),
		Service: cluster.Service{Every: s.every, Size: draw.IntN(2) * 5000},
	})
	s.held, s.paused, s.trapped = map[int]bool{}, map[int]bool{}, map[int]bool{}
	for range s.strikes {
		s.strike()
		s.load()
	}
	s.end()
	s.converge()
}

// load submits a few commands, to whoever takes them.
func (s *storm) load() {
	for range 1 + s.draw.IntN(4) {
		for i := range s.c.Size() {
			for range s.draw.IntN(2 * s.every) {
				if !s.c.Submit(i, s.c.Next()).Leader {
					break
				}
			}
		}
		watch(s.t, s.c, time.Duration(20+s.draw.IntN(200))*time.Millisecond)
	}
}

// strike adds a fault, or ends those that went before.
func (s *storm) strike() {
	c, n := s.c, s.c.Size()
	a, b := s.draw.IntN(n), s.draw.IntN(n)
	perm := s.draw.Perm(n)
	switch s.draw.IntN(10) {
	case 0, 1, 2:
		s.end()
	case 3:
		c.Isolate(a)
	case 4:
		if a != b {
			c.Cut(a, b)
		}
	case 5:
		k := 1 + s.draw.IntN(n-1)
		c.Partition(perm[:k], perm[k:])
	case 6:
		c.HoldApplier(a)
		s.held[a] = true
	case 7:
		c.Pause(a)
		s.paused[a] = true
	default:
		s.crash(a)
	}
}

// crash ends a server, at once or at one of its next saves.
func (s *storm) crash(i int) {
	switch {
	case !s.crashes:
	case s.draw.IntN(2) == 0:
		s.c.CrashAtSave(i, 1+s.draw.IntN(8), s.draw.IntN(2) == 0)
		s.trapped[i] = true
	case s.draw.IntN(6) == 0:
		s.c.PowerCut()
	default:
		s.c.Crash(i)
	}
}

// end ends all faults but the links': whoever is down is started.
func (s *storm) end() {
	s.c.Heal()
	for i := range s.c.Size() {
		if s.paused[i] {
			s.c.Resume(i)
		}
		if s.held[i] {
			s.c.ReleaseApplier(i)
		}
		if s.trapped[i] {
			s.c.Crash(i)
			s.c.CrashAtSave(i, cluster.Never, false)
		}
		if s.c.State(i).Down {
			s.c.Start(i)
		}
	}
	clear(s.paused)
	clear(s.held)
	clear(s.trapped)
}

// converge ends the faults of the links, too, and asserts that all servers come
// to apply the same, and go on.
func (s *storm) converge() {
	t, c := s.t, s.c
	labsync.SetStalls(nil)
	c.SetFaults(labrpc.Faults{})
	c.OneLeader()
	agreeOn(c, 2, c.All()...)
	// What was held up on the way may still arrive.
	t.Sleep(3 * time.Second)
	c.Settle()
	for range s.every + 1 {
		c.Agree(c.Next(), c.All()...)
	}
	for _, i := range c.All() {
		const entry = 100 // bytes, at most
		if got, most := c.PersistBytes(i), 1000+entry*(s.every+1); got > most {
			t.Failf("§7", "all faults are over, S%d has applied up to index %d, its service takes a snapshot every %d entries, and PersistBytes is %d, more than %d",
				i, c.Applied(i), s.every, got, most)
		}
	}
}
