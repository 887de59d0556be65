package raft

import (
	"slices"
	"sort"
)

// LogEntry is a command and the term in which a leader took it. Its fields are
// exported because it travels in AppendEntries and is saved.
type LogEntry struct {
	Term    int
	Command any
}

// raftLog is the log after the prefix that the snapshot stands for. Indexes
// are the paper's and start at 1. The prefix ends with index base, of whose
// entry the term is kept; before the first snapshot that is index 0 of term 0,
// which stands before the first entry. So neither an empty log nor a trimmed one
// needs a case of its own. No other file turns an index into a position in
// entries.
//
// Invariant: nobody else holds the array of entries. What leaves the log and
// what comes in is copied.
type raftLog struct {
	base     int // the snapshot's last included index, 0 without a snapshot
	baseTerm int
	entries  []LogEntry // entries[i] has index base+1+i
	sealed   [][]byte   // the first blocks of entries as they are saved; see persist.go
}

// lastIndex is the index of the last entry, base if there is none.
func (l *raftLog) lastIndex() int { return l.base + len(l.entries) }

// lastTerm is the term of the entry at lastIndex.
func (l *raftLog) lastTerm() int { return l.term(l.lastIndex()) }

// term is the term of the entry at index, which is base to lastIndex.
func (l *raftLog) term(index int) int {
	if index == l.base {
		return l.baseTerm
	}
	return l.entries[index-l.base-1].Term
}

// contains tells whether the log has an entry of that term at that index
// (§5.3), which is not before base.
func (l *raftLog) contains(index, term int) bool {
	return index <= l.lastIndex() && l.term(index) == term
}

// upToDate tells whether a log that ends with (lastIndex, lastTerm) is at
// least as up-to-date as this one (§5.4.1): the later last term wins, and with
// equal terms the longer log.
func (l *raftLog) upToDate(lastIndex, lastTerm int) bool {
	if lastTerm != l.lastTerm() {
		return lastTerm > l.lastTerm()
	}
	return lastIndex >= l.lastIndex()
}

// lastUpTo is the last index up to index whose entry has a term up to term. A
// log whose terms up to index are all up to term can agree with this one at no
// later index than that. It is base-1 if only the prefix can hold the place.
func (l *raftLog) lastUpTo(index, term int) int {
	if index < l.base {
		return index
	}
	within := min(index, l.lastIndex()) - l.base
	after := sort.Search(within, func(i int) bool { return l.entries[i].Term > term })
	if after == 0 && l.baseTerm > term {
		return l.base - 1
	}
	return l.base + after
}

// copyFrom copies the entries from index on, at most limit of them. index is
// after base.
func (l *raftLog) copyFrom(index, limit int) []LogEntry {
	entries := l.entries[index-l.base-1:]
	return slices.Clone(entries[:min(len(entries), limit)])
}

// append adds entries at the end.
func (l *raftLog) append(entries ...LogEntry) {
	l.entries = append(l.entries, entries...)
}

// truncate drops the entries from index on, which is after base.
func (l *raftLog) truncate(index int) {
	keep := index - l.base - 1
	clear(l.entries[keep:]) // or the array would keep the commands alive
	l.entries = l.entries[:keep]
	l.sealed = l.sealed[:min(len(l.sealed), keep/blockSize)]
}

// trim makes a snapshot of everything up to index, whose entry has that term,
// stand for the entries up to there. Those after it stay if the log contains
// that entry (§7). They move to an array of their own: a slice of the old one
// would keep the prefix alive.
func (l *raftLog) trim(index, term int) {
	var rest []LogEntry
	if l.contains(index, term) {
		rest = slices.Clone(l.entries[index-l.base:])
	}
	*l = raftLog{base: index, baseTerm: term, entries: rest}
}
