package hunt

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade"
)

// built are the two commands. They are tried as processes: with the race
// detector in it the engine takes minutes to compile a module.
type built struct {
	t              *testing.T
	tree, overlay  string
	stdout, stderr string
}

// scratch is where the commands are, and what they keep: one build and one cache for
// all tests.
var scratch string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "hunt-test-")
	if err != nil {
		panic(err)
	}
	scratch = dir
	status := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

var buildOnce = sync.OnceValues(func() (tree string, err error) {
	if tree, err = grade.FindTree(); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-o", scratch+"/", "./tests/cmd/hunt", "./tests/cmd/replay")
	cmd.Dir = tree
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return tree, nil
})

func buildCommands(t *testing.T) *built {
	t.Helper()
	tree, err := buildOnce()
	require.NoError(t, err)
	return &built{t: t, tree: tree}
}

// run runs one of them and returns its status.
func (b *built) run(command string, args ...string) int {
	b.t.Helper()
	if b.overlay != "" {
		args = append(args, "-overlay", b.overlay)
	}
	cmd := exec.CommandContext(b.t.Context(), filepath.Join(scratch, command), append(args, "-tree", b.tree)...)
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+scratch, "GOCACHE="+goCache(b.t))
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	b.stdout, b.stderr = stdout.String(), stderr.String()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	require.NoError(b.t, err)
	return 0
}

// goCache is where the compiler keeps what it has compiled; the commands get a
// cache of their own for all else.
func goCache(t *testing.T) string {
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE").Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// with has the reference built with other text in one of its files: old, new,
// old, new, and so on.
func (b *built) with(file string, edits ...string) {
	b.t.Helper()
	name := filepath.Join(b.tree, filepath.FromSlash(file))
	was, err := os.ReadFile(name)
	require.NoError(b.t, err)
	text := string(was)
	for i := 0; i < len(edits); i += 2 {
		require.Equal(b.t, 1, strings.Count(text, edits[i]), "%s has changed: %q", file, edits[i])
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	to := filepath.Join(b.t.TempDir(), filepath.Base(name))
	require.NoError(b.t, os.WriteFile(to, []byte(text), 0o600))
	o, err := json.Marshal(map[string]any{"Replace": map[string]string{name: to}})
	require.NoError(b.t, err)
	b.overlay = filepath.Join(b.t.TempDir(), "overlay.json")
	require.NoError(b.t, os.WriteFile(b.overlay, o, 0o600))
}

var traceHash = regexp.MustCompile(`trace ([0-9a-f]{16})`)

// A run of correct code passes, is the same each time, with its page or without, and is the
// one that go test makes natively.
func TestARunIsTheSameEachTimeAndTheNativeOne(t *testing.T) {
	b := buildCommands(t)
	dir := t.TempDir()
	require.Equal(t, ExitPass, b.run("replay", "./solutions/raft", "-run", "Election/^InitialElection$", "-seed", "1", "-times", "3", "-trace", dir), "%s%s", b.stdout, b.stderr)
	assert.Contains(t, b.stdout, "Election/InitialElection seed 1 passes\n")
	assert.Contains(t, b.stderr, "3 times the same run: ")
	hash := traceHash.FindStringSubmatch(b.stdout)
	require.NotNil(t, hash, b.stdout)
	for _, end := range []string{"html", "jsonl"} {
		assert.FileExists(t, filepath.Join(dir, "election-InitialElection-seed1."+end))
	}

	// What is in the folder already does not come into it.
	for i := range 500 {
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), nil, 0o600))
	}
	require.Equal(t, ExitPass, b.run("replay", "./solutions/raft", "-run", "Election/^InitialElection$", "-seed", "1", "-trace", dir))
	assert.Contains(t, b.stderr, "the same run as last time")
	told := b.stdout
	require.Equal(t, ExitPass, b.run("replay", "./solutions/raft", "-run", "Election/^InitialElection$", "-seed", "1"))
	assert.Contains(t, told, b.stdout, "down to the clock outside the bubble, which is printed with it")

	native := exec.CommandContext(t.Context(), "go", "test", "./solutions/raft", "-run", "^TestElection$/^InitialElection$", "-lab.seed=1", "-lab.trace=none", "-v")
	native.Dir = b.tree
	out, err := native.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Contains(t, string(out), hash[0], "natively it is another run")

	require.Equal(t, ExitPass, b.run("replay", "./solutions/raft", "-run", "Election/^ReElection$", "-seed", "2", "-until", "1.5s", "-v"))
	assert.Contains(t, b.stdout, "stopped at 1.5 s, as -lab.until asks")
	last := ""
	for line := range strings.Lines(b.stdout) {
		if at, _, ok := strings.Cut(strings.TrimSpace(line), " s  "); ok {
			last = at
		}
	}
	assert.Less(t, last, "1.6", "an event after the moment that was asked for")
}

