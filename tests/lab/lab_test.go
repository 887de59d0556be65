//go:debug randseednop=0

package lab

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// playing is a run of the framework's own tests.
func playing(t *testing.T, name string, body func(*T)) plan {
	return plan{
		stage: "gallery", title: "Gallery", test: t.Name(), handout: "handouts/01-election.md",
		name: name, seed: 3, body: body,
	}
}

// play runs a body as a case and says how it ended, whatever that is.
func play(t *testing.T, name string, body func(*T)) Result {
	t.Helper()
	return playing(t, name, body).run(t)
}

func calm(c *T) {
	f := makeFake()
	c.Cleanup(func() { c.Enter(0, "Kill", f.Kill) })
	c.Sleep(time.Second)
	c.Enter(0, "GetState", func() { f.GetState() })
}

func TestACaseEndsInVirtualTime(t *testing.T) {
	var before, after time.Duration
	start := time.Now()
	r := play(t, "Sleeper", func(c *T) {
		before = c.Now()
		c.Sleep(30 * time.Second)
		after = c.Now()
	})
	assert.Nil(t, r.Failure)
	assert.Zero(t, before)
	assert.Equal(t, 30*time.Second, after)
	assert.Less(t, time.Since(start), 20*time.Second)
}

func TestAWellBehavedStudentPasses(t *testing.T) {
	r := play(t, "Calm", calm)
	if r.Failure != nil {
		t.Error(r.Failure.Text, r.Failure.Detail)
	}
}
