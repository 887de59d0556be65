package lab

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// PlainSync tells whether the package under test, or its Raft, uses a mutex of package sync
// itself. labsync's stalls are then left off: a goroutine that labsync puts to
// sleep while it holds a plain mutex would freeze the clock, and that would be
// the framework's fault.
func (t *T) PlainSync() bool { return t.plan.plainSync }

// plainSync looks at the sources of the package under test, once, and at those of
// the Raft beside it, on which a service is built. A test runs in its package's
// directory.
var plainSync = sync.OnceValue(func() bool {
	dir, err := os.Getwd()
	return err == nil && (usesPlainSync(dir) || usesPlainSync(filepath.Join(dir, "..", "raft")))
})

// usesPlainSync looks for sync.Mutex and sync.RWMutex in a directory's Go files,
// tests left out. What cannot be parsed did not compile either.
func usesPlainSync(dir string) bool {
	names, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution); err == nil && fileUsesPlainSync(file) {
			return true
		}
	}
	return false
}

func fileUsesPlainSync(file *ast.File) (found bool) {
	name := ""
	for _, imp := range file.Imports {
		if imp.Path.Value == `"sync"` {
			name = "sync"
			if imp.Name != nil {
				name = imp.Name.Name
			}
		}
	}
	if name == "" {
		return false
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := sel.X.(*ast.Ident)
		found = found || ok && pkg.Name == name && (sel.Sel.Name == "Mutex" || sel.Sel.Name == "RWMutex")
		return true
	})
	return found
}
