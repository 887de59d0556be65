package hunt

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
)

// engine runs one module, one instance after the other.
type engine struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
}

// page is the unit of a module's memory.
const page = 64 << 10

// newEngine compiles a module, or takes it from a cache, a folder. memory is what
// one instance may have, in bytes.
//
// Nothing in the module looks whether it is to end: that would make it three to four
// times as slow. So an instance is ended with its process, see pool.
func newEngine(ctx context.Context, code []byte, cache string, memory int64) (*engine, error) {
	kept, err := wazero.NewCompilationCacheWithDir(cache)
	if err != nil {
		return nil, fmt.Errorf("keeping compiled modules in %s: %w", cache, err)
	}
	config := wazero.NewRuntimeConfigCompiler().WithMemoryLimitPages(uint32(memory / page)).WithCompilationCache(kept)
	e := &engine{runtime: wazero.NewRuntimeWithConfig(ctx, config)}
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, e.runtime); err != nil {
		return nil, errors.Join(fmt.Errorf("starting the WebAssembly engine: %w", err), e.close(ctx))
	}
	if e.compiled, err = e.runtime.CompileModule(ctx, code); err != nil {
		return nil, errors.Join(fmt.Errorf("compiling the module: %w", err), e.close(ctx))
	}
	return e, nil
}

func (e *engine) close(ctx context.Context) error { return e.runtime.Close(ctx) }

// instance is what one run is started with. Two runs with equal instances are
// the same, wherever Files is, if it is empty.
type instance struct {
	Args  []string
	Env   map[string]string
	Seed  uint64
	Files string // the folder that it may write to, as /out
	Input string // one that it may read, as /in; "" for none
}

// exit is how an instance ended.
type exit struct {
	Status         int
	Stdout, Stderr []byte
	TimedOut       bool `json:"-"` // it was ended from outside
}

// A module's clock starts some time after 1970, and each look takes a few
// microseconds, about what the engine needs for it: who loops, looking all the
// while, sees time pass, and so does the watchdog that is to see the loop.
const (
	epoch = int64(1_000_000_000) * int64(time.Second)
	look  = int64(5 * time.Microsecond)
)

// run plays an instance to its end. An error is the engine's.
func (e *engine) run(ctx context.Context, in instance) (exit, error) {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], in.Seed)
	now := int64(time.Millisecond) // a runtime takes a clock of zero for a broken one
	nanotime := func() int64 { now += look; return now }
	walltime := func() (int64, int32) {
		t := epoch + nanotime()
		return t / int64(time.Second), int32(t % int64(time.Second))
	}
	files := wazero.NewFSConfig().WithDirMount(in.Files, "/out")
	if in.Input != "" {
		files = files.WithReadOnlyDirMount(in.Input, "/in")
	}
	// Plain buffers: a terminal or a file would be asked what it is, and answer.
	var stdout, stderr bytes.Buffer
	config := wazero.NewModuleConfig().WithName("").
		WithArgs(in.Args...).
		WithStdout(&stdout).WithStderr(&stderr).
		WithRandSource(rand.NewChaCha8(key)).
		WithNanotime(nanotime, sys.ClockResolution(look)).
		WithWalltime(walltime, sys.ClockResolution(look)).
		WithNanosleep(func(ns int64) { now += max(ns, 0) }).
		WithFSConfig(files)
	for _, name := range sortedKeys(in.Env) {
		config = config.WithEnv(name, in.Env[name])
	}
	m, err := e.runtime.InstantiateModule(ctx, e.compiled, config)
	out := exit{Stdout: stdout.Bytes(), Stderr: stderr.Bytes()}
	if m != nil {
		err = errors.Join(err, m.Close(ctx))
	}
	var ended *sys.ExitError
	switch {
	case err == nil:
	case errors.As(err, &ended):
		out.Status = int(ended.ExitCode())
	default:
		return out, fmt.Errorf("running the module: %w", err)
	}
	return out, nil
}

// cacheDir is a folder for what may be thrown away at any time.
func cacheDir(name string) (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "raftlabs", name)
	return dir, os.MkdirAll(dir, 0o755)
}