// A bug is found, told once it has happened again, and played again, with all that
// no seed of Go's decides; after an edit the replay says that it is of other code.
func TestABugIsFoundAndPlayedAgain(t *testing.T) {
	b := buildCommands(t)
	b.with("solutions/raft/election.go",
		"	if rf.votedFor != nobody && rf.votedFor != args.CandidateId {\n", "	if false {\n",
		`"math/rand"`, `"math/rand/v2"`, "rand.Int63n", "rand.Int64N")
	pages := t.TempDir()
	require.Equal(t, ExitFailure, b.run("hunt", "./solutions/raft", "-run", "Election/^ManyElections$", "-seeds", "50", "-trace", pages), "%s%s", b.stdout, b.stderr)
	assert.Contains(t, b.stdout, "voted twice in term")
	assert.Regexp(t, `\d+ of 50 seeds of 1 cases, \d+ runs \(.*\), .* virtual hours, failures: assert [12]\n`, b.stderr)
	again := regexp.MustCompile(`again: go run ./tests/cmd/(replay) (./solutions/raft) (-run) (Election/ManyElections) (-seed) (\d+)\n`).FindStringSubmatch(b.stdout)
	require.NotNil(t, again, b.stdout)
	assert.FileExists(t, filepath.Join(pages, "election-ManyElections-seed"+again[6]+".html"))
	told := b.stdout[:strings.Index(b.stdout, "page: ")]

	require.Equal(t, ExitFailure, b.run(again[1], again[2:]...))
	assert.Equal(t, told, b.stdout)
	assert.Contains(t, b.stderr, "the same run as last time: ")

	// With all its faults written down it is the same run, too: a swarm's, that is.
	require.Contains(t, []int{ExitPass, ExitFailure}, b.run("replay", "./solutions/raft", "-run", "Election/FaultSwarm", "-seed", "5", "-trace", pages))
	hash := traceHash.FindString(b.stdout)
	require.NotEmpty(t, hash)
	b.run("replay", "./solutions/raft", "-scenario", filepath.Join(pages, "election-FaultSwarm-seed5.scenario"))
	assert.Contains(t, b.stdout, hash)

	b.overlay = ""
	require.Equal(t, ExitPass, b.run(again[1], again[2:]...))
	assert.Contains(t, b.stderr, "the code was changed since")
	assert.Contains(t, b.stderr, "so this is another run of the same faults")
}

// What is said of a run depends on what is other than it was.
func TestARunIsComparedWithTheLastOne(t *testing.T) {
	p, r := &player{}, run{name: "Case", seed: 3}
	was := kept{Module: "a", Outcome: Outcome{Kind: "assert", Text: "it rains", Trace: "1"}}
	for _, c := range []struct {
		module, trace string
		want, refused string
	}{
		{"a", "1", "the same run as last time: 1\n", ""},
		{"b", "1", "the code was changed since (module a, now b), and the run is the same: 1\n", ""},
		{"b", "2", "the code was changed since (module a, now b), so this is another run of the same faults: 1, now 2\n", ""},
		{"a", "2", "", "was another run although nothing was changed (1, now 2): this is a bug of replay's"},
	} {
		var said strings.Builder
		o := was.Outcome
		o.Trace = c.trace
		err := p.difference(&said, r, module{hash: c.module}, o, was)
		assert.Equal(t, c.want, said.String())
		if c.refused == "" {
			assert.NoError(t, err)
		} else {
			assert.ErrorContains(t, err, c.refused)
		}
	}
}

// What a run cannot tell of itself is told of it.
func TestRunsThatCannotEndAreEnded(t *testing.T) {
	b := buildCommands(t)
	b.with("solutions/raft/raft.go", "	return MakeWith(Options{})(peers, me, persister, applyCh)\n", `	switch {
	case len(peers) == 7: // ManyElections
		go func() {
			for {
			}
		}()
	case len(peers) == 5: // NoQuorumNoLeader
		go func() {
			var hoard [][]byte
			for {
				hoard = append(hoard, make([]byte, 16<<20))
			}
		}()
	case len(peers) == 3: // InitialElection
		go func() {
			for me >= 0 {
				runtime.Gosched()
			}
		}()
	case len(peers) == 4: // EvenCluster
		go panic("at the disco")
	}
	return MakeWith(Options{})(peers, me, persister, applyCh)
`, "	\"time\"\n", "	\"runtime\"\n	\"time\"\n")
	limit := map[string]string{"ManyElections": "10s", "NoQuorumNoLeader": "2m", "InitialElection": "2m", "EvenCluster": "2m"}
	for name, want := range map[string]string{
		"ManyElections":    "the run was ended after 10s: a loop without a pause",
		"NoQuorumNoLeader": "the run's memory grew beyond 256 MiB",
		"InitialElection":  "without letting time pass",
		"EvenCluster":      "at the disco",
	} {
		require.Equal(t, ExitFailure, b.run("hunt", "./solutions/raft", "-run", "Election/^"+name+"$", "-seeds", "1", "-time", limit[name], "-memory", "256"), "%s%s", b.stdout, b.stderr)
		assert.Contains(t, b.stdout, want)
		assert.Contains(t, b.stdout, "again: go run ./tests/cmd/replay ./solutions/raft -run Election/"+name+" -seed 1\n")
	}
}
