package labrpc

import (
	"fmt"
	"reflect"
	"time"

	"raftlabs/labgob"
)

// ClientEnd is one end of a link: through it one server calls another.
type ClientEnd struct {
	net  *Network
	from *incarnation
	to   int
}

// Call calls the method svcMeth ("Raft.RequestVote") with args at the other
// end, waits and fills in reply. It returns true if an answer came; see the
// package comment for what false means. args is a struct or a pointer to one,
// reply a pointer to a zero struct.
func (e *ClientEnd) Call(svcMeth string, args any, reply any) bool {
	if err := checkArguments(args, reply); err != nil {
		e.net.misuse(fmt.Errorf("labrpc: S%d calls %s: %w", e.from.node.id, svcMeth, err))
		time.Sleep(DefaultTimeout)
		return false
	}
	return e.net.call(e, svcMeth, args, reply)
}

func checkArguments(args, reply any) error {
	switch a := reflect.ValueOf(args); {
	case !a.IsValid():
		return fmt.Errorf("args is nil; pass a struct or a pointer to one")
	case a.Kind() == reflect.Pointer && a.IsNil():
		return fmt.Errorf("args is a nil %v; pass the address of a struct", a.Type())
	case structOf(a.Type()).Kind() != reflect.Struct:
		return fmt.Errorf("args is a %v; pass a struct or a pointer to one", a.Type())
	}
	r := reflect.ValueOf(reply)
	if !r.IsValid() || r.Kind() != reflect.Pointer || r.IsNil() || r.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("reply is a %T; pass the address of a struct, such as &RequestVoteReply{}", reply)
	}
	return nil
}

// call is one Call under way. After it was sent it is touched in the domain
// only; its caller reads what it is told to do next.
type call struct {
	Message
	from      *incarnation
	callee    *incarnation // whose method runs
	method    *method
	args      parcel // for the callee
	replyType reflect.Type
	reply     Message // as it left
	result    parcel  // for the caller
	state     callState
	waiter    *waiter
	second    *call         // a second copy of the request, if there is one
	held      chan struct{} // a pause to wait for
	holds     uint64
	problem   error // a misuse to tell

	callingAt, servingAt int // places in the incarnations' sets, counted from 1
}

// maxUnderWay is more calls than any use of the network has under way at one
// time. Without a bound, a loop that calls without letting time pass would fill
// the memory.
const maxUnderWay = 10_000

type callState uint8

const (
	travelling callState = iota // the request is under way
	serving                     // the method runs
	replying                    // the reply is under way
	lost                        // no answer will come; the caller waits until it gives up
	answered                    // over: Call returns true
	ended                       // over: Call returns false
)

// waiter is what a caller sleeps on. The domain sets its timer to the instant
// at which the next thing happens to the call; gone ends the sleep because the
// caller's incarnation is over. Waiters are used again: making timers and
// channels is most of what a call would otherwise allocate.
type waiter struct {
	timer *time.Timer
	gone  chan struct{}
}

// interrupt wakes a call's caller because its incarnation is gone.
func (c *call) interrupt() {
	select {
	case c.waiter.gone <- struct{}{}:
	default:
	}
}

// call takes one message there and back. The caller's goroutine sleeps off
// every latency itself. It runs hidden from the race detector but where it
// touches the caller's own memory: see domain_race.go.
//
//go:norace
func (n *Network) call(e *ClientEnd, svcMeth string, args, reply any) bool {
	c := &call{from: e.from, replyType: reflect.TypeOf(reply).Elem()}
	c.From, c.To, c.Incarnation, c.Method = e.from.node.id, e.to, e.from.number, svcMeth
	hide()
	if n.abandoned.Load() {
		<-n.limbo
	}
	c.args = n.pack(args)
	n.domain.do(func() { n.send(c) })
	if c.waiter == nil { // the network is closed
		time.Sleep(DefaultTimeout)
	}
	if c.second != nil {
		go n.deliverAgain(c.second)
	}
	n.tell(c)
	for c.waiter != nil {
		n.await(c)
	}
	ok := c.state == answered
	if ok {
		ok = n.finish(c, reply)
	}
	unhide()
	return ok
}

