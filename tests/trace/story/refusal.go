package story

import (
	"cmp"
	"fmt"
	"strings"

	"raftlabs/tests/trace"
	"raftlabs/tests/trace/infer"
	"raftlabs/tests/wire"
)

// entry is the last entry of a log, by index and term.
type entry struct{ index, term int }

func (e entry) String() string { return fmt.Sprintf("(%d,%d)", e.index, e.term) }

// laterThan compares logs as RequestVote 2 does (§5.4.1).
func (e entry) laterThan(o entry) bool {
	return cmp.Or(cmp.Compare(e.term, o.term), cmp.Compare(e.index, o.index)) > 0
}

// lastEntry reads "candidate S2 last (3,1)".
func lastEntry(note string) (e entry, ok bool) {
	_, rest, found := strings.Cut(note, "last (")
	if !found {
		return e, false
	}
	n, err := fmt.Sscanf(rest, "%d,%d)", &e.index, &e.term)
	return e, n == 2 && err == nil
}

// What is said of a refusal that nothing before it explains.
const (
	noReason = "the wire shows no reason"
	byScript = "the test plays it"
)

// whyNoVote is why a voter refused, a clause: the reasons of
// Figure 2, RequestVote, as far as the wire shows one.
func (r *run) whyNoVote(reply int) string {
	answer, request := r.sent(reply), r.requestOf(reply)
	switch {
	case request != nil && request.Term != 0 && answer.Term > request.Term:
		return fmt.Sprintf("its term %d is later", answer.Term)
	case r.plays(answer.From):
		return byScript
	case request == nil || request.Term == 0 || answer.Term == 0:
		return "the record does not show why"
	case answer.Method == wire.RequestPreVote:
		return noReason
	}
	voter, term := answer.From, request.Term
	seen, known := entry{}, false
	for i := r.all[reply].Begin - 1; i >= 0; i-- {
		e := &r.events[i]
		if e.From != voter {
			continue
		}
		if e.Method == wire.RequestVote && r.isBegin(i) {
			if e.Kind == "sent" && e.Term == term {
				return fmt.Sprintf("it was a candidate of term %d itself", term)
			}
			if other := r.requestOf(r.by[i]); e.Kind == "replied" && e.Note == "granted" && other != nil &&
				other.Term == term && other.From != request.From {
				return fmt.Sprintf("it had voted for S%d in term %d", other.From, term)
			}
		}
		if at, ok := r.holds(i); ok && (!known || at.laterThan(seen)) {
			seen, known = at, true
		}
	}
	if last, ok := lastEntry(request.Note); ok && known && seen.laterThan(last) {
		return fmt.Sprintf("its log held %v, which is later than %v", seen, last)
	}
	return noReason
}

// holds is an entry that an event shows its sender to hold.
func (r *run) holds(i int) (entry, bool) {
	e := &r.events[i]
	switch {
	case e.Kind == "submit" && e.Index > 0:
		return entry{e.Index, e.Term}, true
	case e.Kind == "sent" && e.Method == wire.RequestVote:
		return lastEntry(e.Note)
	case e.Kind == "replied" && e.Method == wire.AppendEntries && e.Note == "success":
		request := r.requestOf(r.by[i])
		if request == nil {
			return entry{}, false
		}
		a, ok := infer.ReadAppend(request.Note)
		return entry{a.PrevIndex + a.Entries, a.PrevTerm}, ok // the new entries' terms are not lower
	}
	return entry{}, false
}

// isBegin tells whether an event began a message.
func (r *run) isBegin(i int) bool { return r.by[i] != none && r.all[r.by[i]].Begin == i }

// whyNoEntries is why a follower refused an AppendEntries (Figure 2,
// AppendEntries 1 and 2).
func whyNoEntries(answer, request *trace.Event) string {
	if request == nil || request.Term == 0 || answer.Term == 0 {
		return ""
	}
	if answer.Term > request.Term {
		return "its term is later"
	}
	if a, ok := infer.ReadAppend(request.Note); ok {
		if a.PrevIndex == 0 {
			return "though prev (0,0) is before every log"
		}
		return fmt.Sprintf("its log has no entry (%d,%d), it says", a.PrevIndex, a.PrevTerm)
	}
	return ""
}
