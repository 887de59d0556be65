package kvtest

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/kvraft/kvapi"
)

// table is a clerk of a map. before is called before each operation.
type table struct {
	values map[string]string
	before func()
}

func (c table) Get(key string) string    { c.before(); return c.values[key] }
func (c table) Put(key, value string)    { c.before(); c.values[key] = value }
func (c table) Append(key, value string) { c.before(); c.values[key] += value }

func TestARecorderIsAClerkThatWritesDown(t *testing.T) {
	now := time.Duration(0)
	clerk := table{values: map[string]string{}, before: func() { now += time.Millisecond }}
	var r kvapi.Clerk = Record(3, clerk, Counter(func() time.Duration { return now }))
	r.Put("k", "a")
	r.Append("k", "b")
	assert.Equal(t, "ab", r.Get("k"))
	const ms = time.Millisecond
	assert.Equal(t, []Operation{
		{Client: 3, Kind: Put, Key: "k", Value: "a", Call: 1, Return: 2, Began: 0, Ended: ms},
		{Client: 3, Kind: Append, Key: "k", Value: "b", Call: 3, Return: 4, Began: ms, Ended: 2 * ms},
		{Client: 3, Kind: Get, Key: "k", Value: "ab", Call: 5, Return: 6, Began: 2 * ms, Ended: 3 * ms},
	}, r.(*Recorder).Operations())
}

func TestAnOperationThatDoesNotReturnIsPending(t *testing.T) {
	clerk := table{values: map[string]string{}, before: runtime.Goexit}
	r := Record(0, clerk, Counter(func() time.Duration { return time.Second }))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.Put("k", "a")
	}()
	<-ended
	assert.Equal(t, []Operation{
		{Kind: Put, Key: "k", Value: "a", Call: 1, Return: Pending, Began: time.Second},
	}, r.Operations())
}

func TestAnOperationReadsLikeACall(t *testing.T) {
	assert.Equal(t, `Get("k")`, Operation{Kind: Get, Key: "k", Value: "v"}.String())
	assert.Equal(t, `Put("k", "v")`, Operation{Kind: Put, Key: "k", Value: "v"}.String())
	long := Operation{Kind: Append, Key: "k", Value: "0123456789012345678901234567890123456789the end"}
	assert.Equal(t, `Append("k", "...789012345678901234567890123456789the end" (the last 40 bytes of 47))`, long.String())
}
