package labgob

import (
	"path"
	"reflect"
	"runtime"
	"strconv"
	"strings"
)

// ownPackages are those whose frames place passes over: the caller of labgob
// or labrpc is meant, not their insides.
var ownPackages = func() []string {
	self := reflect.TypeFor[Problem]().PkgPath()
	return []string{
		self + ".", path.Dir(self) + "/labrpc.",
		"encoding/gob.", "reflect.", "runtime.", "internal/",
	}
}()

// framework is what the functions begin with that play a server's peers: they
// are no place to send a student to.
var framework = path.Dir(reflect.TypeFor[Problem]().PkgPath()) + "/tests/cluster."

// place returns where the code under test called into the framework, as
// "raft/raft.go:120: ", or "" where no such caller is on the stack: a handler's
// reply is encoded by the network.
func place() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		frame, more := frames.Next()
		if strings.HasPrefix(frame.Function, framework) {
			return "" // the framework speaks in a server's name
		}
		if frame.Function != "" && !own(frame.Function) {
			dir, file := path.Split(frame.File)
			return path.Join(path.Base(dir), file) + ":" + strconv.Itoa(frame.Line) + ": "
		}
		if !more {
			return ""
		}
	}
}

func own(function string) bool {
	for _, p := range ownPackages {
		if strings.HasPrefix(function, p) {
			return true
		}
	}
	return false
}
