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
	Tree        string        // the folder with go.mod
	Kinds       []Kind        // none is both
	Names       []string      // parts of names, one of which an edit's has; none is all
	Stages      []string      // none is all of them
	Seeds       int           // a case; 0 is the default: of a variant, or in a survey of the case's kind
	Repetitions int           // of a mutant
	Results     string        // the file that keeps what was found; "" is the tree's
	Older       bool          // count what was found of older code
	Quick       bool          // a part of the edits, once, nothing is kept
	Jobs        int           // edits side by side
	Timeout     time.Duration // wall time a case
	List        bool          // print the catalogue, run nothing
	Write       string        // write the edits' overlays to this folder, run nothing

	Survey   bool   // every case over the edits, nothing is kept
	Case     string // one case, or "" for all
	Seed     uint64 // the first
	AllSeeds bool   // go on after a seed has failed
	Race     bool   // build with the race detector
	Format   string // "text", "json" or "md"
}

const (
	defaultTimeout     = 20 * time.Minute
	defaultSeeds       = 200 // of a variant
	defaultRepetitions = 20
	memoryLimit        = 2 << 30 // resident bytes, as the grader's
)

const usage = `usage: go run ./tests/cmd/mutate [flags]
       go run ./tests/cmd/mutate --survey [flags]

Runs the suites over edits of the reference: variants, which are correct and must pass, and
mutants, which a case must catch. The manual: go doc ./tests/mutant

Without --survey it does what tests/mutant/results.json does not have yet, keeps each result
there at once, and writes the tables in tests/mutant/README.md. It can be stopped at any time.

  --kind K          variants or mutants (default: both)
  --name PART,...   the edits with one of these in their names
  --stage NAME,...  the mutants that these stages own, the variants over these stages
  --seeds N         seeds a case of a variant (default: 200)
  --repetitions R   of a mutant, each with other seeds, as many a case as go test runs (default: 20)
  --results FILE    keep the results there, and write no tables
  --older           count results of code that has changed since
  --quick           an eighth of the mutants once and a sixteenth of the variants with one seed a case;
                    nothing is kept
  --jobs J          edits side by side, each on one processor (default: 2)
  --timeout D       wall time that a case may take (default: 20m)
  --tree DIR        the folder with go.mod (default: found upward from here)

  --survey          print what every case says of the edits, and keep nothing. With it:
  --case NAME       this case only
  --seeds N         seeds a case (default: as go test: rules 1, scenarios 3, swarms 10)
  --seed S          the first seed (default: 1)
  --allseeds        go on with a case's other seeds after one has failed
  --race            with the race detector
  --format F        text, json or md (default: text)

  --list            print the catalogue, an edit a line
  --write DIR       write each edit's files and overlay to DIR/NAME and run nothing;
                    go test -overlay DIR/NAME/overlay.json ./solutions/raft then runs it
                    (and ./solutions/kvraft, which is built on it)

Exit status: 0 where no case accused a variant and every mutant was caught, 1 where not,
2 for a wrong command line and for an edit that does not apply, does not compile or cannot be run.
`

// usageError is a mistake on the command line.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func wrongUsage(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// Flags of one of the two ways to run alone.
var (
	ofSurvey = []string{"case", "seed", "allseeds", "race", "format"}
	ofProof  = []string{"repetitions", "results", "older", "quick"}
)

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
	fs.IntVar(&o.Repetitions, "repetitions", defaultRepetitions, "")
	fs.StringVar(&o.Results, "results", "", "")
	fs.BoolVar(&o.Older, "older", false, "")
	fs.BoolVar(&o.Quick, "quick", false, "")
	fs.BoolVar(&o.Survey, "survey", false, "")
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
	var unfit []string
	fs.Visit(func(f *flag.Flag) {
		if slices.Contains(ofSurvey, f.Name) && !o.Survey || slices.Contains(ofProof, f.Name) && o.Survey {
			unfit = append(unfit, "--"+f.Name)
		}
	})
	return o, o.check(fs.Args(), unfit, stages)
}

// list reads "a,b".
func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

func (o *Options) check(others, unfit []string, stages []grade.Stage) error {
	switch {
	case len(others) > 0:
		return wrongUsage("%q is no flag", others[0])
	case len(unfit) > 0 && o.Survey:
		return wrongUsage("%s: a survey keeps nothing, so leave that out, or --survey", strings.Join(unfit, ", "))
	case len(unfit) > 0:
		return wrongUsage("%s: that is for a survey, so add --survey", strings.Join(unfit, ", "))
	case o.Repetitions < 1 || o.Repetitions > 1000:
		return wrongUsage("--repetitions %d: it is to be from 1 to 1,000", o.Repetitions)
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

func (o *Options) seedsOfVariants() int {
	if o.Seeds == 0 {
		return defaultSeeds
	}
	return o.Seeds
}
