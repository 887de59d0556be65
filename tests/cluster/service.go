package cluster

import (
	"raftlabs/raft/raftapi"
	"raftlabs/tests/invariant"
	"raftlabs/tests/lab"
	"raftlabs/tests/scenario"
)

// Service is what runs above each real server: a state machine that keeps a
// checksum of all that it has applied, and takes snapshots.
type Service struct {
	// Every is after how many entries it takes a snapshot, in the goroutine
	// that reads applyCh. 0: only when the case says so.
	Every int

	// Size is how many bytes a snapshot has, at least minSnapshot.
	Size int
}

// serve is an instance's applier: it takes what the instance applies until the
// case is over. An instance that was killed may still have something to send.
func (c *Cluster) serve(in *instance, applyCh <-chan raftapi.ApplyMsg) {
	for {
		select {
		case m, ok := <-applyCh:
			if !ok {
				return
			}
			c.deliver(in, m)
		case gate := <-in.gates:
			select {
			case <-gate:
			case <-in.gone:
			case <-c.t.Stop():
				return
			}
		case <-c.t.Stop():
			return
		}
	}
}

// deliver takes one message of an instance's.
func (c *Cluster) deliver(in *instance, m raftapi.ApplyMsg) {
	switch {
	case m.CommandValid && m.SnapshotValid:
		c.t.Report(lab.Failure{Text: lab.Sentence(
			"S%d sent an ApplyMsg with CommandValid and SnapshotValid both true: it is either an entry or a snapshot", in.server)})
	case m.SnapshotValid:
		c.install(in, m.SnapshotIndex, readSnapshot(m.Snapshot))
	case m.CommandValid:
		c.apply(in, m.CommandIndex, invariant.CommandOf(m.Command))
		c.maybeSnapshot(in, m.CommandIndex)
	default:
		c.t.Hint(lab.Sentence("S%d sent an ApplyMsg with neither CommandValid nor SnapshotValid: it was ignored", in.server))
	}
}

// apply and install cross into the domain with plain numbers, which are copied
// as they cross.
func (c *Cluster) apply(in *instance, index int, command invariant.Command) {
	c.Net.DoFor(func() { c.ledger.entry(in, index, command) })
}

func (c *Cluster) install(in *instance, index int, s snapshot) {
	c.Net.DoFor(func() { c.ledger.install(in, index, s) })
}

// maybeSnapshot takes a snapshot where the service does that by itself.
func (c *Cluster) maybeSnapshot(in *instance, index int) {
	if c.service.Every <= 0 || index-c.peek(func() int { return in.snapshot }) < c.service.Every {
		return
	}
	select {
	case <-in.made:
	default:
		return // Make has not returned: after the next entry
	}
	c.snapshotAt(in, index)
}

// Snapshot has the service of a server take a snapshot at an index that it has
// applied, from the case's own goroutine.
func (c *Cluster) Snapshot(i, index int) {
	c.plain("Snapshot")
	c.t.Step("cluster")
	in := c.instance(i)
	if in == nil {
		panic(lab.Sentence("Snapshot of S%d, which is down", i))
	}
	if applied := c.Applied(i); index < 1 || index > applied {
		panic(lab.Sentence("Snapshot of S%d at index %d, it has applied 1 to %d", i, index, applied))
	}
	c.snapshotAt(in, index)
}

// snapshotAt hands an instance the snapshot at an index that its service has
// applied. What it contains is known, whoever applied it first.
func (c *Cluster) snapshotAt(in *instance, index int) {
	s := snapshot{index: index, chain: c.chainAt(index)}
	c.Net.DoFor(func() { c.ledger.taking(in, index) })
	c.t.Enter(in.server, "Snapshot", func() { in.raft.Snapshot(index, s.encode(c.service.Size)) })
	c.Net.DoFor(func() { c.ledger.took(in, index) })
}

//go:norace
func (c *Cluster) chainAt(index int) invariant.Chain {
	var chain invariant.Chain
	c.Net.DoFor(func() { chain, _ = c.ledger.rules.check.Chain(index) })
	return chain
}

// HoldApplier has the service of a server stop reading applyCh, until
// ReleaseApplier or the end of the instance.
func (c *Cluster) HoldApplier(i int) {
	c.plain("HoldApplier")
	c.t.Step("cluster")
	in := c.instance(i)
	if in == nil || in.gate != nil || !c.strike(scenario.Hold, named(i)) {
		return
	}
	in.gate = make(chan struct{})
	in.gates <- in.gate
	c.record.act("hold", i, "the service reads applyCh no more")
}

// ReleaseApplier ends HoldApplier.
func (c *Cluster) ReleaseApplier(i int) {
	c.t.Step("cluster")
	in := c.instance(i)
	if in == nil || in.gate == nil {
		return
	}
	close(in.gate)
	in.gate = nil
	c.over(named(i), scenario.Hold)
	c.record.act("release", i, "the service reads applyCh again")
}

// Applied returns the index up to which the service of a server's instance has
// applied, 0 while it is down.
func (c *Cluster) Applied(i int) int {
	return c.peek(func() int {
		if in := c.servers[i].up; in != nil {
			return c.ledger.applied(in)
		}
		return 0
	})
}

// SnapshotIndex returns the index of the newest snapshot that the service of a
// server's instance has taken or installed, or began with.
func (c *Cluster) SnapshotIndex(i int) int {
	return c.peek(func() int {
		if in := c.servers[i].up; in != nil {
			return in.snapshot
		}
		return 0
	})
}

// Installed returns how many snapshots a server's instance has delivered.
func (c *Cluster) Installed(i int) int {
	return c.peek(func() int {
		if in := c.servers[i].up; in != nil {
			return in.installed
		}
		return 0
	})
}
