package alt

import (
	"slices"
	"sort"
)

// Entry is one entry of the log. Its index is its place.
type Entry struct {
	Term    int
	Command any // nil for a new leader's own
}

// journal is the log from where the snapshot ends. Terms never go down in it.
//
// Invariant: a place in the array behind entries is written once. Appending writes
// behind all that was handed out, cutting off leaves no room behind what remains,
// and dropping the beginning copies the rest. So a part of it can be sent by
// another goroutine while the journal goes on.
type journal struct {
	base, baseTerm int // of the last entry that the snapshot stands for
	entries        []Entry
}

func (j *journal) last() int     { return j.base + len(j.entries) }
func (j *journal) lastTerm() int { return j.term(j.last()) }

// term is the term at an index, -1 where this journal does not know it. Index 0
// comes before every log and has term 0.
func (j *journal) term(index int) int {
	switch {
	case index == 0:
		return 0
	case index == j.base:
		return j.baseTerm
	case index < j.base || index > j.last():
		return -1
	}
	return j.entries[index-j.base-1].Term
}

// part is at most n entries, from an index on.
func (j *journal) part(from, n int) []Entry {
	rest := j.entries[from-j.base-1:]
	n = min(n, len(rest))
	return rest[:n:n]
}

func (j *journal) add(entries ...Entry) { j.entries = append(j.entries, entries...) }

// cut takes away everything after an index.
func (j *journal) cut(after int) {
	n := after - j.base
	j.entries = j.entries[:n:n]
}

// drop takes away everything up to an index, of which the term remains.
func (j *journal) drop(upTo int) {
	term := j.term(upTo)
	j.entries = slices.Clone(j.entries[upTo-j.base:])
	j.base, j.baseTerm = upTo, term
}

// fits tells whether a candidate with such a last entry is at least as up-to-date
// as this log (§5.4.1).
func (j *journal) fits(index, term int) bool {
	return term > j.lastTerm() || term == j.lastTerm() && index >= j.last()
}

// Run is a stretch of a log with one term.
type Run struct {
	First, Last int // indexes
	Term        int
}

// runs are the latest stretches up to an index, at most n of them, the latest
// first. The snapshot's last entry is a stretch by itself.
func (j *journal) runs(upTo, n int) (runs []Run) {
	for last := min(upTo, j.last()); last > j.base && len(runs) < n; last = runs[len(runs)-1].First - 1 {
		term := j.term(last)
		first := j.base + 1 + sort.Search(len(j.entries), func(k int) bool { return j.entries[k].Term >= term })
		runs = append(runs, Run{First: first, Last: last, Term: term})
	}
	if len(runs) < n {
		runs = append(runs, Run{First: j.base, Last: j.base, Term: j.baseTerm})
	}
	return runs
}

// agrees is the last index at which this log and one with these stretches have the
// same term, and so the same entries (§5.3, Log Matching). Where that lies before
// the stretches, or in what this log has dropped, it is the index before them all.
func (j *journal) agrees(runs []Run) int {
	first := 1
	for _, r := range runs {
		// The last entry here of r.Term or an older one.
		index := j.base + sort.Search(len(j.entries), func(k int) bool { return j.entries[k].Term > r.Term })
		index = min(index, r.Last)
		if index >= r.First && j.term(index) == r.Term {
			return index
		}
		first = r.First
	}
	return max(first-1, 0)
}
