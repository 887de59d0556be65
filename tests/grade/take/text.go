package take

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// checkText refuses a Go file that is too long, or that is not UTF-8.
func checkText(e entry) error {
	if e.size > maxSource {
		return &Refusal{
			What:   fmt.Sprintf("a Go file of more than %d MiB", maxSource>>20),
			Where:  shown(e.name),
			Why:    "Nobody writes that much by hand.",
			Remedy: "Take out what was generated, such as tables of data.",
		}
	}
	at := invalidAt(e.text)
	if at < 0 {
		return nil
	}
	r := &Refusal{
		What: "text that is not UTF-8",
		Where: fmt.Sprintf("%s, byte %d (line %d)", shown(e.name), at,
			1+bytes.Count(e.text[:at], []byte("\n"))),
		Why:    fmt.Sprintf("Go source is UTF-8, and the byte 0x%02X there is not.", e.text[at]),
		Remedy: "Save the file as UTF-8.",
	}
	if bytes.HasPrefix(e.text, []byte("\xff\xfe")) || bytes.HasPrefix(e.text, []byte("\xfe\xff")) {
		r.What = "text in UTF-16"
	}
	return r
}

// invalidAt is the offset of the first byte that is not UTF-8, or -1.
func invalidAt(text []byte) int {
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && n == 1 {
			return at
		}
		at += n
	}
	return -1
}
