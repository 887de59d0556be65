package labrpc_test

import (
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/labrpc"
)

// rate asserts that k of n is p, within five standard deviations.
func rate(t *testing.T, p float64, k, n int, what string) {
	t.Helper()
	assert.InDelta(t, p*float64(n), float64(k), 5*math.Sqrt(float64(n)*p*(1-p))+1, what)
}

func TestFaultsHappenAsOftenAsTheyAreAskedFor(t *testing.T) {
	const n = 5000
	opts := labrpc.Options{Seed: 1, Faults: labrpc.Faults{
		Latency: 2 * ms, Spread: 10 * ms, Loss: 0.1, Duplicate: 0.2, Reorder: 0.3, ReorderBy: time.Second,
	}}
	inBubble(t, 2, opts, func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		for i := range n {
			time.Sleep(time.Microsecond)
			wg.Add(1)
			go func() { defer wg.Done(); w.echo(0, 1, i) }()
		}
		wg.Wait()
		time.Sleep(5 * time.Second)
		var sent, duplicated, lostRequests, lostReplies, replied, late, delivered int
		leftAt := map[uint64]time.Duration{}
		w.net.Do(func() {
			for _, e := range w.events {
				switch {
				case e.Kind == labrpc.Sent:
					sent++
					leftAt[e.Num] = e.At
				case e.Kind == labrpc.Duplicated:
					duplicated++
				case e.Kind == labrpc.Dropped && e.Reply:
					lostReplies++
				case e.Kind == labrpc.Dropped:
					lostRequests++
				case e.Kind == labrpc.Replied:
					replied++
				case e.Kind == labrpc.Delivered:
					delivered++
					if e.At-leftAt[e.Num] > 13*ms {
						late++
					}
				}
			}
		})
		require.Equal(t, n, sent)
		rate(t, 0.1, lostRequests, n, "lost requests")
		rate(t, 0.1, lostReplies, replied, "lost replies")
		rate(t, 0.2, duplicated, n-lostRequests, "duplicates")
		assert.Equal(t, n-lostRequests+duplicated, delivered)
		assert.Len(t, w.echoes[1].calls(), delivered)
		rate(t, 0.3, late-duplicated, n-lostRequests, "held up (most of the duplicates are late, too)")
		order := w.echoes[1].calls()
		assert.False(t, slices.IsSorted(order), "messages overtake each other")
	})
}

func fates(t *testing.T, seed uint64, extra bool) map[uint64]time.Duration {
	arrived := map[uint64]time.Duration{}
	opts := labrpc.Options{Seed: seed, Faults: labrpc.Faults{Spread: 50 * ms, Loss: 0.3}}
	inBubble(t, 3, opts, func(t *testing.T, w *world) {
		for i := range 100 {
			if extra && i == 50 {
				w.echo(0, 2, i) // one more message, on another link
			}
			left := w.net.Now()
			if _, ok := w.echo(0, 1, i); ok {
				arrived[uint64(i)] = w.net.Now() - left
			}
		}
	})
	return arrived
}

func TestASeedGivesEachMessageOfEachLinkItsFate(t *testing.T) {
	assert.Equal(t, fates(t, 1, false), fates(t, 1, false))
	assert.NotEqual(t, fates(t, 1, false), fates(t, 2, false))
	assert.Equal(t, fates(t, 1, false), fates(t, 1, true), "a message on another link changes nothing")
}

func TestEveryEventHasAnInstantOfItsOwn(t *testing.T) {
	inBubble(t, 5, labrpc.Options{Seed: 3}, func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		for from := range 5 {
			for to := range 5 {
				for i := range 4 {
					wg.Add(1)
					go func() { defer wg.Done(); w.echo(from, to, i) }()
				}
			}
		}
		wg.Wait()
		at := map[time.Duration]int{}
		w.net.Do(func() {
			for _, e := range w.events {
				if e.Kind == labrpc.Delivered || e.Kind == labrpc.Returned {
					at[e.At]++
				}
			}
		})
		shared := 0
		for _, k := range at {
			shared += k - 1
		}
		assert.LessOrEqual(t, shared, 1, "200 arrivals in a window of 131,072 ns")
	})
}

