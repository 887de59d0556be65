package cluster

import (
	"raftlabs/tests/invariant"
	"raftlabs/tests/lab"
	"raftlabs/tests/trace"
)

// ledger is what the services do: it goes into the trace and the summary, and
// to the rules, which know what was applied at each index, over all servers and
// restarts. It is touched in the network's domain only.
type ledger struct {
	t     *lab.T
	rules *rules
}

// boot is the start of an instance, whose service begins with the snapshot that
// the disk holds, if it holds one. A foreign service's snapshots are not read.
func (l *ledger) boot(in *instance, saved []byte, foreign bool) {
	e := invariant.Event{Kind: invariant.Boot}
	if len(saved) > 0 && !foreign {
		s := readSnapshot(saved)
		in.base, in.snapshot = s.index, s.index
		e.Snap = s.snap()
	}
	l.rules.of(in, e)
}

// entry is an instance's service applying a command.
func (l *ledger) entry(in *instance, index int, command invariant.Command) {
	if in.crashed {
		return
	}
	l.record(trace.Event{Kind: "apply", From: in.server, Index: index, Note: lab.Sentence("index %d, %v", index, command)})
	l.count("applied", 1)
	l.rules.of(in, invariant.Event{Kind: invariant.Apply, Index: index, Command: command})
	if l.applied(in) == index { // it was the next one
		in.at(index, l.t.Now())
	}
}

// install is an instance's service installing a snapshot that it was handed.
func (l *ledger) install(in *instance, index int, s snapshot) {
	if in.crashed {
		return
	}
	l.record(trace.Event{Kind: "install", From: in.server, Index: index, Note: lab.Sentence("snapshot up to index %d", index)})
	l.count("installed", 1)
	l.rules.of(in, invariant.Event{Kind: invariant.Install, Index: index, Snap: s.snap()})
	in.snapshot = max(in.snapshot, index)
	in.installed++
}

// taking is a service about to hand a snapshot to its instance, which may send
// it to others before it has returned.
func (l *ledger) taking(in *instance, index int) {
	if in.crashed {
		return
	}
	l.rules.of(in, invariant.Event{Kind: invariant.Take, Index: index})
}

// took is a service having taken a snapshot.
func (l *ledger) took(in *instance, index int) {
	if in.crashed {
		return
	}
	in.snapshot = max(in.snapshot, index)
	l.count("snapshots", 1)
	l.record(trace.Event{Kind: "snapshot", From: in.server, Index: index, Note: lab.Sentence("up to index %d", index)})
}

// starting is a call of Start that is about to be made.
func (l *ledger) starting(in *instance, command invariant.Command) {
	l.rules.of(in, invariant.Event{Kind: invariant.Submit, Command: command})
}

// started is what it returned.
func (l *ledger) started(in *instance, command invariant.Command, index, term int, leader bool) {
	e := trace.Event{Kind: "submit", From: in.server, Term: term, Note: lab.Sentence("%v: not the leader", command)}
	if leader {
		e.Index, e.Note = index, lab.Sentence("%v: index %d", command, index)
		l.count("commands", 1)
	}
	l.record(e)
	l.rules.of(in, invariant.Event{Kind: invariant.Submitted, Command: command, Index: index, Term: term, Leader: leader})
}

// applied is the index up to which the service of a server's present instance
// has applied.
func (l *ledger) applied(in *instance) int { return l.rules.check.Applied(in.server) }

// has tells whether a service has applied a command at an index.
func (l *ledger) has(index int, command invariant.Command) bool {
	at, ok := l.rules.check.CommandAt(index)
	return ok && at == command
}

// differs tells whether a service has applied another command at an index.
func (l *ledger) differs(index int, command invariant.Command) bool {
	at, ok := l.rules.check.CommandAt(index)
	return ok && at != command
}

func (l *ledger) count(name string, n int) { l.t.Count(name, n) }

func (l *ledger) record(e trace.Event) {
	e.At, e.To = l.t.Now(), trace.None
	l.t.Recorder().Add(e)
}
