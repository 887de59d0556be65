package handouts

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
)

// goCode says what is wrong with a piece of Go: an expression, statements,
// declarations or a file. strict has every name of it be known.
func (n naming) goCode(text string, strict bool) (wrong []string) {
	node := parseGo(text)
	if node == nil {
		if !strict {
			return []string{"it is no Go that the parser takes"}
		}
		for _, word := range camel.FindAllString(text, -1) {
			if !n.word(word) {
				wrong = append(wrong, n.unknown(word))
			}
		}
		return append(wrong, n.flagsIn(text)...)
	}
	own := map[string]bool{}
	seen := map[*ast.Ident]bool{}
	ast.Inspect(node, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.SelectorExpr:
			parts := selector(x)
			if len(parts) > 1 && ast.IsExported(parts[1].Name) {
				name := parts[1].Name
				has, known := n.exports(parts[0].Name, name)
				if known && !n.names[parts[0].Name+" is a variable"] {
					if !has {
						wrong = append(wrong, fmt.Sprintf("package %s has no %s%s", parts[0].Name, name, orNearest(name, n.packages[parts[0].Name])))
					}
					seen[parts[0]], seen[parts[1]] = true, true
				}
			}
		case *ast.AssignStmt:
			for _, left := range x.Lhs {
				if id, ok := left.(*ast.Ident); ok && x.Tok == token.DEFINE {
					own[id.Name] = true
				}
			}
		case *ast.Ident:
			if strict && !seen[x] && !own[x.Name] && !n.word(x.Name) && !n.imported(x.Name) {
				wrong = append(wrong, n.unknown(x.Name))
			}
		}
		return true
	})
	return wrong
}

// imported tells whether a name is a package's.
func (n naming) imported(name string) bool {
	_, known := n.exports(name, "")
	return known
}

func (n naming) unknown(word string) string {
	return fmt.Sprintf("the code has no %s%s", word, orNearest(word, n.names))
}

var aFlag = regexp.MustCompile(`(^| )(--?[a-z][a-z.-]+)`)

// flagsIn checks the flags of a text that is no command line.
func (n naming) flagsIn(text string) (wrong []string) {
	for _, m := range aFlag.FindAllStringSubmatch(text, -1) {
		if !n.flags[m[2]] && !n.words.has(m[2]) {
			wrong = append(wrong, fmt.Sprintf("there is no flag %s%s", m[2], orNearest(m[2], n.flags)))
		}
	}
	return wrong
}

// selector is the names of a.b.c, or nil where it begins otherwise.
func selector(x *ast.SelectorExpr) []*ast.Ident {
	switch left := x.X.(type) {
	case *ast.Ident:
		return []*ast.Ident{left, x.Sel}
	case *ast.SelectorExpr:
		if parts := selector(left); parts != nil {
			return append(parts, x.Sel)
		}
	}
	return nil
}

var dots = regexp.MustCompile(`,? ?\.\.\.([ )}]|$)`)

// parseGo parses a piece of Go, or returns nil. "..." stands for what is left out.
func parseGo(text string) ast.Node {
	text = dots.ReplaceAllString(text, "$1")
	if e, err := parser.ParseExpr(text); err == nil {
		return e
	}
	for _, frame := range []string{"%s", "package p; %s", "package p; func _() { %s\n}", "package p; func _() { for { %s {} } }", "package p; type _ struct { %s\n}"} {
		if file, err := parser.ParseFile(token.NewFileSet(), "", fmt.Sprintf(frame, text), parser.SkipObjectResolution); err == nil {
			if frame == "%s" {
				return file
			}
			return &ast.File{Name: &ast.Ident{Name: "_"}, Decls: file.Decls}
		}
	}
	return nil
}
