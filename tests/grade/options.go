package grade

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Options are what the command line asks for.
type Options struct {
	Tree        string        // the folder with go.mod
	Target      string        // "" is the student's packages of the tree, or "solutions"
	Submissions []string      // or these, folders and archives
	Out         string        // the folder for a class's grades
	Shard       shard         // the part of the class
	Merge       bool          // join the folders of grades that Submissions names
	Stages      []string      // names; none is all of them
	Cases       []string      // names; none is all of them
	Seeds       int           // a case; 0 is twice the kind's default
	Seed        uint64        // the first seed
	SeedNamed   bool          // by somebody; it was drawn otherwise
	Jobs        int           // cases in parallel
	Timeout     time.Duration // wall time a case
	Memory      int64         // resident bytes a case
	Format      string        // one of formats

	Policy      Policy
	ShowPolicy  bool // print the policy, and grade nothing
	Leaderboard bool // of Gradescope's format

	submission string // the name of the one that is graded, or ""
}

const (
	defaultTimeout = 10 * time.Minute
	defaultMemory  = 2 << 30
)

// usageText is the help. What needs the reference stands in lines that begin with @.
const usageText = `usage: ./grade.sh [flags] [target]

Targets:
  (none)         this working tree's raft/ and kvraft/
@solutions      the reference solution
  PATH           a submission: a folder, .zip, .tar, .tar.gz or .tgz with raft/ and kvraft/
  PATH PATH ...  a class: the grades go into the folder that --out names, and a grading that was
                 ended goes on there
Other things to do:
@starter DIR    write the students' repository there: no solution is in it
@gradescope DIR write an autograder there, to be zipped and uploaded
  merge DIR ...  join folders with the grades of parts of a class into the one that --out names

Flags, before or after the target:
  --stage NAME[,NAME]  only these stages
  --case NAME[,NAME]   only these cases
  --seeds N            seeds a case (default: twice those of go test: rules 2, scenarios 6, swarms 20)
  --seed S             the first seed (default: drawn, and printed at the end)
  --jobs J             cases in parallel (default: the number of CPUs)
  --timeout D          wall time that a case may take, like 90s or 10m (default: 10m)
  --format F           text, json, gradescope, junit, csv or html (default: text)
  --leaderboard        with --format gradescope: points and computing time for the class's leaderboard
  --policy FILE        what a case is worth, and what it earns where some of its seeds fail
  --show-policy        print the policy with every case and its points, to be edited, and grade nothing
  --out DIR            where the grades of a class go (default: lab-results in the framework's folder)
  --shard I/N          of a class, every N-th submission from the I-th on: for N machines with one --seed
  --tree DIR           the folder that has the framework's go.mod (default: found upward from here)
  --help               this page

The text report has colours on a terminal. NO_COLOR=1 turns them off, CLICOLOR_FORCE=1 on.

Exit status: 0 full marks, 1 less, 2 a wrong command line or a failure of the grader itself.
`

// usage is the help for a tree. A student's, which has no reference, cannot do all.
func usage(tree string) string {
	_, err := os.Stat(filepath.Join(tree, targetSolutions))
	var b strings.Builder
	for line := range strings.Lines(usageText) {
		rest, instructors := strings.CutPrefix(line, "@")
		switch {
		case !instructors:
			b.WriteString(line)
		case err == nil:
			b.WriteString("  " + rest)
		}
	}
	return b.String()
}

// usageError is a mistake on the command line.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func wrongUsage(format string, args ...any) error {
	return usageError{fmt.Sprintf(format, args...)}
}

