package kvtest

import (
	"slices"
	"strings"
	"time"

	"raftlabs/labrpc"
	"raftlabs/tests/lab"
)

// scripted is a client that does what the case tells it to, in a goroutine of its
// own, so that the case goes on meanwhile.
type scripted struct {
	run    *run
	number int
	jobs   chan func(*client)
}

// jobsAhead is how many jobs of a client's may wait behind the one that it does.
const jobsAhead = 8

// script makes a client that waits for what it is to do.
func (r *run) script(k int) *scripted {
	s := &scripted{run: r, number: k, jobs: make(chan func(*client), jobsAhead)}
	r.t.Go(actor(k), func() {
		r.t.Step(actor(k))
		c := r.client(k)
		for {
			select {
			case job := <-s.jobs:
				job(c)
				r.Net.DoFor(func() { r.working-- })
			case <-r.t.Stop():
				return
			}
		}
	})
	return s
}

// begins has the client do something behind what it does already.
func (s *scripted) begins(job func(c *client)) {
	r := s.run // which is older than the domain, and s is not
	r.Net.DoFor(func() { r.working++ })
	select {
	case s.jobs <- job:
	case <-r.t.Stop():
	}
}

// does has the client do something and waits until it, and every other client,
// has. why is that of wait.
func (s *scripted) does(why string, job func(c *client)) {
	s.begins(job)
	s.run.wait(why)
}

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

// reach says which servers a client reaches from now on.
func (r *run) reach(k int, servers ...int) {
	for i := range r.Size() {
		r.JoinClient(k, i)
		if !slices.Contains(servers, i) {
			r.CutClient(k, i)
		}
	}
}

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
const whole = "the network is whole and all servers run"
