package mutant

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"raftlabs/tests/grade"
)

// Exit statuses of the command.
const (
	ExitGood   = 0
	ExitWrong  = 1 // a variant was accused, or a mutant survived
	ExitFailed = 2 // a wrong command line, or an edit that could not be run
)

// Main is the command: it runs what the arguments say, prints progress to
// stderr and what came out to stdout, and returns the exit status. When ctx
// ends, it kills what it has started; a survey reports what it knows, and what
// was proven is kept.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	status, err := command(ctx, args, stdout, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "mutate: %v\n", err)
		if errors.As(err, &usageError{}) {
			fmt.Fprintln(stderr, "go run ./tests/cmd/mutate --help shows what it takes")
		}
		return ExitFailed
	}
	return status
}

func command(ctx context.Context, args []string, stdout, stderr io.Writer) (status int, err error) {
	stages := grade.Stages()
	o, err := parseOptions(args, stages)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage)
		return ExitGood, nil
	}
	if err != nil {
		return ExitFailed, err
	}
	edits, err := Catalogue()
	if err != nil {
		return ExitFailed, err
	}
	if edits, err = o.choose(edits, stages); err != nil {
		return ExitFailed, err
	}
	if o.List {
		return ExitGood, writeList(stdout, edits)
	}
	if o.Tree == "" {
		if o.Tree, err = grade.FindTree(); err != nil {
			return ExitFailed, err
		}
	}
	if o.Tree, err = filepath.Abs(o.Tree); err != nil {
		return ExitFailed, err
	}
	if o.Write != "" {
		return ExitGood, o.write(edits, stdout)
	}
	scratch, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return ExitFailed, fmt.Errorf("making a scratch folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(scratch) }() // the system empties its own temporary folder
	r := &runner{Options: o, stages: stages, scratch: scratch}
	if o.Survey {
		return r.survey(ctx, edits, stdout, stderr)
	}
	return r.prove(ctx, edits, stdout, stderr)
}

// write writes the edits' overlays to a folder.
func (o *Options) write(edits []Edit, stdout io.Writer) error {
	into, err := filepath.Abs(o.Write)
	if err != nil {
		return err
	}
	for _, e := range edits {
		folder := filepath.Join(into, e.Name)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return fmt.Errorf("--write: %w", err)
		}
		overlay, err := e.writeOverlay(o.Tree, folder)
		if err != nil {
			return err
		}
		fmt.Fprintln(stdout, overlay)
	}
	return nil
}
