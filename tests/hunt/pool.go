package hunt

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// pool is the machines that play a module's instances, some side by side.
type pool struct {
	dir    string // of the module's file
	cache  string
	limits limits
	idle   chan *machine // as many as there are; nil stands for one that is to be started
}

// machine is one of these processes, seen from here.
type machine struct {
	cmd     *exec.Cmd
	ask     *json.Encoder
	answers *json.Decoder
	stdin   io.Closer
}

// newPool compiles a module and has jobs machines for it. Compiled modules are kept
// in a cache, for the next time and for the other machines.
func newPool(ctx context.Context, m module, l limits, jobs int) (*pool, error) {
	dir, err := os.MkdirTemp("", "hunt-")
	if err != nil {
		return nil, fmt.Errorf("keeping the module: %w", err)
	}
	p := &pool{dir: dir, limits: l, idle: make(chan *machine, jobs)}
	if p.cache, err = cacheDir("wazero"); err != nil {
		p.cache = filepath.Join(dir, "cache") // it takes longer the next time
	}
	for range jobs {
		p.idle <- nil
	}
	if err := os.WriteFile(p.module(), m.code, 0o600); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if err := prune(p.cache, cacheBytes); err != nil {
		return nil, errors.Join(err, p.close())
	}
	<-p.idle
	first, err := p.start(ctx)
	p.idle <- first
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// cacheBytes is what compiled modules may take on disk, seven of the reference: each edit
// of the code makes another.
const cacheBytes = 500 << 20

// prune removes the oldest files of a folder, with those below it, until the rest
// takes no more than most bytes.
func prune(dir string, most int64) error {
	type file struct {
		name string
		fs.FileInfo
	}
	var files []file
	all := int64(0)
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // another hunt prunes, too
		}
		if err != nil || e.IsDir() {
			return err
		}
		if info, err := e.Info(); err == nil {
			files = append(files, file{name, info})
			all += info.Size()
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("looking through %s: %w", dir, err)
	}
	slices.SortFunc(files, func(a, b file) int { return a.ModTime().Compare(b.ModTime()) })
	for _, f := range files {
		if all <= most {
			break
		}
		if err := os.Remove(f.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("making room for compiled modules: %w", err)
		}
		all -= f.Size()
	}
	return nil
}

func (p *pool) module() string { return filepath.Join(p.dir, "test.wasm") }

// start starts a machine, and waits until it is ready.
func (p *pool) start(ctx context.Context) (*machine, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	// Its end is not ctx's: a machine is killed by whom it belongs to.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), self, asMachine, p.module(), p.cache, strconv.FormatInt(p.limits.Memory, 10))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting a machine: %w", err)
	}
	m := &machine{cmd: cmd, ask: json.NewEncoder(stdin), answers: json.NewDecoder(bufio.NewReader(stdout)), stdin: stdin}
	if _, err := m.answer(ctx, 0); err != nil {
		m.kill()
		return nil, err
	}
	return m, nil
}

// run has an instance played to its end, or ended when its time is over. An error is
// the machine's.
func (p *pool) run(ctx context.Context, in instance) (out exit, err error) {
	m := <-p.idle
	defer func() { p.idle <- m }()
	if m == nil {
		if m, err = p.start(ctx); err != nil {
			return exit{}, err
		}
	}
	if err = m.ask.Encode(in); err == nil {
		out, err = m.answer(ctx, p.limits.Time)
	}
	if err == nil {
		return out, nil
	}
	m.kill()
	m = nil
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return exit{TimedOut: true}, nil
	}
	return exit{}, err
}

// answer waits for a machine's answer, for some time, 0 for as long as it takes.
func (m *machine) answer(ctx context.Context, most time.Duration) (exit, error) {
	if most > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, most)
		defer cancel()
	}
	type got struct {
		answer
		err error
	}
	told := make(chan got, 1)
	go func() {
		var g got
		g.err = m.answers.Decode(&g.answer)
		told <- g
	}()
	select {
	case <-ctx.Done():
		return exit{}, ctx.Err() // whoever killed it has the goroutine end, too
	case g := <-told:
		if g.err != nil {
			return exit{}, fmt.Errorf("a machine has died: %w", g.err)
		}
		if g.Error != "" {
			return exit{}, errors.New(g.Error)
		}
		return g.Exit, nil
	}
}

// kill ends a machine, whatever it is doing.
func (m *machine) kill() {
	_ = m.stdin.Close()
	_ = m.cmd.Process.Kill()
	_ = m.cmd.Wait() // it was killed, and says so
}

// close ends all machines. Nobody plays any more.
func (p *pool) close() error {
	for range cap(p.idle) {
		if m := <-p.idle; m != nil {
			m.kill()
		}
	}
	return os.RemoveAll(p.dir)
}
