package labsync

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestTheGoroutinesOfAnAbandonedBubbleStopAtTheirNextLock(t *testing.T) {
	t.Cleanup(func() { abandoned.Store(nil) })
	assert.PanicsWithError(t, "deadlock: main bubble goroutine has exited but blocked goroutines remain", func() {
		synctest.Test(t, func(t *testing.T) {
			var mu Mutex
			turns := 0
			go func() {
				for {
					mu.Lock()
					turns++
					mu.Unlock()
					time.Sleep(time.Millisecond)
				}
			}()
			time.Sleep(10*time.Millisecond + 1)
			mu.Lock()
			before := turns
			mu.Unlock()
			assert.Equal(t, 11, before)

			raceDisable()
			mine := currentBubble()
			raceEnable()
			Abandon(mine)
			time.Sleep(time.Second)
			assert.True(t, mu.TryLock(), "the loop holds no lock where it was stopped")
			assert.Equal(t, before, turns)
		})
	})
}

func TestOtherBubblesGoOn(t *testing.T) {
	t.Cleanup(func() { abandoned.Store(nil) })
	Abandon(1 << 62)
	synctest.Test(t, func(t *testing.T) {
		var mu Mutex
		mu.Lock()
		defer mu.Unlock()
	})
	var outside Mutex
	outside.Lock()
	defer outside.Unlock()
}
