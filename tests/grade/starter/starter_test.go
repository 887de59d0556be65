package starter

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade"
)

// treeOf is the framework's folder.
func treeOf(t *testing.T) string {
	t.Helper()
	tree, err := grade.FindTree()
	require.NoError(t, err)
	return tree
}

// said is what a command has printed, and its status.
type said struct {
	out, errors string
	status      int
}

// in runs a command in a folder, without the network. Folders do not get into what
// is built, so that the build cache has it the next time.
func in(folder, name string, args ...string) said {
	var out, errors strings.Builder
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, &out, &errors
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod -trimpath", "GOWORK=off")
	_ = cmd.Run() // the status says it
	return said{out.String(), errors.String(), cmd.ProcessState.ExitCode()}
}

func TestAStarter(t *testing.T) {
	modules := exec.Command("go", "mod", "download") // what the framework itself needs
	modules.Dir = treeOf(t)
	require.NoError(t, modules.Run())
	t.Setenv("GOPROXY", "off") // from here on, for Write too
	dir := t.TempDir()         // there, and empty
	require.NoError(t, Write(treeOf(t), dir))
	for name, check := range map[string]func(t *testing.T, dir string){
		"holds the packages that it needs and no other": packages,
		"holds nothing that is the instructor's":        nothingElse,
		"holds the files that are listed":               asListed,
		"keeps the secrets":                             noLeaks,
		"is tidy":                                       tidied,
		"fails politely":                                polite,
		"is graded with 0 points":                       zeroPoints,
		"has no reference to grade":                     noReference,
		"is hunted politely":                            hunted,
		"pins the actions' versions":                    pinned,
	} {
		t.Run(name, func(t *testing.T) { check(t, dir) })
	}
}

func packages(t *testing.T, dir string) {
	there := in(dir, "go", "list", "./...")
	require.Zero(t, there.status, there)
	needed := map[string]bool{}
	for _, build := range []string{"-race=false", "-race", "-tags=deadlock"} {
		args := []string{"list", "-deps", "-test", build, "./raft", "./kvraft", "./handouts/..."}
		for _, c := range commands {
			args = append(args, "./"+c)
		}
		deps := in(dir, "go", args...)
		require.Zero(t, deps.status, deps)
		for _, p := range strings.Fields(deps.out) {
			if strings.HasPrefix(p, "raftlabs/") && !strings.Contains(p, ".test") {
				needed[p] = true
			}
		}
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(needed)), strings.Fields(there.out))
}

func nothingElse(t *testing.T, dir string) {
	var tests []string
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		assert.False(t, theirs(name), name)
		assert.NotEqual(t, "instructors.md", e.Name())
		if strings.HasSuffix(name, "_test.go") {
			tests = append(tests, name)
		}
		return err
	}))
	assert.ElementsMatch(t, []string{"raft/raft_test.go", "kvraft/kvraft_test.go"}, tests)
	around, err := filepath.Glob(filepath.Join(filepath.Dir(dir), ".starter-*"))
	require.NoError(t, err)
	assert.Empty(t, around, "the folder in which it was made")
}

func asListed(t *testing.T, dir string) {
	files, err := Files(treeOf(t))
	require.NoError(t, err)
	var there []string
	require.NoError(t, eachFile(dir, func(name string, _ []byte) error {
		there = append(there, name)
		return nil
	}))
	assert.ElementsMatch(t, there, files)
}

func noLeaks(t *testing.T, dir string) {
	leaks, err := Leaks(treeOf(t), dir)
	require.NoError(t, err)
	assert.Empty(t, leaks)
}

func tidied(t *testing.T, dir string) {
	tidy := in(dir, "go", "mod", "tidy", "-diff")
	assert.Zero(t, tidy.status, tidy)
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	require.NoError(t, err)
	for _, only := range []string{"chromedp", "honnef.co", "tool"} {
		assert.NotContains(t, string(mod), only)
	}
}

