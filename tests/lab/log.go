package lab

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"raftlabs/tests/trace"
)

// SetLog gives the lines that servers write with raftapi.Logf a place in the
// run's record: f runs in the goroutine of the server that wrote one.
func (t *T) SetLog(f func(server int, topic, text string)) { t.log.Store(&f) }

// onLog takes a line of a server's.
func (t *T) onLog(server int, topic, text string) {
	if f := t.log.Load(); f != nil && t.mine() {
		(*f)(server, topic, text)
	}
}

// printEvents follows the run for -lab.v.
func (w *watchdog) printEvents() {
	if !*flagVerbose {
		return
	}
	events := w.t.rec.From(w.printed)
	w.printed += len(events)
	for _, e := range events {
		if line := w.lines.Line(e); line != "" {
			fmt.Fprintln(os.Stdout, line)
		}
	}
}

// column is the width of a server's column of log lines.
const column = 24

// Lines prints the events of a run as -lab.v does, one after the other.
type Lines struct {
	Topics  string // of raftapi.Logf's lines these only, a list with commas; "" is all
	servers int    // of the cluster that the run has now
}

// Line is an event on a line: a line of a server's own in that server's column,
// to tell it from what the framework saw. It is "" for a topic that is not
// asked for.
func (l *Lines) Line(e trace.Event) string {
	if e.Kind == "cluster" {
		l.servers = e.Index
	}
	if e.Kind != "log" {
		return strings.TrimRight(e.Among(l.servers), " ")
	}
	if l.Topics != "" && !slices.Contains(strings.Split(l.Topics, ","), e.Topic) {
		return ""
	}
	return fmt.Sprintf("%11.6f s  %-10s %s", e.At.Seconds(), e.Topic, strings.Repeat(" ", column*max(e.From, 0))+
		fmt.Sprintf("S%d %s", e.From, strings.TrimRight(e.Note, "\n")))
}
