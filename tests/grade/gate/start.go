package gate

import (
	"fmt"
	"go/ast"
	"slices"
)

// starters are the functions of other packages that begin what goes on by itself.
var starters = map[string][]string{
	"context": {"AfterFunc", "WithCancel", "WithCancelCause", "WithDeadline", "WithDeadlineCause", "WithTimeout", "WithTimeoutCause"},
	"iter":    {"Pull", "Pull2"},
	"time":    {"After", "AfterFunc", "NewTicker", "NewTimer", "Tick"},
}

// checkStart refuses what goes on by itself from before the first test: what init
// functions and the values of variables lead to, each declaration looked at once.
func (g *gate) checkStart(p *program) {
	queue := slices.DeleteFunc(slices.Clone(p.inits), func(n ast.Node) bool { return !p.runs(n) })
	seen := map[ast.Node]bool{}
	followed := map[lead]bool{}
	for len(queue) > 0 {
		node := queue[0]
		queue = queue[1:]
		if seen[node] {
			continue
		}
		seen[node] = true
		s := p.in[node]
		for n := range ast.Preorder(node) {
			if what := s.starts(n); what != "" {
				g.at(n.Pos(), RuleStart, what+" before the first test, on the way from init or a variable's value",
					"begin it in Make, StartKVServer or MakeClerk: a test has a time and goroutines of its own")
			}
			if l := p.leads(s, n); !followed[l] {
				followed[l] = true
				queue = append(queue, p.decls[l]...)
			}
		}
	}
}

// starts says what a node begins, "" for nothing. A method Go is WaitGroup's, as far as
// names tell. context.WithCancel watches a parent that it does not know in a
// goroutine, which calls that parent's methods.
func (s *source) starts(n ast.Node) string {
	switch n := n.(type) {
	case *ast.GoStmt:
		return "starts a goroutine"
	case *ast.SelectorExpr:
		if where, name, ok := s.member(n); ok && slices.Contains(starters[where], name) {
			return fmt.Sprintf("uses %s.%s", packageName(where), name)
		}
		if n.Sel.Name == "Go" {
			return "calls a method Go"
		}
	}
	return ""
}

// runs tells whether the value of a variable is more than written down: whether
// it has a call, outside of functions that it only holds. A conversion is none. The
// body of an init always runs.
func (p *program) runs(value ast.Node) bool {
	if _, body := value.(*ast.BlockStmt); body {
		return true
	}
	s, found := p.in[value], false
	ast.Inspect(value, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if !p.converts(s, n) {
				found = true
			}
		}
		return !found
	})
	return found
}

// conversions are the contract's types of functions.
var conversions = []string{"raftlabs/raft/raftapi.MakeFunc", "raftlabs/kvraft/kvapi.MakeClerkFunc", "raftlabs/kvraft/kvapi.StartFunc"}

// converts tells whether a call is one of the conversions with which a package says
// what it implements: (*Raft)(nil) and raftapi.MakeFunc(Make).
func (p *program) converts(s *source, call *ast.CallExpr) bool {
	if len(call.Args) != 1 {
		return false
	}
	if where, name, ok := s.member(call.Fun); ok {
		return slices.Contains(conversions, where+"."+name)
	}
	nothing, ok := call.Args[0].(*ast.Ident)
	pointer, star := ast.Unparen(call.Fun).(*ast.StarExpr)
	return ok && star && nothing.Name == "nil" && p.types[p.leads(s, ast.Unparen(pointer.X))]
}