// parse reads the command line. flag.ErrHelp asks for the usage.
func parse(args []string, stages []Stage) (Options, error) {
	o := Options{Memory: defaultMemory}
	var stageList, caseList, policy, shards string
	fs := flag.NewFlagSet("grade", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&stageList, "stage", "", "")
	fs.StringVar(&caseList, "case", "", "")
	fs.IntVar(&o.Seeds, "seeds", 0, "")
	fs.Uint64Var(&o.Seed, "seed", 0, "")
	fs.IntVar(&o.Jobs, "jobs", runtime.NumCPU(), "")
	fs.DurationVar(&o.Timeout, "timeout", defaultTimeout, "")
	fs.StringVar(&o.Format, "format", "text", "")
	fs.BoolVar(&o.Leaderboard, "leaderboard", false, "")
	fs.StringVar(&policy, "policy", "", "")
	fs.BoolVar(&o.ShowPolicy, "show-policy", false, "")
	fs.StringVar(&o.Tree, "tree", "", "")
	fs.StringVar(&o.Out, "out", "", "")
	fs.StringVar(&shards, "shard", "", "")

	targets, err := parseInterleaved(fs, args)
	if err != nil {
		return o, err
	}
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if err := o.check(given); err != nil {
		return o, err
	}
	if len(targets) > 0 && targets[0] == "merge" {
		o.Merge, targets = true, targets[1:]
	}
	if o.Target, o.Submissions, err = target(targets); err != nil {
		return o, err
	}
	if given["shard"] {
		if o.Shard, err = parseShard(shards); err != nil {
			return o, err
		}
	}
	if o.Out != "" && len(o.Submissions) == 0 {
		return o, wrongUsage("--out %s: that is for submissions, and none is named", o.Out)
	}
	if given["stage"] {
		if o.Stages, err = stageNames(stageList, stages); err != nil {
			return o, err
		}
	}
	if given["case"] {
		if o.Cases, err = caseNames(caseList, stages); err != nil {
			return o, err
		}
	}
	if o.Policy, err = builtinPolicy(stages); err == nil && given["policy"] {
		o.Policy, err = readPolicy(policy, stages)
	}
	if err != nil {
		return o, err
	}
	if o.SeedNamed = given["seed"]; !o.SeedNamed {
		o.Seed = 1 + uint64(rand.Uint32N(1<<32-1))
	}
	return o, nil
}

// parseInterleaved parses flags before and after the other arguments, which
// it returns.
func parseInterleaved(fs *flag.FlagSet, args []string) (others []string, err error) {
	for {
		if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
			return nil, err
		} else if err != nil {
			return nil, wrongUsage("%v", err)
		}
		if fs.NArg() == 0 {
			return others, nil
		}
		others = append(others, fs.Arg(0))
		args = fs.Args()[1:]
	}
}

// maxSeed leaves room for the seeds that follow the first.
const maxSeed = 1<<63 - 1

func (o *Options) check(given map[string]bool) error {
	switch {
	case given["seeds"] && (o.Seeds < 1 || o.Seeds > 1_000_000):
		return wrongUsage("--seeds %d: it is to be from 1 to 1,000,000", o.Seeds)
	case given["seed"] && (o.Seed < 1 || o.Seed > maxSeed):
		return wrongUsage("--seed %d: it is to be from 1 to 2^63-1", o.Seed)
	case o.Jobs < 1:
		return wrongUsage("--jobs %d: it is to be 1 or more", o.Jobs)
	case o.Timeout <= 0:
		return wrongUsage("--timeout %v: it is to be more than 0", o.Timeout)
	case !slices.Contains(formats, o.Format):
		return wrongUsage("there is no format %q: the formats are %s", o.Format, strings.Join(formats, ", "))
	case o.Leaderboard && o.Format != formatGradescope:
		return wrongUsage("--leaderboard goes with --format gradescope: no other format has one")
	}
	return nil
}

// stageNames reads a list like "election,kv".
func stageNames(list string, stages []Stage) ([]string, error) {
	var known, names []string
	for _, s := range stages {
		known = append(known, s.Name)
	}
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(known, name) {
			return nil, wrongUsage("there is no stage %q: the stages are %s", name, strings.Join(known, ", "))
		}
		names = append(names, name)
	}
	return names, nil
}

// caseNames reads a list like "VoteAgain,FirstCommit".
func caseNames(list string, stages []Stage) (names []string, err error) {
	var known []string
	for _, s := range stages {
		for _, c := range s.Cases {
			known = append(known, c.Name)
		}
	}
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(known, name) {
			return nil, wrongUsage("there is no case %q: the cases are %s", name, strings.Join(known, ", "))
		}
		names = append(names, name)
	}
	return names, nil
}

// choose picks the stages and the cases that the options name.
func (o Options) choose(stages []Stage) (chosen []Stage, err error) {
	for _, s := range stages {
		if len(o.Stages) > 0 && !slices.Contains(o.Stages, s.Name) {
			continue
		}
		if len(o.Cases) > 0 {
			s.Cases = slices.DeleteFunc(slices.Clone(s.Cases), func(c Case) bool { return !slices.Contains(o.Cases, c.Name) })
		}
		if len(s.Cases) > 0 {
			chosen = append(chosen, s)
		}
	}
	if len(chosen) == 0 {
		return nil, wrongUsage("no stage of %s has a case of %s", strings.Join(o.Stages, ", "), strings.Join(o.Cases, ", "))
	}
	return chosen, nil
}
