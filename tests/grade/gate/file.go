package gate

import (
	"errors"
	"fmt"
	"go/build"
	"go/parser"
	"go/scanner"
	"io"
	"path"
	"regexp"
	"strings"
)

// fileName is a name that every file system, the go command and the reports agree
// on, in raft or kvraft or a folder below.
var fileName = regexp.MustCompile(`^k?v?raft(/[A-Za-z][A-Za-z0-9_-]*)*/[A-Za-z0-9][A-Za-z0-9_.-]*\.go$`)

// parse reads a file. It returns nil where that cannot be looked at further.
func (g *gate) parse(name string, text []byte) *source {
	folder, base := path.Split(name)
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return nil // as the go command passes it over
	}
	refuse := func(rule, what, remedy string) *source {
		g.add(Finding{File: name, Rule: rule, What: what, Remedy: remedy})
		return nil
	}
	top, _, _ := strings.Cut(folder, "/")
	switch {
	case path.Ext(base) != ".go":
		return refuse(RuleFile, "it is no Go file", "leave it out: only Go is compiled here")
	case !fileName.MatchString(name) || top != "raft" && top != "kvraft":
		return refuse(RuleFile, "its name is not one that is compiled here",
			"name it with letters, digits, _ and -, in raft/ or kvraft/; delete it if it is a copy")
	case ofContract(folder):
		return refuse(RuleFile, "it would be part of the contract", "leave it out: the contract is the same for everybody")
	case strings.HasSuffix(strings.ToLower(base), "_test.go"):
		return refuse(RuleFile, "it is a test", "leave it out, or take _test off its name: the tests are the grader's")
	case !compiledEverywhere(base):
		return refuse(RuleFile, "the end of its name has it compiled on some machines only", "take the system's or the processor's name off its end")
	case len(text) > maxFile:
		return refuse(RuleSize, fmt.Sprintf("it has %d bytes", len(text)), fmt.Sprintf("hand in no more than %d a file", maxFile))
	}
	file, err := parser.ParseFile(g.fset, name, text, parser.ParseComments)
	if err != nil {
		g.addSyntax(name, text, err)
		return nil
	}
	return &source{folder: path.Clean(folder), file: file}
}

// ofContract tells whether a folder is the contract's, or below it. There are file
// systems to which Raft is raft.
func ofContract(folder string) bool {
	folder = strings.ToLower(folder)
	return strings.HasPrefix(folder, "raft/raftapi/") || strings.HasPrefix(folder, "kvraft/kvapi/")
}

// compiledEverywhere tells whether a name has no suffix such as _windows or _arm64.
// On a system that does not exist, every suffix that counts is the wrong one.
func compiledEverywhere(base string) bool {
	nowhere := build.Context{GOOS: "none", GOARCH: "none", Compiler: "gc",
		OpenFile: func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("package p\n")), nil }}
	match, err := nowhere.MatchFile(".", base)
	return match && err == nil
}

// addSyntax adds what the parser says, a few sentences of it: one mistake tends
// to cause the next.
func (g *gate) addSyntax(name string, text []byte, err error) {
	const most = 3
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		g.add(Finding{File: name, Rule: RuleSyntax, What: "it cannot be read", Remedy: printable(err.Error())})
		return
	}
	for _, e := range list[:min(len(list), most)] {
		// The offset is of the file as it is, the line is what a //line comment says.
		line, column := place(text, e.Pos.Offset)
		g.add(Finding{File: name, Line: line, Column: column, Rule: RuleSyntax, What: "syntax error", Remedy: printable(e.Msg)})
	}
}

// checkPackage has all files of a folder be of one package.
func (g *gate) checkPackage(folder string, sources []*source) {
	want := sources[0].file.Name.Name // of a folder of the student's own
	if folder == "raft" || folder == "kvraft" {
		want = folder
	}
	for _, s := range sources {
		if got := s.file.Name; got.Name != want || got.Name == "main" {
			g.at(got.Pos(), RulePackage, fmt.Sprintf("it is of package %s", ascii(got.Name)),
				fmt.Sprintf("begin each file of %s with \"package %s\"", folder, path.Base(folder)))
		}
	}
}
