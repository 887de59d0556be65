package mutant

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade"
	"raftlabs/tests/lab"
)

// played is a test binary of a few lines of shell: it notes that it ran, and
// writes the verdict that the script in it comes to from $case and $seed.
func played(t *testing.T, script string) (binary, ran string) {
	shell, err := exec.LookPath("sh")
	require.NoError(t, err)
	dir := t.TempDir()
	binary, ran = filepath.Join(dir, "played.test"), filepath.Join(dir, "ran")
	text := "#!" + shell + `
case=${1##*/^}; case=${case%$}
for arg; do
	case $arg in
	-lab.seed=*) first=${arg#*=} ;;
	-lab.seeds=*) number=${arg#*=} ;;
	esac
done
status=0
for seed in $(seq $first $((first + number - 1))); do
	echo $case $seed >>` + ran + `
	pass=true
	` + script + `
	failure=
	[ $pass = true ] || { status=1; failure=',"failure":{"kind":"assert","text":"'$case' failed"}'; }
	echo '{"start":true}' >&3
	echo '{"seed":'$seed',"pass":'$pass',"cpu_ns":1000000000'$failure'}' >&3
done
exit $status
`
	require.NoError(t, os.WriteFile(binary, []byte(text), 0o755))
	return binary, ran
}

// onStage is a proof with one stage, whose tests are played.
func onStage(t *testing.T, script string, o Options) (p *proof, stage grade.Stage, ran func() string) {
	binary, file := played(t, script)
	stage = grade.Stage{Name: "election", Test: "TestElection", Reference: ".", Cases: []grade.Case{
		{Name: "First"}, {Name: "Second", Kind: lab.Scenario}, {Name: "Third", Kind: lab.Swarm},
	}}
	o.Tree, o.Timeout, o.Jobs = t.TempDir(), defaultTimeout, 1
	r := &runner{Options: o, stages: []grade.Stage{stage}, scratch: t.TempDir(), built: map[string]string{".": binary}}
	results := newResults(filepath.Join(t.TempDir(), "results.json"))
	p = &proof{runner: r, known: results, results: results, code: newDigester(o.Tree)}
	p.code.of["./."] = "code1"
	return p, stage, func() string {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.Remove(file))
		return strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", ", ")
	}
}

var bug = Edit{Name: "a-bug", Kind: Mutant, Stage: "election", Digest: "edit1"}

// Seed by seed over all cases: First has one seed by default, Second three and
// Third ten.
func TestARepetitionGoesSeedBySeedUntilACaseFails(t *testing.T) {
	for _, c := range []struct {
		name, script, ran string
		want              Repetition
	}{
		{"at once", `[ $case != First ] || pass=false`, "First 1",
			Repetition{Caught: true, Seeds: 1, Case: "First", Runs: 1}},
		{"with the second seed", `[ $case$seed != Third2 ] || pass=false`, "First 1, Second 1, Third 1, First 2, Second 2, Third 2",
			Repetition{Caught: true, Seeds: 2, Case: "Third", Runs: 6}},
		// A default run has no second seed of First, so Second has to find it.
		{"with more seeds first", `[ $case$seed != First2 ] && [ $case$seed != Second3 ] || pass=false`,
			"First 1, Second 1, Third 1, First 2, Second 2, Third 2, Second 3",
			Repetition{Caught: true, Seeds: 2, Case: "Second", Runs: 7}},
		{"with more seeds only", `[ $case$seed != Second12 ] || pass=false`, "",
			Repetition{Caught: false, Seeds: 12, Case: "Second", Runs: 35}},
		{"never", ``, "", Repetition{Runs: 3 * mostSeeds}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, _, ran := onStage(t, c.script, Options{})
			a, err := p.begin(bug)
			require.NoError(t, err)
			defer a.end()
			got, err := a.repetition(t.Context(), 1, nil)
			require.NoError(t, err)
			assert.InDelta(t, float64(got.Runs), got.CPUSeconds, 1e-9)
			got.First, got.CPUSeconds = nil, 0
			c.want.Seed = 1
			if c.want.Case != "" {
				c.want.Stage = "election"
			}
			assert.Equal(t, c.want, got)
			if all := ran(); c.ran != "" {
				assert.Equal(t, c.ran, all)
			}
		})
	}
}

func TestTheSurestCaseRunsFirst(t *testing.T) {
	p, _, ran := onStage(t, `[ $case != Third ] || pass=false`, Options{Repetitions: 3})
	line, err := p.repeat(t.Context(), bug)
	require.NoError(t, err)
	assert.Equal(t, "caught   a-bug: 3/3, Third 3", line)
	assert.Equal(t, "First 1, Second 1, Third 1, Third 1001, Third 2001", ran())
}

