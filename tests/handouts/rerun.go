package handouts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// patience is how long one run may take. It is for machines that are busy.
const patience = 2 * time.Minute

// run makes a run and returns its failure as a student sees it: nil where there is
// none.
func (r *runs) run(ctx context.Context, binary string, q quote) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	home, err := os.MkdirTemp(r.scratch, "run-")
	if err != nil {
		return nil, err
	}
	args := append([]string{
		fmt.Sprintf("-test.run=^%s$/^%s$", q.stage.Test, q.name), "-test.count=1", "-test.paniconexit0",
		fmt.Sprintf("-lab.seed=%d", q.seed),
	}, q.extra...)
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Dir = filepath.Join(r.tree.Root, filepath.FromSlash(q.stage.Reference))
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home, "GOMAXPROCS=1", "GORACE=atexit_sleep_ms=0", "NO_COLOR=1"}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("%s: %s over %s with seed %d: %w", q.text.Path, q.name, q.edit, q.seed, context.Cause(ctx))
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	if err == nil && len(q.extra) == 0 {
		return nil, nil
	}
	text := strings.ReplaceAll(out.String(), home, "/tmp")
	text = strings.ReplaceAll(text, "solutions/", "") // a student has raft/ and kvraft/
	return failure(strings.Split(strings.TrimRight(text, "\n"), "\n"), len(q.extra) > 0), os.RemoveAll(home)
}

// failure is what of the output is the failure, without the indentation that go
// test gives it. All of it is where a run was to print more, or died.
func failure(lines []string, whole bool) []string {
	first := -1
	for i, line := range lines {
		if isFailure.MatchString(line) {
			first = i
			break
		}
	}
	if first < 0 || whole {
		return lines
	}
	indent := len(lines[first]) - len(strings.TrimLeft(lines[first], " "))
	var kept []string
	for _, line := range lines[first:] {
		if len(line) < indent || strings.TrimSpace(line[:indent]) != "" {
			break // what go test says when the case has ended
		}
		kept = append(kept, strings.TrimRight(line[indent:], " "))
	}
	return kept
}
