package kvtest

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestALoadIsBoundedAndItsValuesDiffer(t *testing.T) {
	slept := time.Duration(0)
	clerk := table{values: map[string]string{}, before: func() {}}
	stamp := Counter(func() time.Duration { return 0 })
	load := Load{Operations: 1000, Keys: 3, Puts: 0.1, Gets: 0.5, Pause: 100 * time.Millisecond}

	kinds, keys, values := map[Kind]int{}, map[string]int{}, map[string]bool{}
	for client := range 2 {
		r := Record(client, clerk, stamp)
		load.Run(r, rand.New(rand.NewPCG(1, uint64(client))), func(d time.Duration) { slept += d })
		for _, op := range r.Operations() {
			kinds[op.Kind]++
			keys[op.Key]++
			if op.Kind != Get {
				assert.False(t, values[op.Value], op.Value)
				values[op.Value] = true
			}
		}
	}
	assert.InDelta(t, 1000, kinds[Get], 100)
	assert.InDelta(t, 200, kinds[Put], 50)
	assert.InDelta(t, 800, kinds[Append], 100)
	assert.Equal(t, 2000, keys["k0"]+keys["k1"]+keys["k2"])
	assert.InDelta(t, 667, keys["k0"], 100)
	assert.InDelta(t, 100, slept.Seconds(), 10)
}

func TestALoadWithoutAPauseDoesNotSleep(t *testing.T) {
	r := Record(0, table{values: map[string]string{}, before: func() {}}, Counter(func() time.Duration { return 0 }))
	Load{Operations: 10, Keys: 1}.Run(r, rand.New(rand.NewPCG(1, 1)), nil)
	assert.Len(t, r.Operations(), 10)
}
