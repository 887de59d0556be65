// Command grade grades a Raft: see package raftlabs/tests/grade, and
// ./grade.sh --help.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"raftlabs/tests/grade"
)

// commands are what the program does besides grading, by the argument that asks
// for it. Each is given the framework's folder and the arguments that follow. A
// student's repository lacks some.
var commands = map[string]func(tree string, args []string, stdout, stderr io.Writer) (status int){}

func main() {
	// SIGTERM and Ctrl-C end the cases' processes with the grader.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}

// run does what the arguments say. grade.sh names the tree first.
func run(ctx context.Context, args []string) (status int) {
	if len(args) > 2 && args[0] == "--tree" && commands[args[2]] != nil {
		return commands[args[2]](args[1], args[3:], os.Stdout, os.Stderr)
	}
	return grade.Main(ctx, args, os.Stdout, os.Stderr)
}
