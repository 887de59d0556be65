package handouts

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"raftlabs/tests/grade"
	"raftlabs/tests/hunt"
	_ "raftlabs/tests/lab" // registers -lab.*
	"raftlabs/tests/mutant"
)

var (
	goFlag  = regexp.MustCompile(`(?m)^\t(-[a-z][a-z.]*)\b`)
	ourFlag = regexp.MustCompile(`--[a-z][a-z-]*`)
)

// readFlags asks the commands for their flags.
func (x *index) readFlags(student bool) error {
	flag.VisitAll(func(f *flag.Flag) {
		if strings.HasPrefix(f.Name, "lab.") {
			x.flags["-"+f.Name] = true
		}
	})
	for _, about := range []string{"testflag", "build", "environment"} {
		out, err := exec.Command("go", "help", about).Output()
		if err != nil {
			return fmt.Errorf("go help %s: %w", about, err)
		}
		for _, m := range goFlag.FindAllSubmatch(out, -1) {
			x.flags[string(m[1])] = true
		}
		x.env += string(out)
	}
	about, err := os.ReadFile(filepath.Join(x.goroot, "src", "runtime", "extern.go"))
	if err != nil {
		return err
	}
	x.env += string(about)
	var usage bytes.Buffer
	if err := graderUsage(&usage); err != nil {
		return err
	}
	if !student {
		mutant.Main(context.Background(), []string{"--help"}, &usage, io.Discard)
	}
	for _, f := range ourFlag.FindAllString(usage.String(), -1) {
		x.flags[f] = true
	}
	x.said += usage.String()
	x.readOwn("./tests/cmd/hunt", hunt.Hunt)
	x.readOwn("./tests/cmd/replay", hunt.Replay)
	return nil
}

var ownFlag = regexp.MustCompile(`\s(-[a-z]+)\b`)

// readOwn asks a command that has flags of its own.
func (x *index) readOwn(name string, command func(ctx context.Context, args []string, stdout, stderr io.Writer) int) {
	var usage bytes.Buffer
	command(context.Background(), []string{"--help"}, &usage, io.Discard)
	x.own[name] = map[string]bool{}
	for _, m := range ownFlag.FindAllStringSubmatch(usage.String(), -1) {
		x.own[name][m[1]] = true
	}
	x.said += usage.String()
}

// flagsOf are the flags that a command takes. One that stands alone may be of any.
func (x *index) flagsOf(words []string) map[string]bool {
	if len(words) > 2 && words[0] == "go" && words[1] == "run" && x.own[words[2]] != nil {
		return x.own[words[2]]
	}
	if !isFlag.MatchString(words[0]) {
		return x.flags
	}
	all := maps.Clone(x.flags)
	for _, own := range x.own {
		maps.Copy(all, own)
	}
	return all
}

// graderUsage asks the grader, which prints to files only.
func graderUsage(to io.Writer) error {
	said, theirs, err := os.Pipe()
	if err != nil {
		return err
	}
	go func() {
		grade.Main(context.Background(), []string{"--help"}, theirs, theirs)
		_ = theirs.Close() // nothing is lost: it is a pipe
	}()
	_, err = io.Copy(to, said)
	return errors.Join(err, said.Close())
}
