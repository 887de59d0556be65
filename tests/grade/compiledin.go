package grade

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// compiledIn lists the files of the module's packages among what tests are
// made of, but for the main function, which the go command writes.
const compiledIn = `{{if and .Module .Module.Main (ne .Name "main")}}{{$d := .Dir}}` +
	`{{range .GoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{range .TestGoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}` +
	`{{range .XTestGoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{range .EmbedFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{end}}`

// CompiledIn is the files of the tree that the tests of some packages are made of,
// named from the tree, with go.mod and go.sum. The arguments are those of go list:
// flags, and the packages.
func CompiledIn(ctx context.Context, tree string, args ...string) (map[string][]byte, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-deps", "-test", "-f", compiledIn}, args...)...)
	cmd.Dir = tree
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("listing what the tests are made of: %w\n%s", errors.Join(err, context.Cause(ctx)), &stderr)
	}
	names := strings.Split(strings.TrimSpace(string(out)), "\n")
	names = append(names, filepath.Join(tree, "go.mod"), filepath.Join(tree, "go.sum"))
	files := map[string][]byte{}
	for _, name := range names {
		within, err := filepath.Rel(tree, name)
		if err != nil {
			return nil, fmt.Errorf("reading what the tests are made of: %w", err)
		}
		if files[filepath.ToSlash(within)], err = os.ReadFile(name); err != nil {
			return nil, fmt.Errorf("reading what the tests are made of: %w", err)
		}
	}
	return files, nil
}
