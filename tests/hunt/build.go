package hunt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// module is a target's tests, built for WebAssembly.
type module struct {
	code []byte
	hash string // of code: another hash is another program, and its runs are others
}

// build compiles a target's tests, with the files that overlay puts in the place of
// others. What the compiler says goes into the error.
func build(ctx context.Context, tree string, t target, overlay overlay) (module, error) {
	if _, err := os.Stat(filepath.Join(tree, filepath.FromSlash(t.folder))); err != nil {
		return module{}, wrongUsage("there is no %s in %s", t.name(), tree) // a student has no reference
	}
	dir, err := os.MkdirTemp("", "hunt-")
	if err != nil {
		return module{}, fmt.Errorf("building %s: %w", t.name(), err)
	}
	defer os.RemoveAll(dir)
	over, err := overlay.withLabsync(dir, tree, t)
	if err != nil {
		return module{}, fmt.Errorf("building %s: %w", t.name(), err)
	}
	out := filepath.Join(dir, "test.wasm")

	// -trimpath: the same sources make the same module wherever they are. -s: nobody debugs it.
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-trimpath", "-ldflags=-s", "-overlay", over, "-o", out, t.name())
	cmd.Dir = tree
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOWASM=", "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return module{}, fmt.Errorf("%s does not compile for WebAssembly: %w\n%s", t.name(), err, bytes.TrimSpace(said))
	}
	code, err := os.ReadFile(out)
	if err != nil {
		return module{}, fmt.Errorf("building %s: %w", t.name(), err)
	}
	sum := sha256.Sum256(code)
	return module{code: code, hash: hex.EncodeToString(sum[:8])}, nil
}
