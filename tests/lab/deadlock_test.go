//go:build deadlock

package lab

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// go-deadlock finds the order itself, before anybody waits for ever.
func TestGoDeadlocksFindingIsTheFailure(t *testing.T) {
	r := play(t, "Order", func(c *T) {
		f := &fake{}
		c.Enter(1, "Make", func() { f.lockAB(); f.lockBA() })
	})
	require.NotNil(t, r.Failure)
	assert.Equal(t, Deadlock, r.Failure.Kind)
	assert.Contains(t, r.Failure.Text, "go-deadlock found: Inconsistent locking, at fakes_test.go:")
	assert.NotEmpty(t, r.Failure.Detail)
}
