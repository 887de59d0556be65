package starter

import (
	"regexp"
	"strings"
	"unicode"
)

// runLength is how many lines of a solution, one after the other, are a leak.
const runLength = 3

// textRun is a run of lines that tell something, in the form in which they are
// compared.
type textRun struct {
	text string
	at   place // the first of them
	last int   // the line of the last
}

// runsOf are all runs of a file, those that overlap included. A file is read in two ways:
// with its comments as lines like any other, since a handout or a comment may
// hold code, and without, since comments between the lines of code change nothing.
func runsOf(name string, content []byte) []textRun {
	var all []textRun
	var with, without []textRun // the last lines that told something
	i := 0
	for line := range strings.Lines(string(content)) {
		i++
		text := plain(line)
		if !tells(text) {
			continue
		}
		l := textRun{text, place{name, i}, i}
		all, with = extend(all, with, l)
		if !strings.HasPrefix(strings.TrimSpace(line), "//") {
			all, without = extend(all, without, l)
		}
	}
	return all
}

// extend adds a line to the last ones, and the run that they make then to all.
func extend(all, last []textRun, line textRun) (allOf, lastOf []textRun) {
	last = append(last, line)
	if len(last) < runLength {
		return all, last
	}
	r := textRun{at: last[0].at, last: line.last}
	for _, l := range last {
		r.text += l.text + "\n"
	}
	return append(all, r), last[1:]
}

// closing is the end of a string.
var closing = regexp.MustCompile("(\\\\n)?[\"`][ +,)]*$")

// plain is a line without what depends on where it stands: the marks of comments,
// quotes, lists and tables, a comment behind it, and how wide it is set.
func plain(line string) string {
	line = strings.TrimLeft(line, "/#>*|-\"` \t")
	line, _, _ = strings.Cut(strings.Join(strings.Fields(line), " "), " //")
	if strings.ContainsAny(line, "\"`") {
		line = closing.ReplaceAllString(line, "")
	}
	return line
}

// everybodys are lines that any code of this kind may have.
var everybodys = regexp.MustCompile(strings.Join([]string{
	`^package `,
	`^(\w+ ")?[\w./-]+$`,                         // an import
	`^(func|type) .*\{$`,                         // the contract's, or only a name
	`^[\w.]+ [\w.*\[\]]+$`,                       // a field, like those of Figure 2
	`^(defer )?(\w+\.)*R?(Unl|L)ock\(\)$`,        // any function with a lock
	`^for (\w+ := )?range [\w.]+ \{$`, `^if err`, // any loop, and after any call
}, "|"))

// tells is whether a line says something: it has at least 12 letters, and is
// not everybody's.
func tells(line string) bool {
	letters := 0
	for _, r := range line {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters >= 12 && !everybodys.MatchString(line)
}
