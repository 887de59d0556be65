package hunt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// overlay is what go build -overlay takes: by the name of a file, that of the
// one which is read in its place. Names are absolute.
type overlay map[string]string

// readOverlay reads a file of the form that go build -overlay takes. "" is none.
func readOverlay(name string) (overlay, error) {
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, wrongUsage("-overlay: %v", err)
	}
	var file struct{ Replace map[string]string }
	if err := json.Unmarshal(text, &file); err != nil || file.Replace == nil {
		return nil, wrongUsage("-overlay %s: it is not of the form that go build -overlay takes, {\"Replace\": {...}}", name)
	}
	o := overlay{}
	for from, to := range file.Replace {
		from, err := filepath.Abs(from)
		if err != nil {
			return nil, err
		}
		if to, err = filepath.Abs(to); err != nil {
			return nil, err
		}
		o[from] = to
	}
	return o, nil
}

// withLabsync writes the sources that use sync to dir, with labsync in its
// place, and the overlay for all of it. It returns that file's name.
func (o overlay) withLabsync(dir, tree string, t target) (string, error) {
	replace := overlay{}
	maps.Copy(replace, o)
	for _, folder := range t.sources() {
		names, err := o.sources(filepath.Join(tree, filepath.FromSlash(folder)))
		if err != nil {
			return "", err
		}
		for _, name := range names {
			from := name
			if to, ok := o[name]; ok {
				from = to
			}
			text, err := os.ReadFile(from)
			if err != nil {
				return "", err
			}
			with, ok := withLabsync(text)
			if !ok {
				continue
			}
			replace[name] = filepath.Join(dir, fmt.Sprintf("%d.go", len(replace)))
			if err := os.WriteFile(replace[name], with, 0o600); err != nil {
				return "", err
			}
		}
	}
	text, err := json.Marshal(map[string]overlay{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, os.WriteFile(name, text, 0o600)
}

// sources are the Go files of a folder, tests left out, with those that the
// overlay adds.
func (o overlay) sources(folder string) ([]string, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	for name := range o {
		if filepath.Dir(name) == folder && strings.HasSuffix(name, ".go") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return strings.HasSuffix(name, "_test.go") }), nil
}

// withLabsync has a file import labsync where it imports sync, under the same
// name and on the same line. ok says whether there was anything to do; what
// cannot be parsed is left to the compiler.
func withLabsync(text []byte) (with []byte, ok bool) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", text, parser.ImportsOnly)
	if err != nil {
		return nil, false
	}
	for _, imp := range file.Imports {
		if imp.Path.Value != `"sync"` {
			continue
		}
		at, end := offsets(files, imp)
		name := "sync"
		if imp.Name != nil {
			name = imp.Name.Name
		}
		return bytes.Join([][]byte{text[:at], []byte(name + ` "raftlabs/labsync"`), text[end:]}, nil), true
	}
	return nil, false
}

func offsets(files *token.FileSet, imp *ast.ImportSpec) (from, to int) {
	at := imp.Path.Pos()
	if imp.Name != nil {
		at = imp.Name.Pos()
	}
	return files.Position(at).Offset, files.Position(imp.Path.End()).Offset
}
