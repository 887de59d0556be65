//go:build !unix

package grade

import (
	"os"
	"os/exec"
)

// A process cannot inherit more than three files here, so run fails when it
// starts one, and says so.

func ownGroup(*exec.Cmd) {}

func killGroup(int) {}

func drain(*os.File, []byte, func([]byte)) {}

func peakMemory(*os.ProcessState) int64 { return 0 }

func residentMemory(int) int64 { return 0 }

func limitBuild(int) {}

func isTerminal(*os.File) bool { return false }

// LockFolder keeps nobody out here.
func LockFolder(string) (release func(), err error) { return func() {}, nil }
