package grade

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatIsKnownOfACaseSurvivesAnyEnd(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cases.jsonl")
	l, err := openCaseLog(name)
	require.NoError(t, err)
	a := CaseReport{Name: "A", Seeds: 3, Passed: 3, Points: 1, Max: 1}
	b := CaseReport{Name: "B", Seeds: 3, Passed: 1, Failed: 2, Failure: &Failure{Seed: 2, Text: "two leaders", Detail: []string{}}}
	require.NoError(t, l.keep("election", a))
	require.NoError(t, l.keep("election", b))
	require.NoError(t, l.close())

	// Killed while it wrote the second line: the first one counts.
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(name, text[:len(text)-5], 0o644))
	l, err = openCaseLog(name)
	require.NoError(t, err)
	got, ok := l.find("election", "A")
	assert.True(t, ok)
	assert.Equal(t, a, got)
	_, ok = l.find("election", "B")
	assert.False(t, ok)
	_, ok = l.find("replication", "A")
	assert.False(t, ok)

	// It goes on behind it.
	require.NoError(t, l.keep("election", b))
	require.NoError(t, l.close())
	again, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, string(text), string(again))
	l, err = openCaseLog(name)
	require.NoError(t, err)
	got, _ = l.find("election", "B")
	assert.Equal(t, b, got)
	require.NoError(t, l.close())

	_, err = openCaseLog(t.TempDir())
	assert.Error(t, err)
	var none *caseLog
	assert.NoError(t, none.keep("election", a))
	_, ok = none.find("election", "A")
	assert.False(t, ok)
}
