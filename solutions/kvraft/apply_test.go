package kvraft

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/labsync"
	"raftlabs/raft/raftapi"
)

// applied is a server without a Raft that has a machine up to an index.
func applied(m machine, index int) *KVServer {
	kv := &KVServer{machine: m, waiters: newWaiters(), lastApplied: index}
	kv.toRead = labsync.NewCond(&kv.mu)
	return kv
}

func TestASnapshotOfALeaderReplacesTheMachine(t *testing.T) {
	newer := newMachine()
	newer.apply(op(1, 1))
	kv := applied(newMachine(), 3)
	kv.grown = 100
	waits := kv.waiters.add(5, 1, op(1, 1))
	kv.install(9, encode(newer, 9))
	assert.Equal(t, newer, kv.machine)
	assert.Equal(t, 9, kv.lastApplied)
	assert.Zero(t, kv.grown)
	assert.Equal(t, []string{"done "}, answers(waits))
}

// The one that the machine was restored from may come again.
func TestASnapshotThatIsNotNewIsIgnored(t *testing.T) {
	m := newMachine()
	m.apply(op(1, 1))
	kv := applied(m, 9)
	waits := kv.waiters.add(10, 1, op(1, 2))
	kv.install(9, encode(newMachine(), 9))
	assert.Equal(t, m, kv.machine)
	assert.Equal(t, []string{"-"}, answers(waits))
}

func TestANoOpIsAnEntryWithoutAnEffect(t *testing.T) {
	kv := applied(newMachine(), 9)
	kv.apply(10, nil)
	assert.Equal(t, newMachine(), kv.machine)
	assert.Equal(t, 10, kv.lastApplied)
}

// A Raft that is killed may have something to send still, and ends only when
// that is read.
func TestAKilledServerReadsOnForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kv := &KVServer{applyCh: make(chan raftapi.ApplyMsg), killed: make(chan struct{})}
		go kv.applyLoop()
		close(kv.killed)
		for range 3 {
			time.Sleep(drainTime / 4)
			select {
			case kv.applyCh <- raftapi.ApplyMsg{}:
			case <-time.After(time.Minute):
				t.Fatal("nobody reads")
			}
		}
		time.Sleep(drainTime) // then it ends
	})
}

func TestAChannelThatRaftHasClosedEndsTheReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, killed := range []bool{false, true} {
			kv := &KVServer{applyCh: make(chan raftapi.ApplyMsg), killed: make(chan struct{})}
			if killed {
				close(kv.killed)
			}
			close(kv.applyCh)
			assert.Zero(t, took(kv.applyLoop))
		}
	})
}
