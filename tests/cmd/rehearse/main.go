// Command rehearse writes a class of sixty submissions for the grader to be tried
// on, and prints what each of them is to earn: see package raftlabs/tests/grade/rehearsal.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"raftlabs/tests/grade"
	"raftlabs/tests/grade/rehearsal"
)

func main() {
	if len(os.Args) != 2 || os.Args[1] == "--help" {
		fmt.Fprintln(os.Stderr, "name the one folder that is to be written: go run ./tests/cmd/rehearse DIR")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintf(os.Stderr, "rehearse: %v\n", err)
		os.Exit(2)
	}
}

func write(into string) error {
	tree, err := grade.FindTree()
	if err != nil {
		return err
	}
	class, err := rehearsal.Class(tree)
	if err != nil {
		return err
	}
	paths, err := rehearsal.Write(class, into)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for i, s := range class {
		fmt.Fprintf(table, "%s\t%s\t%s\n", filepath.Base(paths[i]), s.Earns(), s.Doc)
	}
	return table.Flush()
}
