package cluster

import (
	"raftlabs/tests/lab"
	"raftlabs/tests/trace"
)

// ledger knows what every service has applied, over all servers and restarts,
// and watches that they all apply the same (State Machine Safety, §5.4.3,
// Figure 3), in order, without a gap and once (§5.3), and that a snapshot
// contains just what was applied (§7). It is touched in the network's domain
// only.
type ledger struct {
	t       *lab.T
	slots   []slot // by index; slots[0] is the beginning
	claims  map[uint64]*claim
	played  bool            // there are played peers, which need no Start
	foreign map[uint64]bool // the commands that these have sent
}

// slot is what the services have applied at one index.
type slot struct {
	known bool   // chain is: of all that was applied up to here
	entry bool   // digest is: an entry was applied here, not a snapshot only
	by    int    // who was the first
	chain uint64 // checksum
	digest
}

func newLedger(t *lab.T) *ledger {
	return &ledger{t: t, slots: []slot{{known: true}}, claims: map[uint64]*claim{}, foreign: map[uint64]bool{}}
}

// at returns the slot at an index.
func (l *ledger) at(index int) *slot {
	for len(l.slots) <= index {
		l.slots = append(l.slots, slot{})
	}
	return &l.slots[index]
}

// highest is the highest index that any service has applied.
func (l *ledger) highest() int { return len(l.slots) - 1 }

func (l *ledger) fail(rule, format string, args ...any) {
	l.t.Report(lab.Failure{Rule: rule, Text: lab.Sentence(format, args...)})
}

// boot is the start of an instance, whose service begins with the snapshot that
// the disk holds, if it holds one.
func (l *ledger) boot(in *instance, saved []byte, before int) {
	if len(saved) == 0 {
		if before > 0 {
			l.t.Hint(lab.Sentence("S%d was started without a snapshot, though its service had one up to index %d before: "+
				"every Save is to be given the newest snapshot, or it is lost", in.server, before))
		}
		return
	}
	s := readSnapshot(saved)
	if s.wrong != "" {
		l.fail("§7", "the disk of S%d holds a snapshot that is none: %s", in.server, s.wrong)
		return
	}
	in.base, in.applied, in.chain, in.snapshot = s.index, s.index, s.chain, s.index
	l.same(in, s, "S%d was started with a snapshot up to index %d on its disk")
}

// entry is an instance's service applying a command.
func (l *ledger) entry(in *instance, index int, d digest) {
	if in.crashed {
		return
	}
	l.record(trace.Event{Kind: "apply", From: in.server, Index: index, Note: lab.Sentence("index %d, %v", index, d)})
	if !l.inOrder(in, index) {
		return
	}
	in.applied, in.chain = index, extend(in.chain, d)
	in.at(index, l.t.Now())
	l.count("applied", 1)
	s := l.at(index)
	if s.entry && s.digest != d {
		l.fail("State Machine Safety, §5.4.3, Figure 3", "S%d applied %v at index %d, where S%d had applied %v: "+
			"what is committed at an index never changes, and only what is committed is applied", in.server, d, index, s.by, s.digest)
		return
	}
	if s.known && s.chain != in.chain {
		l.fail("§7", "S%d applied %v at index %d, and its state is now another than that of S%d at this index: "+
			"the snapshot that it began with contains something else", in.server, d, index, s.by)
		return
	}
	if !s.entry {
		*s = slot{known: true, entry: true, by: in.server, chain: in.chain, digest: d}
	}
	l.claimed(in.server, index, d)
}

// inOrder tells whether index is the next that an instance may apply.
func (l *ledger) inOrder(in *instance, index int) bool {
	next := in.applied + 1
	switch {
	case index == next:
		return true
	case index < 1:
		l.fail("§5.3", "S%d applied an entry with CommandIndex %d: indexes start at 1", in.server, index)
	case index <= in.base && in.applied == in.base:
		l.fail("§7", "S%d was started with a snapshot up to index %d on its disk and applied index %d: "+
			"it goes on right after the snapshot (commitIndex and lastApplied begin at its index)", in.server, in.base, index)
	case index < next:
		l.fail("§5.3", "S%d applied index %d, though it had already applied up to index %d: each entry is applied once, in the order of the log",
			in.server, index, in.applied)
	case in.applied == 0:
		l.fail("§5.3", "S%d was started without a snapshot, and the first index that it applied is %d: %s never reached its service",
			in.server, index, span(1, index-1))
	default:
		l.fail("§5.3", "S%d applied index %d right after index %d: %s never reached its service",
			in.server, index, in.applied, span(next, index-1))
	}
	return false
}

// install is an instance's service installing a snapshot that it was handed.
func (l *ledger) install(in *instance, index int, s snapshot) {
	if in.crashed {
		return
	}
	l.record(trace.Event{Kind: "install", From: in.server, Index: index, Note: lab.Sentence("snapshot up to index %d", index)})
	switch {
	case s.wrong != "":
		l.fail("§7", "S%d delivered a snapshot up to index %d that is none: %s", in.server, index, s.wrong)
		return
	case s.index != index:
		l.fail("§7", "S%d delivered a snapshot with SnapshotIndex %d, but it contains everything up to index %d", in.server, index, s.index)
		return
	case index < in.applied:
		l.fail("§7", "S%d delivered a snapshot up to index %d after it had applied up to index %d: "+
			"that rolls its service back, and it would apply %s again", in.server, index, in.applied, span(index+1, in.applied))
		return
	}
	in.applied, in.chain, in.snapshot = index, s.chain, index
	in.installed++
	l.count("installed", 1)
	l.same(in, s, "S%d installed a snapshot up to index %d")
}

// same asserts that a snapshot contains what was applied up to its index.
func (l *ledger) same(in *instance, s snapshot, what string) {
	known := l.at(s.index)
	if known.known && known.chain != s.chain {
		l.fail("§7", what+", and it contains something else than S%d applied up to there", in.server, s.index, known.by)
		return
	}
	known.known, known.chain = true, s.chain
	if !known.entry {
		known.by = in.server
	}
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

func (l *ledger) count(name string, n int) { l.t.Count(name, n) }

func (l *ledger) record(e trace.Event) {
	e.At, e.To = l.t.Now(), trace.None
	l.t.Recorder().Add(e)
}
