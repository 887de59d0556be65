package main

import (
	"fmt"
	"io"

	"raftlabs/tests/grade"
	"raftlabs/tests/grade/autograder"
	"raftlabs/tests/grade/starter"
)

func init() {
	commands["starter"] = func(tree string, args []string, stdout, stderr io.Writer) int {
		return write("starter", "the students' repository: its README.md says how they begin", starter.Write, tree, args, stdout, stderr)
	}
	commands["gradescope"] = func(tree string, args []string, stdout, stderr io.Writer) int {
		return write("gradescope", "an autograder: zip what is in it, and upload that", autograder.Write, tree, args, stdout, stderr)
	}
}

// write has a folder written that is the one argument.
func write(command, what string, to func(tree, dir string) error, tree string, args []string, stdout, stderr io.Writer) (status int) {
	if len(args) != 1 {
		fmt.Fprintf(stderr, "grade: name the one folder that is to be written: ./grade.sh %s DIR\n", command)
		return grade.ExitFailed
	}
	if err := to(tree, args[0]); err != nil {
		fmt.Fprintf(stderr, "grade: %v\n", err)
		return grade.ExitFailed
	}
	fmt.Fprintf(stdout, "%s is %s\n", args[0], what)
	return grade.ExitFull
}
