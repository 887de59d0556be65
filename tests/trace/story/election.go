package story

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"raftlabs/tests/trace/infer"
	"raftlabs/tests/wire"
)

// campaign is one server's asking for votes in one term.
type campaign struct {
	candidate, inc, term int
	method               string
	begin                time.Duration
	last                 string // its last log entry, "(3,1)"
	asked                []int  // the request to each server; none
}

// campaigns lists who asked for votes, in the order in which they began. Who
// asks the same server again is told of with the answer that counts.
func (r *run) campaigns() (list []campaign) {
	type id struct {
		candidate, inc, term int
		method               string
	}
	known := map[id]int{}
	for m := range r.all {
		e := r.sent(m)
		if e == nil || e.Kind != "sent" || !asks(e.Method) || e.To < 0 || e.From < 0 || r.ofClient(e) {
			continue
		}
		key := id{e.From, e.Inc, e.Term, e.Method}
		k, ok := known[key]
		if !ok {
			k = len(list)
			known[key] = k
			list = append(list, campaign{e.From, e.Inc, e.Term, e.Method, e.At, "", slices.Repeat([]int{none}, r.n)})
			if last, ok := lastEntry(e.Note); ok {
				list[k].last = last.String()
			}
		}
		if before := list[k].asked[e.To]; before == none || r.answerTo(before) != granted {
			list[k].asked[e.To] = m
		}
	}
	return list
}

// answer is what became of a request for a vote.
type answer int

const (
	notAsked answer = iota
	granted
	denied
	lost    // the request
	muted   // the answer was lost
	silent  // the request arrived, and no answer left
	waiting // one of them is under way
	garbled // the answer could not be read
)

// answerTo tells what became of a request.
func (r *run) answerTo(m int) answer {
	if m == none {
		return notAsked
	}
	reply := r.replyTo(m)
	switch {
	case r.is(m, infer.IsLost):
		return lost
	case reply == none && r.all[m].End == none:
		return waiting
	case reply == none:
		return silent
	case r.is(reply, infer.IsLost):
		return muted
	case r.all[reply].End == none:
		return waiting
	}
	switch e := r.sent(reply); {
	case e == nil || e.Note == "":
		return garbled
	case e.Note == "granted":
		return granted
	}
	return denied
}

// outcome words what one voter did, after its name.
func (h *history) outcome(c *campaign, m int) string {
	a := h.answerTo(m)
	switch a {
	case notAsked:
		return "got no request: none was sent"
	case lost:
		return "never got the request: " + h.fate(m)
	case silent:
		return "got the request and never answered"
	case garbled:
		return "answered what could not be read"
	}
	reply := h.replyTo(m)
	switch {
	case a == waiting && reply == none:
		return "had not got the request yet"
	case a == waiting:
		return "answered, which has not arrived yet"
	case a == muted && h.sent(reply) != nil && h.sent(reply).Note == "granted":
		return "granted it, but the answer was lost: " + h.fate(reply)
	case a == muted:
		return "answered, but the answer was lost: " + h.fate(reply)
	case a == denied:
		return "refused: " + h.whyNoVote(reply)
	}
	if late := h.at(h.all[reply].End); late > h.movedOn(c) {
		return "granted it, but only at " + seconds(late) + ", when the candidate had gone on"
	}
	return "granted it"
}

// movedOn is when a candidate left the term of its campaign, or the end.
func (h *history) movedOn(c *campaign) time.Duration {
	for k := range h.state.Roles {
		if r := &h.state.Roles[k]; r.Server == c.candidate && h.at(r.Event) > c.begin && (r.Term > c.term || r.Role == infer.Down) {
			if c.method == wire.RequestVote {
				return h.at(r.Event)
			}
		}
	}
	return h.end()
}

// votes counts the votes that a candidate had in time, its own included.
func (h *history) votes(c *campaign) int {
	n := 1
	for s, m := range c.asked {
		if s != c.candidate && h.answerTo(m) == granted && h.at(h.all[h.replyTo(m)].End) <= h.movedOn(c) {
			n++
		}
	}
	return n
}

