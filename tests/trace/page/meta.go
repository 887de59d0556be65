package page

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Meta is what a page says of its run beside the events.
type Meta struct {
	Stage   string // "election"
	Case    string // "FaultSwarm"
	Doc     string // what the case does, one line
	Seed    uint64
	Servers int           // how many the case has; more are shown if events name them
	Virtual time.Duration // how long the run took on its own clock

	Failure *Failure // nil where the run passed

	Again   string // the command that runs it again
	Package string // under test, "raftlabs/raft"
	Go      string // the version, "go1.26.8"
	Hash    string // of the trace

	Forgotten int     // events before the first one that were not kept
	Counts    []Count // of the case's summary, in the order in which they are shown
	Index     string  // the relative address of the stage's page; "" for none
}

// Failure is why a run failed.
type Failure struct {
	Text     string        // the verdict, one sentence
	Rule     string        // that is broken, with its place in the paper
	At       time.Duration // virtual time
	Expected []string      // what should have been seen, a line each
	Seen     []string      // what was seen
	Detail   []string      // more lines, shown as they are
	History  string        // the relative address of a page of its own about it; "" for none
}

// Count is a number of a case's summary.
type Count struct {
	Name string
	N    int
}

// Title names the run: "election/FaultSwarm, seed 7".
func (m Meta) Title() string { return fmt.Sprintf("%s/%s, seed %d", m.Stage, m.Case, m.Seed) }

// Facts are the numbers below the title.
func (m Meta) Facts() []string {
	facts := []string{fmt.Sprintf("seed %d", m.Seed)}
	if m.Servers > 0 {
		facts = append(facts, plural(m.Servers, "server"))
	}
	if m.Virtual > 0 {
		facts = append(facts, seconds(m.Virtual)+" of virtual time")
	}
	for _, text := range []string{m.Package, m.Go} {
		if text != "" {
			facts = append(facts, text)
		}
	}
	if m.Hash != "" {
		facts = append(facts, "trace "+m.Hash)
	}
	return facts
}

// When is the instant of the failure.
func (f Failure) When() string { return seconds(f.At) }

// seconds prints a virtual instant: "4.207 s".
func seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// relative is an address if it is one below the page's own folder or beside
// it, and "" if it leads elsewhere.
func relative(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.IsAbs() || u.Host != "" || strings.HasPrefix(u.Path, "/") || strings.ContainsAny(link, "\\\n\r\t") {
		return ""
	}
	return link
}
