package kvraft

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAWriteTakesEffectOnce(t *testing.T) {
	m := newMachine()
	step := func(op Op, want string) {
		t.Helper()
		m.apply(op)
		assert.Equal(t, want, m.values["k"])
	}
	appendOp := func(clerk int64, seq int, value string) Op {
		return Op{Kind: Append, Key: "k", Value: value, Clerk: clerk, Seq: seq}
	}
	step(appendOp(1, 1, "a"), "a")
	step(appendOp(1, 1, "a"), "a")   // repeated
	step(appendOp(2, 1, "b"), "ab")  // another clerk's first
	step(appendOp(1, 5, "c"), "abc") // Gets have numbers, too
	step(appendOp(1, 3, "d"), "abc") // late: its clerk has gone on
	step(appendOp(2, 2, "e"), "abce")
	step(Op{Kind: Put, Key: "k", Value: "f", Clerk: 1, Seq: 5}, "abce")
	step(Op{Kind: Put, Key: "k", Value: "f", Clerk: 1, Seq: 6}, "f")
}

func TestAGetIsExecutedAsOftenAsItIsAsked(t *testing.T) {
	m := newMachine()
	get := Op{Kind: Get, Key: "k", Clerk: 1, Seq: 1}
	assert.Equal(t, "", m.apply(get))
	m.apply(Op{Kind: Put, Key: "k", Value: "v", Clerk: 2, Seq: 1})
	assert.False(t, m.executed(get))
	assert.Equal(t, "v", m.apply(get))
	m.apply(Op{Kind: Put, Key: "k", Value: "w", Clerk: 1, Seq: 2})
	assert.False(t, m.executed(get))
	assert.Equal(t, "w", m.apply(get))
}

func TestSessionsAreAsManyAsClerksThatWrite(t *testing.T) {
	m := newMachine()
	for seq := range 100 {
		for clerk := range int64(3) {
			m.apply(Op{Kind: Append, Key: "k", Value: "v", Clerk: clerk, Seq: seq + 1})
			m.apply(Op{Kind: Get, Key: "k", Clerk: clerk + 10, Seq: seq + 1})
		}
	}
	assert.Equal(t, sessions{0: 100, 1: 100, 2: 100}, m.sessions)
}

// The machine against one that remembers every write by itself.
func TestTheMachineIsASimpleOneUnderRepetitions(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	m, values := newMachine(), map[string]string{}
	seqs, last := map[int64]int{}, map[int64]Op{}
	for range 10_000 {
		clerk := random.Int64N(4)
		if op, ok := last[clerk]; ok && random.IntN(2) == 0 {
			m.apply(op) // again, some time later
			continue
		}
		seqs[clerk]++
		op := Op{
			Kind: Kind(random.IntN(3)), Key: strconv.Itoa(random.IntN(3)), Value: strconv.Itoa(random.IntN(10)),
			Clerk: clerk, Seq: seqs[clerk],
		}
		last[clerk] = op
		value := m.apply(op)
		switch op.Kind {
		case Get:
			assert.Equal(t, values[op.Key], value)
		case Put:
			values[op.Key] = op.Value
		case Append:
			values[op.Key] += op.Value
		}
	}
	assert.Equal(t, values, m.values)
}
