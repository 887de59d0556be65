package labrpc

import (
	"fmt"
	"reflect"
	"runtime/debug"
	"runtime/pprof"
)

// runHandler runs a call's method, in a goroutine that knows nothing of its
// caller's past, and sends the reply.
//
//go:norace
func (n *Network) runHandler(c *call) {
	in, m := c.callee, c.method
	in.ready.acquire()
	pprof.SetGoroutineLabels(in.node.labels)
	reply := n.invoke(in, m, c.args)
	hide()
	result := parcel{}
	if reply != nil {
		result = n.pack(reply)
	}
	n.domain.do(func() { n.replied(c, reply != nil, result) })
	n.tell(c)
	unhide()
}

// deliverAgain delivers the second copy of a request. Its reply goes nowhere.
//
//go:norace
func (n *Network) deliverAgain(c *call) {
	hide()
	select {
	case <-c.waiter.timer.C:
	case <-n.quit:
	}
	n.domain.do(func() { n.arriveAgain(c) })
	unhide()
	if in := c.callee; in != nil {
		in.ready.acquire()
		pprof.SetGoroutineLabels(in.node.labels)
		n.invoke(in, c.method, c.args)
	}
}

// arriveAgain finds who takes the second copy of a request. In the domain.
func (n *Network) arriveAgain(c *call) {
	why := "a pause swallowed the second copy"
	var callee *incarnation
	if n.pausedBy(c.From, c.To) == nil {
		callee, why = n.receiver(c)
	}
	n.end(c, ended)
	if why != "" {
		n.emit(Event{Kind: Dropped, Message: c.Message, Second: true, Reason: why, Args: c.args.value})
		return
	}
	c.callee = callee
	n.emit(Event{Kind: Delivered, Message: c.Message, Second: true, ToIncarnation: callee.number, Args: c.args.value})
}

// invoke runs a method and returns its reply, nil if there is none because it
// panicked.
//
//go:norace
func (n *Network) invoke(in *incarnation, m *method, args parcel) any {
	hide()
	a, err := n.unpack(args)
	unhide()
	if err != nil {
		n.misuse(fmt.Errorf("labrpc: %s on S%d: %w", m.name, in.node.id, err))
		return nil
	}
	return n.invokeMethod(in.node.id, m, a)
}

func (n *Network) invokeMethod(server int, m *method, args any) (result any) {
	if n.opts.OnPanic != nil {
		defer func() {
			if v := recover(); v != nil {
				n.opts.OnPanic(&HandlerPanic{Server: server, Method: m.name, Value: v, Stack: debug.Stack()})
				result = nil
			}
		}()
	}
	a := reflect.ValueOf(args)
	if m.args.Kind() != reflect.Pointer {
		a = a.Elem()
	}
	reply := reflect.New(m.reply)
	m.fn.Call([]reflect.Value{m.rcvr, a, reply})
	return reply.Interface()
}

// replied sends a method's reply back. In the domain.
func (n *Network) replied(c *call, returned bool, result parcel) {
	if c.state != serving {
		return // the callee crashed meanwhile, or the caller is gone
	}
	c.stopServing()
	if !returned {
		n.loseReply(c, "the method panicked")
		return
	}
	m := c.Message
	m.Reply = true
	var err error
	if c.result, m.Bytes, err = n.transcode(result, c.replyType); err != nil {
		c.problem = fmt.Errorf("labrpc: S%d answers %s of S%d: %w", c.To, c.Method, c.From, err)
		n.loseReply(c, "not encoded")
		return
	}
	n.trafficOf(c.To, c.Method).Replies.add(m.Bytes)
	c.reply = m
	n.emit(Event{Kind: Replied, Message: m, ToIncarnation: c.callee.number, Result: c.result.value})
	fate := n.fate(m)
	switch {
	case n.links[c.To][c.From].cut:
		n.loseReply(c, "the link is cut")
	case fate.Drop:
		n.loseReply(c, "lost")
	default:
		c.state = replying
		c.waiter.timer.Reset(fate.Latency)
	}
}

// set is a set of calls each of which knows its place, counted from 1.
type set []*call

func (s *set) add(c *call, place *int) {
	*s = append(*s, c)
	*place = len(*s)
}

func callingPlace(c *call) *int { return &c.callingAt }
func servingPlace(c *call) *int { return &c.servingAt }

func (s *set) remove(place *int, placeOf func(*call) *int) {
	last := len(*s) - 1
	moved := (*s)[last]
	(*s)[*place-1] = moved
	*placeOf(moved) = *place
	(*s)[last] = nil
	*s = (*s)[:last]
	*place = 0
}
