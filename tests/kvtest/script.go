package kvtest

import (
	"slices"
	"strings"
	"time"

	"raftlabs/labrpc"
	"raftlabs/tests/lab"
)

// once asserts that each of the values that were appended to a key stands there
// once, in that order. how says what made it hard: "the leader crashed".
func (c *client) once(key string, appended []string, how string) {
	got := c.Get(key)
	if got == strings.Join(appended, "") {
		return
	}
	f := lab.Failure{Rule: "§8", Expected: brief(strings.Join(appended, "")), Seen: brief(got)}
	for _, value := range appended {
		n := strings.Count(got, value)
		if n == 1 {
			continue
		}
		op := Operation{Kind: Append, Key: key, Value: value}
		f.Text = lab.Sentence("%v of C%d returned and took effect %d times: %s. All tries of an operation are one operation", op, c.number, n, how)
		if n == 0 {
			f.Text = lab.Sentence("%v of C%d returned and has no effect: %s", op, c.number, how)
		}
		c.run.t.Fail(f)
	}
	f.Text = lab.Sentence("Get(%q) shows what was appended in another order, or more than that: %s", key, how)
	c.run.t.Fail(f)
}

// lose has the network lose the next so many replies of a server's to a client.
// server may be anyServer.
func (r *run) lose(k, server, replies int) {
	client := r.Client(k)
	r.MeddleClients(func(m labrpc.Message, f labrpc.Fate) labrpc.Fate {
		if m.Reply && m.From == client && (m.To == server || server == anyServer) && replies > 0 {
			replies--
			f.Drop = true
		}
		return f
	})
}

const anyServer = -1

// others are the servers but one.
func (r *run) others(than int) []int {
	return slices.DeleteFunc(r.All(), func(i int) bool { return i == than })
}

// startAll starts the servers that are down, within a time, in any order.
// CrashAtSave may have been what crashed them.
func (r *run) startAll(within time.Duration) {
	draw := r.t.Stream("starts at " + r.t.Now().String())
	for _, i := range draw.Perm(r.Size()) {
		if within > 0 {
			r.t.Sleep(time.Duration(draw.Int64N(int64(within) / int64(r.Size()))))
		}
		if r.State(i).Down {
			r.Restart(i) // one that crashed at a save has not ended yet
		}
	}
}

// whole is why operations are to return when all faults are over.
const whole = "the network has been whole and all servers have run"

// undisturbed is why operations are to return where there are no faults.
const undisturbed = "nothing has disturbed it"
