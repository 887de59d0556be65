package story

import (
	"fmt"
	"time"

	"raftlabs/tests/trace/infer"
)

// reign is one server's leading of one term, as far as it was seen.
type reign struct {
	server, term int
	begin, end   time.Duration
	over         bool
	why          string // it ended: "when it crashed"
	sent         int    // AppendEntries and InstallSnapshot in that term
}

// reigns lists who was seen to lead, oldest first.
func (r *run) reigns() (list []reign) {
	open := make([]int, r.n) // the reign of each server that goes on; none
	for s := range open {
		open[s] = none
	}
	for _, c := range r.state.Roles {
		if k := open[c.Server]; k != none {
			g := &list[k]
			g.over, g.end, g.why = true, r.at(c.Event), end(g, c)
			open[c.Server] = none
		}
		if c.Role == infer.Leader {
			open[c.Server] = len(list)
			list = append(list, reign{server: c.Server, term: c.Term, begin: r.at(c.Event)})
		}
	}
	r.countRequests(list)
	return list
}

// end words why a reign is over.
func end(g *reign, c infer.Change) string {
	switch {
	case c.Role == infer.Down:
		return "when it crashed"
	case c.Role == infer.Candidate || c.Role == infer.PreCandidate:
		if c.Role == infer.PreCandidate {
			return "when it asked for pre-votes itself"
		}
		return fmt.Sprintf("when it campaigned for term %d itself", c.Term)
	case c.Role == infer.Leader || c.Term == g.term:
		return fmt.Sprintf("when it showed to be in term %d as %s", c.Term, c.Role)
	}
	return fmt.Sprintf("when it heard of term %d", c.Term)
}

// countRequests counts what the leaders sent as such.
func (r *run) countRequests(list []reign) {
	type office struct{ server, term int }
	held := map[office]*reign{}
	for k := range list {
		held[office{list[k].server, list[k].term}] = &list[k]
	}
	for k := range r.all {
		if e := r.sent(k); e != nil && e.Kind == "sent" && leads(e.Method) {
			if g := held[office{e.From, e.Term}]; g != nil {
				g.sent++
			}
		}
	}
}

func (g *reign) String() string {
	text := fmt.Sprintf("S%d led term %d from %s to %s, %s", g.server, g.term, seconds(g.begin), seconds(g.end), g.why)
	if !g.over {
		text = fmt.Sprintf("S%d leads term %d since %s", g.server, g.term, seconds(g.begin))
	}
	switch {
	case g.sent == 0 && g.over:
		text += ", and sent no AppendEntries"
	case g.sent == 0:
		text += ", and has sent no AppendEntries"
	}
	return text
}

// shownReigns is how many leaders are told of one by one.
const shownReigns = 3

// leaders tells who led: those who lead now, and the last ones before.
func (h *history) leaders() (lines []string) {
	if len(h.reigns) == 0 {
		who := "Nobody was"
		if h.played != 0 {
			who = "Of those that the test does not play, none was"
			if real := h.unplayed(); len(real) == 1 {
				who = list(real) + " was never"
			}
		}
		return wrap(who + " seen to lead" + h.recorded() + ".")
	}
	shown := h.reigns[max(0, len(h.reigns)-shownReigns):]
	if before := h.reigns[:len(h.reigns)-len(shown)]; len(before) > 0 {
		silent, longest := 0, time.Duration(0)
		for _, g := range before {
			if g.sent == 0 {
				silent++
			}
			if g.over {
				longest = max(longest, g.end-g.begin)
			}
		}
		text := fmt.Sprintf("Before that %s, the first of term %d; the longest led for %s",
			plural(len(before), "leader"), before[0].term, seconds(longest))
		if silent > 0 {
			text += fmt.Sprintf(", and %d of them sent no AppendEntries", silent)
		}
		defer func() { lines = append(lines, wrap(text+".")...) }()
	}
	for k := len(shown) - 1; k >= 0; k-- {
		text := shown[k].String()
		if apart := h.cutOff(shown[k].server); !shown[k].over && apart != "" {
			text += ", but " + is(apart)
		}
		lines = append(lines, wrap(text+".")...)
	}
	switch g := h.current(); {
	case g == nil:
		lines = append([]string{"Nobody has led since " + seconds(h.lastEnd()) + "."}, lines...)
	case h.effective() == nil:
		lines = append([]string{"No server leads that reaches a majority."}, lines...)
	}
	return lines
}

// recorded says that the record does not go back to the beginning.
func (h *history) recorded() string {
	if len(h.events) == 0 || h.events[0].Kind == "start" || h.at(0) < time.Second {
		return ""
	}
	return " since " + seconds(h.at(0)) + ", where the record begins"
}

// current is the reign of the newest term that goes on, nil if there is none.
func (h *history) current() (newest *reign) {
	for k := range h.reigns {
		if g := &h.reigns[k]; !g.over && (newest == nil || g.term >= newest.term) {
			newest = g
		}
	}
	return newest
}

// lastEnd is when the last leader led no more.
func (h *history) lastEnd() (last time.Duration) {
	for _, g := range h.reigns {
		last = max(last, g.end)
	}
	return last
}

// effective is the current reign if its leader reaches a majority.
func (h *history) effective() *reign {
	g := h.current()
	if g == nil || h.since(infer.Paused, g.server) >= 0 {
		return nil
	}
	reach, joined := h.reach(g.server), 0
	for s := range h.n {
		if (reach.To|reach.From)&bit(s) == 0 && h.seen[s].role != infer.Down {
			joined++
		}
	}
	if joined <= h.n/2 {
		return nil
	}
	return g
}
