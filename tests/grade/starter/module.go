package starter

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// module is what go mod edit -json says of a go.mod, as far as it matters here.
type module struct {
	Module struct{ Path string }
	Tool   []struct{ Path string }
}

func readModule(folder string) (module, error) {
	var m module
	out, err := run(folder, "go", "mod", "edit", "-json")
	if err == nil {
		err = json.Unmarshal([]byte(out), &m)
	}
	if err != nil {
		return m, fmt.Errorf("reading go.mod: %w", err)
	}
	return m, nil
}

// modulePath is the name of the framework's module.
func modulePath(tree string) (string, error) {
	m, err := readModule(tree)
	return m.Module.Path, err
}

// tidy takes out of the go.mod and go.sum of a starter what only the
// framework needs.
func tidy(_, stage string) error {
	m, err := readModule(stage)
	if err != nil {
		return err
	}
	for _, tool := range m.Tool {
		if _, err := run(stage, "go", "mod", "edit", "-droptool="+tool.Path); err != nil {
			return fmt.Errorf("taking %s out of go.mod: %w", tool.Path, err)
		}
	}
	if _, err := run(stage, "go", "mod", "tidy"); err != nil {
		return fmt.Errorf("tidying go.mod: %w", err)
	}
	return nil
}

// run runs a command in a folder and returns its standard output. The folder is a
// module of its own, wherever it lies.
func run(folder, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", name, args[0], err, out, complaints.String())
	}
	return string(out), nil
}
