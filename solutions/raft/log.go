package raft

// LogEntry is a command and the term in which a leader took it. Its fields are
// exported because it travels in AppendEntries and is saved.
type LogEntry struct {
	Term    int
	Command any
}

// raftLog is the log. Indexes are the paper's and start at 1. Index 0 stands
// before the first entry and has term 0, so that an empty log needs no case of
// its own. No other file turns an index into a position in entries.
type raftLog struct {
	entries []LogEntry // entries[i] has index i+1
}

// lastIndex is the index of the last entry, 0 if there is none.
func (l *raftLog) lastIndex() int { return len(l.entries) }

// lastTerm is the term of the last entry, 0 if there is none.
func (l *raftLog) lastTerm() int { return l.term(l.lastIndex()) }

// term is the term of the entry at index, which is 0 to lastIndex.
func (l *raftLog) term(index int) int {
	if index == 0 {
		return 0
	}
	return l.entries[index-1].Term
}

// contains tells whether the log has an entry of that term at that index
// (§5.3). Every log contains index 0 with term 0.
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
