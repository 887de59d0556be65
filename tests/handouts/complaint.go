package handouts

import (
	"fmt"
	"strings"
)

// Complaint is one place where a text and the code differ.
type Complaint struct {
	File string // from the tree's top
	Line int
	What string // what stands there, and what the code has instead
	Do   string // what the writer is to do
}

func (c Complaint) String() string {
	text := fmt.Sprintf("%s:%d: %s", c.File, c.Line, c.What)
	if c.Do != "" {
		text += "\n    " + strings.ReplaceAll(c.Do, "\n", "\n    ")
	}
	return text
}

// nearest is the known word that is most like a word, or "" where none is. Where
// two are, capital letters decide.
func nearest(word string, known map[string]bool) string {
	best, least, exact := "", len(word)/2, 0
	lower := strings.ToLower(word)
	for k := range known {
		if d := len(k) - len(word); d > least || -d > least {
			continue
		}
		d := distance(lower, strings.ToLower(k))
		if d > least {
			continue
		}
		if e := distance(word, k); best == "" || d < least || e < exact || e == exact && k < best {
			best, least, exact = k, d, e
		}
	}
	return best
}

// distance is how many letters must be put in, taken out or replaced to make one
// word of the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := before
			if a[i] != b[j] {
				replaced++
			}
			before = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// orNearest ends a complaint about a word that is not known.
func orNearest(word string, known map[string]bool) string {
	if n := nearest(word, known); n != "" {
		return "; the nearest that there is: " + n
	}
	return ""
}
