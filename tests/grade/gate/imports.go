package gate

import (
	"fmt"
	"go/ast"
	"path"
	"strconv"
	"strings"
)

// module is the import path of the tree, which the student's folders are in.
const module = "raftlabs/"

// checkImports compares what a file imports with the allow-list.
func (g *gate) checkImports(s *source) {
	for _, spec := range s.file.Imports {
		where := importPath(spec)
		switch {
		case !g.mayImport(s.folder, where):
			g.at(spec.Path.Pos(), RuleImport, "imports "+ascii(where), remedy(where))
		case spec.Name != nil && spec.Name.Name == ".":
			g.at(spec.Name.Pos(), RuleImport, "imports all names of "+where, "import it without the dot")
		}
	}
}

// mayImport tells whether a file of a folder may import a package: one of the
// allow-list, or the student's own.
func (g *gate) mayImport(folder, where string) bool {
	if _, ok := allowed[where]; ok {
		return true
	}
	to, ours := strings.CutPrefix(where, module)
	if !ours || to == folder {
		return false
	}
	if to == "raft" && strings.HasPrefix(folder+"/", "kvraft/") {
		return true
	}
	_, own := g.folders[to]
	return own && to != "raft" && to != "kvraft"
}

// remedy is what to do instead of an import.
func remedy(where string) string {
	for at := where; at != "." && at != "/"; at = path.Dir(at) {
		if r, ok := remedies[at]; ok {
			return r
		}
	}
	return "do without it: only packages that compute, wait and print are let through"
}

// importNames maps the names under which a file knows packages to import paths. A
// package of the student's own has the name that it gives itself, which need not
// be its folder's.
func (g *gate) importNames(file *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range file.Imports {
		where := importPath(spec)
		name := packageName(where)
		if own := g.folders[strings.TrimPrefix(where, module)]; own != nil && strings.HasPrefix(where, module) {
			name = own[0].file.Name.Name
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = where
	}
	return names
}

// importPath is what a file imports. The parser has seen that it is a string.
func importPath(spec *ast.ImportSpec) string {
	where, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return spec.Path.Value
	}
	return where
}

// packageName is the name of a package on the allow-list: the end of its path, with
// two exceptions.
func packageName(where string) string {
	switch where {
	case "math/rand/v2":
		return "rand"
	case "github.com/sasha-s/go-deadlock":
		return "deadlock"
	}
	return path.Base(where)
}

// member returns the package and the name where an expression is another package's
// name, such as io.EOF.
func (s *source) member(e ast.Expr) (where, name string, ok bool) {
	selector, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return "", "", false
	}
	x, ok := ast.Unparen(selector.X).(*ast.Ident)
	if !ok || declared(x) != nil {
		return "", "", false
	}
	where, ok = s.imports[x.Name]
	return where, selector.Sel.Name, ok
}

// declared is what the parser has found a name to stand for in its own file; nil
// for a package, and for what another file declares.
// go/types would know better, but computes constants as large as an author likes.
func declared(x *ast.Ident) any {
	if x.Obj == nil {
		return nil
	}
	return x.Obj.Decl
}

// checkNames has a file use of each package only what is allowed.
func (g *gate) checkNames(s *source) {
	judged := map[ast.Expr]bool{} // selectors of which a field was judged
	ast.Inspect(s.file, func(n ast.Node) bool {
		e, ok := n.(*ast.SelectorExpr)
		if !ok || judged[e] {
			return true
		}
		if where, name, ok := s.member(e.X); ok && allowed[where].lists(name+"."+e.Sel.Name) {
			judged[ast.Unparen(e.X)] = true
			return true
		}
		where, name, ok := s.member(e)
		if a, listed := allowed[where]; ok && listed && !a.permits(name) {
			g.at(e.Sel.Pos(), RuleName, fmt.Sprintf("uses %s.%s", packageName(where), name), a.remedy(where))
		}
		return true
	})
}
