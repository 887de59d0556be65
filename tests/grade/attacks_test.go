package grade

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// attack is the reference with something in it that is to earn more than it
// should, or to harm the grader. change is put before the reference's Make, whose
// body begins with call.
type attack struct {
	name string
	code string // declarations of raft/
	call string // a statement in Make
	idle bool   // with the skeleton in the reference's place
	want string // in the failure's kind and text, in the gate's findings, or in the compiler's words
}

var attacks = []attack{
	{name: "forged output", idle: true, want: "still the skeleton",
		code: `import "fmt"

var _ = forge()

func forge() bool {
	for range 100 {
		fmt.Println("--- PASS: TestElection (0.00s)")
		fmt.Println("{\"stage\":\"election\",\"case\":\"OneVotePerTerm\",\"seed\":3,\"pass\":true}")
	}
	return true
}`},
	{name: "endless loop", call: `go func() { for { } }()`, want: "spin: "},
	{name: "endless output", call: `go forever()`, want: "spin: ",
		code: `import "fmt"

func forever() {
	for {
		fmt.Println("and on and on and on and on")
	}
}`},
	{name: "sleepers that never end", call: `go func() { for { time.Sleep(time.Second) } }()`, want: "leak: "},
	{name: "memory", call: `go hoard()`, want: "memory: ",
		code: `var hoarded [][]byte

func hoard() {
	for {
		b := make([]byte, 16<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		hoarded = append(hoarded, b)
	}
}`},
	{name: "goroutines", call: `go breed()`, want: "memory: ",
		code: `func breed() {
	for {
		go breed()
		go breed()
	}
}`},
	{name: "recursion", call: `go deeper(0)`, want: "memory: ",
		code: `func deeper(n int) int { return deeper(n+1) + n }`},
	{name: "panic", call: `go func() { panic("at the disco") }()`, want: "panic: "},
	{name: "deadlock", call: `stuck.Lock(); stuck.Lock()`, want: "deadlock: ",
		code: `import "raftlabs/labsync"

var stuck labsync.Mutex`},
	{name: "data race", call: `go func() { shared++ }(); go func() { shared++ }()`, want: "race: ",
		code: `var shared int`},
	{name: "os", want: "imports os",
		code: `import "os"

func init() { os.Exit(0) }`},
	{name: "exec", want: "imports os/exec",
		code: `import "os/exec"

var out, _ = exec.Command("id").Output()`},
	{name: "network", want: "imports net",
		code: `import "net"

var conn, _ = net.Dial("tcp", "127.0.0.1:80")`},
	{name: "the solutions", want: "imports raftlabs/solutions/raft",
		code: `import _ "raftlabs/solutions/raft"`},
	{name: "the framework", want: "imports raftlabs/tests/lab",
		code: `import _ "raftlabs/tests/lab"`},
	{name: "cgo", want: `imports C`,
		code: `import "C"`},
	{name: "linkname", want: "go:linkname",
		code: "import _ \"unsafe\"\n\n//go:linkname exit os.Exit\nfunc exit(int)"},
	{name: "syntax", want: "raft/attack.go",
		code: `func {`},
}

// files is what the attacker hands in.
func (a attack) files(t *testing.T) map[string][]byte {
	files := asStudents(t, "solutions/raft", "raft")
	if a.idle {
		files = asStudents(t, "raft", "raft")
	}
	files["raft/attack.go"] = []byte("package raft\n\n" + a.code + "\n")
	if a.call != "" {
		const begin = "	return MakeWith(Options{})(peers, me, persister, applyCh)\n"
		text := string(files["raft/raft.go"])
		require.Equal(t, 1, strings.Count(text, begin))
		files["raft/raft.go"] = []byte(strings.Replace(text, begin, "	"+a.call+"\n"+begin, 1))
	}
	return files
}

// Every attack earns nothing and is called what it is, and whoever is graded
// beside it earns what is due.
func TestAttacksEarnNothing(t *testing.T) {
	in, out := t.TempDir(), t.TempDir()
	var paths []string
	for _, a := range attacks {
		paths = append(paths, handIn(t, in, strings.ReplaceAll(a.name, " ", "-"), a.files(t)))
	}
	paths = append(paths, handIn(t, in, "good", asStudents(t, "solutions/raft", "raft")))

	o, stages := classOptions(t, out)
	o.Memory, o.Timeout = 512<<20, 2*time.Minute
	for i, c := range stages[0].Cases {
		if c.Name == "OneVotePerTerm" {
			stages[0].Cases = stages[0].Cases[i : i+1]
			break
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	reports, err := o.gradeClass(ctx, paths, stages, os.Stderr)
	require.NoError(t, err)
	for _, a := range attacks {
		r := reports[strings.ReplaceAll(a.name, " ", "-")]
		assert.Zero(t, r.Points, a.name)
		assert.Contains(t, a.seen(r), a.want, a.name)
		t.Logf("| %s | %g of %g | %s |", a.name, r.Points, r.Max, strings.ReplaceAll(strings.TrimSpace(a.seen(r)), "\n", " "))
	}
	assert.True(t, reports["good"].full(), "the good one beside them: %+v", reports["good"].Stages)

	// A run that failed is there to look at, and the report leads to it.
	failure := reports["sleepers-that-never-end"].Stages[0].Cases[0].Failure
	require.NotNil(t, failure)
	require.NotEmpty(t, failure.Page)
	assert.FileExists(t, filepath.Join(out, "sleepers-that-never-end", filepath.FromSlash(failure.Page)))
	for _, name := range []string{"class.html", "sleepers-that-never-end/report.html"} {
		page, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(name)))
		require.NoError(t, err)
		assert.Contains(t, string(page), "sleepers-that-never-end")
	}

	// The copy that all were laid over is as it was.
	from, err := newPristine(t.Context(), treeOf(t), t.TempDir())
	require.NoError(t, err)
	files, err := CompiledIn(t.Context(), treeOf(t), "-race", "./raft", "./kvraft")
	require.NoError(t, err)
	assert.True(t, sameFiles(from.tree, files))
}

// seen is all that a report says against a submission.
func (a attack) seen(r *Report) string {
	var b strings.Builder
	for _, f := range r.Gate {
		b.WriteString(f.File + ": " + f.Text + "\n")
	}
	for _, build := range r.Builds {
		b.WriteString(build.Errors + "\n")
	}
	for _, s := range r.Stages {
		for _, c := range s.Cases {
			if c.Failure != nil {
				b.WriteString(c.Failure.Kind + ": " + c.Failure.Text + "\n")
			}
		}
	}
	return b.String()
}
