package grade

import (
	"os/exec"
	"sync"
)

// isolation is how a case's process is kept away from the machine beyond its
// limits: it gets a network of its own, with nobody on it, where the machine
// allows that.
type isolation struct {
	apply func(*exec.Cmd) // nil: the machine does not allow it
	why   string          // then: why not
}

// network is the isolation that this machine allows, tried out once.
var network = sync.OnceValue(tryNetwork)

// cutOff has the process start without a network, where that is possible.
func (i isolation) cutOff(cmd *exec.Cmd) {
	if i.apply != nil {
		i.apply(cmd)
	}
}

// String says in the report what became of the network.
func (i isolation) String() string {
	if i.apply != nil {
		return "cut off"
	}
	return "not cut off: " + i.why
}
