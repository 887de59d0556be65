package mutant

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade"
	"raftlabs/tests/lab"
)

// course is some stages to choose from.
var course = []grade.Stage{
	{Name: "election", Test: "TestElection", Reference: "solutions/raft", Cases: []grade.Case{{Name: "OneVotePerTerm"}, {Name: "FaultSwarm", Kind: lab.Swarm}}},
	{Name: "replication", Test: "TestReplication", Reference: "solutions/raft", Cases: []grade.Case{{Name: "BasicAgree", Kind: lab.Scenario}}},
	{Name: "kv", Test: "TestKV", Reference: "solutions/kvraft", Cases: []grade.Case{{Name: "StaleRead", Kind: lab.Scenario}}},
}

func TestWrongCommandLines(t *testing.T) {
	for want, args := range map[string][]string{
		"--kind mutant":               {"--kind", "mutant"},
		`no stage "persist"`:          {"--stage", "election,persist"},
		"--case, --seed: that is for": {"--seed", "3", "--case", "BasicAgree"},
		"--older: a survey keeps":     {"--survey", "--older"},
		"--repetitions 0":             {"--repetitions", "0"},
		`no case "Basic"`:             {"--survey", "--case", "Basic"},
		`no format "html"`:            {"--survey", "--format", "html"},
		`"all" is no flag`:            {"--survey", "--race", "all"},
		"--seeds -1":                  {"--seeds", "-1"},
		"--jobs 0":                    {"--jobs", "0"},
		"--seed 0":                    {"--survey", "--seed", "0"},
		"--timeout 0s":                {"--timeout", "0s"},
		"flag provided but not de":    {"--frobnicate"},
	} {
		_, err := parseOptions(args, course)
		assert.ErrorContains(t, err, want)
		assert.ErrorAs(t, err, &usageError{})
	}
	var out, errs bytes.Buffer
	assert.Equal(t, ExitFailed, Main(t.Context(), []string{"--jobs", "0"}, &out, &errs))
	assert.Contains(t, errs.String(), "--help shows what it takes")
	assert.Empty(t, out.String())
	assert.Equal(t, ExitGood, Main(t.Context(), []string{"--help"}, &out, &errs))
	assert.Contains(t, out.String(), "usage: ")
}

func TestWhichEditsAreChosen(t *testing.T) {
	edits := []Edit{
		{Name: "leader-noop", Kind: Variant},
		{Name: "two-votes", Kind: Mutant, Stage: "election"},
		{Name: "no-votes", Kind: Mutant, Stage: "election"},
		{Name: "minority-commit", Kind: Mutant, Stage: "replication"},
	}
	for _, c := range []struct {
		args, want []string
	}{
		{nil, []string{"leader-noop", "two-votes", "no-votes", "minority-commit"}},
		{[]string{"--kind", "variants"}, []string{"leader-noop"}},
		{[]string{"--stage", "election"}, []string{"leader-noop", "two-votes", "no-votes"}},
		{[]string{"--kind", "mutants", "--name", "votes,minority"}, []string{"two-votes", "no-votes", "minority-commit"}},
		{[]string{"--name", "votes", "--stage", "replication"}, nil},
	} {
		o, err := parseOptions(c.args, course)
		require.NoError(t, err)
		chosen, err := o.choose(edits, course)
		var names []string
		for _, e := range chosen {
			names = append(names, e.Name)
		}
		assert.Equal(t, c.want, names, c.args)
		assert.Equal(t, c.want == nil, err != nil, c.args)
	}
}

func TestAMutantRunsOverItsOwnStageFirst(t *testing.T) {
	names := func(o Options, e Edit) (names []string) {
		for _, s := range (&runner{Options: o, stages: course}).order(e) {
			names = append(names, s.Name)
		}
		return names
	}
	assert.Equal(t, []string{"replication", "election"}, names(Options{}, Edit{Kind: Mutant, Stage: "replication"}))
	assert.Equal(t, []string{"election"}, names(Options{}, Edit{Kind: Mutant, Stage: "election"}))
	assert.Equal(t, []string{"kv"}, names(Options{}, Edit{Kind: Mutant, Stage: "kv"}), "another package's stages cannot see it")
	assert.Equal(t, []string{"election", "replication", "kv"}, names(Options{}, Edit{Kind: Variant}))
	assert.Equal(t, []string{"election", "kv"}, names(Options{}, Edit{Kind: Variant, Lacks: []string{"replication"}}))
	assert.Equal(t, []string{"replication"}, names(Options{Stages: []string{"replication"}}, Edit{Kind: Variant}))
}

