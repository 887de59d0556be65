package lab

import (
	"runtime"
	"slices"
	"strings"
)

// Whose code a frame is tells whose fault a failure is.
//
// The framework is the packages that a student reads and never changes. Test
// files are not part of it: where the framework tests itself, they play the
// student.

const module = "raftlabs"

var framework = []string{"labgob", "labrpc", "labsync", "raft/raftapi", "kvraft/kvapi", "tests"}

// packageOf is the import path of a function's package.
func packageOf(function string) string {
	slash := strings.LastIndexByte(function, '/') + 1
	name, _, _ := strings.Cut(function[slash:], ".")
	return function[:slash] + name
}

// isStudent tells whether a frame is neither the standard library's, nor the
// framework's, nor of another module that the framework uses.
func (f frame) isStudent() bool {
	path, ok := strings.CutPrefix(packageOf(f.Func), module+"/")
	if !ok {
		return false
	}
	path = strings.TrimSuffix(path, "_test")
	if strings.HasSuffix(f.File, "_test.go") {
		return true
	}
	return !slices.ContainsFunc(framework, func(part string) bool {
		return path == part || strings.HasPrefix(path, part+"/")
	})
}

// isCase tells whether a frame is of a suite: of the framework's tests, but
// not the runner's.
func (f frame) isCase() bool {
	path := packageOf(f.Func)
	runner := path == module+"/tests/lab" && !strings.HasSuffix(f.File, "_test.go")
	return strings.HasPrefix(path, module+"/tests/") && !runner
}

// student is the innermost frame of the student's code.
func student(frames []frame) (frame, bool) {
	for _, f := range frames {
		if f.isStudent() {
			return f, true
		}
	}
	return frame{}, false
}

// studentTrace is the student's part of a stack, one line a frame.
func studentTrace(frames []frame) []string {
	var lines []string
	for _, f := range frames {
		if f.isStudent() {
			lines = append(lines, f.String())
		}
	}
	return lines
}

// framesOf turns program counters into frames.
func framesOf(pcs []uintptr) []frame {
	var frames []frame
	if len(pcs) == 0 {
		return nil
	}
	iter := runtime.CallersFrames(pcs)
	for {
		f, more := iter.Next()
		if f.Function != "" {
			frames = append(frames, frame{f.Function, f.File, f.Line})
		}
		if !more {
			return frames
		}
	}
}

// server is the server that a goroutine works for, by its label: "S2", or ""
// and -1 where it has none.
func (g goroutine) server() (string, int) {
	label := g.Labels["server"]
	number, ok := strings.CutPrefix(label, "S")
	if !ok || number == "" {
		return "", -1
	}
	n := 0
	for _, c := range number {
		if c < '0' || c > '9' {
			return "", -1
		}
		n = n*10 + int(c-'0')
	}
	return label, n
}

// subject is the goroutine's server as the subject of a sentence.
func (g goroutine) subject() string {
	if name, _ := g.server(); name != "" {
		return name
	}
	return "a server"
}

// Frames by which a goroutine's errand is known.
const (
	handlerFrame = module + "/labrpc.(*Network).runHandler"
	callFrame    = module + "/labrpc.(*ClientEnd).Call"
	enterFrame   = module + "/tests/lab.(*T).Enter"
)

func calls(frames []frame, function string) bool {
	return slices.ContainsFunc(frames, func(f frame) bool { return f.Func == function })
}

// errand is what a goroutine was asked to do by the network or by the case:
// "RequestVote", "GetState". A goroutine of the student's own has none, even
// where it has inherited the labels of the call that started it.
func (g goroutine) errand() string {
	for i, f := range g.Frames {
		switch f.Func {
		case enterFrame:
			return g.Labels["startedBy"]
		case handlerFrame:
			for j := i - 1; j >= 0; j-- {
				if g.Frames[j].isStudent() {
					return methodName(outerFunc(g.Frames[j].Func))
				}
			}
			return "a handler"
		}
	}
	return ""
}

// asked tells whether the goroutine has an errand.
func (g goroutine) asked() bool { return calls(g.Frames, handlerFrame) || calls(g.Frames, enterFrame) }

// errandOf is errand as the subject of a sentence.
func (g goroutine) errandOf() string {
	if what := g.errand(); what != "" {
		return what
	}
	return "a goroutine"
}

// outerFunc is the named function that a function literal is in.
func outerFunc(name string) string {
	for {
		at := strings.LastIndexByte(name, '.')
		last := name[at+1:]
		literal := strings.HasPrefix(last, "func") || strings.HasPrefix(last, "gowrap") || strings.Trim(last, "0123456789") == ""
		if at < 0 || !literal {
			return name
		}
		name = name[:at]
	}
}

// methodName is the last part of a function's name: "RequestVote".
func methodName(function string) string {
	return function[strings.LastIndexByte(function, '.')+1:]
}

// activity is what a goroutine does, in words.
func (g goroutine) activity() string {
	switch {
	case g.Durable && calls(g.Frames, callFrame):
		return "waiting for the reply of a Call"
	case g.State == "sleep":
		return "sleeping"
	case g.State == "running", g.State == "runnable", g.State == "preempted":
		return "running"
	case strings.HasPrefix(g.State, "sync.Mutex"), strings.HasPrefix(g.State, "sync.RWMutex"):
		return "waiting for a sync mutex"
	case calls(g.Frames, module+"/labsync.(*Mutex).Lock"),
		calls(g.Frames, module+"/labsync.(*RWMutex).Lock"),
		calls(g.Frames, module+"/labsync.(*RWMutex).RLock"):
		return "waiting for a labsync mutex"
	case strings.HasPrefix(g.State, "chan "), strings.HasPrefix(g.State, "select"):
		return "blocked in a " + g.State
	default:
		return "blocked in " + g.State
	}
}
