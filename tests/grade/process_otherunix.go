//go:build unix && !linux

package grade

import (
	"os"
	"os/exec"
	"syscall"
)

// maxrssUnit is the unit of getrusage's ru_maxrss on macOS, in bytes.
const maxrssUnit = 1

func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// residentMemory is not known here: GOMEMLIMIT alone has to do.
func residentMemory(int) int64 { return 0 }

// limitBuild cannot set the limits of another process here.
func limitBuild(int) {}

// isTerminal takes every device for a terminal but the one that is known to
// be none.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull
}
