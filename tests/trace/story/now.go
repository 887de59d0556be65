package story

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"raftlabs/tests/trace/infer"
)

// sight is what a server was last seen to be and to do. An instant is -1 where
// that was not seen since its start.
type sight struct {
	role    infer.Role
	term    int
	since   time.Duration // its start or its crash
	heard   time.Duration // a leader's request of its term or a later one arrived
	from    int           // that leader
	voted   time.Duration // it granted a vote
	stood   time.Duration // it asked for votes
	sent    time.Duration // it sent what a leader sends
	applied int
	took    int // the highest index that its Start returned
	told    int // the highest commit index that a leader told it
}

func fresh(at time.Duration) sight {
	return sight{since: at, heard: -1, voted: -1, stood: -1, sent: -1, from: none}
}

// sights follows all servers to the end.
func (r *run) sights() []sight {
	all := make([]sight, r.n)
	for s := range all {
		all[s] = fresh(-1)
	}
	changes := r.state.Roles
	for i := range r.events {
		for len(changes) > 0 && changes[0].Event <= i {
			c := changes[0]
			all[c.Server].role, all[c.Server].term = c.Role, c.Term
			changes = changes[1:]
		}
		r.sees(all, i)
	}
	return all
}

// sees takes one event in.
func (r *run) sees(all []sight, i int) {
	e := &r.events[i]
	if e.From < 0 || r.ofClient(e) {
		return
	}
	s := &all[e.From]
	switch e.Kind {
	case "start", "crash":
		role, term := s.role, s.term
		*s = fresh(e.At)
		s.role, s.term = role, term
	case "apply", "install":
		s.applied = max(s.applied, e.Index, infer.Index(e.Kind, e.Note))
	case "submit":
		s.took = max(s.took, e.Index)
	case "sent":
		if asks(e.Method) {
			s.stood = e.At
		} else if leads(e.Method) {
			s.sent = e.At
		}
	case "replied":
		if asks(e.Method) && e.Note == "granted" {
			s.voted = e.At
		}
	case "delivered":
		begin := r.sent(r.by[i])
		if begin == nil || e.To < 0 || !leads(e.Method) || begin.Term < all[e.To].term {
			return
		}
		to := &all[e.To]
		to.heard, to.from = e.At, e.From
		if a, ok := infer.ReadAppend(begin.Note); ok {
			to.told = max(to.told, a.Commit)
		}
	}
}

// idleFor is how long a server may be silent before that is worth a word: more
// than any usual election timeout.
const idleFor = time.Second

// now tells what the servers involved are and what they did last.
func (h *history) now() (lines []string) {
	for _, g := range together(h.servers, h.nowOf) {
		lines = append(lines, wrap(list(g.servers)+" now: "+g.text)...)
	}
	return lines
}

// group is servers of which the same is to be told.
type group struct {
	servers []int
	text    string
}

// together groups servers by what is to be told of them, in the order of the
// first of each group.
func together(servers []int, tell func(s int) string) (groups []group) {
	for _, s := range servers {
		text := tell(s)
		k := slices.IndexFunc(groups, func(g group) bool { return g.text == text })
		if k < 0 {
			groups = append(groups, group{text: text})
			k = len(groups) - 1
		}
		groups[k].servers = append(groups[k].servers, s)
	}
	return groups
}

func (h *history) nowOf(s int) string {
	v := &h.seen[s]
	if v.role == infer.Down {
		return "down since " + seconds(v.since)
	}
	head := fmt.Sprintf("%s of term %d", v.role, v.term)
	switch {
	case v.role == infer.Unknown:
		head = "nothing seen of its role"
	case v.term == 0:
		head = "still in term 0"
	}
	parts := []string{head}
	if paused := h.since(infer.Paused, s); paused >= 0 {
		parts = append(parts, "paused since "+seconds(paused))
	}
	if h.since(infer.Held, s) >= 0 {
		parts = append(parts, "service does not read applyCh since "+seconds(h.since(infer.Held, s)))
	}
	if apart := h.cutOff(s); apart != "" {
		parts = append(parts, apart)
	}
	if v.role == infer.Leader {
		if v.sent < 0 {
			return strings.Join(append(parts, "sent no AppendEntries"), ", ")
		}
		return strings.Join(append(parts, "last sent AppendEntries at "+seconds(v.sent)), ", ")
	}
	return strings.Join(append(parts, h.timer(v)...), ", ")
}

// timer words what should have kept a server's election timer from running
// off, or has come of it.
func (h *history) timer(v *sight) (parts []string) {
	if v.heard >= 0 {
		parts = append(parts, fmt.Sprintf("last heard from leader S%d at %s", v.from, seconds(v.heard)))
	} else {
		parts = append(parts, "heard from no leader")
	}
	if v.voted >= 0 {
		parts = append(parts, "last granted a vote at "+seconds(v.voted))
	}
	reset := max(v.heard, v.voted, v.since, 0)
	switch quiet := h.end() - reset; {
	case v.stood >= reset:
		parts = append(parts, "last campaigned at "+seconds(v.stood))
	case quiet > idleFor:
		parts = append(parts, fmt.Sprintf("no campaign in the %s since", seconds(quiet)))
	}
	return parts
}

// since is when a condition of a server began that goes on; -1 for none.
func (h *history) since(kind infer.Condition, s int) time.Duration {
	for _, span := range h.state.Spans {
		if span.Kind == kind && span.Server == s && span.End == none {
			return h.at(span.Begin)
		}
	}
	return -1
}

// bit is a server's in an infer.Reach.
func bit(server int) int { return 1 << min(server, 62) }

// reach is the latest one of a server.
func (h *history) reach(server int) (latest infer.Reach) {
	for _, c := range h.state.Cuts {
		if c.Server == server {
			latest = c
		}
	}
	return latest
}

// is puts what cutOff says behind a server's name.
func is(apart string) string {
	if strings.HasPrefix(apart, "cannot ") {
		return apart
	}
	return "is " + apart
}

// cutOff says which servers the cuts of the end keep a server from.
func (h *history) cutOff(s int) string {
	reach := h.reach(s)
	var whole, to, from []int
	for other := range h.n {
		switch bit := bit(other); {
		case reach.To&bit != 0 && reach.From&bit != 0:
			whole = append(whole, other)
		case reach.To&bit != 0:
			to = append(to, other)
		case reach.From&bit != 0:
			from = append(from, other)
		}
	}
	var parts []string
	if len(whole) > 0 {
		parts = append(parts, "cut off from "+both(whole))
	}
	if len(to) > 0 {
		parts = append(parts, "cannot send to "+both(to))
	}
	if len(from) > 0 {
		parts = append(parts, "cannot hear "+both(from))
	}
	return strings.Join(parts, " and ")
}
