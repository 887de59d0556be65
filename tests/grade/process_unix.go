//go:build unix

package grade

import (
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
