package labgob_test

import (
	"bytes"
	"fmt"

	"raftlabs/labgob"
)

// What a server saves it reads back value by value, in the same order, each
// into a fresh variable.
func Example() {
	type LogEntry struct {
		Term    int
		Command any
	}

	var buf bytes.Buffer
	e := labgob.NewEncoder(&buf)
	e.Encode(7)                               // currentTerm
	e.Encode([]LogEntry{{6, "x=1"}, {7, 42}}) // log

	d := labgob.NewDecoder(bytes.NewReader(buf.Bytes()))
	var term int
	var log []LogEntry
	if d.Decode(&term) != nil || d.Decode(&log) != nil {
		fmt.Println("nothing saved")
	}
	fmt.Println(term, log)
	// Output: 7 [{6 x=1} {7 42}]
}

// A sink takes the problems that are found.
func ExampleSetSink() {
	type Vote struct {
		Term    int
		granted bool
	}
	restore := labgob.SetSink(func(p labgob.Problem) {
		fmt.Printf("%v: %s of %s\n", p.Kind, p.Field, p.Type)
	})
	defer restore()

	var buf bytes.Buffer
	labgob.NewEncoder(&buf).Encode(Vote{Term: 3, granted: true})
	vote := Vote{Term: 2}
	labgob.NewDecoder(&buf).Decode(&vote)
	fmt.Println(vote)
	// Output:
	// lower-case field: granted of labgob_test.Vote
	// decoding into old values: Term of labgob_test.Vote
	// {3 false}
}

// A type that travels behind an interface is registered where the server
// starts.
func ExampleRegister() {
	type Put struct{ Key, Value string }
	labgob.Register(Put{})

	var buf bytes.Buffer
	var command any = Put{"x", "1"}
	labgob.NewEncoder(&buf).Encode(&command)

	var got any
	labgob.NewDecoder(&buf).Decode(&got)
	fmt.Printf("%+v\n", got.(Put))
	// Output: {Key:x Value:1}
}