func TestARunGoesOnWhereAnotherOneStopped(t *testing.T) {
	p, _, ran := onStage(t, `[ $case != First ] || pass=false`, Options{Repetitions: 2, Seeds: 2})
	_, err := p.repeat(t.Context(), bug)
	require.NoError(t, err)
	design := Edit{Name: "a-design", Kind: Variant, Digest: "edit2"}
	line, err := p.accuse(t.Context(), design, 2)
	require.NoError(t, err)
	assert.Equal(t, "ACCUSED  a-design: 2 of 6 runs failed, 2 seeds a case", line)
	assert.Equal(t, "First 1, First 1001, First 1, First 2, Second 1, Second 2, Third 1, Third 2", ran())

	again, err := readResults(p.results.path)
	require.NoError(t, err)
	p.known, p.results = again, again
	p.Repetitions = 3
	_, err = p.repeat(t.Context(), bug)
	require.NoError(t, err)
	_, err = p.accuse(t.Context(), design, 3)
	require.NoError(t, err)
	assert.Equal(t, "First 2001, First 3, Second 3, Third 3", ran())
	assert.Equal(t, 3, again.Mutants["a-bug"].Caught)
	stage := again.Variants["a-design"].Stages[0]
	assert.Equal(t, 9, stage.Runs)
	require.Len(t, stage.Accused, 1)
	assert.Equal(t, []uint64{1, 2, 3}, stage.Accused[0].FailedSeeds)

	// Nothing is left to do, so nothing is built.
	p.built = map[string]string{".": "/nowhere"}
	_, err = p.repeat(t.Context(), bug)
	require.NoError(t, err)
	_, err = p.accuse(t.Context(), design, 3)
	require.NoError(t, err)
}

// A result counts for the edit and the code that it is of.
func TestWhatHasChangedRunsAgain(t *testing.T) {
	changed := bug
	changed.Digest = "edit9"
	for _, c := range []struct {
		name, code string
		edit       Edit
		older      bool
		want       int // repetitions that are known
		key        Key
	}{
		{"nothing changed", "code1", bug, false, 4, Key{"edit1", "code1"}},
		{"the code did", "code2", bug, false, 0, Key{"edit1", "code2"}},
		{"the code did, and older results are good", "code2", bug, true, 4, Key{"edit1", "code1+code2"}},
		{"the edit did", "code1", changed, true, 0, Key{"edit9", "code1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newResults("")
			r.Mutants["a-bug"] = &MutantResult{Key: Key{"edit1", "code1"}, Repetitions: 4}
			r.setStage(bug, StageResult{Key: Key{"edit1", "code1"}, Stage: "election", Seeds: 4})
			now := Key{c.edit.Digest, c.code}
			m, s := r.mutant(c.edit, now, c.older), r.stage(c.edit, "election", now, c.older)
			assert.Equal(t, c.want, m.Repetitions)
			assert.Equal(t, c.want, s.Seeds)
			assert.Equal(t, c.key, m.Key)
			assert.Equal(t, c.key, s.Key)
		})
	}
}

func TestTheDigestIsOfAllThatIsCompiledIn(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	key := func(e Edit) string {
		k, err := newDigester(dir).key(t.Context(), e, "a")
		require.NoError(t, err)
		return k.Code
	}
	write("go.mod", "module raftlabs\n\ngo 1.26\n")
	write("go.sum", "")
	write("a/a.go", "package a\n")
	write("a/a_test.go", "package a\n\nimport _ \"raftlabs/b\"\n")
	write("b/b.go", "package b\n")
	write("c/c.go", "package c\n")
	importing := Edit{Changes: []Change{{New: "import \"raftlabs/c\"\n"}}}
	first, other := key(Edit{}), key(importing)
	assert.Equal(t, first, key(Edit{}))
	assert.NotEqual(t, first, other)
	write("c/c.go", "package c // c\n")
	assert.Equal(t, first, key(Edit{}), "the tests are not made of c")
	assert.NotEqual(t, other, key(importing), "the edit's are")
	write("b/b.go", "package b // b\n")
	assert.NotEqual(t, first, key(Edit{}))

	_, err := newDigester(dir).key(t.Context(), Edit{}, "none")
	assert.ErrorContains(t, err, "listing what the tests are made of")
}

func TestOneRunAtATimeWritesResults(t *testing.T) {
	dir := t.TempDir()
	release, err := grade.LockFolder(dir)
	require.NoError(t, err)
	var out, errs bytes.Buffer
	args := []string{"--tree", tree, "--name", "reference", "--results", filepath.Join(dir, "results.json")}
	assert.Equal(t, ExitFailed, Main(t.Context(), args, &out, &errs))
	assert.Contains(t, errs.String(), "another run writes its results into that folder")
	release()
	release, err = grade.LockFolder(dir)
	require.NoError(t, err)
	release()
}

func TestAFileThatHoldsNoResultsIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	require.NoError(t, os.WriteFile(path, []byte("{"), 0o644))
	_, err := readResults(path)
	assert.ErrorContains(t, err, "move it away to begin anew")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "{", string(text))
}

// The whole way: one mutant and one variant, kept, and not run again.
func TestWhatIsProvenIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	args := []string{"--tree", tree, "--name", "two-votes-in-a-term,reference", "--stage", "election", "--repetitions", "2", "--seeds", "1", "--results", path}
	var out, errs bytes.Buffer
	require.Equal(t, ExitGood, Main(t.Context(), args, &out, &errs), "%s%s", &out, &errs)
	assert.Contains(t, out.String(), "1 of 1 mutants caught")
	assert.Contains(t, out.String(), "1 of 1 variants never accused; 0 of ")
	first, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, ExitGood, Main(t.Context(), args, io.Discard, io.Discard))
	second, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(first), string(second))
	for name, want := range map[string]string{"two-votes-in-a-term": "OneVotePerTerm", "reference": `"stage":"election","seeds":1`} {
		assert.Regexp(t, fmt.Sprintf(`"%s": .*%s`, name, want), string(first))
	}
}
