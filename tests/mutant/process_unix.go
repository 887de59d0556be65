//go:build unix

package mutant

import (
	"errors"
	"fmt"
	"os"
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

// lockFolder keeps other processes that ask for it out of a folder until
// release. The lock goes with the process, however that ends.
func lockFolder(path string) (release func(), err error) {
	folder, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("locking the folder: %w", err)
	}
	err = syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errors.New("another run writes results in that folder: wait for it, or have --results name a file in another one")
	}
	if err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return func() { _ = folder.Close() }, nil // nothing was written to it
}
