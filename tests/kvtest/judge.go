package kvtest

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"time"

	"raftlabs/tests/lab"
	"raftlabs/tests/trace"
)

// checkTime is how long the search for an order may take, of real time. A case
// keeps its histories so small that it takes a hundredth of that.
var checkTime = 20 * time.Second

// judge checks what the clients have done, when the run is over.
func (r *run) judge() *lab.Failure {
	var history []Operation
	for _, c := range r.clients {
		if c != nil {
			history = append(history, c.Operations()...)
		}
	}
	v := Check(history, checkTime)
	switch v.Result {
	case Linearizable:
		return nil
	case Unknown:
		return &lab.Failure{Kind: lab.Harness, Text: "the case makes histories that cannot be checked: " + v.Text}
	}
	events := r.t.Recorder().Events()
	servers := r.Size()
	return &lab.Failure{
		Rule: "linearizability, §8", Text: v.Text, At: v.Get.Ended,
		Page: func(w io.Writer) error { return v.WritePage(w, notes(events, servers, history)) },
	}
}

// notes are the faults and the leaders of a run, beside its operations.
func notes(events []trace.Event, servers int, history []Operation) (all []Note) {
	at := stamps(history)
	for _, e := range events {
		n := Note{Row: "network", Text: strings.TrimSpace(e.Kind + " " + e.Note), From: at(e.At)}
		switch e.Kind {
		case "leader":
			n.Text = lab.Sentence("leads term %d", e.Term)
		case "crash", "start", "pause", "resume", "isolate", "rejoin", "partition", "heal", "cut", "join":
		default:
			continue
		}
		if e.From >= 0 {
			n.Row = node(e.From, servers)
		}
		if e.To >= 0 {
			n.Text += " to " + node(e.To, servers)
		}
		n.Details = seconds(e.At)
		if i := slices.IndexFunc(all, func(o Note) bool { return o.Row == n.Row && o.From == n.From }); i >= 0 {
			all[i].Text += "; " + n.Text // they would hide each other
			continue
		}
		all = append(all, n)
	}
	return all
}

// stamps finds the stamp of an instant: the last one that was given until then.
func stamps(history []Operation) func(time.Duration) int64 {
	type given struct {
		at    time.Duration
		stamp int64
	}
	all := []given{{}}
	for _, op := range history {
		all = append(all, given{op.Began, op.Call})
		if op.Return != Pending {
			all = append(all, given{op.Ended, op.Return})
		}
	}
	slices.SortFunc(all, func(a, b given) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.stamp, b.stamp)) })
	return func(at time.Duration) int64 {
		i, _ := slices.BinarySearchFunc(all, at, func(g given, at time.Duration) int {
			return cmp.Or(cmp.Compare(g.at, at), -1) // behind those of that instant
		})
		return all[i-1].stamp
	}
}

// node is the name of a node: "S1", "C0".
func node(i, servers int) string {
	if i < servers {
		return lab.Sentence("S%d", i)
	}
	return lab.Sentence("C%d", i-servers)
}

// call is an operation under way.
type call struct {
	client int
	text   string
	at     time.Duration
}

// underWay lists the operations that have not returned, the first one first.
// Nodes from first on are the clients.
func underWay(events []trace.Event, first int) (open []call) {
	for _, e := range events {
		switch e.Kind {
		case "call":
			open = append(open, call{e.From - first, e.Note, e.At})
		case "return":
			open = slices.DeleteFunc(open, func(c call) bool { return c.client == e.From-first })
		}
	}
	return open
}
