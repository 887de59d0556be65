package cluster

import (
	"strconv"
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
)

// StartFunc starts an instance of a server that makes its own Raft and reads
// applyCh itself. service is served under the name of its type beside the Raft,
// and is what is killed.
type StartFunc func(ends []*labrpc.ClientEnd, server int, persister raftapi.Persister) (service Killer, rf raftapi.Raft)

// Killer is what can be killed.
type Killer interface{ Kill() }

// NewServices starts n servers of a service, with places for clients on the
// same network: nodes without a server. What happens on the wire, to disks and in
// GetState is watched as in any cluster; Start and applyCh are the service's own,
// so Submit, Agree and the like are not for such a cluster.
//
// Isolate, Rejoin and Partition are about the links between servers. Clients
// reach all of them until the case cuts a client's own links. Heal joins all.
func NewServices(t *lab.T, n, clients int, start StartFunc, o Options) *Cluster {
	c := newCluster(t, n, clients, nil, o, nil)
	c.start = start
	for k := range clients {
		c.ends = append(c.ends, c.Net.Boot(c.Client(k))[:n])
	}
	for i := range n {
		t.Sleep(skew(t, i, n))
		c.Start(i)
	}
	return c
}

// Client returns the number of a client's node.
func (c *Cluster) Client(k int) int { return len(c.servers) + k }

// ClientEnds returns a client's ends of the servers, in an order of its own.
func (c *Cluster) ClientEnds(k int) []*labrpc.ClientEnd {
	ends := append([]*labrpc.ClientEnd(nil), c.ends[k]...)
	c.t.Stream("ends of C"+strconv.Itoa(k)).Shuffle(len(ends), func(i, j int) { ends[i], ends[j] = ends[j], ends[i] })
	return ends
}

// CutClient cuts a client off from a server, in both directions.
func (c *Cluster) CutClient(k, server int) {
	c.Cut(c.Client(k), server)
	c.Cut(server, c.Client(k))
}

// JoinClient ends CutClient.
func (c *Cluster) JoinClient(k, server int) {
	c.Join(c.Client(k), server)
	c.Join(server, c.Client(k))
}

// MeddleClients has f change the fate of each request that a client sends, and
// of the reply to it, from now on. From is the client's node and To the server, of
// replies too; what they say is the service's own. f runs where Meddle's does. nil
// ends it.
func (c *Cluster) MeddleClients(f func(m labrpc.Message, fate labrpc.Fate) labrpc.Fate) {
	c.Net.Do(func() { c.record.errands = f })
}

// split is Partition among servers and clients: the clients keep their links.
func (c *Cluster) split(groups [][]int) {
	group := map[int]int{}
	for g, members := range groups {
		for _, i := range members {
			group[i] = g + 1
		}
	}
	for i := range c.servers {
		c.each(i, func(from, to int) {
			if group[from] == group[to] && group[from] > 0 {
				c.Net.Join(from, to)
			} else {
				c.Net.Cut(from, to)
			}
		})
	}
}

// Stamp returns a number that is higher than all before it, and the time. It may
// be called from any goroutine, and orders nobody.
func (c *Cluster) Stamp() (stamp int64, now time.Duration) {
	n := c.peek(func() int {
		c.stamps++
		return c.stamps
	})
	return int64(n), c.t.Now()
}

// Call and Returned put an operation of a client's among the events. They may be
// called from any goroutine, and order nobody.
func (c *Cluster) Call(client int, operation string) {
	c.record.mark("call", c.Client(client), operation)
}

// Returned is the end of what Call began.
func (c *Cluster) Returned(client int, operation string) {
	c.record.mark("return", c.Client(client), operation)
}

// plain panics in a cluster of services.
func (c *Cluster) plain(what string) {
	if c.start != nil {
		panic(lab.Sentence("%s in a cluster of services: their Start and applyCh are their own", what))
	}
}
