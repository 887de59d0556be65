package grade

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// pristine is a copy of what a submission is compiled with: the contract, the
// suites, and raft/ and kvraft/ as students get them. Nothing of the reference is
// in it. A submission is laid over it by go build's -overlay, so one copy, and what
// the go command has compiled of it once, serves a whole class.
type pristine struct {
	tree   string
	digest string // of its files
}

// newPristine makes a copy in the user's cache folder, or uses the one that is
// there from the same files: what the go command has compiled then counts. Where
// there is no such folder, the copy is made in scratch.
func newPristine(ctx context.Context, tree, scratch string) (*pristine, error) {
	files, err := CompiledIn(ctx, tree, "-race", "./raft", "./kvraft")
	if err != nil {
		return nil, err
	}
	p := &pristine{digest: digestOf(files)}
	home := scratch
	if cache, err := os.UserCacheDir(); err == nil && os.MkdirAll(filepath.Join(cache, "raftlabs"), 0o755) == nil {
		home = filepath.Join(cache, "raftlabs")
	}
	p.tree = filepath.Join(home, "framework-"+p.digest)
	if sameFiles(p.tree, files) {
		return p, nil
	}
	fresh, err := os.MkdirTemp(home, "copying-")
	if err != nil {
		return nil, fmt.Errorf("copying the framework: %w", err)
	}
	for name, text := range files {
		if err := writeFile(filepath.Join(fresh, filepath.FromSlash(name)), text); err != nil {
			return nil, errors.Join(fmt.Errorf("copying the framework: %w", err), os.RemoveAll(fresh))
		}
	}
	// Somebody may have made the same copy meanwhile, or changed the one there.
	if err := os.RemoveAll(p.tree); err != nil {
		return nil, errors.Join(fmt.Errorf("copying the framework: %w", err), os.RemoveAll(fresh))
	}
	if err := os.Rename(fresh, p.tree); err != nil && !sameFiles(p.tree, files) {
		return nil, errors.Join(fmt.Errorf("copying the framework: %w", err), os.RemoveAll(fresh))
	}
	return p, nil
}

// sameFiles tells whether a folder has these files, and no others.
func sameFiles(folder string, files map[string][]byte) bool {
	found := 0
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		within, err := filepath.Rel(folder, name)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if want, ok := files[filepath.ToSlash(within)]; !ok || !bytes.Equal(text, want) {
			return errors.New("another file")
		}
		found++
		return nil
	})
	return err == nil && found == len(files)
}

// digestOf tells one set of files from another.
func digestOf(files map[string][]byte) string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintln(sum, name, len(files[name]))
		sum.Write(files[name])
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
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

func writeFile(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o644)
}