// tell is a campaign in lines.
func (h *history) tell(c *campaign) []string {
	what := fmt.Sprintf("term %d: S%d campaigned at %s", c.term, c.candidate, seconds(c.begin))
	if c.method == wire.RequestPreVote {
		what = fmt.Sprintf("pre-vote for term %d: S%d asked at %s", c.term, c.candidate, seconds(c.begin))
	}
	if c.last != "" && c.last != "(0,0)" {
		what += ", its last entry " + c.last
	}
	got := h.votes(c)
	what += fmt.Sprintf(", and got %d of %d votes (with its own), needed %d", got, h.n, h.n/2+1)
	switch led := h.led(c); {
	case led:
		what += ": it led"
	case h.plays(c.candidate):
		what += ": the test plays it"
	case got > h.n/2 && c.method == wire.RequestVote:
		what += ": it should have led, and was not seen to"
	}
	return append(wrap(what+"."), h.voters(c)...)
}

// voters words what the voters did, those who did the same together.
func (h *history) voters(c *campaign) []string {
	var voters []int
	for s := range c.asked {
		if s != c.candidate {
			voters = append(voters, s)
		}
	}
	groups := together(voters, func(s int) string { return h.outcome(c, c.asked[s]) })
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(len(b.servers), len(a.servers)) })
	var words []string
	for _, g := range groups {
		words = append(words, both(g.servers)+" "+g.text)
	}
	return indented(wrap(strings.Join(words, "; ")))
}

func indented(lines []string) []string {
	for k := range lines {
		lines[k] = clip(indent + strings.TrimSpace(lines[k]))
	}
	return lines
}

// led tells whether a candidate was seen to lead its term.
func (h *history) led(c *campaign) bool {
	return slices.ContainsFunc(h.reigns, func(g reign) bool { return g.server == c.candidate && g.term == c.term })
}

// elections tells the newest campaigns one by one in at most so many lines,
// newest first, and sums up those before.
func (h *history) elections(list []campaign, most int) (lines []string) {
	shown := 0
	for k := len(list) - 1; k >= 0; k-- {
		next := h.tell(&list[k])
		if len(lines)+len(next) > most-2 && shown > 0 {
			break
		}
		lines = append(lines, next...)
		shown++
		if shown == 2 && k > 1 {
			break // what is before is of the same kind, mostly
		}
	}
	if before := list[:len(list)-shown]; len(before) > 0 {
		lines = append(lines, h.sum(before)...)
	}
	return lines
}

// sumWords are what became of requests, by answer.
var sumWords = [...]string{
	notAsked: "not sent", granted: "granted", denied: "refused", lost: "lost", muted: "answered in vain (the answer was lost)",
	silent: "not answered", waiting: "under way", garbled: "answered unreadably",
}

// sum is many campaigns in a sentence.
func (h *history) sum(list []campaign) []string {
	count := map[answer]int{}
	total, won := 0, 0
	for k := range list {
		if h.led(&list[k]) {
			won++
		}
		for s, m := range list[k].asked {
			if s != list[k].candidate {
				count[h.answerTo(m)]++
				total++
			}
		}
	}
	var parts []string
	for a, word := range sumWords {
		if n := count[answer(a)]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	byTerm := func(a, b campaign) int { return cmp.Compare(a.term, b.term) }
	made := "none of which made a leader"
	if won > 0 {
		made = fmt.Sprintf("%d of which made a leader", won)
	}
	return wrap(fmt.Sprintf("Before that, from %s on: %s in terms %d to %d, %s. Of their %d requests for a vote: %s.",
		seconds(list[0].begin), plural(len(list), "campaign"), slices.MinFunc(list, byTerm).term, slices.MaxFunc(list, byTerm).term,
		made, total, strings.Join(parts, ", ")))
}
