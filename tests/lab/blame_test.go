package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The line under test is the one with HERE; held is the mutexes that are
// locked there.
var heldTable = []struct {
	name, body string
	held       []string
}{
	{"locked and not unlocked", "rf.mu.Lock()\nsleep() // HERE", []string{"mu"}},
	{"unlocked before", "rf.mu.Lock()\nrf.mu.Unlock()\nsleep() // HERE", nil},
	{"deferred unlock", "rf.mu.Lock()\ndefer rf.mu.Unlock()\nsleep() // HERE", []string{"mu"}},
	{"unlocked in a branch that left", "rf.mu.Lock()\nif x {\nrf.mu.Unlock()\nreturn\n}\nsleep() // HERE", []string{"mu"}},
	{"unlocked in the branch we are in", "rf.mu.Lock()\nif x {\nrf.mu.Unlock()\nsleep() // HERE\nreturn\n}\nrf.mu.Unlock()", nil},
	{"locked in a loop", "for {\nrf.mu.Lock()\nsleep() // HERE\nrf.mu.Unlock()\n}", []string{"mu"}},
	{"left by continue", "for {\nrf.mu.Lock()\nif x {\nrf.mu.Unlock()\ncontinue\n}\nsleep() // HERE\n}", []string{"mu"}},
	{"left in a case", "rf.mu.Lock()\nswitch x {\ncase 1:\nrf.mu.Unlock()\nreturn\n}\nsleep() // HERE", []string{"mu"}},
	{"another function's lock", "go func() {\nrf.mu.Lock()\n}()\nsleep() // HERE", nil},
	{"inside a literal", "rf.mu.Lock()\ngo func() {\nsleep() // HERE\n}()", nil},
	{"locked in the literal we are in", "go func() {\nrf.mu.Lock()\nsleep() // HERE\n}()", []string{"mu"}},
	{"two mutexes", "rf.mu.Lock()\nrf.logMu.RLock()\nrf.mu.Unlock()\nsleep() // HERE", []string{"logMu"}},
	{"the lock on the line itself", "rf.mu.Lock() // HERE", nil},
	{"a Lock with arguments", "rf.file.Lock(1)\nsleep() // HERE", nil},
}

func TestHeldLocksAreReadFromTheSource(t *testing.T) {
	for _, c := range heldTable {
		t.Run(c.name, func(t *testing.T) {
			file, line := writeSource(t, c.body)
			var names []string
			for name := range (sources{}).heldAt(frame{File: file, Line: line}) {
				names = append(names, name)
			}
			assert.Equal(t, c.held, names)
		})
	}
}

func writeSource(t *testing.T, body string) (file string, line int) {
	t.Helper()
	text := "package raft\n\nfunc (rf *Raft) f() {\n" + body + "\n}\n"
	for i, l := range strings.Split(text, "\n") {
		if strings.Contains(l, "HERE") {
			line = i + 1
		}
	}
	require.NotZero(t, line)
	file = filepath.Join(t.TempDir(), "raft.go")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	return file, line
}

func TestTheMutexOfALine(t *testing.T) {
	file, line := writeSource(t, "sleep()\nrf.peers[i].mu.Lock() // HERE")
	assert.Equal(t, "mu", sources{}.lockedAt(frame{File: file, Line: line}))
	assert.Empty(t, sources{}.lockedAt(frame{File: file, Line: line - 1}))
}

func TestAHolderWhoseSourceIsMissingIsUnknown(t *testing.T) {
	gone := frame{"raftlabs/raft.(*Raft).f", "/nowhere/raft.go", 3}
	waiter := goroutine{ID: 1, State: "sync.Mutex.Lock", Frames: []frame{gone}}
	sleeper := goroutine{ID: 2, State: "sleep", Durable: true, Frames: []frame{gone}}
	f := frozen([]goroutine{waiter, sleeper}, []goroutine{waiter}, "")
	assert.Equal(t, Frozen, f.Kind)
	assert.Contains(t, f.Text, "who holds it is unknown")
	assert.Contains(t, f.Text, "import raftlabs/labsync instead of sync (handouts/01-election.md)")
}

// Of several goroutines that hold something, the one in the same server with
// a mutex of the same name is named.
func TestTheLikeliestHolderIsNamed(t *testing.T) {
	file, line := writeSource(t, "rf.mu.Lock()\nsleep() // HERE")
	other, otherLine := writeSource(t, "rf.logMu.Lock()\nsleep() // HERE")
	at := func(id int64, state, server, file string, line int) goroutine {
		return goroutine{ID: id, State: state, Durable: state == "sleep", Labels: map[string]string{"server": server},
			Frames: []frame{{"raftlabs/raft.(*Raft).f", file, line}}}
	}
	waiter := at(1, "sync.Mutex.Lock", "S1", file, line-1)
	in := []goroutine{
		at(2, "sleep", "S1", other, otherLine),
		at(3, "sleep", "S2", file, line),
		at(4, "sleep", "S1", file, line),
		waiter,
	}
	h, ok := findHolder(in, waiter)
	require.True(t, ok)
	assert.Equal(t, int64(4), h.g.ID)
	assert.Equal(t, line-1, h.locked.Line)
	assert.Equal(t, line, h.now.Line)
}
