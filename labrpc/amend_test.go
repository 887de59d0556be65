package labrpc_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/labrpc"
)

func TestAFateCanBeAmendedWhereTheSeedStillDecidesTheRest(t *testing.T) {
	inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
		w.net.Amend(func(m labrpc.Message, f labrpc.Fate) labrpc.Fate {
			f.Drop = m.Num == 2
			if m.Reply {
				f.Latency += time.Second
			}
			return f
		})
		start := time.Now()
		_, ok := w.echo(0, 1, 1)
		assert.True(t, ok)
		within(t, time.Second+2*labrpc.DefaultLatency, time.Since(start), 2)
		_, ok = w.echo(0, 1, 2)
		assert.False(t, ok)
		w.net.Amend(nil)
		start = time.Now()
		_, ok = w.echo(0, 1, 3)
		assert.True(t, ok)
		within(t, 2*labrpc.DefaultLatency, time.Since(start), 2)
	})
}

func TestTheSecondCopyOfARequestIsToldApart(t *testing.T) {
	inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
		w.net.Amend(func(m labrpc.Message, f labrpc.Fate) labrpc.Fate {
			f.Duplicate = time.Second
			return f
		})
		_, ok := w.echo(0, 1, 1)
		assert.True(t, ok)
		time.Sleep(2 * time.Second)
		_, ok = w.echo(0, 1, 2)
		assert.True(t, ok)
		w.net.Cut(0, 1)
		time.Sleep(2 * time.Second)
		second := map[labrpc.EventKind]int{}
		w.net.Do(func() {
			for _, e := range w.events {
				if e.Second {
					second[e.Kind]++
				}
			}
		})
		assert.Equal(t, map[labrpc.EventKind]int{labrpc.Duplicated: 2, labrpc.Delivered: 1, labrpc.Dropped: 1}, second)
	})
}
