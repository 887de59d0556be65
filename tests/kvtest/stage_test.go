package kvtest

import (
	"os"
	"path/filepath"
	"strings"
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

// A student reads in the handout what will be tested.
func TestEveryCaseStandsInTheHandout(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", KV.Handout))
	require.NoError(t, err)
	for _, c := range KV.Cases {
		row := "| " + c.Name + " | " + c.Doc + " |"
		assert.True(t, strings.Contains(string(text), row), "%s lacks the line\n%s", KV.Handout, row)
	}
	table := string(text)[strings.Index(string(text), "| case | what it does |"):]
	table, _, _ = strings.Cut(table, "\n\n")
	assert.Equal(t, len(KV.Cases)+2, strings.Count(table, "\n")+1, "%s has rows of no case", KV.Handout)
}
