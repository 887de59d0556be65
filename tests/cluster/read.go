package cluster

import (
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
)

// Read is what ReadIndex or LeaseRead of a server has said.
type Read struct {
	Server       int
	Method       string // "ReadIndex" or "LeaseRead"
	Index        int
	OK           bool
	Down         bool          // nobody was asked
	Number       int           // of the server's instance
	Began, Ended time.Duration // as [labrpc.Event] counts
	Clock        time.Duration // what the run's clock is ahead of that
	Committed    int           // the highest index that any service had applied before
}

func (r Read) String() string {
	if !r.OK {
		return lab.Sentence("%s of S%d, called at %.3f s, returned ok false at %.3f s", r.Method, r.Server, (r.Clock + r.Began).Seconds(), (r.Clock + r.Ended).Seconds())
	}
	return lab.Sentence("%s of S%d, called at %.3f s, returned index %d at %.3f s", r.Method, r.Server, (r.Clock + r.Began).Seconds(), r.Index, (r.Clock + r.Ended).Seconds())
}

// ReadIndex asks a server as a service does, and waits for the answer. It may be
// called from any goroutine of the case; nothing orders those that call it.
func (c *Cluster) ReadIndex(i int) Read {
	return c.read(i, "ReadIndex", raftapi.Reader.ReadIndex)
}

// LeaseRead is ReadIndex by the lease. It takes no time, but for the step before
// it.
func (c *Cluster) LeaseRead(i int) Read {
	return c.read(i, "LeaseRead", raftapi.Reader.LeaseRead)
}

func (c *Cluster) read(i int, method string, call func(raftapi.Reader) (int, bool)) Read {
	c.t.Step("read")
	r := Read{Server: i, Method: method, Clock: c.t.Now() - c.Net.Now()}
	in := c.instance(i)
	if in == nil {
		r.Down = true
		return r
	}
	reader, ok := in.raft.(raftapi.Reader)
	if !ok {
		c.t.Fail(lab.Failure{Kind: lab.Skeleton, Text: lab.Sentence("S%d's Raft has no %s: it is to be a raftapi.Reader", i, method)})
	}
	r.Number, r.Committed, r.Began = in.number, c.Committed(), c.Net.Now()
	c.t.Enter(i, method, func() { r.Index, r.OK = call(reader) })
	r.Ended = c.Net.Now()
	return r
}
