package gate

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// What stands in sources may be made to look like something else in a report. It is
// shown so that it cannot, and no more than so many bytes of it.
const maxText = 120

// plain is what names and import paths look like.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./+-]+$`)

// ascii shows a name or an import path. Letters that only look like others, spaces
// and the like are seen for what they are.
func ascii(s string) string {
	s = clip(s)
	if plain.MatchString(s) {
		return s
	}
	return strconv.QuoteToASCII(s)
}

// printable is a sentence on one line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, clip(s))
}

func clip(s string) string {
	if len(s) > maxText {
		return s[:maxText] + "..."
	}
	return s
}
