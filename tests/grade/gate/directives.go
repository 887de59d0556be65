package gate

import (
	"go/ast"
	"go/build/constraint"
	"strings"
)

// directiveRemedies says what to do instead of a directive, by its name.
var directiveRemedies = map[string]string{
	"go:build":    "take it out: every file is compiled, on every machine",
	"+build":      "take it out: every file is compiled, on every machine",
	"go:embed":    "write the text into the source",
	"go:linkname": "call what the package exports",
	"go:norace":   "take it out, and guard with the mutex what goroutines share",
	"line":        "take it out: errors are shown where they are",
}

// checkDirectives refuses comments that the tool chain obeys. They count wherever
// they stand, within functions too.
func (g *gate) checkDirectives(s *source) {
	for _, group := range s.file.Comments {
		for _, c := range group.List {
			name := directive(c, c.Pos() < s.file.Package)
			if name == "" {
				continue
			}
			remedy, ok := directiveRemedies[name]
			if !ok {
				remedy = "take it out: the code is compiled as any other"
			}
			g.at(c.Pos(), RuleDirective, "has a "+ascii(name)+" comment", remedy)
		}
	}
}

// directive is the name of the directive that a comment is, "" for none and for
// those that no build obeys. above: the comment is above the package clause.
func directive(c *ast.Comment, above bool) string {
	if above && constraint.IsPlusBuild(c.Text) {
		return "+build"
	}
	if rest, ok := strings.CutPrefix(c.Text, "//go:"); ok {
		name, _, _ := strings.Cut(strings.ReplaceAll(rest, "\t", " "), " ")
		name = strings.TrimSpace(name)
		if name == "generate" { // by hand only
			return ""
		}
		return "go:" + name
	}
	// "//line up" is no directive: one has a file and a number behind a colon.
	for _, form := range []string{"//line ", "/*line "} {
		if strings.HasPrefix(c.Text, form) && strings.Contains(c.Text, ":") {
			return "line"
		}
	}
	return ""
}
