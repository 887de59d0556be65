package lab

import (
	"bytes"
	"fmt"
	"path"
	"runtime"
	"strconv"
	"strings"
)

// goroutine is one goroutine of a dump that runtime.Stack wrote.
type goroutine struct {
	ID      int64
	State   string // "sync.Mutex.Lock", "sleep", "running"
	Durable bool   // time may pass while it waits
	Bubble  uint64 // 0: in none
	Labels  map[string]string
	Frames  []frame // innermost first
	Creator frame   // where it was started, zero if unknown
}

// frame is one call of a stack.
type frame struct {
	Func string // "raftlabs/raft.(*Raft).ticker"
	File string // as the compiler names it
	Line int
}

// place is the frame as a sentence names it: "raft.go:120".
func (f frame) place() string { return path.Base(f.File) + ":" + strconv.Itoa(f.Line) }

// String is the frame as a list of details names it.
func (f frame) String() string { return f.place() + " " + shortFunc(f.Func) }

// shortFunc is a function's name without its package's path.
func shortFunc(name string) string {
	return name[strings.LastIndexByte(name, '/')+1:]
}

// parseDump reads what runtime.Stack writes. What it does not understand, it
// leaves out.
func parseDump(dump []byte) []goroutine {
	var all []goroutine
	var g *goroutine
	lines := strings.Split(string(dump), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if head, ok := parseHeader(line); ok {
			all = append(all, head)
			g = &all[len(all)-1]
			continue
		}
		if g == nil || i+1 >= len(lines) || !strings.HasPrefix(lines[i+1], "\t") {
			continue
		}
		file, number, ok := parsePosition(lines[i+1])
		if !ok {
			continue
		}
		i++
		if creator, ok := strings.CutPrefix(line, "created by "); ok {
			name, _, _ := strings.Cut(creator, " in goroutine ")
			g.Creator = frame{name, file, number}
			continue
		}
		g.Frames = append(g.Frames, frame{withoutArguments(line), file, number})
	}
	return all
}

// parseHeader reads "goroutine 7 [sleep (durable), synctest bubble 3 labels:{...}]:".
func parseHeader(line string) (goroutine, bool) {
	rest, ok := strings.CutPrefix(line, "goroutine ")
	if !ok {
		return goroutine{}, false
	}
	number, rest, ok := strings.Cut(rest, " ")
	id, err := strconv.ParseInt(number, 10, 64)
	_, rest, found := strings.Cut(rest, "[")
	rest, closed := strings.CutSuffix(rest, "]:")
	if !ok || err != nil || !found || !closed {
		return goroutine{}, false
	}
	g := goroutine{ID: id}
	if state, labels, ok := strings.Cut(rest, " labels:{"); ok {
		rest = state
		g.Labels = parseLabels(strings.TrimSuffix(labels, "}"))
	}
	for i, part := range strings.Split(rest, ", ") {
		if i == 0 {
			g.State, g.Durable = strings.CutSuffix(part, " (durable)")
		}
		if bubble, ok := strings.CutPrefix(part, "synctest bubble "); ok {
			g.Bubble, _ = strconv.ParseUint(bubble, 10, 64)
		}
	}
	return g, true
}

// parseLabels reads `"case": "Election/ReElection", "seed": "3"`.
func parseLabels(text string) map[string]string {
	labels := map[string]string{}
	next := func(separator string) (string, bool) {
		text = strings.TrimPrefix(text, separator)
		quoted, err := strconv.QuotedPrefix(text)
		if err != nil {
			return "", false
		}
		text = text[len(quoted):]
		s, err := strconv.Unquote(quoted)
		return s, err == nil
	}
	for text != "" {
		key, ok := next(", ")
		if !ok {
			break
		}
		value, ok := next(": ")
		if !ok {
			break
		}
		labels[key] = value
	}
	return labels
}

// parsePosition reads "\t/home/s/raft/raft.go:120 +0x1d".
func parsePosition(line string) (file string, number int, ok bool) {
	position := strings.TrimPrefix(line, "\t")
	if at := strings.LastIndex(position, " +0x"); at >= 0 {
		position = position[:at]
	}
	at := strings.LastIndexByte(position, ':')
	if at < 0 {
		return "", 0, false
	}
	number, err := strconv.Atoi(position[at+1:])
	return position[:at], number, err == nil
}

// withoutArguments takes "(0xc000012345, ...)" off a call.
func withoutArguments(call string) string {
	if at := strings.LastIndexByte(call, '('); at > 0 {
		return call[:at]
	}
	return call
}

// dumpAll is the goroutines of the process at one instant: the world stands
// still while they are written.
func dumpAll() []goroutine {
	for size := 1 << 18; ; size *= 2 {
		buf := make([]byte, size)
		if n := runtime.Stack(buf, true); n < size {
			return parseDump(buf[:n])
		}
	}
}

// dumpSome is dumpAll for when there are too many: as many stacks as fit.
func dumpSome() []goroutine {
	buf := make([]byte, 4<<20)
	text := buf[:runtime.Stack(buf, true)]
	if end := bytes.LastIndex(text, []byte("\n\n")); end >= 0 {
		text = text[:end]
	}
	return parseDump(text)
}

// inBubble keeps the goroutines of one bubble.
func inBubble(all []goroutine, bubble uint64) []goroutine {
	var in []goroutine
	for _, g := range all {
		if g.Bubble == bubble {
			in = append(in, g)
		}
	}
	return in
}

// currentGoroutine is the header of the caller's goroutine, without frames.
func currentGoroutine() goroutine {
	var buf [1 << 10]byte
	n := runtime.Stack(buf[:], false)
	line, _, _ := strings.Cut(string(buf[:n]), "\n")
	g, _ := parseHeader(line)
	return g
}

// stackOfPanic is the stack of the caller, whose panic was just recovered.
func stackOfPanic() []byte {
	buf := make([]byte, 1<<16)
	return buf[:runtime.Stack(buf, false)]
}

// panicked is the frames of the goroutine that panicked, from the one that
// did so outwards: above it are those of the recovery, of panic itself, and of
// the runtime that called it.
func panicked(stack []byte) []frame {
	all := parseDump(stack)
	if len(all) == 0 {
		return nil
	}
	frames := all[0].Frames
	for i := len(frames) - 1; i >= 0; i-- {
		if frames[i].Func == "panic" || frames[i].Func == "runtime.gopanic" {
			frames = frames[i+1:]
			break
		}
	}
	for len(frames) > 0 && packageOf(frames[0].Func) == "runtime" {
		frames = frames[1:]
	}
	return frames
}

// describe says what the goroutine does now: "chan send at raft.go:200".
func (g goroutine) describe() string {
	at := ""
	if fr, ok := student(g.Frames); ok {
		at = " at " + fr.place()
	}
	return fmt.Sprintf("%s%s", g.activity(), at)
}
