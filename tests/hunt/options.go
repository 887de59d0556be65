package hunt

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"raftlabs/tests/grade"
	"raftlabs/tests/scenario"
)

// options are what both commands have in common.
type options struct {
	Tree   string // the folder with go.mod
	Target string // "./raft"
	Run    string

	Overlay string // "", or a file as go build -overlay takes it
	limits

	Scenario string             // "", or its file
	faults   *scenario.Scenario // that is there
	Shrink   bool
	shrinking
}

// huntOptions are those of hunt.
type huntOptions struct {
	options
	Seed  uint64
	Seeds int
	All   bool
	Trace string
}

// replayOptions are those of replay.
type replayOptions struct {
	options
	Seed    uint64
	Times   int
	Until   time.Duration
	Trace   string
	Verbose bool
	Topics  string
}

const huntUsage = `usage: go run ./tests/cmd/hunt PACKAGE [flags]

Runs the cases of ./raft or ./kvraft with seed after seed, each run in a machine of its own that
leaves nothing to chance, until one fails. It prints the failure, and the command that plays that
very run again. The manual: go doc ./tests/hunt

  -run STAGE/CASE   the cases that match, as with go test: Replication, Replication/Backup (default: all)
  -seeds N          seeds of each case (default: 1000)
  -seed S           the first seed (default: 1)
  -all              go on after a failure, and tell of the first one of each case
  -jobs J           runs side by side (default: 2)
  -trace DIR        where the pages of failures go (default: a folder for temporary files)
  -scenario FILE    of the faults only those that the scenario lists: its case, from its seed on
  -shrink           look for fewer faults with which it fails the same way, and write a scenario
  -tries N          runs that shrinking may take (default: 500)
  -time D           real time that one run may take (default: 5m)
  -memory MB        memory that one run may have (default: 1024)
  -overlay FILE     build with files in the place of others, as go build -overlay does
  -tree DIR         the folder with go.mod (default: found upward from here)

status: 0 nothing failed, 1 something did, 2 wrong usage, or hunt itself failed
`

const replayUsage = `usage: go run ./tests/cmd/replay PACKAGE -run STAGE/CASE -seed S [flags]
       go run ./tests/cmd/replay PACKAGE -scenario FILE [flags]

Plays one run again, the same to the last bit, and prints how it ended.

  -until T          stop at a moment of virtual time: 3.4s
  -v                print the events, -topics vote,commit of raftapi.Logf's lines these only
  -trace DIR        write the run's page, and its events as JSON lines
  -times N          play it N times, and say whether all were the same (default: 1)
  -scenario FILE    of the faults only those that the scenario lists: its case and its seed
  -shrink           look for fewer faults with which it fails the same way, and write a scenario
  -tries N, -jobs J runs that shrinking may take, and side by side (default: 500, 2)
  -time D, -memory MB, -overlay FILE, -tree DIR   as for hunt

status: 0 it passed, 1 it failed, 2 wrong usage, or replay itself failed
`

// usageError is a mistake on the command line.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func wrongUsage(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// common registers what both commands take.
func (o *options) common(fs *flag.FlagSet) (memory *int64) {
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	fs.StringVar(&o.Run, "run", "", "")
	fs.DurationVar(&o.Time, "time", 5*time.Minute, "")
	fs.StringVar(&o.Tree, "tree", "", "")
	fs.StringVar(&o.Overlay, "overlay", "", "")
	fs.StringVar(&o.Scenario, "scenario", "", "")
	fs.BoolVar(&o.Shrink, "shrink", false, "")
	fs.IntVar(&o.Tries, "tries", 500, "")
	fs.IntVar(&o.Jobs, "jobs", 2, "")
	return fs.Int64("memory", 1024, "")
}

