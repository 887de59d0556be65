package gate

import "go/ast"

// checkShared notes variables of the package that its functions change. All
// servers of a test are in one process and share them: what one server learns
// through them never went over the network. It is no more than a note, since a
// pool, a counter for log lines or a constant table are none of that.
func (g *gate) checkShared(p *program, s *source) {
	for n := range ast.Preorder(s.file) {
		for _, e := range written(n) {
			x := rootName(e)
			if x == nil || !p.ofPackage(x) {
				continue
			}
			l := lead{s.folder, x.Name}
			if name := p.vars[l]; name != nil {
				delete(p.vars, l) // once is enough
				f := g.finding(name.Pos(), RuleShared, "all servers of a test share the variable "+ascii(x.Name),
					"what belongs to one server is a field of its struct")
				f.Note = true
				g.add(f)
			}
		}
	}
}

// written is what a node changes, of variables that may be maps, channels or atomic
// besides.
func written(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.SendStmt:
		return []ast.Expr{n.Chan}
	case *ast.CallExpr:
		if fun, ok := n.Fun.(*ast.SelectorExpr); ok {
			switch fun.Sel.Name {
			case "Add", "CompareAndSwap", "LoadOrStore", "Store", "Swap":
				return []ast.Expr{fun.X}
			}
		}
	}
	return changed(n)
}

// rootName is the variable in which an operand lies: x of x.y[z]; nil if there is none.
func rootName(e ast.Expr) *ast.Ident {
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
			e = x.X
		case *ast.Ident:
			return x
		default:
			return nil
		}
	}
}
