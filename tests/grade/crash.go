package grade

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// crash is what the Go runtime printed when it ended a process.
type crash struct {
	panicked bool     // else a fatal error of the runtime's
	message  string   // "assignment to entry in nil map"
	server   string   // "S1", by the goroutine's label, or ""
	place    string   // "raft/raft.go:33", the innermost place in a package under test, or ""
	function string   // "(*Raft).ticker"
	lines    []string // the beginning of what was printed
}

// crashLines is how many lines of a crash a report keeps.
const crashLines = 16

var serverLabel = regexp.MustCompile(`"?server"?:\s*"?(S\d+)`)

// findCrash looks for the last crash in a process's standard error. dirs
// are the folders of the packages under test, tree is the one that paths are
// shown from.
func findCrash(stderr, tree string, dirs []string) (crash, bool) {
	lines := strings.Split(stderr, "\n")
	start := -1
	for i, line := range lines {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			start = i
		}
	}
	if start < 0 {
		return crash{}, false
	}
	var c crash
	c.message, c.panicked = strings.CutPrefix(lines[start], "panic: ")
	c.message = strings.TrimPrefix(c.message, "fatal error: ")
	if at := strings.Index(c.message, " [recovered"); at >= 0 {
		c.message = c.message[:at]
	}
	for i, line := range lines[start:] {
		if c.server == "" && strings.HasPrefix(line, "goroutine ") {
			if m := serverLabel.FindStringSubmatch(line); m != nil {
				c.server = m[1]
			}
		}
		if c.place == "" && i > 0 && liesIn(line, dirs) {
			c.place = strings.TrimPrefix(strings.TrimSpace(line), tree+string(filepath.Separator))
			c.place, _, _ = strings.Cut(c.place, " ")
			c.function = functionOf(lines[start+i-1])
		}
		if i < crashLines && line != "" {
			c.lines = append(c.lines, strings.ReplaceAll(line, tree+string(filepath.Separator), ""))
		}
	}
	return c, true
}

// liesIn tells whether a line of a stack trace is a place in one of the folders.
func liesIn(line string, dirs []string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool {
		return strings.HasPrefix(line, "\t"+dir+string(filepath.Separator))
	})
}

// functionOf is the function of a line of a stack trace:
// "raftlabs/raft.(*Raft).ticker(0xc000)" is "(*Raft).ticker".
func functionOf(line string) string {
	line = strings.TrimPrefix(line, "created by ")
	line = line[strings.LastIndexByte(line, '/')+1:]
	_, name, _ := strings.Cut(line, ".")
	name, _, _ = strings.Cut(name, " in goroutine")
	if at := strings.LastIndexByte(name, '('); at > 0 {
		name = name[:at]
	}
	return name
}

// sentence says what happened.
func (c crash) sentence() string {
	where := ""
	if c.place != "" {
		where = fmt.Sprintf(" at %s (%s)", c.place, c.function)
	}
	if call, ok := strings.CutPrefix(c.message, "unexpected call to os.Exit"); ok {
		return fmt.Sprintf("os.Exit%s was called%s: it ends the whole process", strings.TrimSuffix(call, " during test"), where)
	}
	if !c.panicked {
		return fmt.Sprintf("the Go runtime ended the process%s: %s", where, c.message)
	}
	who := "a goroutine"
	if c.server != "" {
		who += " of " + c.server
	}
	return fmt.Sprintf("%s panicked%s and ended the process: %s", who, where, c.message)
}

// kind is the failure's kind.
func (c crash) kind() string {
	if c.panicked && !strings.HasPrefix(c.message, "unexpected call to os.Exit") {
		return kindPanic
	}
	return kindExit
}

// raceMark begins a report of the race detector's.
const raceMark = "WARNING: DATA RACE"

// raceLines is how many lines of a report about a race are kept.
const raceLines = 40

// firstRace is the first report in the race detector's log.
func firstRace(log, tree string) []string {
	at := strings.Index(log, raceMark)
	if at < 0 {
		return nil
	}
	report, _, _ := strings.Cut(log[at:], "\n==================")
	var lines []string
	for line := range strings.SplitSeq(report, "\n") {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, strings.ReplaceAll(line, tree+string(filepath.Separator), ""))
		}
	}
	return lines[:min(len(lines), raceLines)]
}
