package labgob

import (
	"fmt"
	"os"
	"sync/atomic"
)

// A ProblemKind says which rule a Problem breaks.
type ProblemKind int

const (
	// LowerCase: a field that gob leaves out, because its name does not
	// begin with a capital letter.
	LowerCase ProblemKind = iota + 1
	// NotZero: decoding into a variable that holds old values, of which gob
	// would leave some behind.
	NotZero
	// Unregistered: a concrete type behind an interface that gob has not been
	// told of.
	Unregistered
	// Unsendable: a value that gob has no encoding for, such as a channel, a
	// nil pointer or a struct without a capitalised field.
	Unsendable
	// WrongType: the value in the data and the variable do not fit together.
	WrongType
	// BadData: the bytes end too early, or Encode did not write them.
	BadData
	// Misuse: a call that cannot work, such as Decode into a non-pointer.
	Misuse
	// Failed: any other error. An io.Writer failed, or a GobEncode method.
	Failed
)

var kindNames = [...]string{
	LowerCase:    "lower-case field",
	NotZero:      "decoding into old values",
	Unregistered: "unregistered type",
	Unsendable:   "value that gob cannot send",
	WrongType:    "wrong type",
	BadData:      "bad data",
	Misuse:       "misuse",
	Failed:       "failure",
}

func (k ProblemKind) String() string {
	if k < LowerCase || k > Failed {
		return fmt.Sprintf("ProblemKind(%d)", int(k))
	}
	return kindNames[k]
}

// A Problem is one finding. Type and Field are empty where there is none to
// name.
type Problem struct {
	Kind  ProblemKind
	Type  string // as Go prints it, with the package's name: raft.LogEntry
	Field string // the field of Type, or the path to it: Entries[2].Term
	Text  string // sentences for the author of the code: what, where, what to do
}

// A sink is a function that takes problems, and what it has been told already.
type sink struct {
	take func(Problem) // nil: standard error
	told once
}

var (
	unset   sink                 // in force while no sink is set
	current atomic.Pointer[sink] // nil: unset
)

// SetSink makes f the receiver of all problems, until restore puts back the
// one before. With a nil f, as without any call, problems are printed on
// standard error, each text once.
//
// f is called in the goroutine whose Encode, Decode or Register found the
// problem, from several at once if several find one, and with no lock of this
// package held: it may end its goroutine with runtime.Goexit. A new sink
// starts with a clean memory: lower-case fields that an earlier sink was told
// of are told again.
//
// The calls of f are not ordered by anything here. What f touches it must
// guard itself.
func SetSink(f func(Problem)) (restore func()) {
	before := current.Swap(&sink{take: f})
	return func() { current.Store(before) }
}

// Report hands p to the sink.
func Report(p Problem) {
	s := activeSink()
	if take := s.taker(); take != nil {
		take(p)
		return
	}
	if s.told.first(p.Text) {
		fmt.Fprintln(os.Stderr, p.Text)
	}
}

// activeSink is read by goroutines that may have no ordering with the one
// that set the sink, as far as the race detector is told: see once.
//
//go:norace
func activeSink() *sink {
	raceDisable()
	s := current.Load()
	raceEnable()
	if s == nil {
		return &unset
	}
	return s
}

//go:norace
func (s *sink) taker() func(Problem) { return s.take }
