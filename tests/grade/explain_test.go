package grade

import (
	"bytes"
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hostile is what a student's program may say: markup, the ends of the forms
// that it is put into, a terminal's orders, text that runs the other way, a
// formula, no UTF-8.
const hostile = "=HYPERLINK(1)</script></pre>]]><b onclick='x'>\"&\x00\x1b[31m\u202egnp.exe\u2028\ufffe\xff"

// harmful are characters that must not come out anywhere.
const harmful = "\x00\x1b\u202e\u2028\ufffe"

// hostileReport has hostile text wherever text of the code under test may be.
func hostileReport() *Report {
	r := example()
	r.Target = hostile
	r.Policy = hostile
	r.Gate = []Finding{{File: hostile, Line: 1, Rule: hostile, Text: hostile, Refused: true}, {File: hostile, Text: hostile}}
	r.Builds = []BuildReport{{Package: "./raft", Errors: hostile}}
	r.Stages[0].Cases[1].Failure = &Failure{Seed: 7, Rule: hostile, Text: hostile, Kind: kindPanic,
		Detail: []string{"expected: " + hostile, "seen: " + hostile, hostile}, Again: hostile, Page: "javascript:alert(1)//" + hostile}
	return r
}

func TestNoFormatPassesOnWhatAReaderMightObey(t *testing.T) {
	for _, format := range formats {
		if format == formatJSON {
			continue // for programs: it escapes what it must and keeps what was said
		}
		var b bytes.Buffer
		require.NoError(t, Options{Format: format}.write(&b, hostileReport(), false))
		assert.False(t, strings.ContainsAny(b.String(), harmful), format)
		assert.True(t, strings.ToValidUTF8(b.String(), "") == b.String(), format)
		assert.Contains(t, html.UnescapeString(b.String()), "gnp.exe", format)
	}
}

func TestTheDifferencePartsTheDetails(t *testing.T) {
	for _, c := range []struct {
		detail, rest   []string
		expected, seen string
	}{
		{},
		{detail: []string{"a", "expected: b"}, rest: []string{"a", "expected: b"}},
		{detail: []string{"expected: b", "a"}, rest: []string{"a"}, expected: "b"},
		{detail: []string{"seen:     c", "a"}, rest: []string{"a"}, seen: "c"},
		{detail: []string{"expected: b", "seen:     c"}, rest: []string{}, expected: "b", seen: "c"},
	} {
		expected, seen, rest := (&Failure{Detail: c.detail}).difference()
		assert.Equal(t, c.expected, expected)
		assert.Equal(t, c.seen, seen)
		assert.Equal(t, c.rest, rest)
	}
}

func TestAStoryIsBounded(t *testing.T) {
	c := CaseReport{Failure: &Failure{Text: strings.Repeat("y", 1<<20), Detail: make([]string, 1000)}}
	for i := range c.Failure.Detail {
		c.Failure.Detail[i] = strings.Repeat("x", 1<<12)
	}
	story := c.story()
	assert.Less(t, len(story), whatWide+(detailMost+5)*(detailWide+1))
	assert.Contains(t, story, fmt.Sprintf("... %d lines are left out here ...", 1000-detailMost+1))
}

func TestTheMiddleOfLongDetailsIsLeftOut(t *testing.T) {
	lines := strings.Fields("a b c d e f g h i")
	assert.Equal(t, lines, bounded(lines, 9, 10))
	assert.Equal(t, []string{"a", "b", "... 2 lines are left out here ...", "e", "f", "g", "h", "i"}, bounded(lines, 8, 10))
	assert.Equal(t, []string{"a", "... 6 lines are left out here ...", "h", "i"}, bounded(lines, 4, 10))
	assert.Equal(t, []string{"lon..."}, bounded([]string{"longer than"}, 4, 6))
	assert.Empty(t, bounded(nil, 4, 6))
}

func TestColoursAreForTerminalsOrOnDemand(t *testing.T) {
	for _, c := range []struct {
		env      map[string]string
		terminal bool
		want     bool
	}{
		{nil, true, true},
		{nil, false, false},
		{map[string]string{"TERM": "dumb"}, true, false},
		{map[string]string{"NO_COLOR": "1"}, true, false},
		{map[string]string{"CLICOLOR_FORCE": "1"}, false, true},
		{map[string]string{"CLICOLOR_FORCE": "0"}, false, false},
		{map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, true, false},
	} {
		assert.Equal(t, c.want, coloured(func(name string) string { return c.env[name] }, c.terminal), "%v", c)
	}
}
