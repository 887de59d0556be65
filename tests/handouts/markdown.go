package handouts

import (
	"bytes"
	"fmt"
	"regexp"
	"sort"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// Text is a Markdown file, taken apart as far as the checks need it.
type Text struct {
	Path string // from the tree's top, "handouts/01-election.md"

	Headings []Heading
	Fences   []Fence
	Indented []Fence // code that is indented, in place of a fence
	Spans    []Piece // between backticks, or in <code>
	Prose    []Piece // all other text
	Links    []Link
	Tables   []Table
	Tasks    []Piece // the items of check-lists, as they stand
	Folds    []Piece // the <summary> of each <details>
	Raw      []Piece // lines of HTML, in which Markdown is not rendered

	source []byte
	starts []int // where each line begins
}

// Piece is a bit of text at its place.
type Piece struct {
	Text    string
	Line    int
	Section string // the H2 above it
}

// Heading is a heading, with the anchor that a code host gives it.
type Heading struct {
	Piece
	Level int
	Slug  string
}

// Fence is a block of code between fences.
type Fence struct {
	Language string
	Lines    []string
	Line     int // of the first one in it
	Section  string
	Comments map[string]string // those in front of it: <!-- KEY: VALUE -->
	indent   string            // in front of each line in the file
}

// Link is a link or an image.
type Link struct {
	Piece
	Target string
	Image  bool
}

// Table is a table.
type Table struct {
	Line    int
	Section string
	Head    []string
	Rows    []Row
}

// Row is a row of a table.
type Row struct {
	Line  int
	Cells []string
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM))

// readText takes a Markdown file apart.
func readText(path string, source []byte) *Text {
	t := &Text{Path: path, source: source}
	for at := 0; at <= len(source); {
		t.starts = append(t.starts, at)
		end := bytes.IndexByte(source[at:], '\n')
		if end < 0 {
			break
		}
		at += end + 1
	}
	r := reader{Text: t, slugs: map[string]int{}}
	_ = ast.Walk(markdown.Parser().Parse(text.NewReader(source)), r.visit) // visit returns no errors
	return t
}

// lineOf is the number of the line that holds an offset.
func (t *Text) lineOf(offset int) int {
	return sort.Search(len(t.starts), func(i int) bool { return t.starts[i] > offset })
}

// line is a line of the file, without its end.
func (t *Text) line(n int) string {
	if n < 1 || n > len(t.starts) {
		return ""
	}
	rest := t.source[t.starts[n-1]:]
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	return string(line)
}

// complain is a complaint about a line.
func (t *Text) complain(line int, do, format string, args ...any) Complaint {
	return Complaint{File: t.Path, Line: line, What: fmt.Sprintf(format, args...), Do: do}
}

// reader fills a Text.
type reader struct {
	*Text
	section string
	slugs   map[string]int
	last    int // the line of the last text; nodes without a place stand there
}

func (r *reader) visit(n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	switch n := n.(type) {
	case *ast.Heading:
		r.heading(n)
	case *ast.FencedCodeBlock:
		r.fence(n, string(n.Language(r.source)))
		return ast.WalkSkipChildren, nil
	case *ast.CodeBlock:
		r.fence(n, "")
		return ast.WalkSkipChildren, nil
	case *ast.HTMLBlock:
		r.html(n)
	case *extast.Table:
		r.table(n)
	case *extast.TaskCheckBox:
		lines := n.Parent().Lines()
		r.Tasks = append(r.Tasks, Piece{"- " + strings.TrimSpace(string(lines.Value(r.source))), r.lineOf(lines.At(0).Start), r.section})
	case *ast.Text:
		r.last = r.lineOf(n.Segment.Start)
		r.Prose = append(r.Prose, Piece{string(n.Segment.Value(r.source)), r.last, r.section})
	case *ast.CodeSpan:
		r.last = r.place(n)
		r.Spans = append(r.Spans, Piece{flat(n, r.source), r.last, r.section})
		return ast.WalkSkipChildren, nil
	case *ast.Link:
		r.link(n, string(n.Destination), false)
	case *ast.Image:
		r.link(n, string(n.Destination), true)
		return ast.WalkSkipChildren, nil
	case *ast.AutoLink:
		r.Links = append(r.Links, Link{Piece{string(n.Label(r.source)), r.last, r.section}, string(n.URL(r.source)), false})
	}
	return ast.WalkContinue, nil
}

