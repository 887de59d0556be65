package kvtest

import (
	"slices"
	"time"
)

// hand is a client that does one thing after the other, as the case tells it: for
// cases that change the network between two operations of one clerk.
type hand struct {
	run  *run
	todo chan func(c *client)
	busy int // things that it was told and has not done; touched in the domain
}

// jobsAhead is how many things a client may be told ahead.
const jobsAhead = 16

// hand begins a client that waits for what it is told.
func (r *run) hand(k int) *hand {
	h := &hand{run: r, todo: make(chan func(c *client), jobsAhead)}
	r.Net.Do(func() { h.busy = 0 }) // in order: it is touched there from now on
	r.t.Go(actor(k), func() { h.work(k) })
	return h
}

// hands begins all clients.
func (r *run) hands() []*hand {
	all := make([]*hand, len(r.clients))
	for k := range all {
		all[k] = r.hand(k)
	}
	return all
}

func (h *hand) work(k int) {
	h.run.t.Step(actor(k))
	c := h.run.client(k)
	for {
		select {
		case f := <-h.todo:
			f(c)
			h.count(-1)
		case <-h.run.t.Stop():
			return
		}
	}
}

// tell has the client do something when it has done what it was told before.
// wait waits for that, too.
func (h *hand) tell(f func(c *client)) {
	h.count(+1)
	select {
	case h.todo <- f:
	case <-h.run.t.Stop():
	}
}

// does tells the client something and waits until it, and every other client, has
// done what it was told. why is that of wait.
func (h *hand) does(why string, f func(c *client)) {
	h.tell(f)
	h.run.wait(why)
}

func (h *hand) count(n int) {
	h.run.Net.DoFor(func() {
		h.busy += n
		h.run.working += n
	})
}

// free tells whether the client has done all that it was told.
func (h *hand) free() bool { return h.run.Peek(func() int { return h.busy }) == 0 }

// within waits until all of some clients are free, for d at most.
func (r *run) within(d time.Duration, hands ...*hand) bool {
	busy := func() bool { return slices.ContainsFunc(hands, func(h *hand) bool { return !h.free() }) }
	for since := r.t.Now(); busy() && r.t.Now()-since < d; {
		r.t.Sleep(5 * time.Millisecond)
	}
	return !busy()
}

// only has a client reach these servers and no others.
func (r *run) only(k int, servers ...int) {
	for _, i := range r.All() {
		if slices.Contains(servers, i) {
			r.JoinClient(k, i)
		} else {
			r.CutClient(k, i)
		}
	}
}
