// Command grade grades a Raft: see package raftlabs/tests/grade, and
// ./grade.sh --help.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"raftlabs/tests/grade"
)

func main() {
	// SIGTERM and Ctrl-C end the cases' processes with the grader.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := grade.Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
