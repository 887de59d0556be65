package hunt

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

// A machine is a process of this very program that plays instances, one after the
// other: what it is asked comes as a line of JSON, and so does its answer. It can be
// killed in the middle of anything, which nothing inside of it could do.

// asMachine is the first argument of a process that is a machine; then come the
// module's file, the cache's folder and the memory of an instance.
const asMachine = "-machine"

func isMachine(args []string) bool { return len(args) == 4 && args[0] == asMachine }

// answer is a machine's line: the first says that it is ready, or why it is not.
type answer struct {
	Exit  exit
	Error string `json:",omitempty"`
}

// work is a machine's life. It ends when nobody can ask any more.
func work(ctx context.Context, args []string, questions io.Reader, answers, stderr io.Writer) int {
	say := json.NewEncoder(answers)
	tell := func(out exit, err error) bool {
		a := answer{Exit: out}
		if err != nil {
			a.Error = err.Error()
		}
		return say.Encode(a) == nil
	}
	e, err := load(ctx, args)
	if !tell(exit{}, err) || err != nil {
		return ExitUsage
	}
	asked := make(chan instance)
	go func() {
		defer close(asked)
		lines := json.NewDecoder(bufio.NewReader(questions))
		for {
			var in instance
			if err := lines.Decode(&in); err != nil {
				if !errors.Is(err, io.EOF) {
					fmt.Fprintln(stderr, err)
				}
				os.Exit(ExitPass) // in the middle of a run, if need be
			}
			asked <- in
		}
	}()
	for in := range asked {
		if !tell(e.run(ctx, in)) {
			break
		}
	}
	return ExitPass
}

// load has the module ready.
func load(ctx context.Context, args []string) (*engine, error) {
	code, err := os.ReadFile(args[0])
	if err != nil {
		return nil, fmt.Errorf("reading the module: %w", err)
	}
	memory, err := strconv.ParseInt(args[2], 10, 64)
	if err != nil {
		return nil, err
	}
	return newEngine(ctx, code, args[1], memory)
}
