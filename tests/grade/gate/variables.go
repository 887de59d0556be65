package gate

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// checkVariables refuses changes to variables of other packages, the student's own
// excepted.
func (g *gate) checkVariables(s *source) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		for _, e := range changed(n) {
			where, name, ok := s.root(e)
			if own := strings.TrimPrefix(where, module); !ok || strings.Contains(name, ".") || own == "raft" || g.folders[own] != nil {
				continue
			}
			g.at(e.Pos(), RuleVariable, fmt.Sprintf("changes %s.%s, or takes its address", packageName(where), name),
				"keep a variable of your own: the tests use that one too")
		}
		return true
	})
}

// changed returns the operands that a node changes, or gives others the means to.
func changed(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			return n.Lhs
		}
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			var both []ast.Expr
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if e != nil {
					both = append(both, e)
				}
			}
			return both
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return []ast.Expr{n.X}
		}
	case *ast.CallExpr:
		if fun, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 && slices.Contains([]string{"clear", "copy", "delete"}, fun.Name) {
			return n.Args[:1]
		}
	}
	return nil
}

// root is the other package's variable in which an operand lies: io.EOF of
// *io.EOF, and deadlock.Opts.Disable where the allow-list has it.
func (s *source) root(e ast.Expr) (where, name string, ok bool) {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.SelectorExpr:
			if where, name, ok := s.member(x); ok {
				return where, name, true
			}
			if where, name, ok := s.member(x.X); ok && allowed[where].lists(name+"."+x.Sel.Name) {
				return where, name + "." + x.Sel.Name, true
			}
			e = x.X
		default:
			return "", "", false
		}
	}
}
