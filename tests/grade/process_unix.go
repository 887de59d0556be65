//go:build unix

package grade

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// killGroup kills every process of the group. That there is none left is no
// error.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// drain reads what is in the pipe without waiting for more. A stranger who
// keeps writing is given drainTime.
func drain(r *os.File, buf []byte, sink func([]byte)) {
	if err := r.SetReadDeadline(time.Time{}); err != nil {
		return
	}
	conn, err := r.SyscallConn()
	if err != nil {
		return
	}
	for end := time.Now().Add(drainTime); time.Now().Before(end); {
		n := 0
		_ = conn.Read(func(fd uintptr) bool {
			n, err = syscall.Read(int(fd), buf)
			return true // do not wait
		})
		if err == syscall.EINTR {
			continue
		}
		if n <= 0 {
			return
		}
		sink(buf[:n])
	}
}

// peakMemory is the largest resident memory that the kernel recorded for the
// process, in bytes.
func peakMemory(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int64(usage.Maxrss) * maxrssUnit
}

// LockFolder keeps other processes that ask for it out of a folder until
// release. The lock goes with the process, however that ends.
func LockFolder(path string) (release func(), err error) {
	folder, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("locking the folder: %w", err)
	}
	err = syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errors.New("another run writes its results into that folder: wait for it, or name another one")
	}
	if err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return func() { _ = folder.Close() }, nil // nothing was written to it
}
