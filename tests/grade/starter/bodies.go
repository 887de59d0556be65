package starter

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
)

// shortBody is how many statements a body may have, those within others counted,
// without being anybody's in particular.
const shortBody = 3

// function is a function, or a function literal.
type function struct {
	name   string
	at     place
	normal string // the body, in the form in which it is compared
}

// bodiesOf are the functions of a Go file that are long enough to be compared.
func bodiesOf(name string, content []byte) ([]function, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, content, parser.SkipObjectResolution) // and without comments
	if err != nil {
		return nil, fmt.Errorf("parsing Go: %w", err)
	}
	var found []function
	for _, d := range file.Decls {
		own := declared(d)
		ast.Inspect(d, func(n ast.Node) bool {
			var body *ast.BlockStmt
			f := function{name: "a function literal"}
			switch n := n.(type) {
			case *ast.FuncDecl:
				f.name, body = n.Name.Name, n.Body
			case *ast.FuncLit:
				body = n.Body
			}
			if body != nil && statements(body) > shortBody {
				f.at = place{name, fset.Position(n.Pos()).Line}
				f.normal = normal(body, own)
				found = append(found, f)
			}
			return true
		})
	}
	return found, nil
}

// statements counts the statements of a body, blocks not counted by themselves.
func statements(body *ast.BlockStmt) int {
	n := 0
	ast.Inspect(body, func(node ast.Node) bool {
		_, block := node.(*ast.BlockStmt)
		if _, ok := node.(ast.Stmt); ok && !block {
			n++
		}
		return true
	})
	return n
}

// declared are the names that belong to a function alone: of its receiver, its
// parameters and its variables, those of the literals in it included.
func declared(d ast.Decl) map[string]bool {
	own := map[string]bool{}
	add := func(names ...ast.Expr) {
		for _, n := range names {
			if id, ok := n.(*ast.Ident); ok && id.Name != "_" {
				own[id.Name] = true
			}
		}
	}
	fields := func(list *ast.FieldList) {
		if list == nil {
			return
		}
		for _, f := range list.List {
			for _, n := range f.Names {
				add(n)
			}
		}
	}
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			fields(n.Recv)
		case *ast.FuncType:
			fields(n.Params)
			fields(n.Results)
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				add(n.Lhs...)
			}
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE {
				add(n.Key, n.Value)
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				add(name)
			}
		}
		return true
	})
	return own
}

// normal prints a body in one layout, without comments, and with its own names
// replaced by numbers in the order in which they come.
func normal(body *ast.BlockStmt, own map[string]bool) string {
	numbers := map[string]string{}
	changed := map[*ast.Ident]string{}
	others := map[*ast.Ident]bool{} // names of fields and methods
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			others[n.Sel] = true
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok {
				others[key] = true
			}
		case *ast.Ident:
			if !own[n.Name] || others[n] {
				break
			}
			if numbers[n.Name] == "" {
				numbers[n.Name] = fmt.Sprintf("v%d", len(numbers))
			}
			changed[n] = n.Name
			n.Name = numbers[n.Name]
		}
		return true
	})
	var text bytes.Buffer
	// A set that does not know the positions has the printer choose all breaks.
	err := printer.Fprint(&text, token.NewFileSet(), body)
	for id, name := range changed {
		id.Name = name // literals within it are printed again by themselves
	}
	if err != nil {
		panic(fmt.Sprintf("printing what was parsed: %v", err))
	}
	return text.String()
}