// finish reads the arguments, of which one is the target, before the flags or
// behind them.
func (o *options) finish(fs *flag.FlagSet, args []string, memory *int64) error {
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		o.Target, args = args[0], args[1:]
	}
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return wrongUsage("%v", err)
	}
	rest := fs.Args()
	if o.Target == "" && len(rest) > 0 {
		o.Target, rest = rest[0], rest[1:]
	}
	switch {
	case o.Target == "":
		return wrongUsage("name the package: ./raft or ./kvraft")
	case len(rest) > 0:
		return wrongUsage("%q is one argument too many: one package, and then flags", rest[0])
	case o.Tries <= 0:
		return wrongUsage("-tries %d: it is to be more than 0", o.Tries)
	case o.Jobs <= 0 || o.Jobs > 1024:
		return wrongUsage("-jobs %d: from 1 to 1024", o.Jobs)
	case o.Time <= 0:
		return wrongUsage("-time %v: it is to be more than 0", o.Time)
	case *memory < 64 || *memory > 4096:
		return wrongUsage("-memory %d: from 64 to 4096 MB", *memory)
	}
	o.Memory = *memory << 20
	if err := o.readScenario(); err != nil {
		return err
	}
	var err error
	if o.Tree == "" {
		o.Tree, err = grade.FindTree()
	} else {
		o.Tree, err = filepath.Abs(o.Tree)
	}
	return err
}

// readScenario reads the scenario, and has its case run where no other is named.
func (o *options) readScenario() (err error) {
	if o.Scenario == "" {
		return nil
	}
	if o.faults, err = readScenario(o.Scenario); err != nil {
		return wrongUsage("-scenario: %v", err)
	}
	switch of := o.faults.Case; {
	case of == "":
	case o.Run == "":
		o.Run = of
	case o.Run != of:
		return wrongUsage("-run %s: the scenario is of %s", o.Run, of)
	}
	return nil
}

func parseHunt(args []string) (o huntOptions, err error) {
	fs := flag.NewFlagSet("hunt", flag.ContinueOnError)
	memory := o.common(fs)
	fs.Uint64Var(&o.Seed, "seed", 0, "")
	fs.IntVar(&o.Seeds, "seeds", 1000, "")
	fs.BoolVar(&o.All, "all", false, "")
	fs.StringVar(&o.Trace, "trace", "", "")
	if err := o.finish(fs, args, memory); err != nil {
		return o, err
	}
	given := false
	fs.Visit(func(f *flag.Flag) { given = given || f.Name == "seed" })
	switch {
	case o.Seed == 0 && given:
		return o, wrongUsage("-seed 0: seeds begin with 1")
	case o.Seed == 0 && o.faults != nil && o.faults.Seed > 0:
		o.Seed = o.faults.Seed
	case o.Seed == 0:
		o.Seed = 1
	}
	switch {
	case o.Seeds <= 0:
		return o, wrongUsage("-seeds %d: it is to be more than 0", o.Seeds)
	}
	return o, nil
}

func parseReplay(args []string) (o replayOptions, err error) {
	fs := flag.NewFlagSet("replay", flag.ContinueOnError)
	memory := o.common(fs)
	fs.Uint64Var(&o.Seed, "seed", 0, "")
	fs.IntVar(&o.Times, "times", 1, "")
	fs.DurationVar(&o.Until, "until", 0, "")
	fs.StringVar(&o.Trace, "trace", "", "")
	fs.BoolVar(&o.Verbose, "v", false, "")
	fs.StringVar(&o.Topics, "topics", "", "")
	if err := o.finish(fs, args, memory); err != nil {
		return o, err
	}
	if o.Seed == 0 && o.faults != nil {
		o.Seed = o.faults.Seed
	}
	switch {
	case o.Seed == 0:
		return o, wrongUsage("-seed S is missing: the seed that the failure names")
	case o.Times <= 0:
		return o, wrongUsage("-times %d: it is to be more than 0", o.Times)
	case o.Until < 0:
		return o, wrongUsage("-until %v: it is to be more than 0", o.Until)
	}
	return o, nil
}
