package alt

import (
	"time"

	"raftlabs/raft/raftapi"
)

// maxSteps is how many events share a save at most.
const maxSteps = 64

// loop is the one goroutine that touches the machine. It ends after Kill.
func (r *Raft) loop() {
	defer close(r.ended)
	timer := time.NewTimer(time.Until(r.machine.timeout))
	defer timer.Stop()
	for {
		select {
		case <-r.end:
			return
		case <-timer.C:
			r.machine.step(time.Now(), event{body: tick{}})
		case e := <-r.queue:
			r.machine.step(time.Now(), e)
		}
		r.stepWaiting()
		r.perform(r.machine.take())
		timer.Reset(time.Until(r.machine.timeout))
	}
}

// stepWaiting steps the machine with the events that are there already.
func (r *Raft) stepWaiting() {
	for range maxSteps - 1 {
		select {
		case e := <-r.queue:
			r.machine.step(time.Now(), e)
		default:
			return
		}
	}
}

// perform is the loop's rule: what was decided is saved first, whatever leaves
// leaves afterwards. Only the applier is waited for here, which is always there.
func (r *Raft) perform(out effects) {
	if out.save {
		r.persister.Save(r.machine.encode(), r.machine.snapshot)
	}
	for _, a := range out.answers {
		a.to <- a.what // there is room for it
	}
	for _, c := range out.calls {
		go r.call(c)
	}
	if len(out.deliver) > 0 {
		select {
		case r.toApply <- out.deliver:
		case <-r.end:
		}
	}
}

// call sends a message and posts what became of it.
func (r *Raft) call(c *call) {
	ok := r.ends[c.to].Call(c.method, c.args, c.reply)
	select {
	case r.queue <- event{body: answered{c, ok}}:
	case <-r.ended:
	}
}

// apply sends on applyCh what the loop hands over, in order. It takes more at any
// time, so that nobody waits for the service but what is meant for it.
func (r *Raft) apply(applyCh chan<- raftapi.ApplyMsg) {
	var due []raftapi.ApplyMsg
	for {
		var to chan<- raftapi.ApplyMsg // nil, which nobody receives from, while there is nothing to send
		var next raftapi.ApplyMsg
		if len(due) > 0 {
			to, next = applyCh, due[0]
		}
		select {
		case more := <-r.toApply:
			due = append(due, more...)
		case to <- next:
			due[0] = raftapi.ApplyMsg{} // its memory may go
			due = due[1:]
		case <-r.end:
			return
		}
	}
}
