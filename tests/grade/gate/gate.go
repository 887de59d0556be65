package gate

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
)

// The rules, as [Finding] names them.
const (
	RuleFile      = "file"      // a file that is not compiled everywhere, or not the student's
	RuleSize      = "size"      // too much to look at
	RuleSyntax    = "syntax"    // no Go
	RulePackage   = "package"   // another package than the folder's
	RuleImport    = "import"    // a package that is not on the allow-list
	RuleName      = "name"      // a name of an allowed package that is not on it
	RuleVariable  = "variable"  // a change to a variable of another package
	RuleDirective = "directive" // a comment that the tool chain obeys
	RuleMethod    = "method"    // an encoding of its own
	RuleStart     = "start"     // a goroutine before the first test
	RuleShared    = "shared"    // a note: a variable that all servers share
)

// Limits of the sources, in bytes. The reference has some 100 KiB.
const (
	maxFile = 1 << 20
	maxAll  = 4 << 20
)

// maxAlike is how many findings of one rule are shown for one file.
const maxAlike = 50

// Finding is something that the gate does not let through, or a note.
type Finding struct {
	File         string // as Check was given it
	Line, Column int    // from 1, of the file as it is; 0 where it is about a whole file
	Rule         string
	What         string // "imports os/exec"
	Remedy       string // what to do instead
	Note         bool   // to be shown; it refuses nothing
}

func (f Finding) String() string {
	place := ascii(f.File)
	if f.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, f.Line)
	}
	return fmt.Sprintf("%s: %s: %s", place, f.What, f.Remedy)
}

// Check looks at all sources of one student, as "raft/raft.go" or
// "kvraft/server.go". The contract's packages below these folders and the
// framework's own files must not be among them. It returns all findings in
// the order of files and lines, but no more than some of a kind for each file;
// the student's code may be built if none is more than a note.
func Check(files map[string][]byte) []Finding {
	g := &gate{fset: token.NewFileSet(), folders: map[string][]*source{}, alike: map[[2]string]int{}}
	total := 0
	for _, text := range files {
		total += len(text)
	}
	if total > maxAll {
		g.add(Finding{File: slices.Min(slices.Collect(maps.Keys(files))), Rule: RuleSize,
			What:   fmt.Sprintf("the files have %d bytes together", total),
			Remedy: fmt.Sprintf("hand in no more than %d", maxAll)})
		return g.findings
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if s := g.parse(name, files[name]); s != nil {
			g.folders[s.folder] = append(g.folders[s.folder], s)
		}
	}
	p := newProgram()
	for folder, sources := range g.folders {
		g.checkPackage(folder, sources)
		for _, s := range sources {
			s.imports = g.importNames(s.file)
			g.checkDirectives(s)
			g.checkImports(s)
			g.checkNames(s)
			g.checkVariables(s)
			g.checkMethods(s)
			p.add(s)
		}
	}
	g.checkStart(p)
	for _, sources := range g.folders {
		for _, s := range sources {
			g.checkShared(p, s)
		}
	}
	slices.SortStableFunc(g.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.What, b.What))
	})
	return slices.Compact(g.findings)
}

// source is a file that has been parsed.
type source struct {
	folder  string // "raft"
	file    *ast.File
	imports map[string]string   // from the names that the file gives them to import paths
	fields  map[*ast.Ident]bool // the identifiers that stand for fields
}

// gate is one Check.
type gate struct {
	fset     *token.FileSet
	folders  map[string][]*source
	findings []Finding
	alike    map[[2]string]int // by file and rule
}

func (g *gate) add(f Finding) {
	kind := [2]string{f.File, f.Rule}
	if g.alike[kind]++; g.alike[kind] <= maxAlike {
		g.findings = append(g.findings, f)
	}
}

// at adds a finding about a place.
func (g *gate) at(pos token.Pos, rule, what, remedy string) {
	g.add(g.finding(pos, rule, what, remedy))
}

// finding is about a place. A //line comment does not move it.
func (g *gate) finding(pos token.Pos, rule, what, remedy string) Finding {
	p := g.fset.PositionFor(pos, false)
	return Finding{File: p.Filename, Line: p.Line, Column: p.Column, Rule: rule, What: what, Remedy: remedy}
}

// place is the line and the column of an offset into a text.
func place(text []byte, offset int) (line, column int) {
	before := text[:min(max(offset, 0), len(text))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}