// await sleeps until the next thing happens to a call and sees to it.
//
//go:norace
func (n *Network) await(c *call) {
	select {
	case <-c.waiter.timer.C:
		run := false
		n.domain.do(func() { run = n.arrive(c) })
		if run {
			go n.runHandler(c)
		}
	case <-c.waiter.gone:
		n.domain.do(func() { n.end(c, ended) })
	}
	if held := c.held; held != nil {
		c.held = nil
		select {
		case <-held:
			n.domain.do(func() { n.release(c) })
		case <-c.waiter.gone:
			n.domain.do(func() { n.end(c, ended) })
		}
	}
}

// finish hands the reply to the caller.
//
//go:norace
func (n *Network) finish(c *call, reply any) bool {
	unhide()
	if !reflect.ValueOf(reply).Elem().IsZero() {
		labgob.CheckZero(reply, "the reply of "+c.Method)
	}
	hide()
	if err := n.unpackInto(reply, c.result); err != nil {
		c.problem = err
		n.tell(c)
		return false
	}
	return true
}

// tell reports a misuse, in the goroutine of the one who made it. It may order
// that goroutine: the run has failed anyway.
//
//go:norace
func (n *Network) tell(c *call) {
	if c.problem != nil {
		err := c.problem
		c.problem = nil
		unhide()
		n.Do(func() {})
		n.misuse(err)
		hide()
	}
}

// send numbers a call, encodes it and decides its fate. In the domain.
func (n *Network) send(c *call) {
	if n.closed {
		return
	}
	n.underWay++
	c.waiter = n.waiterOf()
	if n.underWay > maxUnderWay {
		n.abandoned.Store(true)
		c.problem = fmt.Errorf("labrpc: S%d calls %s on S%d: more than %d calls are under way at once, the network has given up; "+
			"let time pass between two calls, and have a bounded number of them under way to a peer", c.From, c.Method, c.To, maxUnderWay)
	}
	if c.from.dead {
		c.state = lost
		c.waiter.timer.Reset(n.giveUp(c.Message))
		return
	}
	c.Num = n.nextNum(c)
	c.from.calling.add(c, &c.callingAt)
	callee := n.nodes[c.To].up
	argsType, err := n.resolve(c, callee)
	if err == nil {
		packed := c.args
		c.args, c.Bytes, err = n.transcode(packed, argsType)
		if err == nil {
			n.depart(c, packed, argsType, callee)
			return
		}
	}
	c.problem = fmt.Errorf("labrpc: S%d calls %s on S%d: %w", c.From, c.Method, c.To, err)
	c.state = lost
	c.waiter.timer.Reset(n.giveUp(c.Message))
}

// depart lets an encoded request leave.
func (n *Network) depart(c *call, packed parcel, argsType reflect.Type, callee *incarnation) {
	n.trafficOf(c.From, c.Method).Requests.add(c.Bytes)
	n.emit(Event{Kind: Sent, Message: c.Message, Args: c.args.value})
	fate := n.fate(c.Message)
	switch {
	case n.links[c.From][c.To].cut:
		n.loseRequest(c, "the link is cut")
	case callee == nil:
		n.loseRequest(c, "the server is down")
	case fate.Drop:
		n.loseRequest(c, "lost")
	default:
		c.waiter.timer.Reset(fate.Latency)
	}
	if fate.Duplicate > 0 && !fate.Drop {
		n.duplicate(c, packed, argsType, fate.Duplicate)
	}
}

// duplicate sends a second copy of a request, encoded anew so that the two
// share nothing.
func (n *Network) duplicate(c *call, packed parcel, argsType reflect.Type, after time.Duration) {
	args, _, err := n.transcode(packed, argsType)
	if err != nil {
		return
	}
	c.second = &call{Message: c.Message, from: c.from, method: c.method, args: args, waiter: n.waiterOf()}
	c.second.waiter.timer.Reset(after)
	n.underWay++
	n.emit(Event{Kind: Duplicated, Message: c.Message, Second: true, Args: args.value})
}

