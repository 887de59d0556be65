package rafttest

import (
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// mostSaves bounds how many saves of a short run CrashAtSave goes through.
const mostSaves = 12

func crashAtSave(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 3, make, cluster.Options{})
	for _, leads := range []bool{true, false} {
		for _, into := range []bool{false, true} {
			for k := 1; k <= mostSaves; k++ {
				c.Agree(c.Next(), c.All()...)
				r := &saveRun{t: t, c: c, victim: c.OneLeader().Server, k: k, into: into}
				r.leader = r.victim
				if !leads {
					r.victim = (r.victim + 1 + k%2) % c.Size()
				}
				if !r.play() {
					break // the whole run has fewer saves
				}
			}
		}
	}
}

// saveRun is a short run in which one server, the victim, is to crash at its
// k-th save: three commands, then another leader, two commands more, and the
// old leader is back, which has something to give up.
type saveRun struct {
	t      *lab.T
	c      *cluster.Cluster
	leader int
	victim int
	k      int
	into   bool
	told   []cluster.Submission // what was applied
}

// play tells whether the victim has crashed.
func (r *saveRun) play() bool {
	c := r.c
	c.CrashAtSave(r.victim, r.k, r.into)
	for range 3 {
		r.submit(r.leader)
	}
	r.change()
	crashed := r.crashed()
	c.Heal()
	takeDown(c, r.victim)
	if crashed && r.k%2 == 0 {
		c.Agree(c.Next(), without(c.All(), r.victim)...)
	}
	c.Start(r.victim)
	c.Agree(c.Next(), c.All()...)
	for _, s := range r.told {
		for _, i := range c.All() {
			if !c.Has(i, s) {
				r.t.Failf("§5.4.3, Figure 3", "%v had been applied before S%d crashed %s, and now S%d has applied up to index %d without it: what is committed stays",
					s, r.victim, crashPoint(r.k, r.into), i, c.Applied(i))
			}
		}
	}
	return crashed
}

func (r *saveRun) crashed() bool { return r.c.Disk(r.victim).Frozen() }

// submit gives a server a command and waits until it has applied it.
func (r *saveRun) submit(i int) {
	if r.crashed() {
		return
	}
	s := r.c.Submit(i, r.c.Next())
	applied := false
	r.c.Await(200*time.Millisecond, func() bool { applied = r.c.Has(i, s); return applied || r.crashed() })
	if applied {
		r.told = append(r.told, s)
	}
}

// change has another leader elected and the old one come back.
func (r *saveRun) change() {
	if r.crashed() {
		return
	}
	c, rest := r.c, without(r.c.All(), r.leader)
	c.Isolate(r.leader)
	c.Submit(r.leader, c.Next())
	now := -1
	c.Await(cluster.ElectionTime, func() bool {
		for _, s := range c.States(rest) {
			if s.Leader {
				now = s.Server
			}
		}
		return now >= 0 || r.crashed()
	})
	if now < 0 {
		return
	}
	r.submit(now)
	r.submit(now)
	c.Rejoin(r.leader)
	if !r.crashed() {
		// Until the old leader has given up what it alone has.
		c.Await(3*slowestHeartbeat, func() bool { return r.crashed() })
	}
}
