package page

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/trace/infer"
	"raftlabs/tests/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sketch is a run as the page understands it, in lines.
func sketch(n int, events []Event) string {
	var b strings.Builder
	all := infer.Messages(events)
	seen := infer.Observe(n, events, all)
	at := func(event int) string {
		if event == none {
			return "?"
		}
		return fmt.Sprintf("%.6f", events[event].At.Seconds())
	}
	fmt.Fprintln(&b, "messages")
	for k, m := range all {
		e := events[max(m.Begin, m.End)]
		if m.Begin != none {
			e = events[m.Begin]
		}
		fmt.Fprintf(&b, "%3d  %s .. %s  S%d -> S%d  %s #%d%s", k, at(m.Begin), at(m.End), e.From, e.To, wire.Short(e.Method), e.Num, words(m))
		if m.Of != none {
			fmt.Fprintf(&b, " of %d", m.Of)
		}
		fmt.Fprintln(&b)
	}
	fmt.Fprintln(&b, "roles")
	for _, c := range seen.Roles {
		fmt.Fprintf(&b, "     %s  S%d %s, term %d\n", at(c.Event), c.Server, c.Role, c.Term)
	}
	fmt.Fprintln(&b, "commit indexes")
	for _, c := range seen.Commits {
		fmt.Fprintf(&b, "     %s  S%d %d\n", at(c.Event), c.Server, c.Index)
	}
	for _, s := range seen.Spans {
		fmt.Fprintf(&b, "%s S%d from %s to %s\n", []string{"paused", "held"}[s.Kind], s.Server, at(s.Begin), at(s.End))
	}
	for _, c := range seen.Cuts {
		fmt.Fprintf(&b, "cut  %s  S%d to %05b from %05b\n", at(c.Event), c.Server, c.To, c.From)
	}
	for _, o := range infer.Operations(events) {
		fmt.Fprintf(&b, "operation of C%d from %s to %s\n", o.Client-n, at(o.Call), at(o.Return))
	}
	return b.String()
}

func words(m infer.Message) string {
	var b strings.Builder
	for _, f := range []struct {
		flag int
		word string
	}{{infer.IsReply, " reply"}, {infer.IsSecond, " second"}, {infer.IsLost, " lost"}, {infer.IsIdle, " idle"}, {infer.IsRefusal, " refusal"}} {
		if m.Flags&f.flag != 0 {
			b.WriteString(f.word)
		}
	}
	return b.String()
}

// The golden files are what the page makes of three traces of the reference.
// Regenerate them with -update, and read the difference.
func TestTheModelOfRecordedRuns(t *testing.T) {
	for _, name := range []string{"lostvote", "partition", "clients"} {
		events, _ := prepare(Meta{}, readTrace(t, name+".jsonl"))
		got, file := sketch(infer.Lanes(0, events).Servers, events), "testdata/"+name+".golden"
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(want), got, name)
	}
}

// Traces without the fields that say whether a loss is a reply's, which copy
// arrived and which incarnation called are understood all the same.
func TestAnOlderTraceIsUnderstoodAsWell(t *testing.T) {
	for _, name := range []string{"lostvote.jsonl", "partition.jsonl"} {
		events, _ := prepare(Meta{}, readTrace(t, name))
		want := sketch(5, events)
		for i := range events {
			events[i].Inc, events[i].Reply, events[i].Second = 0, false, false
		}
		assert.Equal(t, want, sketch(5, events), name)
	}
}

// A ring that kept the newest events only begins in the middle of calls.
func TestATraceThatBeginsInTheMiddle(t *testing.T) {
	events, _ := prepare(Meta{}, readTrace(t, "partition.jsonl"))
	for from := 0; from < len(events); from += 7 {
		rest := events[from:]
		all := infer.Messages(rest)
		for _, m := range all {
			assert.True(t, m.Begin != none || m.End != none)
			if m.Of != none {
				assert.Less(t, m.Of, len(all))
			}
		}
		infer.Observe(5, rest, all)
		newDocument(Meta{}, rest)
	}
}
