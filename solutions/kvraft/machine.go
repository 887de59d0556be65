package kvraft

// machine is the replicated state machine: the values, and the sessions that
// make every write take effect once. It knows nothing of Raft, time or locks.
// All servers apply the same operations in the same order, so all have the same.
type machine struct {
	values   map[string]string
	sessions sessions
}

func newMachine() machine {
	return machine{values: map[string]string{}, sessions: sessions{}}
}

// apply executes the next operation of the log and returns what a Get finds. A
// write that was executed before changes nothing.
func (m *machine) apply(op Op) (value string) {
	switch {
	case op.Kind == Get:
		return m.values[op.Key]
	case m.executed(op):
		return ""
	case op.Kind == Put:
		m.values[op.Key] = op.Value
	case op.Kind == Append:
		m.values[op.Key] += op.Value
	}
	m.sessions.note(op.Clerk, op.Seq)
	return ""
}

// executed tells whether op is a write that has taken effect. A Get never has:
// executed again, it finds a newer value, which is as good an answer.
func (m *machine) executed(op Op) bool {
	return op.Kind != Get && m.sessions.executed(op.Clerk, op.Seq)
}
