package gate

import (
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// emptyPackages imports every package as an empty one. Names of packages are found
// all the same.
type emptyPackages struct{ g *gate }

func (e emptyPackages) Import(where string) (*types.Package, error) {
	name := packageName(where)
	if own := e.g.folders[strings.TrimPrefix(where, module)]; own != nil {
		name = own[0].file.Name.Name
	}
	p := types.NewPackage(where, name)
	p.MarkComplete()
	return p, nil
}

// Whether x in x.Y is a package or hides one is the parser's word. go/types, which
// the gate does without, says the same.
func TestPackagesAreToldFromWhatHidesThem(t *testing.T) {
	packages, hidden := 0, 0
	for _, files := range submissions(t) {
		g := &gate{fset: token.NewFileSet(), folders: map[string][]*source{}, alike: map[[2]string]int{}}
		for name, text := range files {
			if s := g.parse(name, text); s != nil {
				g.folders[s.folder] = append(g.folders[s.folder], s)
			}
		}
		for folder, sources := range g.folders {
			var asts []*ast.File
			for _, s := range sources {
				s.imports = g.importNames(s.file)
				asts = append(asts, s.file)
			}
			info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
			config := types.Config{Importer: emptyPackages{g}, Error: func(error) {}, FakeImportC: true}
			_, _ = config.Check(folder, g.fset, asts, info) // much is missing in empty packages
			for _, s := range sources {
				for n := range ast.Preorder(s.file) {
					e, ok := n.(*ast.SelectorExpr)
					if !ok {
						continue
					}
					x, ok := ast.Unparen(e.X).(*ast.Ident)
					if !ok || info.Uses[x] == nil {
						continue
					}
					_, want := info.Uses[x].(*types.PkgName)
					_, _, got := s.member(e)
					assert.Equal(t, want, got, "%v: %s.%s", g.fset.Position(e.Pos()), x.Name, e.Sel.Name)
					if _, imported := s.imports[x.Name]; want {
						packages++
					} else if imported {
						hidden++
					}
				}
			}
		}
	}
	assert.Greater(t, packages, 100)
	assert.Greater(t, hidden, 10)
}

// submissions are those of testdata, and the reference.
func submissions(t *testing.T) []map[string][]byte {
	names, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	var all []map[string][]byte
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		require.NoError(t, err)
		files := map[string][]byte{}
		for _, f := range archive.Files {
			files[f.Name] = f.Data
		}
		all = append(all, files)
	}
	reference := map[string][]byte{}
	for _, folder := range []string{"raft", "kvraft"} {
		names, err := filepath.Glob(filepath.Join("../../../solutions", folder, "*.go"))
		require.NoError(t, err)
		for _, name := range names {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			reference[folder+"/"+filepath.Base(name)] = text
		}
	}
	require.NotEmpty(t, reference)
	return append(all, reference)
}