func TestAScriptedFateReplacesTheSeed(t *testing.T) {
	var asked []labrpc.Message
	opts := labrpc.Options{Fates: labrpc.FatesFunc(func(m labrpc.Message) labrpc.Fate {
		asked = append(asked, m)
		return labrpc.Fate{Latency: time.Second, Drop: m.Num == 2 && m.Reply}
	})}
	inBubble(t, 2, opts, func(t *testing.T, w *world) {
		start := time.Now()
		_, ok := w.echo(0, 1, 1)
		assert.True(t, ok)
		assert.Equal(t, 2*time.Second, time.Since(start))
		_, ok = w.echo(0, 1, 2)
		assert.False(t, ok)
		w.net.Do(func() {}) // the network's writes before the test's reads
		require.Len(t, asked, 4)
		bytes := asked[0].Bytes
		assert.Equal(t, labrpc.Message{From: 0, To: 1, Incarnation: 1, Num: 1, Method: "Echo.Echo", Bytes: bytes}, asked[0])
		assert.Equal(t, labrpc.Message{From: 0, To: 1, Incarnation: 1, Num: 1, Reply: true, Method: "Echo.Echo", Bytes: bytes}, asked[1])
		assert.EqualValues(t, 2, asked[3].Num)
	})
}

func TestASlowLinkIsSlowInOneDirection(t *testing.T) {
	inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
		w.net.SetLinkFaults(0, 1, labrpc.Faults{Latency: 2 * time.Second})
		start := time.Now()
		w.echo(0, 1, 1)
		within(t, 2*time.Second+5*ms, time.Since(start), 2)
		start = time.Now()
		w.echo(1, 0, 1)
		within(t, 2*time.Second+5*ms, time.Since(start), 2)
		w.net.SetFaults(labrpc.Faults{Latency: ms})
		start = time.Now()
		w.echo(0, 1, 1)
		within(t, 2*ms, time.Since(start), 2)
	})
}

// What chance gives a message is told as the faults gave it, and can be taken
// away or given back.
func TestRedrawTakesAwayWhatChanceGave(t *testing.T) {
	faults := labrpc.Faults{Latency: 1500 * time.Microsecond, Spread: 10 * ms, Loss: 0.2, Reorder: 0.2, ReorderBy: time.Second}
	opts := labrpc.Options{Seed: 3, Faults: faults}
	inBubble(t, 2, opts, func(t *testing.T, w *world) {
		taken, lost := 0, 0
		w.net.Redraw(func(m labrpc.Message, on labrpc.Faults, drawn labrpc.Fate) labrpc.Fate {
			assert.Equal(t, faults, on)
			given, jitter := on.Split(drawn.Latency)
			assert.Equal(t, drawn.Latency, given+jitter)
			assert.Zero(t, (given-faults.Latency)%ms)
			assert.Less(t, jitter, ms)
			usual := on.Usual(drawn)
			assert.Equal(t, labrpc.Fate{Latency: faults.Latency + jitter}, usual)
			if drawn.Drop || drawn.Latency != usual.Latency {
				taken++
			}
			if m.Num == 7 && !m.Reply {
				usual.Drop = true
				lost++
			}
			return usual
		})
		for i := range 50 {
			start := w.net.Now()
			_, ok := w.echo(0, 1, i)
			assert.Equal(t, i != 6, ok, i)
			if ok {
				assert.InDelta(t, 2*faults.Latency, w.net.Now()-start, float64(ms))
			}
		}
		w.net.Do(func() {
			assert.Equal(t, 1, lost)
			assert.Greater(t, taken, 50)
		})
		w.net.Redraw(nil)
		failed := 0
		for i := range 50 {
			if _, ok := w.echo(0, 1, i); !ok {
				failed++
			}
		}
		assert.Greater(t, failed, 5, "the faults are as they were")
	})
}
