package gate

import (
	"go/ast"
	"go/token"
	"strings"
)

// program is all that was handed in, as names lead from one declaration to
// another. A type leads to all of its methods: without types nobody knows which are
// called, and fmt and sort call some unseen. A value does not come about
// unless its type is named, by it or by what leads to it.
type program struct {
	decls map[lead][]ast.Node            // methods under the names of their types
	in    map[ast.Node]*source           // where a declaration stands
	vars  map[lead]*ast.Ident            // the variables of packages
	types map[lead]bool                  // the names that are types
	specs map[*ast.ValueSpec]token.Token // VAR or CONST, of all that packages declare
	inits []ast.Node                     // what is there before the first test: bodies of init, values of variables
}

// lead is a name that may lead to declarations.
type lead struct {
	folder string // of the package
	name   string // "" leads nowhere
}

func newProgram() *program {
	return &program{
		decls: map[lead][]ast.Node{},
		in:    map[ast.Node]*source{},
		vars:  map[lead]*ast.Ident{},
		types: map[lead]bool{},
		specs: map[*ast.ValueSpec]token.Token{},
	}
}

// add adds the declarations of a file.
func (p *program) add(s *source) {
	s.fields = fields(s.file)
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			p.addFunc(s, d)
		case *ast.GenDecl:
			var last *ast.ValueSpec // a constant without a value is as the one before
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					p.addType(s, spec)
				case *ast.ValueSpec:
					if spec.Type != nil || spec.Values != nil {
						last = spec
					}
					p.addValue(s, spec, last, d.Tok)
				}
			}
		}
	}
}

func (p *program) addFunc(s *source, d *ast.FuncDecl) {
	if d.Body == nil {
		return
	}
	name := d.Name.Name
	if d.Recv != nil && len(d.Recv.List) > 0 {
		name = typeName(d.Recv.List[0].Type)
	} else if name == "init" {
		p.in[d.Body] = s
		p.inits = append(p.inits, d.Body)
		return
	}
	p.declare(s, name, d.Type)
	p.declare(s, name, d.Body)
}

func (p *program) addType(s *source, spec *ast.TypeSpec) {
	p.types[lead{s.folder, spec.Name.Name}] = true
	p.declare(s, spec.Name.Name, spec.Type)
	if spec.Assign.IsValid() { // an alias, whose methods are the type's
		p.declare(s, typeName(spec.Type), spec.Name)
	}
}

// addValue adds variables, or constants with the type and the values of last.
func (p *program) addValue(s *source, spec, last *ast.ValueSpec, tok token.Token) {
	p.specs[spec] = tok
	for _, name := range spec.Names {
		if name.Name == "_" {
			continue // nobody can name it
		}
		if tok == token.VAR {
			p.vars[lead{s.folder, name.Name}] = name
		}
		if last != nil && last.Type != nil {
			p.declare(s, name.Name, last.Type)
		}
		if last != nil {
			for _, v := range last.Values {
				p.declare(s, name.Name, v)
			}
		}
	}
	for _, v := range spec.Values {
		p.in[v] = s
		if tok == token.VAR {
			p.inits = append(p.inits, v)
		}
	}
}

// declare notes what a name of a file's package leads to.
func (p *program) declare(s *source, name string, what ast.Node) {
	p.in[what] = s
	l := lead{s.folder, name}
	p.decls[l] = append(p.decls[l], what)
}

// typeName is the name in a type such as *T or T[int], "" where it has none.
func typeName(e ast.Expr) string {
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
	case *ast.Ident:
		if !s.fields[n] && p.ofPackage(n) {
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
		return p.specs[d] != 0
	case *ast.TypeSpec:
		return p.in[d.Type] != nil
	}
	return false
}

// fields are the identifiers of a file that stand for fields and methods: of x.y and
// of T{y: 1}. Keys of maps look like the latter, and lead nowhere either.
func fields(file *ast.File) map[*ast.Ident]bool {
	found := map[*ast.Ident]bool{}
	for n := range ast.Preorder(file) {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			found[n.Sel] = true
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok {
				found[key] = true
			}
		}
	}
	return found
}