// polite: one sentence a case, which names the function, the file and the handout.
func polite(t *testing.T, dir string) {
	tests := in(dir, "go", "test", "./raft", "./kvraft")
	require.Equal(t, 1, tests.status, tests.errors)
	sentence := regexp.MustCompile(`^ +[A-Za-z]+ in (raft\.go is still the skeleton: open handouts/01-election|` +
		`(client|server)\.go is still the skeleton: open handouts/05-kv)\.md, and fill it in$`)
	failed := regexp.MustCompile(`^ {4}--- FAIL: \w+/(\w+) `)
	around := regexp.MustCompile(`^( *--- FAIL: |FAIL$|FAIL\t)`)
	sentences := map[string]int{}
	name := ""
	for line := range strings.Lines(tests.out) {
		line = strings.TrimSuffix(line, "\n")
		switch found := failed.FindStringSubmatch(line); {
		case found != nil:
			name = found[1]
			sentences[name] += 0
		case sentence.MatchString(line):
			sentences[name]++
		default:
			assert.Regexp(t, around, line)
		}
	}
	want := map[string]int{}
	for _, s := range grade.Stages() {
		for _, c := range s.Cases {
			want[c.Name]++ // two stages may have a case of one name
		}
	}
	assert.Equal(t, want, sentences)
}

func zeroPoints(t *testing.T, dir string) {
	graded := in(dir, "./grade.sh", "--seeds", "1", "--stage", "election", "--format", "json")
	require.Equal(t, grade.ExitLess, graded.status, graded.errors)
	var r grade.Report
	require.NoError(t, json.Unmarshal([]byte(graded.out), &r))
	assert.Zero(t, r.Points)
	assert.Positive(t, r.Max)
	require.Len(t, r.Stages, 1)
	for _, c := range r.Stages[0].Cases {
		require.NotNil(t, c.Failure, c.Name)
		assert.Contains(t, c.Failure.Text, "is still the skeleton", c.Name)
	}
}

func noReference(t *testing.T, dir string) {
	graded := in(dir, "./grade.sh", "solutions")
	assert.Equal(t, grade.ExitFailed, graded.status)
	assert.Contains(t, graded.errors, "there is no solutions/ in ")
}

// hunted: the one sentence, and no word of what a student does not have.
func hunted(t *testing.T, dir string) {
	cache := in(dir, "go", "env", "GOCACHE")
	t.Setenv("GOCACHE", strings.TrimSpace(cache.out))
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // where hunt keeps what it has seen
	const election = "./raft -run Election/ReElection"
	hunt := in(dir, "go", strings.Fields("run ./tests/cmd/hunt "+election+" -seeds 1 -trace "+t.TempDir())...)
	assert.Equal(t, 1, hunt.status, hunt)
	assert.Regexp(t, `^Make in raft\.go is still the skeleton: open handouts/01-election\.md, and fill it in\n`, hunt.out)
	replay := in(dir, "go", strings.Fields("run ./tests/cmd/replay "+election+" -seed 1")...)
	assert.Equal(t, 1, replay.status, replay)
	assert.Equal(t, "Make in raft.go is still the skeleton: open handouts/01-election.md, and fill it in\n", replay.out)
	for _, other := range []string{"./labrpc", "./solutions/raft"} {
		refused := in(dir, "go", "run", "./tests/cmd/hunt", other)
		assert.Equal(t, 1, refused.status, refused) // go run's own
		assert.Contains(t, refused.errors, "exit status 2")
		assert.Regexp(t, `^hunt: ("./labrpc" has no stages: name ./raft or ./kvraft|there is no ./solutions/raft in .*)\n`, refused.errors)
		assert.NotContains(t, strings.ReplaceAll(refused.errors, "no ./solutions/raft in", ""), "solutions")
	}
}

func pinned(t *testing.T, dir string) {
	text, err := os.ReadFile(filepath.Join(dir, ".github", "workflows", "grade.yml"))
	require.NoError(t, err)
	uses := regexp.MustCompile(`(?m)uses: (.*)$`).FindAllStringSubmatch(string(text), -1)
	require.Len(t, uses, 2)
	for _, u := range uses {
		assert.Regexp(t, `^actions/[a-z-]+@v\d+$`, u[1])
	}
}
