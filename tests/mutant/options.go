package mutant

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"raftlabs/tests/grade"
)

// Options are what the command line asks for.
type Options struct {
	Tree     string        // the folder with go.mod
	Kinds    []Kind        // none is both
	Names    []string      // parts of names, one of which an edit's has; none is all
	Stages   []string      // none is all of them
	Case     string        // one case, or "" for all
	Seeds    int           // a case; 0 is its kind's default
	Seed     uint64        // the first
	AllSeeds bool          // go on after a seed has failed
	Race     bool          // build with the race detector
	Jobs     int           // edits side by side
	Timeout  time.Duration // wall time a case
	Format   string        // "text", "json" or "md"
	List     bool          // print the catalogue, run nothing
	Write    string        // write the edits' overlays to this folder, run nothing
}

const (
	defaultTimeout = 5 * time.Minute
	memoryLimit    = 2 << 30 // resident bytes, as the grader's
)

const usage = `usage: go run ./tests/cmd/mutate [flags]

Runs the suites over edits of the reference: variants, which are correct and must pass, and
mutants, which a case must catch. The manual: go doc ./tests/mutant

  --kind K          variants or mutants (default: both)
  --name PART,...   the edits with one of these in their names
  --stage NAME,...  the mutants that these stages own, the variants over these stages
  --case NAME       this case only
  --seeds N         seeds a case (default: as go test: rules 1, scenarios 3, swarms 10)
  --seed S          the first seed (default: 1)
  --allseeds        go on with a case's other seeds after one has failed
  --race            with the race detector
  --jobs J          edits side by side, each on one processor (default: 2)
  --timeout D       wall time that a case may take (default: 5m)
  --format F        text, json or md (default: text)
  --list            print the catalogue, an edit a line
  --write DIR       write each edit's files and overlay to DIR/NAME and run nothing;
                    go test -overlay DIR/NAME/overlay.json ./solutions/raft then runs it
                    (and ./solutions/kvraft, which is built on it)
  --tree DIR        the folder with go.mod (default: found upward from here)

Exit status: 0 where no case accused a variant and every mutant was caught, 1 where not,
2 for a wrong command line and for an edit that does not apply, does not compile or cannot be run.
`

// usageError is a mistake on the command line.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func wrongUsage(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// parseOptions reads the command line. flag.ErrHelp asks for the usage.
func parseOptions(args []string, stages []grade.Stage) (Options, error) {
	var o Options
	var kind, names, stageList string
	fs := flag.NewFlagSet("mutate", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&kind, "kind", "", "")
	fs.StringVar(&names, "name", "", "")
	fs.StringVar(&stageList, "stage", "", "")
	fs.StringVar(&o.Case, "case", "", "")
	fs.IntVar(&o.Seeds, "seeds", 0, "")
	fs.Uint64Var(&o.Seed, "seed", 1, "")
	fs.BoolVar(&o.AllSeeds, "allseeds", false, "")
	fs.BoolVar(&o.Race, "race", false, "")
	fs.IntVar(&o.Jobs, "jobs", 2, "")
	fs.DurationVar(&o.Timeout, "timeout", defaultTimeout, "")
	fs.StringVar(&o.Format, "format", "text", "")
	fs.BoolVar(&o.List, "list", false, "")
	fs.StringVar(&o.Write, "write", "", "")
	fs.StringVar(&o.Tree, "tree", "", "")
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		return o, err
	} else if err != nil {
		return o, wrongUsage("%v", err)
	}
	switch kind {
	case "":
	case "variants", "mutants":
		o.Kinds = []Kind{Kind(strings.TrimSuffix(kind, "s"))}
	default:
		return o, wrongUsage("--kind %s: it is to be variants or mutants", kind)
	}
	o.Names, o.Stages = list(names), list(stageList)
	return o, o.check(fs.Args(), stages)
}

// list reads "a,b".
func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

func (o *Options) check(others []string, stages []grade.Stage) error {
	switch {
	case len(others) > 0:
		return wrongUsage("%q is no flag", others[0])
	case o.Seeds < 0 || o.Seeds > 1_000_000:
		return wrongUsage("--seeds %d: it is to be from 1 to 1,000,000", o.Seeds)
	case o.Seed < 1 || o.Seed > 1<<62:
		return wrongUsage("--seed %d: it is to be from 1 to 2^62", o.Seed)
	case o.Jobs < 1:
		return wrongUsage("--jobs %d: it is to be 1 or more", o.Jobs)
	case o.Timeout <= 0:
		return wrongUsage("--timeout %v: it is to be more than 0", o.Timeout)
	case o.Format != "text" && o.Format != "json" && o.Format != "md":
		return wrongUsage("there is no format %q: the formats are text, json and md", o.Format)
	}
	var known, cases []string
	for _, s := range stages {
		known = append(known, s.Name)
		for _, c := range s.Cases {
			cases = append(cases, c.Name)
		}
	}
	for _, name := range o.Stages {
		if !slices.Contains(known, name) {
			return wrongUsage("there is no stage %q: the stages are %s", name, strings.Join(known, ", "))
		}
	}
	if o.Case != "" && !slices.Contains(cases, o.Case) {
		return wrongUsage("there is no case %q", o.Case)
	}
	return nil
}

// choose picks the edits that the options name.
func (o *Options) choose(edits []Edit, stages []grade.Stage) ([]Edit, error) {
	var chosen []Edit
	for _, e := range edits {
		named := func(part string) bool { return strings.Contains(e.Name, part) }
		owned := func(s grade.Stage) bool { return s.Name == e.Stage && o.wantsStage(e.Stage) }
		switch {
		case len(o.Kinds) > 0 && !slices.Contains(o.Kinds, e.Kind):
		case len(o.Names) > 0 && !slices.ContainsFunc(o.Names, named):
		case e.Kind == Mutant && !slices.ContainsFunc(stages, owned):
		default:
			chosen = append(chosen, e)
		}
	}
	if len(chosen) == 0 {
		return nil, wrongUsage("no edit is chosen: --list prints them all")
	}
	return chosen, nil
}

func (o *Options) wantsStage(name string) bool {
	return len(o.Stages) == 0 || slices.Contains(o.Stages, name)
}
