package starter

import (
	"regexp"
	"slices"
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

// runsOf are all runs of a file, those that overlap included. A file is read twice:
// with its comments as lines like any other, since a handout or a comment may
// hold code, and without, since comments between the lines of code change nothing.
func runsOf(name string, content []byte) []textRun {
	lines := strings.Split(string(content), "\n")
	var all []textRun
	for _, comments := range []bool{true, false} {
		var window []textRun
		for i, line := range lines {
			if !comments && strings.HasPrefix(strings.TrimSpace(line), "//") {
				continue
			}
			line = plain(line)
			if !tells(line) {
				continue
			}
			window = append(window, textRun{line, place{name, i + 1}, i + 1})
			if len(window) < runLength {
				continue
			}
			r := textRun{at: window[0].at, last: i + 1}
			for _, w := range window {
				r.text += w.text + "\n"
			}
			all = append(all, r)
			window = window[1:]
		}
	}
	return all
}

var (
	mark    = regexp.MustCompile("^(//|[#>*|\"`-]|\\s)+")          // of comments, quotes, lists and tables
	trailer = regexp.MustCompile("\\s//.*$|(\\\\n)?[\"`][ +,)]*$") // a comment, or the end of a string
	blanks  = regexp.MustCompile(`\s+`)
)

// plain is a line without what depends on where it stands.
func plain(line string) string {
	line = mark.ReplaceAllString(line, "")
	line = trailer.ReplaceAllString(line, "")
	return strings.TrimSpace(blanks.ReplaceAllString(line, " "))
}

// everybodys are lines that any code of this kind may have.
var everybodys = []*regexp.Regexp{
	regexp.MustCompile(`^package `),
	regexp.MustCompile(`^(\w+ ")?[\w./-]+$`),                      // an import
	regexp.MustCompile(`^(func|type) .*\{$`),                      // the contract's, or only a name
	regexp.MustCompile(`^[\w.]+ [\w.*\[\]]+$`),                    // a field, like those of Figure 2
	regexp.MustCompile(`^(defer )?(\w+\.)*R?(Unl|L)ock\(\)$`),     // any function with a lock
	regexp.MustCompile(`^for (\w+ := )?range [\w.]+ \{$|^if err`), // any loop, and after any call
}

// tells is whether a line says something: it has at least 12 letters, and is
// not everybody's.
func tells(line string) bool {
	letters := 0
	for _, r := range line {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters >= 12 && !slices.ContainsFunc(everybodys, func(e *regexp.Regexp) bool { return e.MatchString(line) })
}
