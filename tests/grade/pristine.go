package grade

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// pristine is a copy of what a submission is compiled with: the contract, the
// suites, and raft/ and kvraft/ as students get them. Nothing of the reference is
// in it. A submission is laid over it by go build's -overlay, so one copy, and what
// the go command has compiled of it once, serves a whole class.
type pristine struct{ tree string }

// compiledIn lists the files of the module's packages among what tests are
// made of, but for the main function, which the go command writes.
const compiledIn = `{{if and .Module .Module.Main (ne .Name "main")}}{{$d := .Dir}}` +
	`{{range .GoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{range .TestGoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}` +
	`{{range .XTestGoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{range .EmbedFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{end}}`

// newPristine copies what it takes from the framework's tree.
func newPristine(ctx context.Context, tree, into string) (*pristine, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-race", "-deps", "-test", "-f", compiledIn, "./raft", "./kvraft")
	cmd.Dir = tree
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("listing what a submission is compiled with: %w\n%s", err, &stderr)
	}
	names := strings.Split(strings.TrimSpace(string(out)), "\n")
	names = append(names, filepath.Join(tree, "go.mod"), filepath.Join(tree, "go.sum"))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		within, err := filepath.Rel(tree, name)
		if err != nil {
			return nil, fmt.Errorf("copying the framework: %w", err)
		}
		if err := copyFile(name, filepath.Join(into, within)); err != nil {
			return nil, fmt.Errorf("copying the framework: %w", err)
		}
	}
	return &pristine{tree: into}, nil
}

// ofStudent tells whether a file, named from the tree, is one that a submission
// brings along: a Go file of raft/ or kvraft/ that is no test.
func ofStudent(name string) bool {
	folder := path.Dir(name)
	return (folder == "raft" || folder == "kvraft") && isSource(name)
}

func isSource(name string) bool {
	return path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go")
}

// sources are the Go files right in a folder of a tree that are no tests, named from
// the tree.
func sources(tree, folder string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(tree, filepath.FromSlash(folder)))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && isSource(e.Name()) {
			names = append(names, path.Join(folder, e.Name()))
		}
	}
	return names, nil
}

// laid is a folder with files that stand in the place of those of the same name
// in a tree. The zero value has none.
type laid struct{ folder string }

// lay writes a submission's files, and the overlay that puts them into a tree,
// into a folder. Where it has files of raft/ or of kvraft/, no other sources of that
// package remain; a package of which it has none is the tree's.
func lay(tree string, files map[string][]byte, into string) (laid, error) {
	l := laid{folder: into}
	replace := map[string]string{}
	brought := map[string]bool{}
	for name, text := range files {
		if !ofStudent(name) {
			return l, fmt.Errorf("laying %s over the framework: it is no Go file of raft/ or kvraft/", name)
		}
		target := filepath.Join(into, filepath.FromSlash(name))
		if err := writeFile(target, text); err != nil {
			return l, fmt.Errorf("laying files over the framework: %w", err)
		}
		replace[filepath.Join(tree, filepath.FromSlash(name))] = target
		brought[path.Dir(name)] = true
	}
	for folder := range brought {
		names, err := sources(tree, folder)
		if err != nil {
			return l, fmt.Errorf("laying files over the framework: %w", err)
		}
		for _, name := range names {
			if files[name] == nil {
				replace[filepath.Join(tree, filepath.FromSlash(name))] = "" // taken away
			}
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return l, fmt.Errorf("laying files over the framework: %w", err)
	}
	if err := writeFile(l.overlay(), text); err != nil {
		return l, fmt.Errorf("laying files over the framework: %w", err)
	}
	return l, nil
}

// overlay is the file for go build's -overlay.
func (l laid) overlay() string { return filepath.Join(l.folder, "overlay.json") }

// named gives the files in the go command's output, which runs in the tree, the
// names that they have there.
func (l laid) named(tree, output string) string {
	if l.folder == "" {
		return output
	}
	output = strings.ReplaceAll(output, l.folder+string(filepath.Separator), "")
	if within, err := filepath.Rel(tree, l.folder); err == nil {
		output = strings.ReplaceAll(output, within+string(filepath.Separator), "")
	}
	return output
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return writeFile(to, text)
}

func writeFile(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o644)
}
