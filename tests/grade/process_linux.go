package grade

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"unsafe"
)

// maxrssUnit is the unit of getrusage's ru_maxrss, in bytes.
const maxrssUnit = 1 << 10

// ownGroup has the process start a group of its own, and end with the
// grader should that be killed.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// residentMemory is what the process occupies, in bytes. It is 0 once the
// process has ended.
func residentMemory(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := bytes.Fields(text)
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// limitBuild sets the limits of a build, which has hardly begun, for all that it starts.
// Where that fails, its time is limited all the same.
func limitBuild(pid int) {
	for resource, most := range map[int]int64{syscall.RLIMIT_AS: buildMemory, syscall.RLIMIT_FSIZE: buildFile} {
		limit := syscall.Rlimit{Cur: uint64(most), Max: uint64(most)}
		_, _, _ = syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(pid), uintptr(resource), uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	}
}

// isTerminal tells whether the file is a terminal.
func isTerminal(f *os.File) bool {
	var size [4]uint16 // struct winsize
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), syscall.TIOCGWINSZ, uintptr(unsafe.Pointer(&size)))
	return errno == 0
}
