package infer

import (
	"slices"
	"strconv"
	"strings"
)

// What an event says only in its words.

// ReadGroups reads "[[0 1] [2 3 4]]".
func ReadGroups(note string) [][]int {
	var groups [][]int
	for part := range strings.SplitSeq(note, "]") {
		var members []int
		for word := range strings.FieldsSeq(strings.Trim(part, " [")) {
			if s, err := strconv.Atoi(word); err == nil {
				members = append(members, s)
			}
		}
		if members != nil {
			groups = append(groups, members)
		}
	}
	return groups
}

// Appended is what an AppendEntries says in its note.
type Appended struct{ PrevIndex, PrevTerm, Entries, Commit int }

// ReadAppend reads "leader S1 prev (7,3) +2 commit 6".
func ReadAppend(note string) (a Appended, ok bool) {
	_, rest, _ := strings.Cut(note, "prev ")
	for _, field := range []struct {
		before string
		number *int
	}{{"(", &a.PrevIndex}, {",", &a.PrevTerm}, {") +", &a.Entries}, {" commit ", &a.Commit}} {
		if rest, ok = strings.CutPrefix(rest, field.before); !ok {
			return a, false
		}
		if *field.number, rest, ok = leadingInt(rest); !ok {
			return a, false
		}
	}
	return a, true
}

// leadingInt reads the digits that a text begins with.
func leadingInt(s string) (n int, rest string, ok bool) {
	end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(s)
	}
	n, err := strconv.Atoi(s[:end])
	return n, s[end:], err == nil
}

// Index reads the log's index from an event's words: "index 5, command 7" of
// an apply, "command 7: index 5" of a submit.
func Index(kind, note string) int {
	const word = "index "
	at := none
	switch kind {
	case "apply", "install", "snapshot":
		at = strings.Index(note, word)
	case "submit":
		at = strings.LastIndex(note, word)
	}
	if at < 0 {
		return 0
	}
	n, _, _ := leadingInt(note[at+len(word):])
	return n
}

// Blamed lists the nodes that a violation is about: those of its event, or
// those that its sentence names, "S1 and S3 are both leaders".
func Blamed(e Event, n Nodes) []int {
	list := []int{}
	add := func(node, least, end int) {
		if node >= least && node < end && !slices.Contains(list, node) {
			list = append(list, node)
		}
	}
	add(e.From, 0, n.Servers+n.Clients)
	add(e.To, 0, n.Servers+n.Clients)
	if len(list) > 0 {
		return list
	}
	for i, r := range e.Note {
		if (r != 'S' && r != 'C') || i > 0 && isWord(e.Note[i-1]) {
			continue
		}
		node, rest, ok := leadingInt(e.Note[i+1:])
		switch {
		case !ok || rest != "" && isWord(rest[0]):
		case r == 'S':
			add(node, 0, n.Servers)
		default:
			add(n.Servers+node, n.Servers, n.Servers+n.Clients)
		}
	}
	slices.Sort(list)
	return list
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
