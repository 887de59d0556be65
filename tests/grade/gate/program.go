package gate

import (
	"go/ast"
	"go/token"
	"strings"
)

// program is all that was handed in, as names lead from one declaration to
// another. It is coarse, on the safe side: without types, x.run may be any method run.
type program struct {
	decls map[lead][]ast.Node     // a method counts as its type, too
	in    map[ast.Node]*source    // where a declaration stands
	vars  map[lead]*ast.Ident     // the variables of packages
	specs map[*ast.ValueSpec]bool // the declarations of these
	inits []ast.Node              // what runs before the first test: bodies of init, values of variables
}

// lead is a name that may lead to declarations.
type lead struct {
	folder string // of the package; "" for methods, whose types are not known
	name   string // "" leads nowhere
}

func newProgram() *program {
	return &program{
		decls: map[lead][]ast.Node{},
		in:    map[ast.Node]*source{},
		vars:  map[lead]*ast.Ident{},
		specs: map[*ast.ValueSpec]bool{},
	}
}

// add adds the declarations of a file.
func (p *program) add(s *source) {
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body != nil {
				p.addFunc(s, d)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					p.declare(s, s.folder, spec.Name.Name, spec.Type)
				case *ast.ValueSpec:
					if d.Tok == token.VAR {
						p.addVar(s, spec)
					}
				}
			}
		}
	}
}

func (p *program) addFunc(s *source, d *ast.FuncDecl) {
	switch {
	case d.Recv != nil:
		p.declare(s, "", d.Name.Name, d.Body)
		p.declare(s, s.folder, receiver(d), d.Body)
	case d.Name.Name == "init":
		p.declare(s, "", "", d.Body)
		p.inits = append(p.inits, d.Body)
	default:
		p.declare(s, s.folder, d.Name.Name, d.Body)
	}
}

func (p *program) addVar(s *source, spec *ast.ValueSpec) {
	p.specs[spec] = true
	for _, name := range spec.Names {
		if name.Name != "_" {
			p.vars[lead{s.folder, name.Name}] = name
		}
		for _, v := range spec.Values {
			p.declare(s, s.folder, name.Name, v)
		}
	}
	for _, v := range spec.Values {
		if s.runs(v) {
			p.inits = append(p.inits, v)
		}
	}
}

// declare notes what a name leads to.
func (p *program) declare(s *source, folder, name string, what ast.Node) {
	p.in[what] = s
	if l := (lead{folder, name}); name != "" {
		p.decls[l] = append(p.decls[l], what)
	}
}

// receiver is the name of a method's type, "" where it has none.
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

// leads returns what a node of a file may lead to.
func (p *program) leads(s *source, n ast.Node) lead {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		if where, name, ok := s.member(n); ok {
			return lead{strings.TrimPrefix(where, module), name}
		}
		return lead{"", n.Sel.Name}
	case *ast.Ident:
		if p.ofPackage(n) {
			return lead{s.folder, n.Name}
		}
	}
	return lead{}
}

// ofPackage tells whether an identifier may stand for a declaration of its package,
// in its own file or another.
func (p *program) ofPackage(x *ast.Ident) bool {
	switch d := declared(x).(type) {
	case nil, *ast.FuncDecl:
		return true
	case *ast.ValueSpec:
		return p.specs[d]
	case *ast.TypeSpec:
		return p.in[d.Type] != nil
	}
	return false
}
