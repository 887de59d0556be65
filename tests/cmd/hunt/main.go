// Command hunt: see package raftlabs/tests/hunt, and --help.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"raftlabs/tests/hunt"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := hunt.Hunt(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
