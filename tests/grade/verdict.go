package grade

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"raftlabs/tests/lab"
)

// maxLine bounds a line of the verdict pipe, in bytes.
const maxLine = 4 << 20

// lineSplitter cuts a stream into lines.
type lineSplitter struct {
	sink    func([]byte) stopReason
	partial []byte
	stopped bool
}

// add returns the first reason to stop that the sink gave. After it, the
// stream is thrown away. A line that is too long is handed over cut, which
// the sink refuses.
func (s *lineSplitter) add(b []byte) stopReason {
	for !s.stopped {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			s.partial = append(s.partial, b...)
			if len(s.partial) <= maxLine {
				return ranOut
			}
			end = len(b)
		} else {
			s.partial = append(s.partial, b[:end]...)
			end++
		}
		line := s.partial
		b, s.partial = b[end:], nil
		if reason := s.sink(line); reason != ranOut {
			s.stopped = true
			return reason
		}
	}
	return ranOut
}

// enoughFailures is how many failed seeds end a case that has lost its points
// with the first; the others show how often it fails.
const enoughFailures = 10

// verdicts reads what a case's process says on the verdict pipe: for each
// seed, in order, a line that it starts and one that it has ended. Anything
// else was not written by the runner.
type verdicts struct {
	stage, name string
	first       uint64
	seeds       int
	share       bool // every seed counts, so that none is left out

	started bool // the seed after the ended ones has started
	ended   []lab.Verdict
	failed  int
	broken  error
}

// current is the seed that runs now, or runs next.
func (v *verdicts) current() uint64 { return v.first + uint64(len(v.ended)) }

// passed is how many seeds have passed.
func (v *verdicts) passed() int { return len(v.ended) - v.failed }

// complete tells whether every seed has a verdict.
func (v *verdicts) complete() bool { return len(v.ended) == v.seeds }

// firstFailure is the first verdict that failed, or nil.
func (v *verdicts) firstFailure() *lab.Verdict {
	for i := range v.ended {
		if !v.ended[i].Pass {
			return &v.ended[i]
		}
	}
	return nil
}

// line takes the next line, and tells whether the case need not go on.
func (v *verdicts) line(text []byte) stopReason {
	if err := v.take(text); err != nil {
		v.broken = err
		return stopBroken
	}
	if len(v.ended) == 0 || v.started || v.complete() {
		return ranOut
	}
	f := v.ended[len(v.ended)-1].Failure
	computing := f != nil && (f.Kind == lab.Spin || f.Kind == lab.RealBudget)
	if computing || v.failed >= enoughFailures && !v.share {
		return stopEnough
	}
	return ranOut
}

func (v *verdicts) take(text []byte) error {
	var line struct {
		lab.Verdict
		Start bool `json:"start"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&line); err != nil {
		return fmt.Errorf("it is not a line of the runner's: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more than one value on a line")
	}
	what := "the verdict"
	if line.Start {
		what = "the start"
	}
	switch {
	case line.Stage != v.stage || line.Case != v.name:
		return fmt.Errorf("%s of %s/%s came in the process of %s/%s", what, line.Stage, line.Case, v.stage, v.name)
	case v.complete():
		return fmt.Errorf("%s of seed %d came after the last seed had ended", what, line.Seed)
	case line.Seed != v.current():
		return fmt.Errorf("%s of seed %d came where seed %d was due", what, line.Seed, v.current())
	case line.Start == v.started:
		return fmt.Errorf("%s of seed %d came out of turn", what, line.Seed)
	case line.Start:
		v.started = true
		return nil
	case line.Pass != (line.Failure == nil):
		return fmt.Errorf("the verdict of seed %d contradicts itself", line.Seed)
	}
	v.started = false
	v.ended = append(v.ended, line.Verdict)
	if !line.Pass {
		v.failed++
	}
	return nil
}
