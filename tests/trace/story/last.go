package story

import (
	"fmt"
	"slices"
	"time"

	"raftlabs/tests/trace"
	"raftlabs/tests/trace/infer"
	"raftlabs/tests/wire"
)

// window is how many events Last reads at most. A hundredth of them is enough
// for a terminal, but for heartbeats that fold to one line.
const window = 20_000

// Legend says how Last and History write entries, for a heading.
const Legend = "(7,3) is index 7 of term 3, +2 are two entries"

// Last tells the last events of the servers involved, or of all where none
// are named: oldest first, in at most so many lines.
func Last(events []trace.Event, servers []int, most int) []string {
	t := teller{run: read(events, window), servers: servers}
	t.late = t.run.usual()*3 + 20*time.Millisecond
	t.asked = map[link]int{}
	for i := range t.run.events {
		if t.concerns(&t.run.events[i]) {
			t.see(i, &t.run.events[i])
		}
	}
	t.lastArrival()
	items := fold(t.items)
	items = items[max(0, len(items)-max(0, most)):]
	lines := make([]string, len(items))
	for k := range items {
		lines[k] = items[k].line(t.run.n)
	}
	return lines
}

// teller makes items of events.
type teller struct {
	*run
	servers []int
	late    time.Duration // what takes longer is worth a word
	items   []item
	asked   map[link]int // the latest request on a link
}

// link is one direction between two servers.
type link struct{ from, to int }

