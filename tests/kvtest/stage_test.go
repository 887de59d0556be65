package kvtest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/lab"
)

func TestTheStageIsWellFormedAndWorthItsPoints(t *testing.T) {
	require.NoError(t, KV.Check())
	assert.Equal(t, 30.0, KV.Points())
	assert.True(t, KV.Durable)
	for _, c := range KV.Cases {
		assert.NotEmpty(t, c.Rule, "%s cites no section", c.Name)
		assert.Zero(t, c.Points*2-float64(int(c.Points*2)), "%s: points come in halves", c.Name)
		assert.NotEqual(t, lab.Rule, c.Kind, "%s: no peer can be played without knowing a service's messages", c.Name)
	}
}
