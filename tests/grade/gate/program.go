package gate

import (
	"go/ast"
	"go/token"
	"strings"
)

// program is a package as its names lead from one declaration to another. It is
// coarse, on the safe side: without types, x.run may be any method run.
type program struct {
	sources []*source
	decls   map[string][]ast.Node   // of the package, by name; a type's methods count as the type
	methods map[string][]ast.Node   // by their names
	file    map[ast.Node]*source    // where a declaration stands
	vars    map[*ast.ValueSpec]bool // the declarations of variables
	inits   []ast.Node              // what runs before the first test: bodies of init, values of variables
}

func newProgram(sources []*source) *program {
	p := &program{sources: sources, decls: map[string][]ast.Node{}, methods: map[string][]ast.Node{},
		file: map[ast.Node]*source{}, vars: map[*ast.ValueSpec]bool{}}
	for _, s := range sources {
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				p.addFunc(s, d)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					p.addSpec(s, d.Tok, spec)
				}
			}
		}
	}
	return p
}

func (p *program) addFunc(s *source, d *ast.FuncDecl) {
	if d.Body == nil {
		return
	}
	p.file[d.Body] = s
	switch {
	case d.Recv != nil:
		p.methods[d.Name.Name] = append(p.methods[d.Name.Name], d.Body)
		if r := receiver(d); r != "" {
			p.decls[r] = append(p.decls[r], d.Body)
		}
	case d.Name.Name == "init":
		p.inits = append(p.inits, d.Body)
	default:
		p.decls[d.Name.Name] = append(p.decls[d.Name.Name], d.Body)
	}
}

func (p *program) addSpec(s *source, tok token.Token, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		p.file[spec.Type] = s
		p.decls[spec.Name.Name] = append(p.decls[spec.Name.Name], spec.Type)
	case *ast.ValueSpec:
		if tok != token.VAR {
			return
		}
		p.vars[spec] = true
		for _, v := range spec.Values {
			p.file[v] = s
			for _, name := range spec.Names {
				p.decls[name.Name] = append(p.decls[name.Name], v)
			}
			if s.runs(v) {
				p.inits = append(p.inits, v)
			}
		}
	}
}

// receiver is the name of a method's type.
func receiver(d *ast.FuncDecl) string {
	if len(d.Recv.List) == 0 {
		return ""
	}
	e := d.Recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// runs tells whether the value of a variable is more than written down: whether
// it has a call, outside of functions that it only holds. A conversion is none.
func (s *source) runs(value ast.Expr) bool {
	found := false
	ast.Inspect(value, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if !s.converts(n) {
				found = true
			}
		}
		return !found
	})
	return found
}

// converts tells whether a call is one of the conversions with which a package says
// what it implements: (*Raft)(nil) and raftapi.MakeFunc(Make).
func (s *source) converts(call *ast.CallExpr) bool {
	if len(call.Args) != 1 {
		return false
	}
	if where, name, ok := s.member(call.Fun); ok {
		return strings.HasPrefix(where, module) && allowed[where].permits(name) && strings.HasSuffix(name, "Func")
	}
	nothing, ok := call.Args[0].(*ast.Ident)
	_, pointer := ast.Unparen(call.Fun).(*ast.StarExpr)
	return ok && pointer && nothing.Name == "nil"
}

// lead is a name that may lead to declarations.
type lead struct {
	name   string // "" leads nowhere
	method bool
}

// leads returns what a node may lead to.
func (p *program) leads(s *source, n ast.Node) lead {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		if _, _, ok := s.member(n); !ok {
			return lead{n.Sel.Name, true}
		}
	case *ast.Ident:
		if p.ofPackage(n) {
			return lead{n.Name, false}
		}
	}
	return lead{}
}

// to returns the declarations at the end of a lead.
func (p *program) to(l lead) []ast.Node {
	if l.method {
		return p.methods[l.name]
	}
	return p.decls[l.name]
}

// ofPackage tells whether an identifier may stand for a declaration of the package,
// of its own file or another.
func (p *program) ofPackage(x *ast.Ident) bool {
	switch d := declared(x).(type) {
	case nil:
		return true
	case *ast.FuncDecl:
		return true
	case *ast.ValueSpec:
		return p.vars[d]
	case *ast.TypeSpec:
		return p.file[d.Type] != nil
	}
	return false
}
