package grade

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"
)

// process is one case's process, before it is started.
type process struct {
	binary  string
	args    []string
	dir     string // working directory
	env     []string
	timeout time.Duration
	begin   time.Duration // the time until its first line, which is part of the other
	memory  int64         // resident bytes
}

// stopReason is why the grader ended a process.
type stopReason string

const (
	ranOut       stopReason = ""            // it ended by itself
	stopTimeout  stopReason = "timeout"     // wall time
	stopSilent   stopReason = "silent"      // wall time until its first line
	stopMemory   stopReason = "memory"      // resident memory
	stopEnough   stopReason = "enough"      // the case is lost anyway
	stopBroken   stopReason = "broken"      // the verdict pipe carries nonsense
	stopCanceled stopReason = "interrupted" // the grader itself is to end
)

// ending is how a process ended.
type ending struct {
	stopped stopReason
	status  string // "exit status 2", "signal: killed"
	ok      bool   // exit status 0
	real    time.Duration
	cpu     time.Duration // of the process and the children it waited for
	peak    int64         // resident bytes
	stdout  string
	stderr  string
}

// drainTime is how long the rest of a pipe may take to read, once nobody of
// the group is left to write to it.
const drainTime = time.Second

// run starts the process and waits for it to end. Every line on its file
// descriptor 3 goes to lines, in a goroutine of its own, which may have the
// process stopped. Whatever the process or its children do, run returns soon
// after the process ended or the timeout passed. An error is the grader's.
func (p process) run(ctx context.Context, lines func([]byte) stopReason) (ending, error) {
	var pipes [3]*pipe
	for i := range pipes {
		var err error
		if pipes[i], err = newPipe(); err != nil {
			return ending{}, fmt.Errorf("starting a case: %w", err)
		}
		defer pipes[i].close()
	}
	cmd := exec.Command(p.binary, p.args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	// Files, not writers: Wait then waits for the process only, not for
	// those who inherited its pipes.
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = pipes[0].w, pipes[1].w, []*os.File{pipes[2].w}
	ownGroup(cmd)
	network().cutOff(cmd)
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return ending{}, fmt.Errorf("starting a case: %w", err)
	}
	s := &stopper{pid: cmd.Process.Pid, wake: make(chan struct{})}
	var begun atomic.Bool

	var out, errs clip
	split := lineSplitter{sink: lines}
	pipes[0].read(out.add)
	pipes[1].read(errs.add)
	pipes[2].read(func(b []byte) {
		begun.Store(begun.Load() || len(b) > 0)
		if reason := split.add(b); reason != ranOut {
			s.stop(reason)
		}
	})
	watched := make(chan int64)
	go func() { watched <- p.watch(ctx, s, &begun) }()

	err := cmd.Wait()
	real := time.Since(start)
	s.ended() // at once: its number is free, and goes to another process some day
	peak := <-watched
	for _, pipe := range pipes {
		pipe.finish()
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return ending{}, fmt.Errorf("waiting for a case: %w", err)
	}
	state := cmd.ProcessState
	return ending{
		stopped: s.reason, status: state.String(), ok: state.Success(),
		real: real, cpu: state.UserTime() + state.SystemTime(), peak: max(peak, peakMemory(state)),
		stdout: out.String(), stderr: errs.String(),
	}, nil
}

// memoryLook is how often the resident memory is looked at: a process that
// writes 2 GiB a second goes 40 MiB over its limit.
const memoryLook = 20 * time.Millisecond

// watch ends the process at its limits. It returns the largest resident
// memory seen, when the process has been stopped or has ended.
func (p process) watch(ctx context.Context, s *stopper, begun *atomic.Bool) (peak int64) {
	limit, begin := time.NewTimer(p.timeout), time.NewTimer(p.begin)
	defer limit.Stop()
	defer begin.Stop()
	look := time.NewTicker(memoryLook)
	defer look.Stop()
	for {
		select {
		case <-s.wake:
			return peak
		case <-ctx.Done():
			s.stop(stopCanceled)
		case <-limit.C:
			s.stop(stopTimeout)
		case <-begin.C:
			if !begun.Load() {
				s.stop(stopSilent)
			}
		case <-look.C:
			peak = max(peak, residentMemory(s.pid))
			if peak > p.memory {
				s.stop(stopMemory)
			}
		}
	}
}

// stopper kills a process group, once, and remembers why.
type stopper struct {
	pid  int
	wake chan struct{} // closed when there is nothing left to watch

	mu     sync.Mutex // guards what follows
	done   bool
	reason stopReason
}

// stop kills the group for a reason, unless that has been done or the process
// has ended.
func (s *stopper) stop(reason stopReason) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done {
		return
	}
	s.done, s.reason = true, reason
	killGroup(s.pid)
	close(s.wake)
}

// ended kills what is left of the group.
func (s *stopper) ended() {
	s.mu.Lock()
	defer s.mu.Unlock()
	killGroup(s.pid)
	if !s.done {
		s.done = true
		close(s.wake)
	}
}

// pipe is one stream out of a process.
type pipe struct {
	r, w *os.File
	done chan struct{} // closed when the reader has ended; nil before it starts
}

func newPipe() (*pipe, error) {
	r, w, err := os.Pipe()
	return &pipe{r: r, w: w}, err
}

func (p *pipe) close() {
	_ = p.r.Close() // nothing was written to it
	_ = p.w.Close() // may be closed already
}

// read passes on what comes, in a goroutine, until everybody has closed the
// other end or finish is called.
func (p *pipe) read(sink func([]byte)) {
	_ = p.w.Close() // the process has its own
	p.done = make(chan struct{})
	go func() {
		defer close(p.done)
		buf := make([]byte, 32<<10)
		for {
			n, err := p.r.Read(buf)
			sink(buf[:n])
			if errors.Is(err, os.ErrDeadlineExceeded) {
				drain(p.r, buf, sink)
			}
			if err != nil {
				return
			}
		}
	}()
}

// finish waits for the reader. What the process wrote is in the pipe by now;
// a stranger that holds the other end open is not waited for.
func (p *pipe) finish() {
	select {
	case <-p.done:
		return
	case <-time.After(drainTime / 10):
	}
	_ = p.r.SetReadDeadline(time.Now()) // wakes the reader, which then drains the pipe
	<-p.done
}