// usual is how long half of the messages take at most.
func (r *run) usual() time.Duration {
	var took []time.Duration
	for _, m := range r.all {
		if m.Begin != none && m.End != none && m.Flags&infer.IsLost == 0 {
			took = append(took, r.at(m.End)-r.at(m.Begin))
		}
	}
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// concerns tells whether an event is about a server that is involved. What is
// about no server is about all.
func (t *teller) concerns(e *trace.Event) bool {
	return len(t.servers) == 0 || e.From < 0 || slices.Contains(t.servers, e.From) || e.To >= 0 && slices.Contains(t.servers, e.To)
}

func (t *teller) see(i int, e *trace.Event) {
	if t.by[i] != none && t.ofClient(e) {
		if e.Kind == "sent" {
			t.asks(t.by[i], e)
		}
		return
	}
	switch e.Kind {
	case "sent":
		t.request(i, e)
	case "replied":
		t.answer(i, e)
	case "delivered", "returned":
		m := t.by[i]
		if begin := t.sent(m); begin != nil && e.At-begin.At > t.late && !t.is(m, infer.IsIdle) {
			t.arrival(i, m)
		}
	case "dropped":
		if t.sent(t.by[i]) == nil {
			what := wire.Short(e.Method)
			if e.Reply {
				what = "answer to " + what
			}
			t.add(item{kind: other, first: e.At, by: []int{e.From}, to: []int{e.To}, text: what + " lost: " + t.fate(t.by[i])})
		}
	case "duplicated", "violation", "term":
		// Told with its request; the verdict; what the messages say already.
	case "call", "return":
		t.operates(i, e)
	default:
		t.act(e)
	}
}

// add notes an item. A save right before a message of the same server belongs
// to the message.
func (t *teller) add(it item) {
	it.n = max(it.n, 1)
	it.last = max(it.last, it.first)
	if len(it.to) > 0 {
		it.saved = t.takeSave(it.by[0], it.first)
	}
	t.items = append(t.items, it)
}

// takeSave removes the save that a server just did.
func (t *teller) takeSave(server int, at time.Duration) bool {
	for k := len(t.items) - 1; k >= 0 && t.items[k].last == at; k-- {
		if it := &t.items[k]; it.kind == saved && it.by[0] == server {
			t.items = slices.Delete(t.items, k, k+1)
			return true
		}
	}
	return false
}

func (t *teller) request(i int, e *trace.Event) {
	m := t.by[i]
	t.asked[link{e.From, e.To}] = i
	if t.is(m, infer.IsIdle) {
		t.add(item{kind: idle, first: e.At, by: []int{e.From}, to: []int{e.To}, beats: t.beat(m, e)})
		return
	}
	it := item{kind: kindOf(e), first: e.At, by: []int{e.From}, to: []int{e.To}, text: request(e) + t.byTest(e), remarks: t.remarks(m)}
	if k := len(t.items) - 1; k >= 0 && t.items[k].withAlso(&it) {
		return
	}
	t.add(it)
}

// withAlso sends a message to one more server, if it is the same one.
func (it *item) withAlso(o *item) bool {
	if it.kind != o.kind || it.first != o.first || !slices.Equal(it.by, o.by) || it.text != o.text || len(it.to) == 0 {
		return false
	}
	it.to = append(it.to, o.to...)
	slices.Sort(it.to)
	for _, r := range o.remarks {
		k := slices.IndexFunc(it.remarks, func(a remark) bool { return a.text == r.text })
		if k < 0 {
			it.remarks = append(it.remarks, r)
			continue
		}
		it.remarks[k].to = append(it.remarks[k].to, r.to...)
		slices.Sort(it.remarks[k].to)
	}
	return true
}

func kindOf(e *trace.Event) kind {
	if e.Method == wire.AppendEntries {
		return appends
	}
	return told
}

// beat is what became of one idle heartbeat.
func (t *teller) beat(m int, e *trace.Event) beats {
	b := beats{term: e.Term, sent: 1}
	reply := t.replyTo(m)
	switch {
	case t.is(m, infer.IsLost):
		b.lost = reasons(t.fate(m))
	case reply == none || t.all[reply].End == none:
		b.pending = 1
	case t.is(reply, infer.IsLost):
		b.lost = reasons(t.fate(reply))
	default:
		b.answered, b.took = 1, t.at(t.all[reply].End)-e.At
	}
	return b
}

// reasons is a fate that is worth telling of a heartbeat.
func reasons(fate string) []string {
	if fate == lostOnTheWay {
		return nil
	}
	return []string{fate}
}

func (t *teller) answer(i int, e *trace.Event) {
	m := t.by[i]
	if t.is(m, infer.IsIdle) {
		t.takeSave(e.From, e.At)
		return
	}
	it := item{kind: kindOf(e), first: e.At, by: []int{e.From}, to: []int{e.To}, text: t.reply(m), remarks: t.remarks(m)}
	if asked, ok := t.asked[link{e.To, e.From}]; ok && t.all[m].Of != none && t.all[t.all[m].Of].Begin != asked {
		if request := t.requestOf(m); request != nil {
			it.text += " (to the one of " + seconds(request.At) + ")"
		}
	}
	t.add(it)
}

// remarks are what a reader must know of a message's way.
func (t *teller) remarks(m int) (all []remark) {
	begin, end := t.sent(m), t.all[m].End
	say := func(text string) { all = append(all, remark{[]int{begin.To}, text}) }
	switch why := t.fate(m); {
	case why == lostOnTheWay:
		say(why)
	case why != "":
		say("lost: " + why)
	case end == none:
		say("still under way")
	case t.at(end)-begin.At > t.late:
		say("arrives late, at " + seconds(t.at(end)))
	}
	if t.doubled(m) {
		say("sent twice by the network")
	}
	return all
}

// doubled tells whether the network made a second copy of a request.
func (t *teller) doubled(m int) bool {
	for k := m + 1; k < len(t.all) && k <= m+2; k++ {
		if t.is(k, infer.IsSecond) && t.all[k].Of == m {
			return true
		}
	}
	return false
}

// arrival is a line for a message that arrived late, or last of all.
func (t *teller) arrival(i, m int) {
	e, begin := &t.events[i], t.sent(m)
	if first := t.requestOf(m); t.is(m, infer.IsSecond) && first != nil {
		begin = first
	}
	what := request(begin)
	if begin.Kind == "replied" {
		what = t.reply(m)
	}
	text := fmt.Sprintf("gets what S%d sent at %s: %s", begin.From, seconds(begin.At), what)
	t.add(item{kind: told, first: e.At, by: []int{e.To}, text: text})
}

// lastArrival tells what arrived at the very end, where nothing came after it.
func (t *teller) lastArrival() {
	for i := len(t.events) - 1; i >= 0; i-- {
		e := &t.events[i]
		if e.Kind == "violation" || !t.concerns(e) {
			continue
		}
		m := t.by[i]
		begin := t.sent(m)
		if t.ofClient(e) {
			return
		}
		if (e.Kind == "delivered" || e.Kind == "returned") && begin != nil && !t.is(m, infer.IsIdle) && e.At-begin.At <= t.late {
			t.arrival(i, m)
		}
		return
	}
}
