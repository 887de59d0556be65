package kvraft

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestASnapshotIsTheMachine(t *testing.T) {
	full := newMachine()
	full.apply(Op{Kind: Put, Key: "k", Value: "v", Clerk: 1, Seq: 1})
	full.apply(Op{Kind: Put, Key: "empty", Clerk: -2, Seq: 7})
	for _, m := range []machine{newMachine(), full} {
		restored, lastApplied := decode(encode(m, 12))
		assert.Equal(t, m, restored)
		assert.Equal(t, 12, lastApplied)
		restored.apply(Op{Kind: Append, Key: "k", Value: "w", Clerk: 3, Seq: 1}) // its maps are there
	}
}

func TestASnapshotSharesNothingWithTheMachine(t *testing.T) {
	m := newMachine()
	m.apply(Op{Kind: Put, Key: "k", Value: "v", Clerk: 1, Seq: 1})
	data := encode(m, 1)
	m.apply(Op{Kind: Put, Key: "k", Value: "w", Clerk: 1, Seq: 2})
	restored, _ := decode(data)
	assert.Equal(t, "v", restored.values["k"])
	assert.Equal(t, sessions{1: 1}, restored.sessions)
}

func TestWhatIsNoSnapshotIsNotTakenForOne(t *testing.T) {
	data := encode(newMachine(), 1)
	assert.PanicsWithError(t, "kvraft: cannot decode 3 bytes as a snapshot: unexpected EOF", func() { decode(data[:3]) })
}
