package handouts

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// elision is a line that stands for any lines.
const elision = "..."

func isElision(line string) bool { return strings.TrimSpace(line) == elision }

// difference is where a quoted text leaves the real one.
type difference struct {
	want string // the quoted line
	at   int    // the real line in whose place it stands
}

// match compares quoted lines with real ones, of which they are the first. It
// returns nil where they are the same.
func match(quoted, real []string) *difference {
	parts := partsOf(quoted)
	at := 0
	for i, part := range parts {
		if len(part) == 0 {
			continue
		}
		found := at
		if i > 0 {
			for found+len(part) <= len(real) && differs(part, real[found:]) >= 0 {
				found++
			}
			if found+len(part) > len(real) {
				where := likest(part, real, at)
				d := differs(part, real[where:])
				return &difference{part[d], where + d}
			}
		} else if d := differs(part, real); d >= 0 {
			return &difference{part[d], d}
		}
		at = found + len(part)
	}
	return nil
}

// partsOf cuts the quoted lines at the elisions.
func partsOf(quoted []string) [][]string {
	parts := [][]string{nil}
	for _, line := range quoted {
		if isElision(line) {
			parts = append(parts, nil)
			continue
		}
		last := len(parts) - 1
		parts[last] = append(parts[last], strings.TrimRight(line, " "))
	}
	return parts
}

// differs is the first line of a part that is not the real one, or -1.
func differs(part, real []string) int {
	for i, line := range part {
		if i >= len(real) || !same(line, real[i]) {
			return i
		}
	}
	return -1
}

func same(quoted, real string) bool { return quoted == strings.TrimRight(real, " ") }

// lineIn is the quoted line's place among those of its block.
func (d *difference) lineIn(quoted []string) int {
	return max(0, slices.IndexFunc(quoted, func(l string) bool { return same(d.want, l) }))
}

// show puts the two lines below each other, with what follows in the real text.
func (d *difference) show(real []string) string {
	have := "nothing more"
	if d.at < len(real) {
		have = strings.Join(real[d.at:min(d.at+3, len(real))], "\n          ")
	}
	return fmt.Sprintf("    text: %s\n    run:  %s", d.want, have)
}

// wholeQuote is how many lines a block gets that has none yet.
const wholeQuote = 20

// renew is the quoted lines as the run has them now: as many as before, with the
// elisions where they were.
func renew(quoted, real []string) []string {
	parts := partsOf(quoted)
	if len(parts) == 1 && len(strings.TrimSpace(strings.Join(parts[0], ""))) == 0 {
		end := slices.IndexFunc(real, func(l string) bool { return strings.HasPrefix(l, "again: ") })
		if end < 0 || end > wholeQuote {
			return append(slices.Clone(real[:min(wholeQuote, len(real))]), "    "+elision)
		}
		return real[:end]
	}
	var lines []string
	elisions := slices.DeleteFunc(slices.Clone(quoted), func(l string) bool { return !isElision(l) })
	at := 0
	for i, part := range parts {
		if i > 0 {
			lines = append(lines, elisions[i-1])
			at = likest(part, real, at)
		}
		end := min(at+len(part), len(real))
		lines = append(lines, real[at:end]...)
		at = end
	}
	return lines
}

var digits = regexp.MustCompile(`[0-9]+`)

// likest is where, from a line on, the real lines are most like a part.
func likest(part, real []string, from int) int {
	best, least := from, -1
	for at := from; at+len(part) <= len(real) && len(part) > 0; at++ {
		sum := 0
		for i, line := range part {
			if !same(line, real[at+i]) {
				sum += 1 + 2*distance(digits.ReplaceAllString(line, "0"), digits.ReplaceAllString(real[at+i], "0"))
			}
		}
		if least < 0 || sum < least {
			best, least = at, sum
		}
	}
	return best
}

// rewrite replaces what is in a block.
type rewrite struct {
	text  *Text
	fence Fence
	lines []string
}

// write writes the rewritten blocks into their files.
func (t *Tree) write(all []rewrite) error {
	slices.SortFunc(all, func(a, b rewrite) int { return b.fence.Line - a.fence.Line }) // from below, so that lines above stay
	for _, text := range t.Texts {
		lines := strings.Split(string(text.source), "\n")
		changed := false
		for _, r := range all {
			if r.text != text {
				continue
			}
			var anew []string
			for _, line := range r.lines {
				anew = append(anew, strings.TrimRight(r.fence.indent+line, " "))
			}
			first, end := r.fence.Line-1, r.fence.Line-1+len(r.fence.Lines)
			changed = changed || !slices.Equal(lines[first:end], anew)
			lines = slices.Replace(lines, first, end, anew...)
		}
		if !changed {
			continue
		}
		if err := os.WriteFile(filepath.Join(t.Root, filepath.FromSlash(text.Path)), []byte(strings.Join(lines, "\n")), 0o644); err != nil {
			return err
		}
	}
	return nil
}
