package story

import (
	"slices"

	"raftlabs/tests/trace"
	"raftlabs/tests/wire"
)

// history is what a run says of its progress.
type history struct {
	*run
	servers   []int // those involved
	reigns    []reign
	campaigns []campaign
	seen      []sight // of each server
}

// History tells why a run made no progress, the most important first, in at
// most so many lines: leaders, elections, how far a leader got, and what the
// servers involved, or all where none are named, heard and did last.
func History(events []trace.Event, servers []int, most int) []string {
	r := read(events, len(events))
	h := &history{run: r, servers: servers, reigns: r.reigns(), campaigns: r.campaigns(), seen: r.sights()}
	if len(servers) == 0 || slices.Min(servers) >= r.n && r.clients() {
		h.servers = r.everyServer()
	}
	h.servers = slices.DeleteFunc(slices.Clone(h.servers), func(s int) bool { return s < 0 || s >= r.n })
	lines := append(h.waits(servers, most/2), h.leaders()...)
	now := h.now()
	if g := h.effective(); g != nil {
		lines = append(lines, h.progress(g)...)
		lines = append(lines, now...)
		lines = append(lines, h.campaigned(h.newer(g.term), max(0, most-len(lines)))...)
	} else {
		term := 0
		for _, g := range h.reigns {
			term = max(term, g.term)
		}
		lines = append(lines, h.campaigned(h.newer(term), max(4, most-len(lines)-len(now)))...)
		lines = append(lines, now...)
	}
	return lines[:min(len(lines), max(0, most))]
}

// newer lists the campaigns of later terms.
func (h *history) newer(term int) (list []campaign) {
	for _, c := range h.campaigns {
		if c.term > term || c.term == 0 {
			list = append(list, c)
		}
	}
	return list
}

// campaigned is elections with a heading.
func (h *history) campaigned(list []campaign, most int) []string {
	if len(list) == 0 {
		if h.effective() == nil {
			return []string{"No server has asked for a vote since."}
		}
		return nil
	}
	if !slices.ContainsFunc(list, func(c campaign) bool { return c.method == wire.RequestVote }) {
		return append([]string{"Nobody got as far as a RequestVote; pre-votes only:"}, h.elections(list, most-1)...)
	}
	return h.elections(list, most)
}
