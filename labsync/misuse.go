package labsync

import (
	"fmt"
	"path"
	"runtime"
	"strings"
)

// misuse panics, in the words of a sentence, for the method that calls it.
// Unlike sync's own fatal error it can be recovered, so that the other cases
// of a run go on.
func misuse(method, kind, why, counterpart string) {
	var pcs [4]uintptr
	n := runtime.Callers(3, pcs[:]) // skipped: Callers, misuse, the method
	pc := pcs[0]
	for _, pc = range pcs[:n] {
		// On the way from the student there may be Cond.Wait and RLocker.
		f := runtime.FuncForPC(pc - 1).Name()
		if !strings.HasPrefix(f, "sync.") && !strings.Contains(f, "labsync.(*rlocker)") {
			break
		}
	}
	panic(fmt.Sprintf("labsync: %s of a %s at %s, but %s. Every %s needs a %s of its own before it: "+
		"look for a path that unlocks twice, such as an explicit %s beside a deferred one.",
		method, kind, place(pc), why, method, counterpart, method))
}

// place is a return address for a reader: raft.go:88 (raft.(*Raft).Start).
func place(pc uintptr) string {
	if pc == 0 {
		return "an unknown place"
	}
	f, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	return fmt.Sprintf("%s:%d (%s)", path.Base(f.File), f.Line, path.Base(f.Function))
}
