package page

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"raftlabs/tests/trace/infer"
)

// document is what the page's scripts read. Columns take a fraction of the
// place of objects, and less still when they are compressed; times are
// differences to the line before, texts are numbers in Texts, 0 for none. A
// column that is zero throughout is left out.
type document struct {
	Servers   int      `json:"servers"`
	Clients   int      `json:"clients"`   // nodes after the servers
	Violation int      `json:"violation"` // its event; none
	Blamed    []int    `json:"blamed"`    // the servers that the verdict names
	Forgotten int      `json:"forgotten"` // events that the ring did not keep
	Texts     []string `json:"texts"`
	Events    columns  `json:"events"`
	Messages  columns  `json:"messages"`
	Roles     columns  `json:"roles"`
	Commits   columns  `json:"commits"`
	Spans     columns  `json:"spans"`
	Cuts      columns  `json:"cuts"`
	Calls     columns  `json:"calls"` // the operations of clients
}

// columns is a table by the names of its columns. "rows" is always there.
type columns map[string][]int64

// newDocument works out all that the page shows of a run.
func newDocument(meta Meta, events []Event) *document {
	d := &document{Forgotten: meta.Forgotten, Blamed: []int{}}
	events, d.Violation = prepare(meta, events)
	nodes := infer.Lanes(meta.Servers, events)
	d.Servers, d.Clients = nodes.Servers, nodes.Clients
	all := infer.Messages(events)
	seen := infer.Observe(d.Servers, events, all)
	if d.Violation != none {
		d.Blamed = infer.Blamed(events[d.Violation], nodes)
	}
	t := newTexts()
	d.Events = packEvents(events, t)
	d.Texts = t.list
	d.Messages = packMessages(all)
	d.Roles = table(len(seen.Roles), []string{"event", "server", "role", "term"}, func(i int) []int {
		c := seen.Roles[i]
		return []int{c.Event, c.Server, int(c.Role), c.Term}
	})
	d.Commits = table(len(seen.Commits), []string{"event", "server", "index"}, func(i int) []int {
		c := seen.Commits[i]
		return []int{c.Event, c.Server, c.Index}
	})
	d.Spans = table(len(seen.Spans), []string{"kind", "server", "begin", "end"}, func(i int) []int {
		s := seen.Spans[i]
		return []int{int(s.Kind), s.Server, s.Begin, s.End}
	})
	d.Cuts = table(len(seen.Cuts), []string{"event", "server", "to", "from"}, func(i int) []int {
		r := seen.Cuts[i]
		return []int{r.Event, r.Server, r.To, r.From}
	})
	d.Calls = packOperations(infer.Operations(events))
	return d
}

// prepare copies the events in the order of time, fills in what older traces
// say in words only, and sees to it that a failure has an event of its own.
func prepare(meta Meta, events []Event) (_ []Event, violation int) {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	for i := range events {
		if e := &events[i]; e.Index == 0 {
			e.Index = infer.Index(e.Kind, e.Note)
		}
	}
	violation = slices.IndexFunc(events, func(e Event) bool { return e.Kind == "violation" })
	f := meta.Failure
	if f == nil {
		return events, violation
	}
	if violation != none {
		e := &events[violation]
		e.Note, e.Rule = cmp.Or(e.Note, f.Text), cmp.Or(e.Rule, f.Rule)
		return events, violation
	}
	violation, _ = slices.BinarySearchFunc(events, f.At, func(e Event, at time.Duration) int {
		return cmp.Or(cmp.Compare(e.At, at), -1) // after all events of that instant
	})
	for violation > 0 && events[violation-1].Kind == "crash" && events[violation-1].At == f.At {
		violation-- // a case that has failed ends with its servers' crash, at once
	}
	return slices.Insert(events, violation, Event{
		At: f.At, Kind: "violation", From: none, To: none, Note: f.Text, Rule: f.Rule,
	}), violation
}

// texts numbers the different texts of a run. Number 0 is "".
type texts struct {
	list    []string
	numbers map[string]int
}

func newTexts() *texts { return &texts{list: []string{""}, numbers: map[string]int{"": 0}} }

func (t *texts) number(s string) int {
	n, ok := t.numbers[s]
	if !ok {
		n = len(t.list)
		t.list = append(t.list, s)
		t.numbers[s] = n
	}
	return n
}

// The flags of an event.
const (
	eventReply  = 1
	eventSecond = 2
)

func packEvents(events []Event, t *texts) columns {
	names := []string{
		"at", "kind", "from", "to", "num", "method", "bytes", "term", "note",
		"inc", "flags", "index", "topic", "rule", "fields",
	}
	var last int64
	c := table(len(events), names, func(i int) []int {
		e := events[i]
		flags := 0
		if e.Reply {
			flags |= eventReply
		}
		if e.Second {
			flags |= eventSecond
		}
		delta := int64(e.At) - last
		last = int64(e.At)
		return []int{
			int(delta), t.number(e.Kind), e.From, e.To, int(e.Num), t.number(e.Method), e.Bytes, e.Term, t.number(e.Note),
			e.Inc, flags, e.Index, t.number(e.Topic), t.number(e.Rule), t.number(e.Fields),
		}
	})
	return c
}

// packMessages makes the columns of messages. The numbers of events and
// messages in them are differences, which are small.
func packMessages(all []infer.Message) columns {
	last := 0
	return table(len(all), []string{"begin", "end", "of", "flags"}, func(i int) []int {
		m := all[i]
		first := m.Begin
		if first == none {
			first = m.End
		}
		row := []int{first - last, 0, 0, m.Flags}
		last = first
		switch {
		case m.Begin == none:
			row[1] = -1 // it has an end only
		case m.End != none:
			row[1] = m.End - m.Begin
		}
		if m.Of != none {
			row[2] = m.Of - i
		}
		return row
	})
}

// packOperations makes the columns of what clients asked. The events are numbers
// as they are, none where there is none.
func packOperations(all []infer.Operation) columns {
	return table(len(all), []string{"client", "call", "return"}, func(i int) []int {
		o := all[i]
		return []int{o.Client, o.Call, o.Return}
	})
}

// table makes columns of rows.
func table(rows int, names []string, row func(i int) []int) columns {
	c := columns{"rows": {int64(rows)}}
	all := make([][]int64, len(names))
	used := make([]bool, len(names))
	for k := range all {
		all[k] = make([]int64, rows)
	}
	for i := range rows {
		for k, v := range row(i) {
			all[k][i] = int64(v)
			used[k] = used[k] || v != 0
		}
	}
	for k, name := range names {
		if used[k] {
			c[name] = all[k]
		}
	}
	return c
}

// plainLimit is the size up to which a document stays readable JSON.
const plainLimit = 64 << 10

// compression is gzip's level: a third of the default's time, for 2 % more bytes.
const compression = 5

// encode makes the text of the page's data block, and names its encoding:
// "json", or "gzip" for JSON that is compressed and in base64. Neither can
// contain a tag: encoding/json writes < as \u003c.
func (d *document) encode() (text, encoding string, err error) {
	plain, err := json.Marshal(d)
	if err != nil {
		return "", "", fmt.Errorf("encoding the run: %w", err)
	}
	if len(plain) <= plainLimit {
		return string(plain), "json", nil
	}
	var packed bytes.Buffer
	zip, err := gzip.NewWriterLevel(&packed, compression)
	if err == nil {
		_, err = zip.Write(plain)
	}
	if err == nil {
		err = zip.Close()
	}
	if err != nil {
		return "", "", fmt.Errorf("compressing the run: %w", err)
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes()), "gzip", nil
}
