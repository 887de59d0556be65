package handouts

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// List is a file of words that are allowed, a line each: the word, and behind a
// tab what it is. Lines that begin with # are comments. Each word is to be used.
type List struct {
	Path  string
	lines map[string]int
	used  map[string]bool
}

// readList reads a list.
func readList(name string) (*List, error) {
	data, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	l := &List{Path: name, lines: map[string]int{}, used: map[string]bool{}}
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		word, what, _ := strings.Cut(line, "\t")
		if l.lines[word] > 0 {
			return nil, fmt.Errorf("%s:%d: %q stands there twice", name, number, word)
		}
		if strings.TrimSpace(what) == "" {
			return nil, fmt.Errorf("%s:%d: %q: say behind a tab what it is", name, number, word)
		}
		l.lines[word] = number
	}
	return l, nil
}

// has tells whether a word is listed, and notes that it is used.
func (l *List) has(word string) bool {
	if l.lines[word] == 0 {
		return false
	}
	l.used[word] = true
	return true
}

// unused are the words that nothing used.
func (l *List) unused() (all []Complaint) {
	for word, line := range l.lines {
		if !l.used[word] {
			all = append(all, Complaint{File: l.Path, Line: line, What: fmt.Sprintf("no text has %q any more", word), Do: "take the line out"})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Line < all[j].Line })
	return all
}
