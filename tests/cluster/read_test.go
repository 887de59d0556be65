package cluster

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
)

// readable is a puppet that answers reads.
type readable struct{ *Raft }

func (readable) ReadIndex() (int, bool) { time.Sleep(7 * time.Millisecond); return 3, true }
func (readable) LeaseRead() (int, bool) { return 0, false }

func TestReadsAreAskedOfAServerThatAnswersThem(t *testing.T) {
	assert.Nil(t, lab.Try(t, 1, func(t *lab.T) {
		ps := &puppets{}
		c := New(t, 2, func(ends []*labrpc.ClientEnd, me int, p raftapi.Persister, ch chan raftapi.ApplyMsg) raftapi.Raft {
			return readable{ps.make(ends, me, p, ch).(*Raft)}
		}, Options{unwatched: true})
		r := c.ReadIndex(1)
		assert.Equal(t, 7*time.Millisecond, r.Ended-r.Began)
		assert.Equal(t, Read{Server: 1, Method: "ReadIndex", Index: 3, OK: true, Number: 1, Began: r.Began, Ended: r.Ended, Clock: r.Clock}, r)
		assert.Contains(t, r.String(), "ReadIndex of S1, called at 0.0")
		assert.Contains(t, r.String(), "returned index 3 at 0.0")
		assert.Contains(t, c.LeaseRead(0).String(), "LeaseRead of S0")
		c.Crash(0)
		assert.True(t, c.LeaseRead(0).Down)
	}).Failed())
}

func TestARaftWithoutReadsIsToldPolitely(t *testing.T) {
	f := lab.Try(t, 1, func(t *lab.T) {
		New(t, 1, (&puppets{}).make, Options{unwatched: true}).LeaseRead(0)
	}).Failed()
	assert.Equal(t, lab.Skeleton, f.Kind)
	assert.Equal(t, "S0's Raft has no LeaseRead: it is to be a raftapi.Reader", f.Text)
}
