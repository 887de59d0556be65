package rafttest

import (
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// readJudge asks servers for reads and judges each answer by what went before
// it, however the server came to it:
//
//   - the index is not below any that a service had applied before the call,
//     for then a client may have been answered already;
//   - while ReadIndex was waiting, a majority has answered something that the
//     server had sent after the call.
//
// What it keeps of the network it touches there, for the goroutines of a case
// that read at once are not to order each other.
type readJudge struct {
	t *lab.T
	c *cluster.Cluster

	sent     map[question]time.Duration            // what is under way, and when it left
	answered [maxServers][maxServers]time.Duration // by leader and follower: when the latest that was answered had left
	pending  int                                   // calls of ask
	yes      int                                   // of them, with ok true
	over     int                                   // 1: nobody is to read on
}

const maxServers = 7

// question is one call of a leader's.
type question struct {
	from, to, incarnation int
	num                   uint64
}

// readIndexTime is within what time ReadIndex says no where nobody answers.
const readIndexTime = 2 * time.Second

// judgeReads begins to watch a cluster, before its servers lead.
func judgeReads(t *lab.T, c *cluster.Cluster) *readJudge {
	j := &readJudge{t: t, c: c, sent: map[question]time.Duration{}}
	c.Watch(j.see)
	return j
}

// readers is a new cluster whose reads are judged, and in which S0 leads and has
// committed an entry of its term.
func readers(t *lab.T, n int, make raftapi.MakeFunc, hop time.Duration) (*cluster.Cluster, *readJudge) {
	c := cluster.New(t, n, make, cluster.Options{Faults: labrpc.Faults{Latency: hop}})
	j := judgeReads(t, c)
	c.Elect(0)
	c.Agree(c.Next())
	return c, j
}

// see is told of every message, in the network.
func (j *readJudge) see(p cluster.Packet) {
	if p.Method != wire.AppendEntries && p.Method != wire.InstallSnapshot {
		return
	}
	q := question{p.From, p.To, p.Incarnation, p.Num}
	switch {
	case p.Kind == labrpc.Sent:
		j.sent[q] = p.At
	case p.Kind == labrpc.Returned:
		last := &j.answered[p.From][p.To]
		*last = max(*last, j.sent[q])
		delete(j.sent, q)
	case p.Kind == labrpc.Dropped && !p.Second:
		delete(j.sent, q)
	}
}

// lastAnswered is when that had left which a leader sent to a server and the
// server answered, the latest of it.
func (j *readJudge) lastAnswered(from, to int) time.Duration {
	return time.Duration(j.c.Peek(func() int { return int(j.answered[from][to]) }))
}

// lease is LeaseRead of a server, judged.
func (j *readJudge) lease(i int) cluster.Read {
	r := j.c.LeaseRead(i)
	j.judge(r)
	return r
}

// index is ReadIndex of a server, judged.
func (j *readJudge) index(i int) cluster.Read {
	r := j.c.ReadIndex(i)
	j.judge(r)
	return r
}

// ask is index in a goroutine of its own; calm tells whether all are through.
func (j *readJudge) ask(i int) {
	j.c.Net.DoFor(func() { j.pending++ })
	j.t.Go("reader", func() {
		r := j.index(i)
		ok := r.OK
		j.c.Net.DoFor(func() {
			j.pending--
			if ok {
				j.yes++
			}
		})
	})
}

func (j *readJudge) calm() bool { return j.c.Peek(func() int { return j.pending }) == 0 }

// answers is how many calls of ask were answered with an index.
func (j *readJudge) answers() int { return j.c.Peek(func() int { return j.yes }) }

// settled waits until all calls of ask have returned. why says what they waited
// for.
func (j *readJudge) settled(why string) {
	if !j.c.Await(readIndexTime, j.calm) {
		j.t.Overduef("thesis §6.4", "%s, and ReadIndex has not returned within %v: where it cannot say, it returns ok false, so that the client may ask elsewhere", why, readIndexTime)
	}
}

// judge fails the case where an answer is wrong. Nothing counts that a server
// says which has crashed meanwhile.
func (j *readJudge) judge(r cluster.Read) {
	started := j.c.Peek(func() int { return int(j.c.Started(r.Server)) })
	if r.Down || !r.OK || j.t.Dead(r.Server) || time.Duration(started) > r.Began {
		return
	}
	j.t.Count("reads by "+r.Method, 1)
	if r.Index < r.Committed {
		j.t.Failf("thesis §6.4", "%v, but a service had applied index %d before: a client may have been answered, "+
			"so what a machine holds at index %d is stale. Another server may lead by now, and know of more", r, r.Committed, r.Index)
	}
	if heard, quorum := j.heard(r), j.c.Size()/2+1; r.Method == "ReadIndex" && heard < quorum {
		j.t.Failf("thesis §6.4", "%v, though what S%d had sent after the call was not answered by a majority meanwhile: %d of %d servers have, itself included. "+
			"Only who still follows it then shows that nobody else led when the call began", r, r.Server, heard, j.c.Size())
	}
}

// heard counts the servers that have answered something which left after a call
// had begun, with the server itself.
func (j *readJudge) heard(r cluster.Read) int {
	from, began := r.Server, r.Began
	return j.c.Peek(func() int {
		heard := 1
		for to := range j.answered[from] {
			if to != from && j.answered[from][to] >= began {
				heard++
			}
		}
		return heard
	})
}
