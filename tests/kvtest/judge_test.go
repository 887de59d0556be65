package kvtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/tests/trace"
)

func TestNotesStandAtTheStampsOfTheirMoments(t *testing.T) {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	history := []Operation{
		{Client: 0, Call: 1, Return: 2, Began: ms(10), Ended: ms(20)},
		{Client: 1, Call: 3, Return: Pending, Began: ms(30)},
	}
	got := notes([]trace.Event{
		{At: ms(5), Kind: "leader", From: 1, To: trace.None, Term: 3},
		{At: ms(20), Kind: "crash", From: 1, To: trace.None},
		{At: ms(25), Kind: "sent", From: 0, To: 1},
		{At: ms(26), Kind: "cut", From: 3, To: 0},
		{At: ms(27), Kind: "cut", From: 3, To: 2},
		{At: ms(40), Kind: "partition", From: trace.None, To: trace.None, Note: "[[0 1] [2]]"},
	}, 3, history)
	assert.Equal(t, []Note{
		{Row: "S1", Text: "leads term 3", Details: "0.005 s", From: 0},
		{Row: "S1", Text: "crash", Details: "0.020 s", From: 2},
		{Row: "C0", Text: "cut to S0; cut to S2", Details: "0.026 s", From: 2},
		{Row: "network", Text: "partition [[0 1] [2]]", Details: "0.040 s", From: 3},
	}, got)
}

func TestOperationsUnderWay(t *testing.T) {
	assert.Equal(t, []call{{client: 1, text: "b", at: 2}, {client: 0, text: "c", at: 4}}, underWay([]trace.Event{
		{At: 1, Kind: "call", From: 3, Note: "a"},
		{At: 2, Kind: "call", From: 4, Note: "b"},
		{At: 3, Kind: "return", From: 3, Note: "a"},
		{At: 4, Kind: "call", From: 3, Note: "c"},
	}, 3))
}
