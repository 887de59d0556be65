package story

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// item is a line to be: one event, or several that say the same.
type item struct {
	kind        kind
	first, last time.Duration
	n           int    // events that it stands for
	by          []int  // who did it
	to          []int  // whom a message was sent to
	text        string // without time and servers
	remarks     []remark
	saved       bool // a save came right before, at the same instant

	lo, hi int   // of applied: the indexes
	beats  beats // of idle and asked: what became of them

	op operation // of operated: the last
}

// remark is what happened to a message on its way to some of its receivers.
type remark struct {
	to   []int
	text string
}

func (a remark) same(b remark) bool { return a.text == b.text && slices.Equal(a.to, b.to) }

// beats counts idle heartbeats and what became of them.
type beats struct {
	term, sent, answered, pending int
	lost                          []string      // the reasons that are not plain loss, each once
	took                          time.Duration // of one that is answered
}

// kind is what an item is about, as far as folding asks.
type kind int

const (
	other    kind = iota // stands alone, and nothing is folded over it
	told                 // a message about a vote or a snapshot: the same
	appends              // AppendEntries or an answer to it
	idle                 // heartbeats that tell nothing new, and their answers
	saved                // saves of one server
	applied              // entries that one server applied
	refused              // Start on servers that do not lead
	served               // a snapshot that one server's service took or installed
	asked                // a client's requests
	operated             // a client's calls and returns
)

// reach is how many items back a like one is looked for.
const reach = 8

// chorus is how far apart servers do the same to be told of on one line.
const chorus = 10 * time.Millisecond

// fold joins items that say the same: what several servers do at about one
// instant, then what repeats itself, and then again what several servers have
// done many times.
func fold(items []item) []item {
	items = foldBy(items, (*item).joinReturn)
	items = foldBy(items, (*item).joinServers)
	items = foldBy(items, (*item).join)
	return foldBy(items, (*item).joinServers)
}

// foldBy joins items. What comes between two of them must be of a kind that
// makes no difference to them.
func foldBy(items []item, join func(a, b *item) bool) []item {
	var out []item
	for _, it := range items {
		joined := false
		for k := len(out) - 1; k >= max(0, len(out)-reach) && !joined; k-- {
			joined = join(&out[k], &it)
			if out[k].kind == other || out[k].kind == told || it.kind == other || it.kind == told {
				break
			}
		}
		if !joined {
			out = append(out, it)
		}
	}
	return out
}

// joinServers makes one item of two servers' that do the same.
func (a *item) joinServers(b *item) bool {
	if a.kind != b.kind || a.kind == idle || a.kind == refused || a.kind == asked || a.kind == operated || a.n != b.n || b.last-a.first > chorus {
		return false
	}
	if len(a.by) == 0 || len(b.by) == 0 || slices.Contains(a.by, b.by[0]) || a.saved != b.saved {
		return false
	}
	if a.text != b.text || a.lo != b.lo || a.hi != b.hi || !slices.Equal(a.to, b.to) || !slices.EqualFunc(a.remarks, b.remarks, remark.same) {
		return false
	}
	a.by = append(slices.Clone(a.by), b.by...)
	slices.Sort(a.by)
	a.last = b.last
	return true
}

// join makes one item of two, if they are alike.
func (a *item) join(b *item) bool {
	if a.kind != b.kind {
		return false
	}
	switch a.kind {
	case operated:
		if !slices.Equal(a.by, b.by) || !a.op.returned || !b.op.returned {
			return false
		}
		a.op = b.op
	case idle, asked:
		if !slices.Equal(a.by, b.by) || a.beats.term != b.beats.term || a.text != b.text {
			return false
		}
		a.beats.add(b.beats)
		for _, s := range b.to {
			a.to = once(a.to, s)
		}
		slices.Sort(a.to)
	case saved:
		if !slices.Equal(a.by, b.by) {
			return false
		}
		a.text = b.text
	case applied:
		if !slices.Equal(a.by, b.by) || b.lo != a.hi+1 {
			return false
		}
		a.hi = b.hi
	case refused:
		for _, s := range b.to {
			a.to = once(a.to, s)
		}
		slices.Sort(a.to)
	default:
		if !slices.Equal(a.by, b.by) || a.text != b.text || a.saved != b.saved ||
			!slices.Equal(a.to, b.to) || !slices.EqualFunc(a.remarks, b.remarks, remark.same) {
			return false
		}
	}
	a.n += b.n
	a.last = b.last
	return true
}

func (b *beats) add(o beats) {
	b.sent += o.sent
	b.answered += o.answered
	b.pending += o.pending
	for _, why := range o.lost {
		b.lost = once(b.lost, why)
	}
}

// line is the item as the reader gets it.
func (it *item) line(servers int) string {
	return clip(when(it.first, it.last) + "  " + it.words(servers))
}

func (it *item) words(n int) string {
	by, to := crowd(it.by, n), crowd(it.to, n)
	switch it.kind {
	case operated:
		return it.op.words(by, it.n)
	case asked:
		return it.service(by, to)
	case idle:
		return fmt.Sprintf("%s -> %s: %s of term %d, %s", by, to, plural(it.beats.sent, "heartbeat"), it.beats.term, it.beats.fate())
	case saved:
		if it.n > 1 {
			return fmt.Sprintf("%s saved %d times, the last time %s", by, it.n, it.text)
		}
		return fmt.Sprintf("%s saved %s", by, it.text)
	case applied:
		if it.hi > it.lo {
			return fmt.Sprintf("%s applied indexes %d to %d", by, it.lo, it.hi)
		}
		return fmt.Sprintf("%s applied %s", by, it.text)
	case refused:
		if it.n > 1 {
			return fmt.Sprintf("Start of %s returned isLeader false, %d times in all", both(it.to), it.n)
		}
		return fmt.Sprintf("Start of %s returned isLeader false", both(it.to))
	}
	text := it.text
	switch {
	case len(it.to) > 0:
		text = fmt.Sprintf("%s -> %s %s", by, to, text)
	case len(it.by) > 0:
		text = by + " " + text
	}
	if it.saved {
		text += " (saved first)"
	}
	for k, r := range it.remarks {
		text += []string{" - ", "; "}[min(k, 1)]
		if len(r.to) < len(it.to) {
			text += "to " + list(r.to) + " "
		}
		text += r.text
	}
	if it.n > 1 {
		text += fmt.Sprintf(" (%d times)", it.n)
	}
	return text
}

// crowd names servers, and does not list all of a large cluster.
func crowd(servers []int, n int) string {
	switch {
	case n > 3 && len(servers) == n:
		return "all servers"
	case n > 3 && len(servers) == n-1:
		return "all others"
	}
	return names(servers, n)
}

// fate is what became of heartbeats.
func (b *beats) fate() string {
	lost, why := b.sent-b.answered-b.pending, ""
	if len(b.lost) > 0 {
		why = " (" + strings.Join(b.lost, ", ") + ")"
	}
	switch {
	case b.sent == b.answered && b.sent == 1:
		return "answered"
	case b.sent == b.answered:
		return "all answered"
	case lost == b.sent:
		return []string{"lost", "all lost"}[min(lost-1, 1)] + why
	}
	parts := []string{fmt.Sprintf("%d answered", b.answered)}
	if lost > 0 {
		parts = append(parts, fmt.Sprintf("%d lost", lost)+why)
	}
	if b.pending > 0 {
		parts = append(parts, fmt.Sprintf("%d still under way", b.pending))
	}
	return strings.Join(parts, ", ")
}
