package gate

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// one checks a text as raft/raft.go.
func one(text string) []Finding { return Check(map[string][]byte{"raft/raft.go": []byte(text)}) }

// What an editor or another system does to a text hides nothing in it.
func TestEncodingsHideNothing(t *testing.T) {
	const attack = "package raft\n\nimport \"os\"\n\n//go:norace\nfunc f() { os.Exit(0) }\n"
	for name, text := range map[string]string{
		"CRLF":            strings.ReplaceAll(attack, "\n", "\r\n"),
		"byte order mark": "\ufeff" + attack,
		"no last newline": strings.TrimSpace(attack),
	} {
		var rules []string
		for _, f := range one(text) {
			rules = append(rules, fmt.Sprint(f.Rule, f.Line))
		}
		assert.Equal(t, []string{"import3", "directive5"}, rules, name)
	}
	for name, text := range map[string]string{
		"CR":             strings.ReplaceAll(attack, "\n", "\r"),
		"UTF-16":         string(bytes.ReplaceAll([]byte(attack), []byte(""), []byte{0})),
		"Latin-1":        "package raft\n\n// caf\xe9\n",
		"NUL":            "package raft\n\n\x00import \"os\"\n",
		"mark elsewhere": "package raft\n\ufeffimport \"os\"\n",
		"text file":      "hello\n",
	} {
		findings := one(text)
		require.NotEmpty(t, findings, name)
		assert.Equal(t, RuleSyntax, findings[0].Rule, name)
	}
}

// What a report shows of a source is one line of bounded length, whatever the source.
func TestAReportCannotBeForged(t *testing.T) {
	files := map[string][]byte{
		"raft/x.go\nok raft 50/50.go": []byte("package raft"),
		"raft/a.go":                   []byte("package raft\nimport `os\n--- PASS: raft 50/50`\n"),
		"raft/b.go":                   []byte("package raft\nvar x `--- PASS\n" + strings.Repeat("x", 10000) + "`\n"),
		"raft/c.go":                   []byte("package raft\n//go:a\u202eb\x1b[2J\n"),
	}
	findings := Check(files)
	require.GreaterOrEqual(t, len(findings), 4)
	for _, f := range findings {
		assert.NotContains(t, f.String(), "\n")
		assert.NotContains(t, f.String(), "\x1b")
		assert.NotContains(t, f.String(), "\u202e")
		assert.Less(t, len(f.String()), 500)
	}
}

func TestTooMuchIsNotLookedAt(t *testing.T) {
	findings := one("package raft\n//" + strings.Repeat("x", maxFile))
	require.Len(t, findings, 1)
	assert.Equal(t, "raft/raft.go: it has 1048591 bytes: hand in no more than 1048576 a file", findings[0].String())

	files := map[string][]byte{}
	for i := range 5 {
		files[fmt.Sprintf("raft/%d.go", i)] = bytes.Repeat([]byte("\n"), maxFile)
	}
	findings = Check(files)
	require.Len(t, findings, 1)
	assert.Equal(t, "raft/0.go: the files have 5242880 bytes together: hand in no more than 4194304", findings[0].String())
}

// Neither the depth of a source nor its length takes the gate down. What it says
// of these is not the point.
func TestDepthAndLengthAreSurvived(t *testing.T) {
	const n = maxFile / 4 // more than the parser goes down
	fill := func(piece string) string { return strings.Repeat(piece, n/len(piece)) }
	for name, text := range map[string]string{
		"parentheses":   "package raft\nvar x = " + fill("("),
		"closed":        "package raft\nvar x = " + strings.Repeat("(", 30000) + "1" + strings.Repeat(")", 30000),
		"sum":           "package raft\nvar x = 1" + fill("+1"),
		"fields":        "package raft\nvar x = y" + fill(".z"),
		"calls":         "package raft\nvar x = y" + fill("()"),
		"pointers":      "package raft\ntype x " + fill("*") + "int",
		"blocks":        "package raft\nfunc init() " + strings.Repeat("{", 50000) + "go f()" + strings.Repeat("}", 50000),
		"functions":     "package raft\nvar x = " + strings.Repeat("func(){go ", 20000) + strings.Repeat("}()", 20000),
		"else":          "package raft\nfunc f() { if x {}" + strings.Repeat("else if x {}", 40000) + "}",
		"declarations":  "package raft\n" + fill("var x=x()\n"),
		"methods":       "package raft\nfunc init() { x.f() }\n" + fill("func (x) f() { x.f() }\n"),
		"chain":         "package raft\nfunc init() { f0() }\n" + chain(20000),
		"directives":    "package raft\n" + fill("//go:x\n"),
		"imports":       "package raft\n" + fill("import \"os\"\n"),
		"mistakes":      "package raft\n" + fill("}\n"),
		"one line":      "package raft;" + fill("func f(){};"),
		"long constant": "package raft\nconst s = `" + fill("x") + "`\nconst t = s+s+s+s",
	} {
		t.Run(name, func(t *testing.T) {
			assert.LessOrEqual(t, len(one(text)), 4*maxAlike)
		})
	}
	assert.NotEmpty(t, one("package raft\nvar x = "+fill("(")))
}

// chain is functions of which each calls the next one.
func chain(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "func f%d() { f%d() }\n", i, i+1)
	}
	fmt.Fprintf(&b, "func f%d() { go g() }\n", n)
	return b.String()
}

// However long the list, a rule that is broken is in it.
func TestManyFindingsHideNoOther(t *testing.T) {
	findings := one("package raft\n" + strings.Repeat("import \"os\"\n", 1000) + "//go:norace\n")
	require.Len(t, findings, maxAlike+1)
	assert.Equal(t, RuleDirective, findings[maxAlike].Rule)
}
