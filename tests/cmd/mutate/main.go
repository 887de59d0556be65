// Command mutate runs the suites over edits of the reference solutions: see
// package raftlabs/tests/mutant, and --help.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"raftlabs/tests/mutant"
)

func main() {
	// SIGTERM and Ctrl-C end the tests' processes with this one.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := mutant.Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
