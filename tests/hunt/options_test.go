package hunt

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestThePackageComesBeforeTheFlagsOrBehindThem(t *testing.T) {
	for _, args := range [][]string{
		{"./raft", "-run", "Election", "-seeds", "3"},
		{"-run", "Election", "-seeds", "3", "./raft"},
	} {
		o, err := parseHunt(args)
		require.NoError(t, err)
		assert.Equal(t, "./raft", o.Target)
		assert.Equal(t, "Election", o.Run)
		assert.Equal(t, 3, o.Seeds)
		assert.Equal(t, limits{Time: 5 * time.Minute, Memory: 1 << 30}, o.limits)
	}
}

func TestWrongArgumentsAreNamed(t *testing.T) {
	for _, c := range []struct {
		command func([]string) error
		args    []string
		want    string
	}{
		{hunting, nil, "name the package"},
		{hunting, []string{"./raft", "./kvraft"}, `"./kvraft" is one argument too many`},
		{hunting, []string{"./raft", "-seeds", "0"}, "-seeds 0"},
		{hunting, []string{"./raft", "-seed", "0"}, "seeds begin with 1"},
		{hunting, []string{"./raft", "-jobs", "0"}, "-jobs 0"},
		{hunting, []string{"./raft", "-memory", "1"}, "-memory 1: from 64"},
		{hunting, []string{"./raft", "-time", "0s"}, "-time 0s"},
		{hunting, []string{"./raft", "-nonsense"}, "-nonsense"},
		{replaying, []string{"./raft", "-run", "Election/ReElection"}, "-seed S is missing"},
		{replaying, []string{"./raft", "-seed", "1", "-times", "0"}, "-times 0"},
		{replaying, []string{"./raft", "-seed", "1", "-until", "-1s"}, "-until -1s"},
	} {
		err := c.command(c.args)
		assert.ErrorContains(t, err, c.want)
		assert.ErrorAs(t, err, &usageError{})
	}
}

func hunting(args []string) error { _, err := parseHunt(args); return err }

func replaying(args []string) error { _, err := parseReplay(args); return err }

func TestTheCommandsSayHowTheyAreUsed(t *testing.T) {
	for _, command := range []func([]string, *bytes.Buffer, *bytes.Buffer) int{
		func(args []string, out, err *bytes.Buffer) int { return Hunt(t.Context(), args, out, err) },
		func(args []string, out, err *bytes.Buffer) int { return Replay(t.Context(), args, out, err) },
	} {
		var out, err bytes.Buffer
		assert.Equal(t, ExitPass, command([]string{"--help"}, &out, &err))
		assert.Contains(t, out.String(), "usage: go run ./tests/cmd/")
		assert.Empty(t, err.String())

		out.Reset()
		assert.Equal(t, ExitUsage, command([]string{"./nowhere", "-seed", "1", "-run", "Election/ReElection"}, &out, &err))
		assert.Contains(t, err.String(), `"./nowhere" has no stages`)
	}
}
