package grade

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// built is a package's test binary, or why there is none.
type built struct {
	folder string       // of the tree, with slashes
	binary string       // "": it does not compile
	errors string       // what the compiler said
	silent *atomic.Bool // a case's process did not come to its first seed
}

// buildTime is what a build may take. The framework, compiled for the first time,
// takes a tenth of it on a slow machine.
var buildTime = 10 * time.Minute

// What a program of a build may take in bytes, where the system has limits for that: of
// address space, and for one file. A package with the framework takes a tenth.
var (
	buildMemory int64 = 4 << 30
	buildFile   int64 = 512 << 20
)

// outOfMemory is what the tool chain says at these limits.
var outOfMemory = regexp.MustCompile(`out of memory|cannot allocate memory|file too large|signal: (killed|file size limit exceeded)`)

// build compiles the tests of the first of some packages, all of one author, with
// the race detector. An error says that the grader could not do its work; what
// the author did wrong stands in the result. Files may be laid over the tree.
func build(ctx context.Context, tree string, folders []string, into string, over laid) (built, error) {
	folder := folders[0]
	b := built{folder: folder, silent: new(atomic.Bool)}
	binary := filepath.Join(into, strings.ReplaceAll(folder, "/", "-")+".test")
	args := []string{"test", "-c", "-race", "-ldflags=-w", "-o", binary} // -w: half of linking is for debuggers
	if over.folder != "" {
		args = append(args, "-overlay="+over.overlay())
	}
	limited, stop := context.WithTimeout(ctx, buildTime)
	defer stop()
	cmd := exec.CommandContext(limited, "go", append(args, "./"+folder)...)
	cmd.Dir = tree
	ownGroup(cmd)
	cmd.Cancel = func() error { killGroup(cmd.Process.Pid); return nil } // the compiler, too
	cmd.WaitDelay = time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Start()
	if err == nil {
		limitBuild(cmd.Process.Pid)
		err = cmd.Wait()
	}
	text := over.named(tree, strings.TrimSpace(out.String()))
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return b, fmt.Errorf("building ./%s: %w", folder, context.Cause(ctx))
	case limited.Err() != nil:
		b.errors = fmt.Sprintf("the compiler did not come to an end within %v: is there a constant or a type that grows without bound?", buildTime)
		return b, nil
	case errors.As(err, &exit) && outOfMemory.MatchString(text):
		b.errors = fmt.Sprintf("the compiler took more than %s of memory, or wrote more than %s: is there an array or a type without measure?",
			size(buildMemory), size(buildFile))
		return b, nil
	case errors.As(err, &exit):
		if !blames(text, folders) {
			return b, fmt.Errorf("building ./%s failed outside of it: %w\n%s", folder, err, text)
		}
		b.errors = text
		return b, nil
	case err != nil:
		return b, fmt.Errorf("building ./%s: %w", folder, err)
	}
	if _, err := os.Stat(binary); err != nil {
		return b, fmt.Errorf("building ./%s made no test binary: is its _test.go file missing? %s", folder, text)
	}
	b.binary = binary
	return b, nil
}

// place is a position that begins a line of the compiler's output.
var place = regexp.MustCompile(`(?m)^(?:vet: )?(\.?[^\s:]+\.(?:go|s|c|h)):\d+`)

// blames tells whether a failed build is the fault of who has written the
// packages in the folders: a position in one of them is named, or no position at
// all is and the tool chain itself was able to work.
func blames(output string, folders []string) bool {
	places := place.FindAllStringSubmatch(output, -1)
	for _, p := range places {
		if slices.Contains(folders, path.Dir(path.Clean(filepath.ToSlash(p[1])))) {
			return true
		}
	}
	return len(places) == 0 && !strings.HasPrefix(output, "go: ")
}
