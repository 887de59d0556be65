package kvraft

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func op(clerk int64, seq int) Op { return Op{Kind: Put, Key: "k", Clerk: clerk, Seq: seq} }

// answers are what some handlers were told so far; "-" for nothing yet.
func answers(handlers ...*waiter) (told []string) {
	for _, w := range handlers {
		select {
		case reply := <-w.answer:
			if reply.Done {
				told = append(told, "done "+reply.Value)
			} else {
				told = append(told, "away")
			}
		default:
			told = append(told, "-")
		}
	}
	return told
}

func TestAHandlerIsToldWhenItsOwnEntryIsApplied(t *testing.T) {
	ws := newWaiters()
	a, b := ws.add(5, 2, op(1, 1)), ws.add(6, 2, op(2, 1))
	ws.applied(4, op(3, 1), "other")
	assert.Equal(t, []string{"-", "-"}, answers(a, b))
	ws.applied(5, op(1, 1), "v")
	assert.Equal(t, []string{"done v", "-"}, answers(a, b))
	ws.applied(6, op(2, 1), "w")
	assert.Equal(t, []string{"done w"}, answers(b))
	assert.Empty(t, ws.at)
}

func TestAnotherEntryAtTheIndexSendsAllAway(t *testing.T) {
	for name, command := range map[string]any{
		"another clerk's":       op(7, 1),
		"the clerk's, an older": op(1, 3),
		"a no-op":               nil,
	} {
		t.Run(name, func(t *testing.T) {
			ws := newWaiters()
			a, b := ws.add(5, 2, op(1, 4)), ws.add(6, 2, op(2, 1))
			ws.applied(5, command, "wrong")
			assert.Equal(t, []string{"away", "away"}, answers(a, b))
			assert.Empty(t, ws.at)
		})
	}
}

func TestANewTermSendsThoseOfTheOldAway(t *testing.T) {
	ws := newWaiters()
	old := ws.add(5, 2, op(1, 1))
	present := ws.add(5, 4, op(2, 1))
	assert.Equal(t, []string{"away", "-"}, answers(old, present))
	ws.applied(5, op(2, 1), "")
	assert.Equal(t, []string{"done "}, answers(present))
}

func TestASnapshotTellsTheWritesThatItContains(t *testing.T) {
	ws := newWaiters()
	in, out := ws.add(5, 2, op(1, 1)), ws.add(6, 2, op(2, 1))
	get := ws.add(7, 2, Op{Kind: Get, Key: "k", Clerk: 1, Seq: 1})
	m := newMachine()
	m.apply(op(1, 1))
	ws.installed(&m)
	assert.Equal(t, []string{"done ", "away", "away"}, answers(in, out, get))
	assert.Empty(t, ws.at)
}
