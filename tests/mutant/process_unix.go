//go:build unix

package mutant

import (
	"os/exec"
	"syscall"
)

// ownGroup has the process start a group of its own, which is killed as a
// whole when its context ends.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { killGroup(cmd.Process.Pid); return nil }
}

// killGroup kills every process of the group. That there is none left is no
// error.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }
