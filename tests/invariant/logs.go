package invariant

import "math/bits"

// place is where an entry stands: its index, and the term in which a leader
// took it. By Log Matching it names one entry, and one log up to there.
type place struct{ index, term int }

// less tells whether a log that ends at p is less up-to-date than one that ends
// at q (§5.4.1).
func (p place) less(q place) bool {
	return p.term < q.term || p.term == q.term && p.index < q.index
}

// entry is what is known of the entry at one place.
type entry struct {
	Command
	known   bool // the command is
	by      int8 // who was the first to send it, or to say in Start that it is there
	started bool // it was Start that said so
	reached mask // the servers that it has reached: sent to them or taken by them
	saved   mask // of these, the servers that have saved since
}

// mask is a set of servers.
type mask uint16

// maxServers is how many servers a mask can hold.
const maxServers = 16

func (m mask) has(server int) bool { return m>>server&1 != 0 }
func (m *mask) add(server int)     { *m |= 1 << server }
func (m *mask) remove(server int)  { *m &^= 1 << server }
func (m mask) size() int           { return bits.OnesCount16(uint16(m)) }
func (m mask) members() (all []int) {
	for i := range maxServers {
		if m.has(i) {
			all = append(all, i)
		}
	}
	return all
}

// logs is every log that was seen in the run, in one structure. An entry of a
// term is made by that term's one leader (Election Safety), which only appends
// (Leader Append-Only). So the entries of a term stand next to each other, in
// every log that has any of them, and the first of them always follows the same
// entry. A log is therefore named by its last place, and is a chain of segments,
// one for each term.
//
// Memory is bounded by the number of distinct places that were seen.
type logs struct {
	segments map[int]*segment // by term
	recent   *segment         // the one that was asked for last
}

// segment is what is known of the entries of one term.
//
// Invariant: before, if any, is of an earlier term, so every chain ends.
type segment struct {
	term     int
	from, to int      // the indexes known to be of this term; none while to is 0
	headed   bool     // from is the first, and follows an entry of before's term
	before   *segment // nil where from is 1
	headBy   int      // who was the first to say so
	// torn: a played peer has contradicted what was known, so nothing is.
	torn  bool
	pages map[int]*page
	page  *page // the one that was used last
	key   int   // its number
}

// page holds the entries of pageSize indexes. A server may claim any index, so
// a slice from 1 on would not do.
type page [pageSize]entry

const pageSize = 32

func newLogs() *logs { return &logs{segments: map[int]*segment{}} }

// of returns a term's segment.
func (l *logs) of(term int) *segment {
	if s := l.recent; s != nil && s.term == term {
		return s
	}
	s := l.segments[term]
	if s == nil {
		s = &segment{term: term, pages: map[int]*page{}}
		l.segments[term] = s
	}
	l.recent = s
	return s
}

// at returns the entry at an index.
func (s *segment) at(index int) *entry {
	key := index / pageSize
	if s.page == nil || s.key != key {
		p := s.pages[key]
		if p == nil {
			p = new(page)
			s.pages[key] = p
		}
		s.page, s.key = p, key
	}
	return &s.page[index%pageSize]
}

// find is at for an entry that may not be there.
func (s *segment) find(index int) (entry, bool) {
	if p := s.pages[index/pageSize]; p != nil && index > 0 {
		return p[index%pageSize], true
	}
	return entry{}, false
}

// empty tells whether no entry of the term is known.
func (s *segment) empty() bool { return s.to == 0 }

// holds tells whether the entry at index is known to be of this term.
func (s *segment) holds(index int) bool { return s.from <= index && index <= s.to }

// include notes that the entry at index is of this term. It returns false if
// that contradicts what is known.
func (s *segment) include(index int) bool {
	switch {
	case s.empty():
		s.from, s.to = index, index
	case index > s.to:
		s.to = index
	case index >= s.from:
	case s.headed:
		return false
	default:
		s.from = index
	}
	return true
}

// link notes that the entry at index, of this term, follows one of term prev. It
// returns false if that contradicts what is known. Before index 1 stands an
// entry of term 0, whatever prev is.
func (l *logs) link(s *segment, index, prev, by int) bool {
	if index > 1 && prev == s.term {
		if s.headed && index <= s.from {
			return false
		}
		return s.include(index-1) && s.include(index)
	}
	if index > 1 && prev > s.term || !s.empty() && s.from < index {
		return false
	}
	var before *segment
	if index > 1 {
		before = l.of(prev)
	}
	if s.headed {
		return s.from == index && s.before == before
	}
	if before != nil && !before.torn && !before.include(index-1) || !s.include(index) {
		return false
	}
	s.headed, s.before, s.headBy = true, before, by
	return true
}

// segmentAt returns the segment to which index belongs in the log that ends at
// last, nil where that is not known.
func (l *logs) segmentAt(last place, index int) *segment {
	if index < 1 || index > last.index {
		return nil
	}
	s := l.segments[last.term]
	for s != nil && !s.torn {
		if !s.empty() && index >= s.from {
			return s
		}
		if !s.headed {
			return nil
		}
		s = s.before
	}
	return nil
}

// agrees tells whether the log that ends at last may have the place in it: it
// has not if another term is known to be at that index.
func (l *logs) agrees(last, p place) bool {
	s := l.segmentAt(last, p.index)
	return s == nil || s.term == p.term
}

// spans is a set of indexes, as ranges that do not touch.
type spans []struct{ from, to int }

// end returns the last index of the range that index is in, 0 if it is in none.
func (s spans) end(index int) int {
	for _, r := range s {
		if r.from <= index && index <= r.to {
			return r.to
		}
	}
	return 0
}

// add adds the indexes from one to another.
func (s *spans) add(from, to int) {
	rest := (*s)[:0]
	for _, r := range *s {
		if r.to < from-1 || r.from > to+1 {
			rest = append(rest, r)
			continue
		}
		from, to = min(from, r.from), max(to, r.to)
	}
	*s = append(rest, struct{ from, to int }{from, to})
}
