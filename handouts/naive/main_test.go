package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The whole story is what handouts/00-start.md quotes, time after time.
func TestStory(t *testing.T) {
	golden, err := os.ReadFile("testdata/story.txt")
	require.NoError(t, err)
	for range 3 {
		var out bytes.Buffer
		require.True(t, run(&out))
		require.Equal(t, string(golden), out.String())
	}
}

// A scene alone is told as it is among the others.
func TestOneScene(t *testing.T) {
	golden, err := os.ReadFile("testdata/story.txt")
	require.NoError(t, err)
	told := strings.SplitAfter(string(golden), "\n\n")
	require.Len(t, told, len(scenes))
	for i, scene := range scenes {
		t.Run(scene.name, func(t *testing.T) {
			var out bytes.Buffer
			require.True(t, run(&out, scene.name))
			assert.Equal(t, strings.TrimRight(told[i], "\n"), strings.TrimRight(out.String(), "\n"))
		})
	}
}

func TestNoSuchScene(t *testing.T) {
	var out bytes.Buffer
	assert.False(t, run(&out, "happy"))
	assert.Empty(t, out.String())
}
