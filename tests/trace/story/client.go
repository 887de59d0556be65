package story

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"raftlabs/tests/trace"
	"raftlabs/tests/trace/infer"
	"raftlabs/tests/wire"
)

// operation is what an item tells of a client's operations: the last of them.
type operation struct {
	number        int // in the list of all; none
	asked, result string
	took          time.Duration // -1 where its call was forgotten
	returned      bool
}

// operates makes an item of a call or a return.
func (t *teller) operates(i int, e *trace.Event) {
	it := item{kind: operated, first: e.At, by: []int{e.From}}
	it.op = operation{number: t.operation[i], took: -1, asked: printable(e.Note)}
	op := t.operations[it.op.number]
	if op.Call != none {
		it.op.asked = printable(t.events[op.Call].Note)
	}
	if e.Kind == "return" {
		it.op.returned = true
		if op.Call != none {
			it.op.took = e.At - t.at(op.Call)
			it.op.result = ending(printable(infer.Result(t.events[op.Call].Note, e.Note)))
		}
	}
	t.items = append(t.items, it.alone())
}

// byOperation lists for each event the operation that it began or ended.
func byOperation(events int, all []infer.Operation) []int {
	by := make([]int, events)
	for k, op := range all {
		for _, i := range []int{op.Call, op.Return} {
			if i != none {
				by[i] = k
			}
		}
	}
	return by
}

// joinReturn makes one item of a call and its return.
func (a *item) joinReturn(b *item) bool {
	if a.kind != operated || b.kind != operated || a.op.returned || a.op.number != b.op.number {
		return false
	}
	a.op, a.last = b.op, b.last
	return true
}

// words is the operations of a client as a sentence.
func (o *operation) words(client string, n int) string {
	switch {
	case !o.returned:
		return fmt.Sprintf("%s's %s called", client, o.asked)
	case n > 1:
		return fmt.Sprintf("%d operations of %s returned, the last %s%s", n, client, o.asked, after(" = ", o.result))
	case o.took < 0:
		return fmt.Sprintf("%s's %s returned", client, o.asked)
	}
	return fmt.Sprintf("%s's %s returned%s after %s", client, o.asked, after(" ", o.result), seconds(o.took))
}

// shownResult is how much of a result is shown.
const shownResult = 32

// ending is a text, or the end of a long one: that is where values differ.
func ending(text string) string {
	runes := []rune(text)
	if len(runes) <= shownResult {
		return text
	}
	return "..." + string(runes[len(runes)-shownResult:])
}

// after puts something before a text that is there.
func after(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}

// ofClient tells whether a message is the service's, between a client and a
// server.
func (r *run) ofClient(e *trace.Event) bool { return max(e.From, e.To) >= r.n }

// asks makes an item of a client's request, whose answer belongs to it.
func (t *teller) asks(m int, e *trace.Event) {
	t.items = append(t.items, item{
		kind: asked, first: e.At, by: []int{e.From}, to: []int{e.To}, text: wire.Short(e.Method), beats: t.beat(m, e),
	}.alone())
}

// service words a client's requests.
func (it *item) service(by, to string) string {
	switch b := &it.beats; {
	case it.n > 1:
		return fmt.Sprintf("%s -> %s: %d times %s, %s", by, to, it.n, it.text, b.fate())
	case b.pending > 0:
		return fmt.Sprintf("%s -> %s %s, no answer yet", by, to, it.text)
	case b.answered > 0:
		return fmt.Sprintf("%s -> %s %s, answered after %s", by, to, it.text, seconds(b.took))
	default:
		return fmt.Sprintf("%s -> %s %s, %s", by, to, it.text, b.fate())
	}
}

// waits tells of the operations that have not returned for long, the oldest
// first: whom their clients asked since, and what became of it. One is told in
// any case, others in at most so many lines.
func (h *history) waits(servers []int, most int) (lines []string) {
	clients := slices.DeleteFunc(slices.Clone(servers), func(s int) bool { return s < h.n })
	told, left := 0, 0
	for _, op := range h.operations {
		if op.Return != none || h.end()-h.at(op.Call) <= idleFor || len(clients) > 0 && !slices.Contains(clients, op.Client) {
			continue
		}
		if more := h.wait(op); left == 0 && (told == 0 || len(lines)+len(more) < most) {
			lines = append(lines, more...)
			told++
		} else {
			left++
		}
	}
	if left > 0 {
		lines = append(lines, plural(left, "more operation")+" called later and not returned.")
	}
	return lines
}

// wait tells of one operation.
func (h *history) wait(op infer.Operation) []string {
	name, since := h.name(op.Client), h.at(op.Call)
	lines := []string{clip(fmt.Sprintf("%s's %s, called at %s, has not returned for %s.",
		name, printable(h.events[op.Call].Note), seconds(since), seconds(h.end()-since)))}
	for _, g := range together(h.everyServer(), func(s int) string { return h.heard(op, s) }) {
		lines = append(lines, wrap(fmt.Sprintf("%s asked %s %s", name, both(g.servers), g.text))...)
	}
	return lines
}

// everyServer lists the servers.
func (r *run) everyServer() (all []int) {
	for s := range r.n {
		all = append(all, s)
	}
	return all
}

// heard is what became of what a client asked a server for an operation.
func (h *history) heard(op infer.Operation, server int) string {
	var b beats
	var last, least time.Duration
	for m := range h.all {
		e := h.sent(m)
		if e == nil || e.Kind != "sent" || h.all[m].Begin < op.Call || e.From != op.Client || e.To != server {
			continue
		}
		one := (&teller{run: h.run}).beat(m, e)
		if one.answered > 0 && (b.answered == 0 || one.took < least) {
			least = one.took
		}
		b.took, last = max(b.took, one.took), e.At
		b.add(one)
	}
	if b.sent == 0 {
		return "nothing since"
	}
	after := " after " + seconds(least)
	if least, most := seconds(least), seconds(b.took); least != most {
		after += " to " + most
	}
	fate := strings.Replace(b.fate(), "answered", "answered"+after, min(b.answered, 1))
	return fmt.Sprintf("%s, the last at %s: %s", times(b.sent), seconds(last), fate)
}

// times is "once" or "2 times".
func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// clients tells whether a run has any. Then commands and what is applied are the
// service's own, and not to be seen.
func (r *run) clients() bool { return len(r.operations) > 0 }
