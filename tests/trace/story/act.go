package story

import (
	"fmt"
	"strconv"
	"strings"

	"raftlabs/tests/trace"
	"raftlabs/tests/trace/infer"
)

func itoa(n int) string { return strconv.Itoa(n) }

// act tells what the case did or asked, and what a server did by itself.
func (t *teller) act(e *trace.Event) {
	index := e.Index
	if index == 0 {
		index = infer.Index(e.Kind, e.Note)
	}
	note := printable(e.Note)
	it := item{first: e.At, by: []int{e.From}}
	switch e.Kind {
	case "save":
		it.kind, it.text = saved, fmt.Sprintf("%d B", e.Bytes)
	case "apply":
		it.kind, it.text, it.lo, it.hi = applied, note, index, index
		if note == "" {
			it.text = "index " + itoa(index)
		}
	case "submit":
		if index == 0 {
			it.kind, it.to = refused, []int{e.From}
			t.items = append(t.items, it.alone())
			return
		}
		command, _, _ := strings.Cut(note, ": index ")
		it.by, it.text = nil, fmt.Sprintf("S%d's Start took %s at index %d in term %d", e.From, command, index, e.Term)
	case "snapshot":
		it.kind, it.text = served, fmt.Sprintf("took a snapshot up to index %d", index)
	case "install":
		it.kind, it.text = served, fmt.Sprintf("installed a snapshot up to index %d", index)
	case "log":
		it.text = "printed: " + note
		if e.Topic != "" {
			it.text = fmt.Sprintf("printed (%s): %s", printable(e.Topic), note)
		}
	default:
		if text := deed(e); text != "" {
			it.text = text
		} else {
			it.by, it.text = nil, t.event(e)
		}
	}
	t.items = append(t.items, it.alone())
}

// alone is an item of one event.
func (it item) alone() item {
	it.n, it.last = 1, it.first
	return it
}

// deed is what the case did to a server, in words that follow its name; "" for
// what is no such thing.
func deed(e *trace.Event) string {
	switch e.Kind {
	case "start":
		return "started, with what was saved"
	case "crash":
		return "crashed"
	case "pause":
		return "paused: messages wait"
	case "resume":
		return "went on after the pause"
	case "isolate":
		return "cut off from all others"
	case "rejoin":
		return "connected again"
	}
	return ""
}

// event is a sentence for all that has more to say.
func (r *run) event(e *trace.Event) string {
	who := r.name(e.From)
	link := fmt.Sprintf("the link %s -> %s", who, r.name(e.To))
	switch e.Kind {
	case "hold":
		return who + "'s service stops reading applyCh"
	case "release":
		return who + "'s service reads applyCh again"
	case "cut":
		return link + " is cut"
	case "join":
		return link + " is whole again"
	case "partition":
		return "the network is split: " + groups(e.Note)
	case "cluster":
		return fmt.Sprintf("a new cluster of %s", plural(e.Index, "server"))
	case "heal":
		return "all cuts are healed"
	case "leader":
		return fmt.Sprintf("%s's GetState says that it leads term %d", who, e.Term)
	case "term":
		return fmt.Sprintf("%s's GetState says term %d", who, e.Term)
	}
	text := strings.TrimSpace(printable(e.Kind + " " + e.Note))
	if f, ok := strings.CutPrefix(text, "faults {"); ok {
		text = "faults from now on: " + faults(strings.TrimSuffix(f, "}"))
	}
	switch {
	case e.From >= 0 && e.To >= 0:
		return link + ": " + text
	case e.From >= 0:
		return who + " " + text
	}
	return text
}

// groups words the groups of a partition: "S0 S1 | S2".
func groups(note string) string {
	var parts []string
	for _, members := range infer.ReadGroups(note) {
		parts = append(parts, list(members))
	}
	return strings.Join(parts, " | ")
}

// faults words "Latency:2ms Loss:0.3252 Duplicate:0": what is not zero, and
// probabilities in percent.
func faults(fields string) string {
	var parts []string
	for field := range strings.FieldsSeq(fields) {
		name, value, _ := strings.Cut(field, ":")
		if p, err := strconv.ParseFloat(value, 64); err == nil {
			value = fmt.Sprintf("%.0f %%", 100*p)
			if p == 0 {
				continue
			}
		}
		if value != "0s" && (name != "ReorderBy" || strings.Contains(fields, "Reorder:0.")) {
			parts = append(parts, name+" "+value)
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
