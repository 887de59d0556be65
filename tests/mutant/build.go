package mutant

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// overlayFile is what go build's -overlay reads.
const overlayFile = "overlay.json"

// writeOverlay applies the edit to the tree's solutions/ and writes the changed
// files and the overlay into a folder. It returns the overlay's path.
func (e *Edit) writeOverlay(tree, into string) (string, error) {
	solutions := filepath.Join(tree, "solutions")
	files, err := e.Apply(os.DirFS(solutions))
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for file, text := range files {
		target := filepath.Join(into, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return "", fmt.Errorf("writing the files of %s: %w", e.Name, err)
		}
		if err := os.WriteFile(target, []byte(text), 0o644); err != nil {
			return "", fmt.Errorf("writing the files of %s: %w", e.Name, err)
		}
		replace[filepath.Join(solutions, filepath.FromSlash(file))] = target
	}
	data, err := json.MarshalIndent(map[string]any{"Replace": replace}, "", "  ")
	if err != nil {
		return "", fmt.Errorf("writing the overlay of %s: %w", e.Name, err)
	}
	overlay := filepath.Join(into, overlayFile)
	if err := os.WriteFile(overlay, append(data, '\n'), 0o644); err != nil {
		return "", fmt.Errorf("writing the overlay of %s: %w", e.Name, err)
	}
	return overlay, nil
}

// build compiles the tests of a package of the tree with an overlay. An edit
// that does not compile is an error: it is the catalogue's fault.
func build(ctx context.Context, tree, folder, overlay, into string, race bool) (binary string, err error) {
	binary = filepath.Join(into, strings.ReplaceAll(folder, "/", "-")+".test")
	args := []string{"test", "-c", "-vet=off", "-ldflags=-w", "-overlay=" + overlay, "-o", binary}
	if race {
		args = append(args, "-race")
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "./"+folder)...)
	cmd.Dir = tree
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if err != nil {
		return "", fmt.Errorf("building ./%s: %w\n%s", folder, err, strings.TrimSpace(string(out)))
	}
	return binary, nil
}
