package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Scenario is a run's faults.
type Scenario struct {
	Case   string   // "Replication/CutSwarm", "" for any
	Seed   uint64   // 0: those that the case runs with
	Chance uint64   // see the package's manual
	Words  []string // what it shows, for the reader
	Stalls bool
	Faults []Fault
}

// Kind is a kind of fault, by the word that begins its line.
type Kind string

const (
	Drop  Kind = "drop" // of a message
	Late  Kind = "late"
	Twice Kind = "twice"

	Cut       Kind = "cut"
	Isolate   Kind = "isolate"
	Partition Kind = "partition"
	Pause     Kind = "pause"
	Hold      Kind = "hold" // of a service that reads applyCh
	Crash     Kind = "crash"
	Restart   Kind = "restart"
	Trap      Kind = "trap" // a crash at a save
	PowerCut  Kind = "power-cut"

	Submit    Kind = "submit" // of a client
	Operation Kind = "operation"
)

// Kinds are all kinds, those of messages first.
var Kinds = []Kind{Drop, Late, Twice, Cut, Isolate, Partition, Pause, Hold, Crash, Restart, Trap, PowerCut, Submit, Operation}

// OfMessage tells whether a fault of the kind is one message's.
func (k Kind) OfMessage() bool { return k == Drop || k == Late || k == Twice }

// OfClient tells whether it is something that a client does.
func (k Kind) OfClient() bool { return k == Submit || k == Operation }

// Message names one message.
type Message struct {
	From, To string // the caller, "S1" or "S1/2", and the callee
	Num      uint64 // of the call, counted from 1
	Reply    bool   // it is the reply to the call
}

// Fault is one thing that happens in a run.
type Fault struct {
	Kind    Kind
	Message Message       // of a message
	Method  string        // likewise, "AppendEntries": for the reader
	By      time.Duration // of a message that is late, or comes twice
	Whom    string        // of all others: "S1", "S1 -> S2", "[0 1] [2]", "17 S0"
	N       int           // the how many-th of its kind and Whom, counted from 1; 0 where there is only one

	At, Until time.Duration // for the reader; an Until of 0 says that nothing ended it
}

// Key is what a fault is known by in another run.
func (f Fault) Key() Fault {
	if f.Kind.OfMessage() {
		return Fault{Kind: f.Kind, Message: f.Message}
	}
	return Fault{Kind: f.Kind, Whom: f.Whom, N: f.N}
}

// String is the fault's line, without the time.
func (f Fault) String() string {
	var words []string
	add := func(word string) {
		if word != "" {
			words = append(words, word)
		}
	}
	add(string(f.Kind))
	if !f.Kind.OfMessage() {
		add(f.Whom)
		if f.N > 0 {
			add(fmt.Sprintf("#%d", f.N))
		}
		return strings.Join(words, " ")
	}
	if f.Kind != Drop {
		add(f.By.String())
	}
	if f.Message.Reply {
		add("reply")
	}
	add(f.Message.From + " -> " + f.Message.To)
	add(f.Method)
	add(fmt.Sprintf("#%d", f.Message.Num))
	return strings.Join(words, " ")
}

// when is what stands behind //.
func (f Fault) when() string {
	switch {
	case f.Until > 0:
		return fmt.Sprintf("from %s to %s", seconds(f.At), seconds(f.Until))
	case f.lasts():
		return fmt.Sprintf("from %s on", seconds(f.At))
	}
	return "at " + seconds(f.At)
}

// lasts tells whether a fault goes on until something ends it.
func (f Fault) lasts() bool {
	return !f.Kind.OfMessage() && !f.Kind.OfClient() && f.Kind != Trap && f.Kind != Restart
}

// seconds prints a moment to the millisecond, "1.2 s".
func seconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Round(time.Millisecond).Milliseconds())/1000, 'f', -1, 64) + " s"
}

// InWords is what a reader is told of a fault.
func (f Fault) InWords() string {
	what := string(f.Kind) + " " + f.Whom
	switch f.Kind {
	case Drop, Late, Twice:
		m := fmt.Sprintf("%s -> %s %s #%d", f.Message.From, f.Message.To, f.Method, f.Message.Num)
		if f.Message.Reply {
			m = "the reply to " + m
		}
		switch f.Kind {
		case Drop:
			return fmt.Sprintf("drop %s (%s)", m, seconds(f.At))
		case Late:
			return fmt.Sprintf("%s takes %v (%s)", m, f.By, seconds(f.At))
		}
		return fmt.Sprintf("%s arrives again after %v (%s)", m, f.By, seconds(f.At))
	case Crash:
		what = f.Whom + " is down"
	case Hold:
		what = "the service of " + f.Whom + " reads nothing"
	case Trap:
		return fmt.Sprintf("%s crashes at one of its saves after %s", f.Whom, seconds(f.At))
	case PowerCut:
		what = "all servers are down"
	case Submit:
		command, server, _ := strings.Cut(f.Whom, " ")
		what = fmt.Sprintf("Start(%s) of %s", command, server)
	case Operation:
		what = fmt.Sprintf("operation %d of %s", f.N, f.Whom)
	}
	return what + " " + f.when()
}

// InWords is a scenario on a line.
func (s *Scenario) InWords() string {
	var parts []string
	if s.Stalls {
		parts = append(parts, "goroutines stall at locks")
	}
	for _, f := range s.Faults {
		parts = append(parts, f.InWords())
	}
	if parts == nil {
		return "no fault at all"
	}
	return strings.Join(parts, "; ")
}

// String is the file.
func (s *Scenario) String() string {
	var b strings.Builder
	if s.Case != "" {
		fmt.Fprintf(&b, "case %s\n", s.Case)
	}
	if s.Seed != 0 {
		fmt.Fprintf(&b, "seed %d\n", s.Seed)
	}
	if s.Chance != 0 {
		fmt.Fprintf(&b, "chance %d\n", s.Chance)
	}
	for _, line := range s.Words {
		fmt.Fprintf(&b, "// %s\n", strings.ReplaceAll(line, "\n", "\n// "))
	}
	b.WriteByte('\n')
	if s.Stalls {
		b.WriteString("stalls\n")
	}
	width := 0
	for _, f := range s.Faults {
		width = max(width, len(f.String()))
	}
	for _, f := range s.Faults {
		fmt.Fprintf(&b, "%-*s // %s\n", width, f, f.when())
	}
	return b.String()
}

// Sort puts the faults into the order in which they happened.
func (s *Scenario) Sort() {
	slices.SortStableFunc(s.Faults, func(a, b Fault) int { return cmp.Compare(a.At, b.At) })
}