func TestVerdictsAreCounted(t *testing.T) {
	line := func(seed uint64, failure *lab.VerdictFailure) []byte {
		text, err := json.Marshal(lab.Verdict{Seed: seed, Pass: failure == nil, CPUNS: 5e8, Failure: failure})
		require.NoError(t, err)
		return text
	}
	start, err := json.Marshal(lab.Started{Start: true})
	require.NoError(t, err)
	c := CaseReport{Seeds: 9, DefaultSeeds: 3}
	require.NoError(t, c.take(start))
	require.NoError(t, c.take(line(1, nil)))
	require.NoError(t, c.take(start))
	require.NoError(t, c.take(line(2, &lab.VerdictFailure{Kind: lab.Assert, Text: "two leaders", Rule: "§5.2"})))
	require.NoError(t, c.take(start))
	c.died(3, ending{assert.AnError, "some lines\npanic: index out of range\n\ngoroutine 7\n"})
	require.NoError(t, c.take(start))
	assert.ErrorIs(t, c.take(line(4, &lab.VerdictFailure{Kind: lab.Spin})), errStopped)
	assert.Equal(t, 4, c.Ran)
	assert.Equal(t, []uint64{2, 3, 4}, c.FailedSeeds)
	assert.Equal(t, &Failure{Seed: 2, Kind: "assert", Text: "two leaders", Rule: "§5.2"}, c.First)
	assert.InDelta(t, 1.5, c.CPUSeconds, 1e-9)
	assert.Nil(t, c.harness)

	assert.ErrorIs(t, c.take(line(5, &lab.VerdictFailure{Kind: lab.Harness})), errStopped)
	assert.NotNil(t, c.harness)
	assert.ErrorContains(t, c.take([]byte("ok\n")), "verdict pipe")
}

func TestHowSurelyAMutantIsCaught(t *testing.T) {
	e := EditReport{Cases: []CaseReport{
		{Name: "A", DefaultSeeds: 1, Ran: 10, Failed: 0},
		{Name: "B", DefaultSeeds: 1, Ran: 10, Failed: 5},
		{Name: "C", DefaultSeeds: 2, Ran: 4, Failed: 3},
		{Name: "D", DefaultSeeds: 3},
	}}
	assert.InDelta(t, 1-0.5*0.25*0.25, e.Sure(), 1e-9)
	assert.Equal(t, "C 3/4, B 5/10", e.summary(4))
	assert.Equal(t, "C 3/4, 1 more", e.summary(1))
	assert.True(t, e.Caught())
}

func TestSurvivorsComeFirstAndSetTheStatus(t *testing.T) {
	runs := func(name string, kind Kind, failed int) EditReport {
		e := EditReport{Edit: Edit{Name: name, Kind: kind}, Cases: []CaseReport{{Name: "A", DefaultSeeds: 1, Ran: 10, Failed: failed}}}
		if failed > 0 {
			e.Cases[0].First = &Failure{Seed: 3, Text: "two leaders"}
		}
		return e
	}
	names := func(edits []EditReport) (names []string) {
		for _, e := range edits {
			names = append(names, e.Name)
		}
		return names
	}
	r := &Report{Edits: []EditReport{runs("sure", Mutant, 10), runs("rare", Mutant, 1), runs("none", Mutant, 0), runs("noop", Variant, 0)}}
	assert.Equal(t, []string{"none", "rare", "sure"}, names(r.of(Mutant)))
	assert.Equal(t, ExitWrong, r.status())
	r.Edits = r.Edits[:2]
	assert.Equal(t, ExitGood, r.status())
	r.Edits = append(r.Edits, runs("noop", Variant, 1))
	assert.Equal(t, ExitWrong, r.status())
	r.Edits = append(r.Edits, EditReport{Edit: Edit{Name: "broken"}, Error: "it does not compile"})
	assert.Equal(t, ExitFailed, r.status())
	for _, format := range []string{"text", "json", "md"} {
		var out bytes.Buffer
		require.NoError(t, r.write(&out, format))
		assert.Contains(t, out.String(), "two leaders", format)
	}
}

