package starter

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// template holds the files that only a starter has, at their places.
//
//go:embed all:template
var template embed.FS

// Write makes the students' repository in dir, from the framework in the folder
// tree. dir must be empty, or not be there. After an error it is as it was.
func Write(tree, dir string) (err error) {
	if tree, err = absolute(tree); err != nil {
		return fmt.Errorf("finding the framework's folder: %w", err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return fmt.Errorf("finding the starter's folder: %w", err)
	}
	if err := vacant(dir); err != nil {
		return err
	}
	if err := checkSkeletons(tree); err != nil {
		return err
	}
	stage, err := os.MkdirTemp(filepath.Dir(dir), ".starter-")
	if err != nil {
		return fmt.Errorf("making a folder beside %s: %w", dir, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
	for _, step := range []func(tree, stage string) error{fill, keepSecrets, tidy, compile} {
		if err := step(tree, stage); err != nil {
			return err
		}
	}
	return publish(stage, dir)
}

// absolute is the absolute path of a folder, without symbolic links.
func absolute(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}

// vacant tells whether a starter may be written into dir.
func vacant(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("a starter cannot be written to %s: %w", dir, err)
	case len(entries) > 0:
		return fmt.Errorf("%s is not empty: it has %s. Name a folder that is empty, or one that is not there yet",
			dir, entries[0].Name())
	}
	return nil
}

// fill writes everything into the folder stage.
func fill(tree, stage string) error {
	files, err := choose(tree)
	if err != nil {
		return err
	}
	for _, name := range files {
		if err := copyFile(filepath.Join(tree, filepath.FromSlash(name)), filepath.Join(stage, filepath.FromSlash(name))); err != nil {
			return fmt.Errorf("copying %s: %w", name, err)
		}
	}
	own, err := fs.Sub(template, "template")
	if err != nil {
		return fmt.Errorf("reading the template: %w", err)
	}
	if err := os.CopyFS(stage, own); err != nil {
		return fmt.Errorf("copying the template: %w", err)
	}
	return nil
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, content, info.Mode().Perm()) // grade.sh is to be executable
}

// keepSecrets refuses a starter that gives away a solution.
func keepSecrets(tree, stage string) error {
	leaks, err := Leaks(tree, stage)
	if err != nil {
		return err
	}
	if len(leaks) > 0 {
		return fmt.Errorf("the starter would give away parts of a solution:\n%s", strings.Join(leaks, "\n"))
	}
	return nil
}

// compile refuses a starter that does not compile. Without the folder's name in
// what is built, a second starter finds it in the build cache.
func compile(_, stage string) error {
	build := []string{"build", "-trimpath", "-o", os.DevNull} // vet does not miss a main
	for _, c := range commands {
		build = append(build, "./"+c)
	}
	for _, args := range [][]string{{"vet", "-trimpath", "./..."}, build} {
		if _, err := run(stage, "go", args...); err != nil {
			return fmt.Errorf("the starter does not compile: %w", err)
		}
	}
	return nil
}

// publish moves the finished starter to its place. A folder that is there already
// is kept, since somebody may stand in it, and gets what stage holds.
func publish(stage, dir string) (err error) {
	if err := os.Chmod(stage, 0o755); err != nil {
		return fmt.Errorf("moving the starter to %s: %w", dir, err)
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if err := os.Rename(stage, dir); err != nil {
			return fmt.Errorf("moving the starter to %s: %w", dir, err)
		}
		return nil
	}
	entries, err := os.ReadDir(stage)
	if err != nil {
		return fmt.Errorf("moving the starter to %s: %w", dir, err)
	}
	for i, e := range entries {
		if err := os.Rename(filepath.Join(stage, e.Name()), filepath.Join(dir, e.Name())); err != nil {
			for _, moved := range entries[:i] {
				err = errors.Join(err, os.RemoveAll(filepath.Join(dir, moved.Name())))
			}
			return fmt.Errorf("moving the starter to %s: %w", dir, err)
		}
	}
	return nil
}
