package cluster

import (
	"strconv"

	"raftlabs/tests/invariant"
)

// Crash ends a server's instance: nothing that it sends or saves from now on
// has an effect. What it has saved stays.
func (c *Cluster) Crash(i int) {
	c.t.Step("cluster")
	c.crash(i)
}

// PowerCut crashes all servers at one instant.
func (c *Cluster) PowerCut() {
	c.t.Step("cluster")
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
// and Start begins the next one.
func (c *Cluster) CrashAtSave(i, k int, into bool) {
	c.Disk(i).FreezeAt(k, into, func() { c.cut(i) })
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
	c.Crash(i)
	c.Start(i)
}

// applierName is the name of the goroutine that reads a server's applyCh.
func applierName(i int) string { return "applier of S" + strconv.Itoa(i) }
