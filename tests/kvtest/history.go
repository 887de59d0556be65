package kvtest

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"raftlabs/kvraft/kvapi"
)

// Kind says what an operation does.
type Kind uint8

const (
	Get Kind = iota
	Put
	Append
)

func (k Kind) String() string { return [...]string{"Get", "Put", "Append"}[k] }

// Pending is the Return of an operation that has not returned.
const Pending = 1<<63 - 1

// Operation is what one client did.
type Operation struct {
	Client int
	Kind   Kind
	Key    string
	Value  string // what a Put or an Append writes, what a Get returned

	Call, Return int64         // stamps, Return is Pending where there is none
	Began, Ended time.Duration // virtual time, for those who read
}

// shown is how much of a value is shown.
const shown = 40

// brief is a value as it is shown. What matters of one that is long is mostly
// its end.
func brief(value string) string {
	if len(value) <= shown {
		return strconv.Quote(value)
	}
	return fmt.Sprintf("%q (the last %d bytes of %d)", "..."+value[len(value)-shown:], shown, len(value))
}

// String is the operation as a student would write it.
func (op Operation) String() string {
	if op.Kind == Get {
		return fmt.Sprintf("Get(%q)", op.Key)
	}
	return fmt.Sprintf("%v(%q, %s)", op.Kind, op.Key, brief(op.Value))
}

// returned says when it did, of one that has returned before something else.
func (op Operation) returned() string {
	return "which had returned at " + seconds(op.Ended) + " already"
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

// Stamp returns the next stamp, and the time. It is called by many goroutines at
// once, and is not to order them for the race detector where they run a
// student's code.
type Stamp func() (stamp int64, now time.Duration)

// Counter returns the stamps of one atomic counter. It orders those who call it.
func Counter(now func() time.Duration) Stamp {
	var count atomic.Int64
	return func() (int64, time.Duration) { return count.Add(1), now() }
}

// Recorder is a clerk that writes down what it does. It is used by one goroutine
// at a time, as every clerk.
type Recorder struct {
	clerk      kvapi.Clerk
	client     int
	stamp      Stamp
	operations []Operation
}

var _ kvapi.Clerk = (*Recorder)(nil)

// Record makes a Recorder of a client's clerk.
func Record(client int, clerk kvapi.Clerk, stamp Stamp) *Recorder {
	return &Recorder{clerk: clerk, client: client, stamp: stamp}
}

// Operations are those so far. The last one may be pending, where its clerk did
// not return.
func (r *Recorder) Operations() []Operation { return r.operations }

// Get returns the key's value.
func (r *Recorder) Get(key string) (value string) {
	r.record(Operation{Kind: Get, Key: key}, func() { value = r.clerk.Get(key) }, &value)
	return value
}

// Put sets the key's value.
func (r *Recorder) Put(key, value string) {
	r.record(Operation{Kind: Put, Key: key, Value: value}, func() { r.clerk.Put(key, value) }, &value)
}

// Append adds to the end of the key's value.
func (r *Recorder) Append(key, value string) {
	r.record(Operation{Kind: Append, Key: key, Value: value}, func() { r.clerk.Append(key, value) }, &value)
}

// record writes an operation down before it is called, so that one which never
// returns is there, too. value is what it wrote or found, once it has returned.
func (r *Recorder) record(op Operation, call func(), value *string) {
	op.Client, op.Return = r.client, Pending
	op.Call, op.Began = r.stamp()
	r.operations = append(r.operations, op)
	call()
	last := &r.operations[len(r.operations)-1]
	last.Value = *value
	last.Return, last.Ended = r.stamp()
}
