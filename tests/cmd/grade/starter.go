package main

import (
	"fmt"
	"io"

	"raftlabs/tests/grade"
	"raftlabs/tests/grade/starter"
)

func init() { commands["starter"] = writeStarter }

// writeStarter writes the students' repository into the one folder that is named.
func writeStarter(tree string, args []string, stdout, stderr io.Writer) (status int) {
	if len(args) != 1 {
		fmt.Fprintln(stderr, "grade: starter writes the students' repository into one folder: ./grade.sh starter DIR")
		return grade.ExitFailed
	}
	if err := starter.Write(tree, args[0]); err != nil {
		fmt.Fprintf(stderr, "grade: %v\n", err)
		return grade.ExitFailed
	}
	fmt.Fprintf(stdout, "%s is the students' repository: its README.md says how they begin\n", args[0])
	return grade.ExitFull
}
