package raft

import (
	"math/rand"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
)

// hop is what every message of a test takes, exactly, if it is not lost.
const hop = 5 * time.Millisecond

// soon is how long a cluster may be without a leader.
const soon = 5 * time.Second

// virtual is a cluster on a clock of its own.
type virtual struct {
	t       *testing.T
	net     *labrpc.Network
	options Options
	servers []*Raft // nil while down
	disks   []*memory
}

// virtually runs a test of n servers, all of them down, and sees to it that
// nothing is left of them.
func virtually(t *testing.T, n int, o Options, test func(*virtual)) {
	rand.Seed(1) //lint:ignore SA1019 nothing else makes the timeouts repeatable
	synctest.Test(t, func(t *testing.T) {
		c := &virtual{t: t, options: o, servers: make([]*Raft, n), net: labrpc.New(n, labrpc.Options{
			Fates:   labrpc.FatesFunc(func(labrpc.Message) labrpc.Fate { return labrpc.Fate{Latency: hop} }),
			OnError: func(err error) { t.Error(err) },
		})}
		for range n {
			c.disks = append(c.disks, newMemory(nil, nil))
		}
		test(c)
		for i := range n {
			c.crash(i)
		}
		time.Sleep(2 * time.Second)
		c.net.Close()
	})
}

// has sets what a server that is down has saved: its term, no vote, and a log
// whose entries have these terms.
func (c *virtual) has(i, term int, terms ...int) {
	var log raftLog
	for k, t := range terms {
		log.append(LogEntry{Term: t, Command: k})
	}
	state := persistent{CurrentTerm: term, VotedFor: nobody}
	state.Blocks, state.Tail = log.blocks()
	c.disks[i].Save(encode(state), nil)
}

// start starts servers that are down, all of them if none are named.
func (c *virtual) start(servers ...int) {
	if len(servers) == 0 {
		servers = c.all()
	}
	for _, i := range servers {
		applyCh := make(chan raftapi.ApplyMsg)
		rf := MakeWith(c.options)(c.net.Boot(i), i, c.disks[i], applyCh).(*Raft)
		go func() {
			for !rf.killed() {
				select {
				case <-applyCh:
				case <-time.After(time.Second):
				}
			}
		}()
		require.NoError(c.t, c.net.Serve(i, rf))
		c.servers[i] = rf
	}
}

// crash ends a server. What it saves from now on has no effect.
func (c *virtual) crash(i int) {
	if c.servers[i] == nil {
		return
	}
	c.disks[i] = newMemory(c.disks[i].ReadRaftState(), c.disks[i].ReadSnapshot())
	c.net.Crash(i)
	c.servers[i].Kill()
	c.servers[i] = nil
}

func (c *virtual) all() (all []int) {
	for i := range c.servers {
		all = append(all, i)
	}
	return all
}

func (c *virtual) others(than int) (others []int) {
	for i := range c.servers {
		if i != than {
			others = append(others, i)
		}
	}
	return others
}

// silence cuts every link from a server, deafen every link to it, and join mends
// them all.
func (c *virtual) silence(i int) {
	for _, o := range c.others(i) {
		c.net.Cut(i, o)
	}
}

func (c *virtual) deafen(i int) {
	for _, o := range c.others(i) {
		c.net.Cut(o, i)
	}
}

func (c *virtual) isolate(i int) { c.silence(i); c.deafen(i) }

func (c *virtual) join(i int) {
	for _, o := range c.others(i) {
		c.net.Join(i, o)
		c.net.Join(o, i)
	}
}

// leader waits until one of some servers, all if none are named, leads a later
// term than the others are in.
func (c *virtual) leader(among ...int) int {
	if len(among) == 0 {
		among = c.all()
	}
	for begun := time.Now(); time.Since(begun) < soon; time.Sleep(time.Millisecond) {
		best, leads := 0, nobody
		for _, i := range among {
			if c.servers[i] == nil {
				continue
			}
			term, is := c.servers[i].GetState()
			if term > best {
				best, leads = term, nobody
			}
			if is && term == best {
				leads = i
			}
		}
		if leads != nobody {
			return leads
		}
	}
	require.FailNow(c.t, "nobody leads", "among S%v, for %v", among, soon)
	return nobody
}

func (c *virtual) term(i int) int {
	term, _ := c.servers[i].GetState()
	return term
}

func (c *virtual) leads(i int) bool {
	_, leads := c.servers[i].GetState()
	return leads
}

// requests is how many requests of a kind have been sent.
func (c *virtual) requests(method string) int {
	sent, _ := c.net.Stats().Total(method)
	return sent.Messages
}

// took is how long f takes.
func took(f func()) time.Duration {
	begun := time.Now()
	f()
	return time.Since(begun)
}
