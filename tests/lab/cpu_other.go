//go:build !unix

package lab

import "time"

// cpuTime is the wall time since the process began: there is no better
// measure here, so budgets of CPU time are budgets of wall time.
func cpuTime() time.Duration { return time.Since(processStart) }

var processStart = time.Now()
