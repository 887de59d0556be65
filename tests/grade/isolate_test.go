package grade

import (
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dialFrom is the variable that has this test binary dial an address and exit
// with status 0 if somebody answers.
const dialFrom = "RAFTLABS_GRADE_DIAL"

func init() {
	if address := os.Getenv(dialFrom); address != "" {
		_, err := net.DialTimeout("tcp", address, time.Second)
		if err != nil {
			os.Exit(3)
		}
		os.Exit(0)
	}
}

// A server on this machine answers a process as it is, and not one that is
// cut off. Where the machine does not allow that, the report says so.
func TestAProcessHasNoNetwork(t *testing.T) {
	if network().apply == nil {
		assert.Regexp(t, `^not cut off: .+`, network().String())
		return
	}
	assert.Equal(t, "cut off", network().String())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	dial := func(i isolation) error {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), dialFrom+"="+l.Addr().String())
		ownGroup(cmd)
		i.cutOff(cmd)
		return cmd.Run()
	}
	assert.NoError(t, dial(isolation{}))
	assert.EqualError(t, dial(network()), "exit status 3")
}
