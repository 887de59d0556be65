package story

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"raftlabs/tests/trace/infer"
	"raftlabs/tests/wire"
)

// advance is how far a leader got with one follower in its term.
type advance struct {
	sent     int
	last     int           // the newest request that tells of the log; none
	matched  int           // the highest index that an answer confirms
	answered time.Duration // the last answer; -1 for none
	refusals int           // in a row, up to the last answer
	refused  time.Duration // the first of them
	why      string        // the last of them
	denied   int           // the index that the last of them says is missing; 0 for none
	lost     int           // requests and answers in a row
	fate     string        // the last of these
}

// progress tells how far the leader of a reign got with its followers.
func (h *history) progress(g *reign) []string {
	all := h.advances(g)
	own := h.seen[g.server]
	commit := h.commitOf(g.server)
	took := "took no command"
	if own.took > 0 {
		took = fmt.Sprintf("put commands up to index %d", own.took)
	}
	lines := wrap(fmt.Sprintf("S%d's Start %s; S%d told commit index %d, and applied up to index %d.",
		g.server, took, g.server, commit, own.applied))
	if h.clients() { // Start and applyCh are the service's own
		lines = []string{fmt.Sprintf("S%d told commit index %d.", g.server, commit)}
	}
	if held := h.majority(g, all); held > commit && held >= h.firstOf(g) {
		lag := "A majority confirmed index %d, an entry of term %d, and S%d has shown no commit index beyond %d (§5.3, §5.4.2)."
		lines = append(lines, wrap(fmt.Sprintf(lag, held, g.term, g.server, commit))...)
	}
	followers := slices.DeleteFunc(slices.Clone(h.servers), func(s int) bool { return s == g.server })
	groups := together(followers, func(s int) string { return h.advance(g, s, &all[s]) })
	slices.SortStableFunc(groups, func(a, b group) int { // those that have everything come last
		return cmp.Compare(strings.Count(a.text, hasAll), strings.Count(b.text, hasAll))
	})
	for _, f := range groups {
		lines = append(lines, wrap(fmt.Sprintf("S%d -> %s: %s", g.server, list(f.servers), f.text))...)
	}
	return lines
}

// majority is the highest index that a majority confirmed, the leader included.
func (h *history) majority(g *reign, all []advance) int {
	matched := make([]int, h.n)
	for s := range all {
		matched[s] = all[s].matched
	}
	matched[g.server] = math.MaxInt
	slices.Sort(matched)
	if at := matched[(h.n-1)/2]; at < math.MaxInt {
		return at
	}
	return 0
}

// firstOf is the index of the first command that a leader's Start put into the
// log in its term: from there on all entries are of that term.
func (h *history) firstOf(g *reign) int {
	for i := range h.events {
		if e := &h.events[i]; e.Kind == "submit" && e.From == g.server && e.Term == g.term && e.Index > 0 {
			return e.Index
		}
	}
	return math.MaxInt
}

// commitOf is the highest commit index that a server showed.
func (h *history) commitOf(server int) (index int) {
	for _, c := range h.state.Commits {
		if c.Server == server {
			index = c.Index
		}
	}
	return index
}

// advances follows a leader's requests and their answers.
func (h *history) advances(g *reign) []advance {
	all := make([]advance, h.n)
	for s := range all {
		all[s].last, all[s].answered = none, -1
	}
	for m := range h.all {
		e := h.sent(m)
		if e == nil || e.Kind != "sent" || e.From != g.server || e.Term != g.term || !leads(e.Method) || e.To < 0 || h.ofClient(e) {
			continue
		}
		a := &all[e.To]
		a.sent++
		a.last = m
		h.follow(a, m)
	}
	return all
}

// follow takes what became of one request.
func (h *history) follow(a *advance, m int) {
	reply := h.replyTo(m)
	if h.is(m, infer.IsLost) || h.is(reply, infer.IsLost) {
		a.lost++
		a.fate = h.fate(m)
		if a.fate == "" {
			a.fate = "the answer: " + h.fate(reply)
		}
		return
	}
	if reply == none || h.all[reply].End == none {
		return
	}
	a.lost, a.answered = 0, h.at(h.all[reply].End)
	answer, request := h.sent(reply), h.sent(m)
	switch {
	case answer == nil:
	case answer.Note == "no":
		if a.refusals == 0 {
			a.refused = answer.At
		}
		a.refusals++
		a.why, a.denied = whyNoEntries(answer, request), 0
		if p, ok := infer.ReadAppend(request.Note); ok && answer.Term == request.Term {
			a.denied = p.PrevIndex
		}
	case answer.Note == "success":
		a.refusals = 0
		if p, ok := infer.ReadAppend(request.Note); ok {
			a.matched = max(a.matched, p.PrevIndex+p.Entries)
		}
	case request.Method == wire.InstallSnapshot:
		a.refusals = 0
		if last, ok := lastEntry(request.Note); ok {
			a.matched = max(a.matched, last.index)
		}
	}
}

// hasAll begins what is told of a follower that misses nothing.
const hasAll = "nothing missing: "

// advance words how far a leader got with one follower.
func (h *history) advance(g *reign, s int, a *advance) string {
	v, own := &h.seen[s], &h.seen[g.server]
	if a.last == none {
		return fmt.Sprintf("nothing sent in term %d", g.term)
	}
	applied, upToDate := fmt.Sprintf(", applied up to index %d", v.applied), a.matched >= own.took && v.applied >= own.applied && v.applied >= v.told
	if h.clients() {
		applied, upToDate = "", a.matched >= h.commitOf(g.server)
	}
	if a.answered >= 0 && a.refusals == 0 && a.lost == 0 && upToDate {
		return hasAll + fmt.Sprintf("confirmed up to index %d%s", a.matched, applied)
	}
	e := h.sent(a.last)
	parts := []string{fmt.Sprintf("last sent at %s: %s", seconds(e.At), request(e))}
	switch {
	case a.answered < 0:
		parts = append(parts, "never answered in this term")
	case a.refusals > 0:
		text := fmt.Sprintf("refused %s since %s", plural(a.refusals, "time"), seconds(a.refused))
		if a.why != "" {
			text += " (" + a.why
			if a.denied > 0 && a.denied <= a.matched {
				text += fmt.Sprintf(", though it confirmed index %d", a.matched)
			}
			text += ")"
		}
		parts = append(parts, text)
	default:
		parts = append(parts, "last answer at "+seconds(a.answered))
	}
	if a.lost > 0 {
		parts = append(parts, fmt.Sprintf("the last %d lost (%s)", a.lost, a.fate))
	}
	parts = append(parts, fmt.Sprintf("confirmed up to index %d, told commit index %d%s", a.matched, v.told, applied))
	return strings.Join(parts, "; ")
}
