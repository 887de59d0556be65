package starter

import (
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// theSecrets are those of the framework's folder.
func theSecrets(t *testing.T) secrets {
	t.Helper()
	s, err := secretsOf(treeOf(t))
	require.NoError(t, err)
	return s
}

// solutionFiles are the reference's files, without its tests.
func solutionFiles(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, eachFile(filepath.Join(treeOf(t), "solutions"), func(name string, content []byte) error {
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			files["solutions/"+name] = string(content)
		}
		return nil
	}))
	require.NotEmpty(t, files)
	return files
}

// skeleton is the students' raft.go, into which the tests plant things.
func skeleton(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(treeOf(t), "raft", "raft.go"))
	require.NoError(t, err)
	return string(text)
}

func TestAFileOfASolutionIsFoundUnderAnyName(t *testing.T) {
	s := theSecrets(t)
	for name, content := range solutionFiles(t) {
		assert.Contains(t, s.in("raft/mine.go", []byte("\n"+content)), "raft/mine.go is "+name)
	}
	assert.NotEmpty(t, s.in("tests/mutant/anything.txt", []byte("of mine")))
	assert.Empty(t, s.in("tests/lab/anything.txt", []byte("of mine")))
}

func TestEveryFunctionOfASolutionIsFoundInASkeleton(t *testing.T) {
	s := theSecrets(t)
	planted := 0
	for name, content := range solutionFiles(t) {
		for _, f := range functions(t, content) {
			if statements(f.Body) <= shortBody {
				continue
			}
			planted++
			original := f.Name.Name
			leaks := s.in("raft/raft.go", []byte(skeleton(t)+"\n"+disguised(t, f)))
			require.NotEmpty(t, leaks, "%s of %s", original, name)
			assert.Contains(t, leaks[0], "is that of "+original+" at "+name)
		}
	}
	assert.Greater(t, planted, 40)
}

// functions are the functions of a Go file, with their bodies.
func functions(t *testing.T, content string) []*ast.FuncDecl {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "solution.go", content, parser.SkipObjectResolution)
	require.NoError(t, err)
	var all []*ast.FuncDecl
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			all = append(all, f)
		}
	}
	return all
}

// disguised prints a function with another name, other names for what it declares,
// and a comment in every other line.
func disguised(t *testing.T, f *ast.FuncDecl) string {
	t.Helper()
	own := declared(f)
	fields := map[*ast.Ident]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			fields[n.Sel] = true
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok {
				fields[key] = true
			}
		case *ast.Ident:
			if own[n.Name] && !fields[n] {
				n.Name = "my" + n.Name
			}
		}
		return true
	})
	f.Name.Name = "x" + f.Name.Name
	var text strings.Builder
	require.NoError(t, format.Node(&text, token.NewFileSet(), f))
	return strings.ReplaceAll(text.String(), "\n", "\n// mine\n")
}

func TestLayoutCommentsAndOwnNamesDoNotMatter(t *testing.T) {
	const before = `package p
func (a *T) f(b int) { c := b; a.c = c; call(T{c: c}, func() { d() }); return }`
	same, err := bodiesOf("a.go", []byte(before))
	require.NoError(t, err)
	require.Len(t, same, 1, "the literal in it is short")
	for other, want := range map[string]bool{
		"package p\nfunc (x *T) g(y int) {\n\t// why\n\tz := y\n\n\tx.c = z\n\tcall(\n\t\tT{\n\t\t\tc: z,\n\t\t},\n\t\tfunc() {\n\t\t\td()\n\t\t},\n\t)\n\treturn\n}": true,
		"package p\nfunc (a *T) f(b int) { c := b; a.x = c; call(T{c: c}, func() { d() }); return }":                                                                  false, // another field
		"package p\nfunc (a *T) f(b int) { c := b; a.c = b; call(T{c: c}, func() { d() }); return }":                                                                  false, // another variable
		"package p\nfunc (a *T) f(b int) { c := b; a.c = c; call(T{c: c}, func() { e() }); return }":                                                                  false, // another function
	} {
		found, err := bodiesOf("b.go", []byte(other))
		require.NoError(t, err)
		require.Len(t, found, 1)
		assert.Equal(t, want, found[0].normal == same[0].normal, other)
	}
}

func TestLinesOfASolutionAreFoundInAnyText(t *testing.T) {
	s := theSecrets(t)
	lines := []string{"if rf.role != leader || rf.killed() {", "return -1, rf.currentTerm, false", "}", "index = rf.appendLocked(command)"}
	for where, text := range map[string]struct{ before, between, after string }{
		"handouts/01-election.md": {"Like this:\n\n```go\n", "\n", "\n```\n"},
		"handouts/02-list.md":     {"> - ", "\n> - ", "\n"},
		"handouts/03-table.md":    {"| `", "`\n| `", "`\n"},
		"tests/lab/doc.go":        {"// Package lab\n//\n//\t", "\n//\n//\t", "\npackage lab"},
		"tests/lab/code.go":       {"package lab\n", " // so\n// A comment, which changes nothing.\n\n\t", "\n"},
		"tests/lab/text.go":       {"package lab\n\nconst text = `\n", "\n", "`"},
		"tests/lab/quoted.go":     {"package lab\n\nconst text = \"\" +\n\t\"", "\\n\" +\n\t\"", "\""},
		"tests/page/page.js":      {"/*\n * ", "\n * ", "\n */"},
	} {
		found := s.lines(where, []byte(text.before+strings.Join(lines, text.between)+text.after))
		require.Len(t, found, 1, where)
		assert.Contains(t, found[0], "the lines from here on are those of solutions/raft/raft.go:")
		two := s.lines(where, []byte(text.before+strings.Join(lines[:3], text.between)+text.after))
		assert.Empty(t, two, "two lines that say something")
	}
}

func TestOnlyLinesThatSaySomethingCount(t *testing.T) {
	for line, want := range map[string]bool{
		"package raft":                              false,
		`"raftlabs/raft/raftapi"`:                   false,
		`sync "raftlabs/labsync"`:                   false,
		"LastIncludedIndex int // of Figure 13":     false,
		"func (rf *Raft) GetState() (int, bool) {":  false,
		"defer rf.persister.mu.Unlock()":            false,
		"for peer := range rf.peers {":              false,
		"}":                                         false,
		"rf.persistLocked()":                        true,
		"func (rf *Raft) quorum() int { return 1 }": true,
		"- rf.votedFor = args.CandidateId":          true,
	} {
		assert.Equal(t, want, tells(plain(line)), line)
	}
}

func TestWhatIsExpectedIsThere(t *testing.T) {
	for pair, why := range expected {
		assert.NotEmpty(t, why)
		for _, name := range pair {
			assert.FileExists(t, filepath.Join(treeOf(t), filepath.FromSlash(name)))
		}
	}
}

func TestWithoutSolutionsNothingCanBeSaid(t *testing.T) {
	_, err := Leaks(t.TempDir(), t.TempDir())
	assert.ErrorContains(t, err, "there are no solutions in ")
}
