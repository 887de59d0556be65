package handouts

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"raftlabs/tests/grade"
)

// index is what a text may name.
type index struct {
	names    map[string]bool            // identifiers of the code, and the suites' cases, tests and stages
	cases    map[string]bool            // "TestElection/ReElection" and "Election/ReElection"
	packages map[string]map[string]bool // by the last part of the path: what is exported, "Mutex" and "Mutex.Lock"
	imports  map[string]bool            // paths
	flags    map[string]bool            // "-lab.seed", "-race", "--stage"
	own      map[string]map[string]bool // of "./tests/cmd/hunt" and the like, which take no others
	goroot   string
	files    map[string]bool
	first    map[string]bool // the files among which a name without a folder is looked for first
	said     string          // what the code can print: its strings, and the files that it embeds
	env      string          // where environment variables are named
}

// indexOf reads the code that a student has, with the reference, whose names the
// handouts propose; or all of it.
func (t *Tree) indexOf(student bool, stages []grade.Stage) (*index, error) {
	x := &index{
		names: map[string]bool{}, cases: map[string]bool{}, packages: map[string]map[string]bool{},
		imports: map[string]bool{}, flags: map[string]bool{}, own: map[string]map[string]bool{},
	}
	for _, s := range stages {
		x.names[s.Name], x.names[s.Test], x.names[strings.TrimPrefix(s.Test, "Test")] = true, true, true
		for _, c := range s.Cases {
			x.names[c.Name] = true
			x.cases[s.Test+"/"+c.Name], x.cases[strings.TrimPrefix(s.Test, "Test")+"/"+c.Name] = true, true
		}
	}
	all, err := t.listed()
	if err != nil {
		return nil, err
	}
	if x.first, err = t.given(); err != nil {
		return nil, err
	}
	if x.files = maps.Clone(all); student {
		x.files = x.first
	}
	maps.Copy(x.files, x.first) // an instructor reads of the starter's files, too
	edits, err := t.edits()
	if err != nil {
		return nil, err
	}
	for name := range edits {
		x.names[name] = true
	}
	for name := range all {
		if x.files[name] || strings.HasPrefix(name, "solutions/") {
			if err := x.read(t.Root, name); err != nil {
				return nil, err
			}
		}
	}
	if err := x.standardLibrary(); err != nil {
		return nil, err
	}
	return x, x.readFlags(student)
}

// read takes the names out of a file.
func (x *index) read(root, name string) error {
	switch path.Ext(name) {
	case ".go":
		if strings.HasSuffix(name, "_test.go") && strings.HasPrefix(name, "tests/") {
			return nil // what tests of tests call something is nobody's concern
		}
	case ".html", ".js", ".css", ".sh", ".txt", ".yml":
	default:
		if name != ".ci/run" {
			return nil
		}
	}
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	x.env += string(data)
	if path.Ext(name) != ".go" {
		x.said += string(data) + "\n"
		return nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, data, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	x.imports["raftlabs/"+path.Dir(name)] = true
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			x.names[n.Name] = true
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				x.said += text + "\n"
			}
		}
		return true
	})
	x.exported(path.Base(path.Dir(name)), file)
	return nil
}

// exported notes what a file of a package exports.
func (x *index) exported(pkg string, file *ast.File) {
	if x.packages[pkg] == nil {
		x.packages[pkg] = map[string]bool{}
	}
	names := x.packages[pkg]
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				name = receiver(d.Recv.List[0].Type) + "." + name
			}
			names[name] = true
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names[n.Name] = true
					}
				case *ast.TypeSpec:
					names[s.Name.Name] = true
					members(names, s)
				}
			}
		}
	}
}

// receiver is the name of a method's type.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// members notes the fields and methods that a type is written with.
func members(names map[string]bool, s *ast.TypeSpec) {
	var list *ast.FieldList
	switch t := s.Type.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return
	}
	for _, f := range list.List {
		for _, n := range f.Names {
			names[s.Name.Name+"."+n.Name] = true
		}
	}
}

// standardLibrary notes the packages of the standard library. What they export is
// read when a text names one.
func (x *index) standardLibrary() error {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("looking for the standard library: %w", err)
	}
	x.goroot = strings.TrimSpace(string(root))
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		return fmt.Errorf("listing the standard library: %w", err)
	}
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); !strings.Contains(line, "internal") && !strings.HasPrefix(line, "vendor/") {
			x.imports[line] = true
		}
	}
	return nil
}

// exports tells whether some package of a name exports something, "Mutex" or
// "Mutex.Lock"; known says whether there is such a package.
func (x *index) exports(pkg, name string) (has, known bool) {
	for p := range x.imports {
		if base := path.Base(strings.TrimSuffix(p, "/v2")); base == pkg && !strings.HasPrefix(p, "raftlabs/") {
			x.readStandard(p, pkg)
		}
	}
	names := x.packages[pkg]
	if names == nil {
		return false, false
	}
	return names[name], true
}

func (x *index) readStandard(p, pkg string) {
	if x.packages[pkg]["read "+p] {
		return
	}
	dir := filepath.Join(x.goroot, "src", filepath.FromSlash(p))
	files, _ := filepath.Glob(filepath.Join(dir, "*.go")) // the pattern is well-formed
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution); err == nil {
			x.exported(pkg, file)
		}
	}
	x.packages[pkg]["read "+p] = true
}
