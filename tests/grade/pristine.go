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
// suites and the tests of the student's packages, and nothing of the student's, nor
// of the reference. A submission is laid over it by go build's -overlay, so one copy, and
// what the go command has compiled of it once, serves a whole class.
type pristine struct {
	tree string
}

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
		if ofStudent(filepath.ToSlash(within)) {
			continue
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
	return (folder == "raft" || folder == "kvraft") && path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go")
}

// laid is a folder with files that stand in the place of those of the same name
// in a tree. The zero value has none.
type laid struct{ folder string }

// lay writes a submission's files, and the overlay that puts them into the
// tree, into a folder.
func (p *pristine) lay(files map[string][]byte, into string) (laid, error) {
	l := laid{folder: into}
	replace := map[string]string{}
	for name, text := range files {
		if !ofStudent(name) {
			return l, fmt.Errorf("laying %s over the framework: it is no Go file of raft/ or kvraft/", name)
		}
		target := filepath.Join(into, filepath.FromSlash(name))
		if err := writeFile(target, text); err != nil {
			return l, fmt.Errorf("laying the submission over the framework: %w", err)
		}
		replace[filepath.Join(p.tree, filepath.FromSlash(name))] = target
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return l, fmt.Errorf("laying the submission over the framework: %w", err)
	}
	if err := writeFile(l.overlay(), text); err != nil {
		return l, fmt.Errorf("laying the submission over the framework: %w", err)
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