// resolve finds the method that a call is for, and with it the type that the
// callee takes.
func (n *Network) resolve(c *call, callee *incarnation) (reflect.Type, error) {
	if callee == nil || len(callee.services) == 0 {
		return structOf(reflect.TypeOf(c.args.value)), nil
	}
	m, err := lookup(callee.services, c.Method)
	if err != nil {
		return nil, err
	}
	// A parcel without a value is of a type that gob copies for us.
	if v := c.args.value; v != nil && !sameFamily(reflect.TypeOf(v), m.args) {
		return nil, fmt.Errorf("the argument is a %v, but the method takes a %v", structOf(reflect.TypeOf(v)), structOf(m.args))
	}
	if !sameFamily(c.replyType, m.reply) {
		return nil, fmt.Errorf("the reply is a *%v, but the method fills in a *%v", c.replyType, m.reply)
	}
	c.method = m
	return structOf(m.args), nil
}

// arrive is called when a call's timer has run off: its request or its reply
// has arrived, or its caller gives up. It tells whether to run the method. In
// the domain.
func (n *Network) arrive(c *call) (run bool) {
	if c.state == lost {
		n.end(c, ended)
		return false
	}
	if c.held = n.pausedBy(c.From, c.To); c.held != nil {
		return false
	}
	if c.state == replying {
		if n.links[c.To][c.From].cut {
			n.loseReply(c, "the link is cut")
			return false
		}
		n.emit(Event{Kind: Returned, Message: c.reply, ToIncarnation: c.callee.number, Result: c.result.value})
		n.end(c, answered)
		return false
	}
	callee, why := n.receiver(c)
	if why != "" {
		n.loseRequest(c, why)
		return false
	}
	c.state, c.callee = serving, callee
	callee.serving.add(c, &c.servingAt)
	n.emit(Event{Kind: Delivered, Message: c.Message, ToIncarnation: callee.number, Args: c.args.value})
	return true
}

// receiver is who takes a request that arrives now, or why nobody does.
func (n *Network) receiver(c *call) (*incarnation, string) {
	callee := n.nodes[c.To].up
	if n.links[c.From][c.To].cut {
		return nil, "the link is cut"
	}
	if callee == nil {
		return nil, "the server is down"
	}
	m, err := lookup(callee.services, c.Method)
	if err != nil || c.method != nil && m.args != c.method.args || c.method == nil {
		return nil, "the server is starting"
	}
	c.method = m
	return callee, ""
}

// release lets a call go on that a pause had held back.
func (n *Network) release(c *call) {
	c.holds++
	d := hash(n.opts.Seed, uint64(c.From), uint64(c.To), c.Num, c.holds)
	c.waiter.timer.Reset(d.jitter())
}

func (n *Network) pausedBy(a, b int) chan struct{} {
	if p := n.nodes[a].paused; p != nil {
		return p
	}
	return n.nodes[b].paused
}

func (n *Network) loseRequest(c *call, why string) {
	n.lose(c, Event{Kind: Dropped, Message: c.Message, Reason: why, Args: c.args.value})
}

func (n *Network) loseReply(c *call, why string) {
	m := c.Message
	m.Reply = true
	n.lose(c, Event{Kind: Dropped, Message: m, Reason: why, Result: c.result.value})
}

func (n *Network) lose(c *call, e Event) {
	n.emit(e)
	c.state = lost
	c.stopServing()
	c.waiter.timer.Reset(n.giveUp(e.Message))
}

func (c *call) stopServing() {
	if c.servingAt != 0 {
		c.callee.serving.remove(&c.servingAt, servingPlace)
	}
}

// end is the end of a call for its caller.
func (n *Network) end(c *call, s callState) {
	n.underWay--
	c.state = s
	c.stopServing()
	if c.callingAt != 0 {
		c.from.calling.remove(&c.callingAt, callingPlace)
	}
	w := c.waiter
	c.waiter = nil
	w.timer.Stop()
	select {
	case <-w.gone:
	default:
	}
	n.free = append(n.free, w)
}

func (n *Network) waiterOf() *waiter {
	if last := len(n.free) - 1; last >= 0 {
		w := n.free[last]
		n.free = n.free[:last]
		return w
	}
	w := &waiter{timer: time.NewTimer(time.Hour), gone: make(chan struct{}, 1)}
	w.timer.Stop()
	return w
}

func (n *Network) nextNum(c *call) uint64 {
	if c.from.sent == nil {
		c.from.sent = make([]uint64, len(n.nodes))
	}
	c.from.sent[c.To]++
	return c.from.sent[c.To]
}
