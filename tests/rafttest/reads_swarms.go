package rafttest

import (
	"math/rand/v2"
	"strconv"
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// The Swarm cases of the reads stage: the storms of the snapshot stage, with
// clients who read.

func readSwarm(t *lab.T, make raftapi.MakeFunc) {
	readStorm(t, make, storm{strikes: 20})
}

func readCrashSwarm(t *lab.T, make raftapi.MakeFunc) {
	readStorm(t, make, storm{strikes: 20, crashes: true})
}

func readStorm(t *lab.T, make raftapi.MakeFunc, s storm) {
	draw := t.Stream("read swarm")
	n := []int{3, 3, 5, 5, 2, 4, 7}[draw.IntN(7)]
	s.every = []int{2, 5, 10, 20}[draw.IntN(4)]
	s.t, s.draw = t, draw
	if draw.IntN(2) == 0 {
		s.faulty = drawLoss(draw)
	}
	s.c = cluster.New(t, n, make, cluster.Options{
		Faults: s.faulty, Stalls: drawStalls(draw), Service: cluster.Service{Every: s.every},
	})
	s.held, s.paused, s.trapped = map[int]bool{}, map[int]bool{}, map[int]bool{}
	j := judgeReads(t, s.c)
	for k := range 4 {
		t.Go("reader", func() { j.readOn(t.Stream("reader " + strconv.Itoa(k))) })
	}
	for range s.strikes {
		s.strike()
		s.load()
	}
	s.end()
	s.converge()
	s.c.Net.DoFor(func() { j.over = 1 })
	j.answersAgain()
}

// readOn reads at one server after the other, mostly at those that believe to
// lead, until the case says that it is over.
func (j *readJudge) readOn(draw *rand.Rand) {
	for j.c.Peek(func() int { return j.over }) == 0 && !j.t.Failed() {
		for i := range j.c.Size() {
			if !j.c.State(i).Leader && draw.IntN(8) > 0 {
				continue
			}
			if draw.IntN(2) == 0 {
				j.lease(i)
			} else {
				j.index(i)
			}
		}
		j.t.Sleep(time.Duration(1 + draw.IntN(int(20*time.Millisecond))))
	}
}

// answersAgain asserts that a leader which nothing disturbs any more answers.
func (j *readJudge) answersAgain() {
	leader := j.c.Settle()
	j.c.Agree(j.c.Next())
	for _, r := range []cluster.Read{j.lease(leader.Server), j.index(leader.Server)} {
		if now := j.c.State(leader.Server); !r.OK && now == leader {
			j.t.Failf("thesis §6.4", "all faults are over, S%d has led term %d since, and an entry of that term is committed, but %v", leader.Server, leader.Term, r)
		}
	}
}