func TestAProcessIsHeldToItsLimits(t *testing.T) {
	shell, err := exec.LookPath("sh") // grade.sh needs one, too
	require.NoError(t, err)
	run := func(script string, time time.Duration, line func([]byte) error) ending {
		p := process{binary: shell, args: []string{"-c", script}, dir: t.TempDir(), home: t.TempDir(), time: time, memory: 64 << 20}
		end, err := p.run(t.Context(), line)
		require.NoError(t, err)
		return end
	}
	var lines []string
	keep := func(b []byte) error { lines = append(lines, string(b)); return nil }

	end := run("echo a >&3; echo b >&3; echo words; echo more >&2", time.Minute, keep)
	assert.NoError(t, end.failed)
	assert.Equal(t, []string{"a", "b"}, lines)
	assert.Equal(t, "words\nmore\n", end.output)

	end = run("exit 3", time.Minute, keep)
	assert.EqualError(t, end.failed, "exit status 3")

	start := time.Now()
	end = run("sleep 60 & sleep 60", 200*time.Millisecond, keep)
	assert.ErrorContains(t, end.failed, "more than 200ms of wall time")
	end = run("echo enough >&3; sleep 60", time.Minute, func([]byte) error { return errStopped })
	assert.ErrorIs(t, end.failed, errStopped)
	end = run("sleep 60 & exit 0", time.Minute, keep) // holds the pipe open
	assert.NoError(t, end.failed)
	assert.Less(t, time.Since(start), 30*time.Second)
}

func TestTheEndsOfALongOutputAreKept(t *testing.T) {
	var out tail
	for range 100 {
		_, err := out.Write(bytes.Repeat([]byte("x"), tailKeep/10))
		require.NoError(t, err)
	}
	_, err := out.Write([]byte("the end"))
	require.NoError(t, err)
	assert.LessOrEqual(t, len(out.String()), 3*tailKeep)
	assert.True(t, bytes.HasSuffix([]byte(out.String()), []byte("the end")))
}

// The whole way, over one case: an edit is built beside the tree, its case
// runs, and the table and the exit status say what became of it.
func TestAMutantIsCaughtAndTheReferenceIsNot(t *testing.T) {
	var out, errs bytes.Buffer
	args := []string{"--survey", "--tree", tree, "--name", "reference,two-votes-in-a-term", "--stage", "election", "--case", "OneVotePerTerm", "--format", "json"}
	require.Equal(t, ExitGood, Main(t.Context(), args, &out, &errs), "%s", &errs)
	var report Report
	require.NoError(t, json.Unmarshal(out.Bytes(), &report))
	require.Len(t, report.Edits, 2)
	assert.False(t, report.Edits[0].Caught())
	assert.True(t, report.Edits[1].Caught())
	assert.Contains(t, report.Edits[1].Cases[0].First.Text, "S0")
	assert.Contains(t, errs.String(), "2/2 ")
}

func TestAnEditCanBeWrittenDown(t *testing.T) {
	dir := t.TempDir()
	var out, errs bytes.Buffer
	require.Equal(t, ExitGood, Main(t.Context(), []string{"--tree", tree, "--name", "two-votes-in-a-term", "--write", dir}, &out, &errs), "%s", &errs)
	overlay := filepath.Join(dir, "two-votes-in-a-term", overlayFile)
	assert.Equal(t, overlay+"\n", out.String())
	text, err := os.ReadFile(overlay)
	require.NoError(t, err)
	var written struct{ Replace map[string]string }
	require.NoError(t, json.Unmarshal(text, &written))
	require.NotEmpty(t, written.Replace)
	for from, to := range written.Replace {
		assert.FileExists(t, from)
		assert.FileExists(t, to)
	}
}

func TestWhoInterruptsGetsWhatIsKnown(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	assert.Equal(t, ExitFailed, Main(ctx, []string{"--tree", tree, "--name", "reference"}, &out, &errs))
	assert.Contains(t, errs.String(), "context canceled")
}
