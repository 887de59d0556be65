package story

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"raftlabs/tests/trace/infer"
)

// width is the most columns of a line.
const width = 110

// seconds prints a virtual instant: "4.207 s".
func seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

// when prints the time that something took, or its instant.
func when(first, last time.Duration) string {
	if a, b := seconds(first), seconds(last); a != b {
		return a + " to " + b
	}
	return seconds(first)
}

// list names servers: "S0, S1".
func list(servers []int) string {
	var parts []string
	for _, s := range servers {
		parts = append(parts, fmt.Sprintf("S%d", s))
	}
	return strings.Join(parts, ", ")
}

// names names servers, and clients, of a cluster of n servers.
func names(nodes []int, n int) string {
	parts := make([]string, len(nodes))
	for k, node := range nodes {
		parts[k] = infer.Nodes{Servers: n}.Name(node)
	}
	return strings.Join(parts, ", ")
}

// both names servers in a sentence: "S0, S1 and S4".
func both(servers []int) string {
	if len(servers) < 2 {
		return list(servers)
	}
	last := len(servers) - 1
	return list(servers[:last]) + " and " + list(servers[last:])
}

// plural is "1 vote" or "2 votes".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// printable is a text on one line.
func printable(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
}

// clip cuts a line that is too long.
func clip(line string) string {
	runes := []rune(line)
	if len(runes) <= width {
		return line
	}
	return string(runes[:width-3]) + "..."
}

// indent is what the lines begin with that go on with the one before.
const indent = "    "

// wrap breaks a text between words into lines. A number keeps its unit.
func wrap(text string) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case strings.TrimRight(word, ",;:.)") == "s": // of "4.207 s"
			line += " " + word
		case line == "":
			line = word
		case len([]rune(line))+1+len([]rune(word)) <= width-len(" s),"):
			line += " " + word
		default:
			lines = append(lines, clip(line))
			line = indent + word
		}
	}
	if line != "" {
		lines = append(lines, clip(line))
	}
	return lines
}

// once adds what a list does not have yet.
func once[T comparable](all []T, v T) []T {
	if slices.Contains(all, v) {
		return all
	}
	return append(all, v)
}
