package mutant

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// process is one run of a test binary, with its limits.
type process struct {
	binary string
	args   []string
	dir    string // working directory
	home   string // an empty folder
	time   time.Duration
	memory int64 // resident bytes
}

// errStopped ends a process that has shown enough.
var errStopped = errors.New("enough was seen")

// ending is how a process ended.
type ending struct {
	failed error  // nil: by itself, with status 0
	output string // the beginning and the end of what it printed
}

// run starts the process in a group of its own and waits for it. Each line
// that it writes on file descriptor 3 goes to line, whose error ends the whole
// group. An error says that the process could not be run.
func (p process) run(ctx context.Context, line func([]byte) error) (ending, error) {
	verdicts, theirs, err := os.Pipe()
	if err != nil {
		return ending{}, fmt.Errorf("starting a test: %w", err)
	}
	defer func() { _ = verdicts.Close() }() // only read from
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	timer := time.AfterFunc(p.time, func() { stop(fmt.Errorf("it took more than %v of wall time", p.time)) })
	defer timer.Stop()

	var out tail
	cmd := exec.CommandContext(ctx, p.binary, p.args...)
	cmd.Dir, cmd.Env = p.dir, p.environment()
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = &out, &out, []*os.File{theirs}
	cmd.WaitDelay = time.Second
	ownGroup(cmd)
	err = cmd.Start()
	_ = theirs.Close() // the process has its own
	if err != nil {
		return ending{}, fmt.Errorf("starting a test: %w", err)
	}
	go p.watchMemory(ctx, cmd.Process.Pid, stop)

	read := make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewScanner(verdicts)
		lines.Buffer(nil, 4<<20)
		for lines.Scan() {
			if err := line(lines.Bytes()); err != nil {
				stop(err)
				return
			}
		}
	}()
	err = cmd.Wait()
	killGroup(cmd.Process.Pid)                                // what it has started
	_ = verdicts.SetReadDeadline(time.Now().Add(time.Second)) // whoever else holds the pipe open
	<-read
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // it ended well, only its children had not
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return ending{failed: err, output: out.String()}, nil
}

// environment is all that the process sees of this one's.
func (p process) environment() []string {
	return []string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + p.home, "TMPDIR=" + p.home, "LANG=C.UTF-8", "TZ=UTC",
		"GOMAXPROCS=1", // the fastest for one bubble
		"GOTRACEBACK=single",
		fmt.Sprintf("GOMEMLIMIT=%d", p.memory/4), // collect garbage before it comes to the limit
		"GOGC=400",                               // and otherwise not so often
		"GORACE=atexit_sleep_ms=0",
	}
}

// watchMemory ends a process that takes too much. Where there is no /proc,
// GOMEMLIMIT alone has to do.
func (p process) watchMemory(ctx context.Context, pid int, stop func(error)) {
	statm := fmt.Sprintf("/proc/%d/statm", pid)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		text, err := os.ReadFile(statm)
		fields := bytes.Fields(text)
		if err != nil || len(fields) < 2 {
			return // it has ended
		}
		pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
		if err == nil && pages*int64(os.Getpagesize()) > p.memory {
			stop(fmt.Errorf("it took more than %d MiB of memory", p.memory>>20))
			return
		}
	}
}

// tail is a writer that keeps the beginning and the end of what it is given.
type tail struct {
	head, last []byte
}

// tailKeep is how many bytes are kept of the beginning, and of the end.
const tailKeep = 256 << 10

func (t *tail) Write(b []byte) (int, error) {
	n := min(len(b), tailKeep-len(t.head))
	t.head = append(t.head, b[:n]...)
	t.last = append(t.last, b[n:]...)
	if over := len(t.last) - tailKeep; over > tailKeep {
		t.last = append([]byte(nil), t.last[over:]...)
	}
	return len(b), nil
}

func (t *tail) String() string { return string(t.head) + string(t.last) }
