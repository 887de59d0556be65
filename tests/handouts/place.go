package handouts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"raftlabs/tests/grade/starter"
)

// place is a folder in which commands are run.
type place struct {
	name, root string
	env        []string
}

// newPlace makes a place.
func newPlace(t *Tree, name, scratch string) (*place, error) {
	home, err := os.MkdirTemp(scratch, name+"-")
	if err != nil {
		return nil, err
	}
	p := &place{name: name, root: filepath.Join(home, "raftlabs")}
	if name == inFramework {
		err = t.copyTo(p.root)
	} else if err = starter.Write(t.Root, p.root); err == nil && name == inSolved {
		err = solve(t.Root, p.root)
	}
	if err != nil {
		return nil, fmt.Errorf("making a %s: %w", name, err)
	}
	return p, p.prepare(home)
}

// copyTo copies the tree.
func (t *Tree) copyTo(dir string) error {
	files, err := t.listed()
	if err != nil {
		return err
	}
	for name := range files {
		from := filepath.Join(t.Root, filepath.FromSlash(name))
		info, err := os.Stat(from)
		if err != nil {
			return err
		}
		if info.IsDir() {
			continue
		}
		data, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, data, info.Mode().Perm())); err != nil {
			return err
		}
	}
	return nil
}

// solve puts the reference into a starter.
func solve(tree, lab string) error {
	for _, pkg := range []string{"raft", "kvraft"} {
		skeletons, err := filepath.Glob(filepath.Join(lab, pkg, "*.go"))
		if err != nil {
			return err
		}
		for _, name := range skeletons {
			if !strings.HasSuffix(name, "_test.go") {
				err = errors.Join(err, os.Remove(name))
			}
		}
		files, globbed := filepath.Glob(filepath.Join(tree, "solutions", pkg, "*.go"))
		if err := errors.Join(err, globbed); err != nil {
			return err
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			data = bytes.ReplaceAll(data, []byte("raftlabs/solutions/"), []byte("raftlabs/"))
			if err := os.WriteFile(filepath.Join(lab, pkg, filepath.Base(name)), data, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// prepare makes what the shell of a place sees: a go command of its own in front
// of the real one, and folders for what is written.
func (p *place) prepare(home string) error {
	bin, tmp := filepath.Join(home, "bin"), filepath.Join(home, "tmp")
	self, err := os.Executable()
	if err != nil {
		return err
	}
	real, err := exec.LookPath("go")
	if err != nil {
		return err
	}
	if err := errors.Join(os.Mkdir(bin, 0o755), os.Mkdir(tmp, 0o755), os.Symlink(self, filepath.Join(bin, "go"))); err != nil {
		return err
	}
	out, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE", "GOPATH").Output()
	if err != nil {
		return err
	}
	cache := strings.Split(strings.TrimSpace(string(out)), "\n")
	race := "-race"
	if p.name == inSolved {
		race = "-race=false" // five times as fast; what the race detector sees is no matter of the texts
	}
	p.env = append(os.Environ(),
		"PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+home, "TMPDIR="+tmp, "NO_COLOR=1", "GOWORK=off",
		"GOCACHE="+cache[0], "GOMODCACHE="+cache[1], "GOPATH="+cache[2],
		"GOFLAGS=-mod=mod -trimpath -buildvcs=false", // folders do not get into what is built, so that the cache has it the next time
		"GOPROXY=off",
		shimGo+"="+real, shimRoot+"="+p.root, shimBinaries+"="+tmp, shimRace+"="+race)
	return nil
}

// result is how a command ended.
type result struct {
	ran    bool
	status int
	output string
}

// time that one block of commands may take. It is for machines that are busy.
const blockPatience = 3 * time.Minute

var marker = regexp.MustCompile(`(?m)^\x01(\d+) (\d+)\n`)

// run runs the commands of a block in one shell, in the order in which they stand.
func (p *place) run(ctx context.Context, s script) ([]result, error) {
	ctx, cancel := context.WithTimeout(ctx, blockPatience)
	defer cancel()
	var text strings.Builder
	for i, c := range s.commands {
		fmt.Fprintf(&text, "%s\nprintf '\\n\\001%d %%d\\n' $?\n", c.text, i)
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "bash", "-c", text.String())
	cmd.Dir, cmd.Env = p.root, p.env
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) && ctx.Err() == nil {
		return nil, err
	}
	results := make([]result, len(s.commands))
	at := 0
	said := out.String()
	for _, m := range marker.FindAllStringSubmatchIndex(said, -1) {
		number, _ := strconv.Atoi(said[m[2]:m[3]]) // digits
		status, _ := strconv.Atoi(said[m[4]:m[5]])
		results[number] = result{true, status, p.seen(strings.TrimSuffix(said[at:m[0]], "\n"))}
		at = m[1]
	}
	for i := range results {
		if !results[i].ran {
			results[i].output = p.seen(said[at:])
		}
	}
	return results, nil
}

// seen is what a command has printed as the reader of a text would see it.
func (p *place) seen(output string) string {
	home := filepath.Dir(p.root)
	output = strings.ReplaceAll(output, filepath.Join(home, "tmp"), "/tmp")
	return strings.ReplaceAll(output, home, "..")
}

var (
	took    = regexp.MustCompile(`\b\d+(\.\d+)?m?s\b`)
	columns = regexp.MustCompile(`^(\s+(?:pass|FAIL) .*?)(\s+\d+\.\d+\s+\d+\.\d+)$`)
)

// steady is lines without what is never the same: how long something took.
func steady(lines []string) []string {
	var all []string
	for _, line := range lines {
		line = columns.ReplaceAllString(line, "$1 TIMES")
		line = strings.ReplaceAll(line, "\t(cached)", "\tTIME")
		all = append(all, took.ReplaceAllString(line, "TIME"))
	}
	return all
}
