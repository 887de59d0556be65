package handouts

import (
	"regexp"
	"strings"

	"raftlabs/tests/grade"
)

// camel finds words of two humps.
var camel = regexp.MustCompile(`\b[A-Za-z][A-Za-z0-9]*[a-z0-9][A-Z][A-Za-z0-9]*\b`)

// markup finds Markdown where none is rendered.
var markup = regexp.MustCompile("`|\\*\\*|\\]\\(")

// Names checks that what the texts name is there: words of two humps wherever they
// stand, and all that stands between backticks. words are those of other worlds.
func (t *Tree) Names(stages []grade.Stage, words *List) (all []Complaint, err error) {
	indexes := map[bool]*index{}
	for _, text := range t.Texts {
		student := students(text.Path)
		if indexes[student] == nil {
			if indexes[student], err = t.indexOf(student, stages); err != nil {
				return nil, err
			}
		}
		n := naming{indexes[student], words}
		all = append(all, n.text(text)...)
	}
	if t.only == "" {
		all = append(all, words.unused()...)
	}
	return all, nil
}

// text checks the names of a text.
func (n naming) text(text *Text) (all []Complaint) {
	for _, p := range text.Prose {
		for _, word := range camel.FindAllString(p.Text, -1) {
			if !n.word(word) {
				all = append(all, text.complain(p.Line, doName, "%q is no name of the code%s", word, orNearest(word, n.names)))
			}
		}
	}
	folder := Piece{} // named before, on the same line
	for _, s := range text.Spans {
		if strings.HasSuffix(s.Text, "/") {
			folder = s
		}
		if folder.Line == s.Line && n.files[folder.Text+s.Text] {
			continue
		}
		for _, what := range n.span(s.Text) {
			all = append(all, text.complain(s.Line, doName, "`%s`: %s", s.Text, what))
		}
	}
	for _, r := range text.Raw {
		if markup.MatchString(r.Text) {
			all = append(all, text.complain(r.Line, "write <code>x</code> and <b>x</b> on lines of HTML, and an empty line behind </summary>",
				"Markdown is not rendered here: %s", strings.TrimSpace(r.Text)))
		}
	}
	for _, f := range text.Indented {
		all = append(all, n.indented(text, f)...)
	}
	for _, f := range text.Fences {
		all = append(all, n.fence(text, f)...)
	}
	return all
}

const doName = "mend the name; one that is not the code's own stands in tests/handouts/words.txt"

// fence checks the names of a block of Go, and that there is no block which
// nothing checks.
func (n naming) fence(text *Text, f Fence) (all []Complaint) {
	switch f.Language {
	case "text":
	case "sh", "console":
		for _, c := range commandsOf(f) {
			for _, what := range n.command(c.text) {
				all = append(all, text.complain(c.line, doName, "%s: %s", c.text, what))
			}
		}
	case "go":
		for _, what := range n.goCode(strings.Join(f.Lines, "\n"), false) {
			all = append(all, text.complain(f.Line, doName, "in the block of Go: %s", what))
		}
	default:
		all = append(all, text.complain(f.Line-1, "commands are ```sh, commands with what they print ```console, all else ```go or ```text",
			"no block is ```%s", f.Language))
	}
	return all
}

// indented checks the commands of a block without a fence: the README.md have them,
// a handout is to have fences, so that its commands are run.
func (n naming) indented(text *Text, f Fence) (all []Complaint) {
	if strings.HasPrefix(text.Path, "handouts/") {
		return []Complaint{text.complain(f.Line, "put it between fences: ```sh, ```console, ```text or ```go", "this block is only indented, and so it is not checked")}
	}
	for i, line := range f.Lines {
		if !isCommand.MatchString(line) {
			continue
		}
		for _, what := range n.command(line) {
			all = append(all, text.complain(f.Line+i, doName, "%s: %s", line, what))
		}
	}
	return all
}
