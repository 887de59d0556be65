package cluster

import (
	"strconv"

	"raftlabs/tests/invariant"
	"raftlabs/tests/scenario"
)

// Crash ends a server's instance: nothing that it sends or saves from now on
// has an effect. What it has saved stays.
func (c *Cluster) Crash(i int) {
	c.t.Step("cluster")
	// Where a trap has gone off there is nothing left to decide.
	if !c.running(i) || c.strike(scenario.Crash, named(i)) {
		c.crash(i)
	}
}

// PowerCut crashes all servers at one instant.
func (c *Cluster) PowerCut() {
	c.t.Step("cluster")
	if !c.strike(scenario.PowerCut, "") {
		return
	}
	c.Net.Do(func() {
		for i := range c.servers {
			c.cut(i)
		}
	})
	for i := range c.servers {
		c.crash(i)
	}
}

// CrashAtSave has a server crash at its k-th save from now, counted from 1: in
// the middle of whatever it does, and with or without that save on its disk.
// Disk.Frozen tells whether that has happened; then, Crash ends the instance,
// and Start begins the next one. A k of Never takes back what was asked for.
func (c *Cluster) CrashAtSave(i, k int, into bool) {
	if k != Never && !c.strike(scenario.Trap, named(i)) {
		return
	}
	c.Disk(i).FreezeAt(k, into, func() { c.cut(i) })
}

// Never is a save that no run comes to.
const Never = 1 << 30

// running tells whether a server is up and has not crashed.
func (c *Cluster) running(i int) (up bool) {
	c.Net.Do(func() {
		in := c.servers[i].up
		up = in != nil && !in.crashed
	})
	return up
}

// cut is the instant of a crash, in the domain.
func (c *Cluster) cut(i int) {
	s := c.servers[i]
	if s.up == nil || s.up.crashed {
		return
	}
	s.up.crashed = true
	s.dead.Store(true)
	s.disk.mounted = nil
	c.Net.CrashInDo(i)
	c.record.add("crash", i, "")
	c.record.rules.of(s.up, invariant.Event{Kind: invariant.Crash})
}

// crash is the instant, and the end of the instance.
func (c *Cluster) crash(i int) {
	var in *instance
	c.Net.Do(func() {
		c.cut(i)
		in, c.servers[i].up = c.servers[i].up, nil
	})
	if in == nil {
		return
	}
	in.ready.see()
	close(in.gone)
	c.t.Enter(i, "Kill", in.kill)
}

// Restart crashes a server and starts it again.
func (c *Cluster) Restart(i int) {
	c.t.Step("cluster")
	if !c.running(i) || c.strike(scenario.Restart, named(i)) {
		c.crash(i)
		c.Start(i)
	}
}

// applierName is the name of the goroutine that reads a server's applyCh.
func applierName(i int) string { return "applier of S" + strconv.Itoa(i) }
