package rafttest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/lab"
	"raftlabs/tests/rafttest"
)

// Who has no stage of reads is told so by each case, in one sentence.
func TestARaftThatIsNoReaderIsToldSoInEachCase(t *testing.T) {
	for _, c := range rafttest.Reads.Cases {
		f := lab.Try(t, 1, func(t *lab.T) { c.Run(t, makeBeginner) }).Failed()
		require.NotNil(t, f, c.Name)
		assert.Equal(t, lab.Skeleton, f.Kind, c.Name)
		assert.Equal(t, "ReadIndex in raft.go is still the skeleton: open handouts/07-reads.md, and fill it in", f.Text, c.Name)
	}
}