// place is the line of a node's first text.
func (r *reader) place(n ast.Node) int {
	for c := n.FirstChild(); c != nil; c = c.FirstChild() {
		if t, ok := c.(*ast.Text); ok {
			return r.lineOf(t.Segment.Start)
		}
	}
	return r.last
}

// flat is the text of a node on one line, without markup.
func flat(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // returns no errors
		if t, ok := n.(*ast.Text); ok && entering {
			b.Write(t.Segment.Value(source))
			if t.SoftLineBreak() {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(strings.ReplaceAll(b.String(), "\n", " "))
}

// dropped is what an anchor does not keep of its heading.
var dropped = regexp.MustCompile(`[^\p{L}\p{N}\p{M}_\- ]`)

func (r *reader) heading(n *ast.Heading) {
	name := flat(n, r.source)
	if n.Level == 2 {
		r.section = name
	}
	slug := strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(name), ""), " ", "-")
	number := r.slugs[slug]
	r.slugs[slug]++
	if number > 0 {
		slug = fmt.Sprintf("%s-%d", slug, number)
	}
	line := r.last
	if n.Lines().Len() > 0 {
		line = r.lineOf(n.Lines().At(0).Start)
	}
	r.Headings = append(r.Headings, Heading{Piece{name, line, r.section}, n.Level, slug})
}

var comment = regexp.MustCompile(`^\s*<!--\s*(in|run|not run):\s*(.*?)\s*-->\s*$`)

func (r *reader) fence(n ast.Node, language string) {
	if n.Lines().Len() == 0 {
		return
	}
	f := Fence{Language: language, Section: r.section, Comments: map[string]string{}}
	f.Line = r.lineOf(n.Lines().At(0).Start)
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		f.Lines = append(f.Lines, strings.TrimRight(string(segment.Value(r.source)), "\n"))
	}
	if n.Kind() == ast.KindCodeBlock {
		r.Indented = append(r.Indented, f)
		return
	}
	open := r.line(f.Line - 1)
	f.indent = open[:len(open)-len(strings.TrimLeft(open, " \t"))]
	for above := f.Line - 2; above > 0; above-- {
		line := r.line(above)
		if m := comment.FindStringSubmatch(line); m != nil {
			f.Comments[m[1]] = m[2]
		} else if strings.TrimSpace(line) != "" {
			break
		}
	}
	r.Fences = append(r.Fences, f)
}

var (
	summary = regexp.MustCompile(`<summary>(.*?)</summary>`)
	code    = regexp.MustCompile(`<code>(.*?)</code>`)
	tag     = regexp.MustCompile(`</?[a-z][^>]*>|<!--.*?-->`)
)

func (r *reader) html(n *ast.HTMLBlock) {
	first, last := 0, 0
	if n.Lines().Len() > 0 {
		first = r.lineOf(n.Lines().At(0).Start)
		last = first + n.Lines().Len() - 1
	}
	if strings.HasPrefix(strings.TrimSpace(r.line(first)), "<!--") {
		return
	}
	for line := first; line <= last; line++ {
		text := r.line(line)
		r.last = line
		for _, m := range summary.FindAllStringSubmatch(text, -1) {
			r.Folds = append(r.Folds, Piece{m[1], line, r.section})
		}
		for _, m := range code.FindAllStringSubmatch(text, -1) {
			r.Spans = append(r.Spans, Piece{m[1], line, r.section})
		}
		text = tag.ReplaceAllString(code.ReplaceAllString(text, ""), "")
		r.Raw = append(r.Raw, Piece{text, line, r.section})
		r.Prose = append(r.Prose, Piece{text, line, r.section})
	}
}

func (r *reader) link(n ast.Node, target string, image bool) {
	r.last = r.place(n)
	r.Links = append(r.Links, Link{Piece{flat(n, r.source), r.last, r.section}, target, image})
}

func (r *reader) table(n *extast.Table) {
	t := Table{Section: r.section}
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var at Row
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			value := ""
			if cell.Lines().Len() > 0 {
				segment := cell.Lines().At(0)
				value = strings.TrimSpace(string(segment.Value(r.source)))
				at.Line = r.lineOf(segment.Start)
			}
			at.Cells = append(at.Cells, value)
		}
		if row.Kind() == extast.KindTableHeader {
			t.Head, t.Line = at.Cells, at.Line
		} else {
			t.Rows = append(t.Rows, at)
		}
	}
	r.Tables = append(r.Tables, t)
}
