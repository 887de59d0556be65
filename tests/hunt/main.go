package hunt

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

// Exit statuses of both commands.
const (
	ExitPass    = 0
	ExitFailure = 1
	ExitUsage   = 2 // or the command itself failed
)

// Hunt is the command hunt.
func Hunt(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if isMachine(args) {
		return work(ctx, args[1:], os.Stdin, stdout, stderr)
	}
	o, err := parseHunt(args)
	if err != nil {
		return refuse(err, "hunt", huntUsage, stdout, stderr)
	}
	found, err := o.hunt(ctx, stdout, stderr)
	return status(found == 0, err, "hunt", stderr)
}

// Replay is the command replay.
func Replay(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if isMachine(args) {
		return work(ctx, args[1:], os.Stdin, stdout, stderr)
	}
	o, err := parseReplay(args)
	if err != nil {
		return refuse(err, "replay", replayUsage, stdout, stderr)
	}
	pass, err := o.replay(ctx, stdout, stderr)
	return status(pass, err, "replay", stderr)
}

func refuse(err error, command, usage string, stdout, stderr io.Writer) int {
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage)
		return ExitPass
	}
	fmt.Fprintf(stderr, "%s: %v\n", command, err)
	var wrong usageError
	if errors.As(err, &wrong) {
		fmt.Fprint(stderr, usage)
	}
	return ExitUsage
}

func status(pass bool, err error, command string, stderr io.Writer) int {
	switch {
	case err != nil:
		fmt.Fprintf(stderr, "%s: %v\n", command, err)
		return ExitUsage
	case pass:
		return ExitPass
	}
	return ExitFailure
}
