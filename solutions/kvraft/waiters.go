package kvraft

import "time"

// waiters are the handlers of the operations that were given to Raft in one
// term, by the index that Start returned. Each waits for what becomes of that
// place in the log.
//
// Invariant: all of them wait in the same term, the last in which this server
// was seen to lead. With one of them, all that stand behind it in the log are
// lost, too.
type waiters struct {
	term  int
	at    map[int]*waiter
	moved time.Time // when the first of them began to wait, or anything was applied since
}

// waiter is one handler. answer has room for the one Reply that it ever gets,
// so that nobody who holds the lock waits for the handler.
type waiter struct {
	op     Op
	answer chan Reply
}

func newWaiters() waiters { return waiters{at: map[int]*waiter{}} }

// add has a handler wait for the operation that Start took at index in term.
func (ws *waiters) add(index, term int, op Op) *waiter {
	if term != ws.term {
		ws.lose()
		ws.term = term
	}
	if len(ws.at) == 0 {
		ws.moved = time.Now()
	}
	w := &waiter{op: op, answer: make(chan Reply, 1)}
	ws.at[index] = w
	return w
}

// applied tells that the entry at index was applied, with what result. If that
// entry is another's, a later leader has replaced ours and all that followed it
// (§5.3). A leader's no-op is another's too.
func (ws *waiters) applied(index int, command any, value string) {
	ws.moved = time.Now()
	w := ws.at[index]
	if w == nil {
		return
	}
	if op, ok := command.(Op); !ok || !op.same(w.op) {
		ws.lose()
		return
	}
	w.answer <- Reply{Done: true, Value: value}
	delete(ws.at, index)
}

// installed tells that the machine was replaced by a leader's snapshot. So this
// server does not lead the term any more, and nobody will say what was applied
// at each index. Writes that are part of the snapshot have taken effect.
func (ws *waiters) installed(m *machine) {
	for index, w := range ws.at {
		if m.executed(w.op) {
			w.answer <- Reply{Done: true}
			delete(ws.at, index)
		}
	}
	ws.lose()
}

// lose sends all handlers away: nobody here can tell any more what becomes of
// their operations.
func (ws *waiters) lose() {
	for _, w := range ws.at {
		w.answer <- Reply{}
	}
	clear(ws.at)
}
