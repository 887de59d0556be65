package starter

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// skeletons are the files that students fill in, each with the function that a
// student writes first: where that is written, the file is no skeleton any more.
var skeletons = map[string]string{
	"raft/raft.go":     "Make",
	"kvraft/client.go": "MakeClerk",
	"kvraft/server.go": "StartKVServer",
}

// manuals are the other files of students' packages.
var manuals = map[string]bool{"kvraft/doc.go": true}

// notYet is the function that a skeleton calls where there is nothing yet.
const notYet = "notYet"

// checkSkeletons returns an error where the tree's own raft/ or kvraft/ holds work
// of somebody's: students would be given it.
func checkSkeletons(tree string) error {
	const remedy = "The students would get it. Put the skeletons back, or write the starter from a clean clone"
	for _, folder := range []string{"raft", "kvraft"} {
		entries, err := os.ReadDir(filepath.Join(tree, folder))
		if err != nil {
			return fmt.Errorf("reading the skeletons: %w", err)
		}
		for _, e := range entries {
			name := path.Join(folder, e.Name())
			if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && skeletons[name] == "" && !manuals[name] {
				return fmt.Errorf("%s is not part of the skeleton. %s", name, remedy)
			}
		}
	}
	for name, function := range skeletons {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(tree, filepath.FromSlash(name)), nil, 0)
		if err != nil {
			return fmt.Errorf("reading the skeletons: %w", err)
		}
		if !waits(file, function) {
			return fmt.Errorf("%s is no skeleton any more: %s does not begin with %s. %s", name, function, notYet, remedy)
		}
	}
	return nil
}

// waits tells whether a file has a function that begins with a call of notYet.
func waits(file *ast.File, function string) bool {
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Name.Name != function || f.Body == nil || len(f.Body.List) == 0 {
			continue
		}
		s, ok := f.Body.List[0].(*ast.ExprStmt)
		if !ok {
			return false
		}
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		name, ok := call.Fun.(*ast.Ident)
		return ok && name.Name == notYet
	}
	return false
}
