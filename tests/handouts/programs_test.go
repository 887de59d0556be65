package handouts

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// The programs of the handouts have tests of their own, which the framework's test
// command does not name.
func TestTheProgramsOfTheHandoutsPass(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "test", "./handouts/...")
	cmd.Dir = *treeFlag
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "ok  \traftlabs/handouts/naive")
}
