package hunt

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"raftlabs/tests/lab"
)

// Outcome is what came of a run.
type Outcome struct {
	Pass    bool            `json:"pass"`
	Kind    lab.FailureKind `json:"kind,omitempty"`
	Text    string          `json:"text,omitempty"` // the failure in one sentence
	Rule    string          `json:"rule,omitempty"`
	At      time.Duration   `json:"at_ns,omitempty"` // of the failure, in virtual time
	Report  string          `json:"report"`          // as a terminal shows it
	Virtual time.Duration   `json:"virtual_ns"`
	Events  int             `json:"events"`
	Trace   string          `json:"trace"` // the hash of its events
}

// Kinds of failures that a run cannot tell of itself.
const (
	kindEndless lab.FailureKind = "endless" // it was ended from outside
	kindMemory  lab.FailureKind = "memory"
)

// limits are what a run may take.
type limits struct {
	Time   time.Duration
	Memory int64
}

// player plays runs of one target.
type player struct {
	*pool
	target target
	limits limits
}

// play plays a run. Where dir is not "", the run's page, its events and its faults
// come there. Whether or not they do, the run is the same: its arguments are as long,
// and it finds one empty folder.
func (p *player) play(ctx context.Context, r run, until time.Duration, dir string) (o Outcome, err error) {
	tmp, err := os.MkdirTemp("", "hunt-")
	if err != nil {
		return o, fmt.Errorf("%v: %w", r, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	in := p.instance(r, until, dir != "")
	in.Files = filepath.Join(tmp, "out")
	err = os.Mkdir(in.Files, 0o700)
	if r.faults != nil && err == nil {
		in.Seed += r.faults.Chance << 32
		in.Input = filepath.Join(tmp, "in")
		in.Args = append(in.Args, "-lab.scenario="+inside)
		err = errors.Join(os.Mkdir(in.Input, 0o700), os.WriteFile(filepath.Join(in.Input, path.Base(inside)), []byte(r.faults.String()), 0o600))
	}
	if err != nil {
		return o, fmt.Errorf("%v: %w", r, err)
	}
	out, err := p.run(ctx, in)
	if err != nil {
		return o, fmt.Errorf("%v: %w", r, err)
	}
	if dir != "" {
		if err := moveFiles(in.Files, dir); err != nil {
			return o, fmt.Errorf("%v: %w", r, err)
		}
	}
	o, err = p.outcome(r, out)
	if r.file != "" {
		o.Report = strings.ReplaceAll(o.Report, inside, r.file)
	}
	return o, err
}

// instance is what a run is started with.
func (p *player) instance(r run, until time.Duration, traced bool) instance {
	trace := "none"
	if traced {
		trace = "/out" // of the same length
	}
	return instance{
		Args: []string{"tests", "-test.v", "-test.timeout=0",
			fmt.Sprintf("-test.run=^%s$/^%s$", r.stage.Test, r.name),
			fmt.Sprintf("-lab.seed=%d", r.seed), "-lab.verdict=2", "-lab.trace=" + trace,
			fmt.Sprintf("-lab.until=%020dns", until.Nanoseconds())},
		Env:  map[string]string{lab.ReplayOf: p.target.name(), "GOGC": "400"},
		Seed: r.seed,
	}
}

// moveFiles moves the files of a folder into another, over those that are there.
func moveFiles(from, to string) error {
	files, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(from, f.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, f.Name()), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// inside is where a run finds its scenario.
const inside = "/in/scenario"

// outcome reads what a run printed. The verdicts are lines of the error output,
// among what the runtime prints when it dies.
func (p *player) outcome(r run, out exit) (Outcome, error) {
	verdict, said := readVerdict(out.Stderr)
	var o Outcome
	switch {
	case verdict != nil:
		o.Pass, o.Virtual, o.Trace = verdict.Pass, time.Duration(verdict.VirtualNS), verdict.TraceHash
		o.Report = report(out.Stdout)
		o.Events = verdict.Events
		if f := verdict.Failure; f != nil {
			o.Kind, o.Text, o.Rule, o.At = f.Kind, f.Text, f.Rule, time.Duration(f.AtNS)
		} else if out.Status != 0 {
			return o, fmt.Errorf("%v passed, and its process ended with status %d:\n%s%s", r, out.Status, out.Stdout, said)
		}
		return o, nil
	case out.TimedOut:
		o.Kind = kindEndless
		o.Text = fmt.Sprintf("the run was ended after %v: a loop without a pause, or very much to compute", p.limits.Time)
		o.Report = fmt.Sprintf("%v: %s\nnatively the failure names the loop: go test %s -run '^%s$/^%s$' -lab.seed=%d\n",
			r, o.Text, p.target.name(), r.stage.Test, r.name, r.seed)
	case bytes.Contains(said, []byte("out of memory")):
		o.Kind = kindMemory
		o.Text = fmt.Sprintf("the run's memory grew beyond %d MiB", p.limits.Memory>>20)
		o.Report = fmt.Sprintf("%v: %s\n%s", r, o.Text, said)
	case out.Status != 0:
		o.Kind = lab.Panic
		o.Text, _, _ = strings.Cut(string(said), "\n")
		o.Report = fmt.Sprintf("%v: the process ended\n%s", r, said)
	default:
		return o, fmt.Errorf("%v said nothing of itself:\n%s%s", r, out.Stdout, said)
	}
	return o, nil
}

// readVerdict takes the verdict out of the error output, nil if there is none. said is the rest.
func readVerdict(stderr []byte) (verdict *lab.Verdict, said []byte) {
	lines := bufio.NewScanner(bytes.NewReader(stderr))
	lines.Buffer(nil, len(stderr)+1)
	for lines.Scan() {
		line := lines.Bytes()
		if !bytes.HasPrefix(line, []byte(`{"stage":`)) {
			said = append(append(said, line...), '\n')
			continue
		}
		var v lab.Verdict
		var s lab.Started
		if json.Unmarshal(line, &s) == nil && !s.Start && json.Unmarshal(line, &v) == nil {
			verdict = &v
		}
	}
	return verdict, said
}

// report is what a test printed about its run, without what go test puts
// around it.
func report(stdout []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(stdout)) {
		text := strings.TrimLeft(line, " ")
		if strings.HasPrefix(text, "=== ") || strings.HasPrefix(text, "--- ") || text == "PASS\n" || text == "FAIL\n" ||
			strings.HasPrefix(text, "page:  ") {
			continue
		}
		b.WriteString(strings.TrimPrefix(line, "    "))
	}
	return b.String()
}

// pageOf is where play has put a run's page, its events and its faults.
func pageOf(dir string, r run) (page, events, faults string) {
	name := filepath.Join(dir, fmt.Sprintf("%s-%s-seed%d", r.stage.Name, r.name, r.seed))
	return name + ".html", name + ".jsonl", name + ".scenario"
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
