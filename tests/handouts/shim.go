package handouts

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// What the shim reads of its environment.
const (
	shimGo       = "RAFTLABS_HANDOUTS_GO"       // the real go command
	shimRoot     = "RAFTLABS_HANDOUTS_ROOT"     // the folder with go.mod
	shimBinaries = "RAFTLABS_HANDOUTS_BINARIES" // where test binaries are kept
	shimRace     = "RAFTLABS_HANDOUTS_RACE"     // "-race" or "-race=false", whatever the command says
)

// IsShim tells whether this process was started in place of the go command.
func IsShim() bool { return filepath.Base(os.Args[0]) == "go" && os.Getenv(shimGo) != "" }

// Shim is the go command of the shells that run what the texts say. It gives all
// to the real one, but the tests of students' packages: these are compiled once
// for many commands, and run with the flags that go test would give them, and with
// few seeds where they take long.
func Shim(args []string) (status int) {
	if folders, flags, ok := ours(args); ok {
		for _, folder := range folders {
			status = max(status, testPackage(folder, flags))
		}
		if status != 0 {
			fmt.Println("FAIL")
		}
		return status
	}
	return statusOf(passOn(os.Getenv(shimGo), args, ""))
}

// passOn runs a command as if it were this process.
func passOn(name string, args []string, dir string) error {
	cmd := exec.Command(name, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Dir = os.Stdin, os.Stdout, os.Stderr, dir
	return cmd.Run()
}

func statusOf(err error) int {
	exit := (*exec.ExitError)(nil)
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return max(exit.ExitCode(), 1)
	}
	fmt.Fprintln(os.Stderr, err)
	return 2
}

// alone are the flags of go test that stand without a value; literal are those that
// the real command is needed for.
var (
	alone   = []string{"race", "v", "failfast", "short", "benchmem", "fullpath", "lab.v", "lab.allseeds", "lab.realtime"}
	literal = []string{"c", "cover", "coverprofile", "coverpkg", "json", "tags", "exec", "n", "x", "args", "o", "work", "fuzz", "list", "h", "help"}
)

// ours reads the arguments of go test, where it is for packages of students.
func ours(args []string) (folders, flags []string, ok bool) {
	if len(args) == 0 || args[0] != "test" {
		return nil, nil, false
	}
	for i := 1; i < len(args); i++ {
		if !strings.HasPrefix(args[i], "-") {
			folder, ok := testable(args[i])
			if !ok {
				return nil, nil, false
			}
			folders = append(folders, folder)
			continue
		}
		name, value, given := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		if slices.Contains(literal, name) {
			return nil, nil, false
		}
		if !given && !slices.Contains(alone, name) {
			if i++; i == len(args) {
				return nil, nil, false
			}
			value = args[i]
		} else if !given {
			value = "true"
		}
		if name != "race" {
			flags = append(flags, name+"="+value)
		}
	}
	return folders, flags, len(folders) > 0
}

// testable is the folder of a package whose tests are compiled once.
func testable(pattern string) (folder string, ok bool) {
	here, err := os.Getwd()
	if err != nil {
		return "", false
	}
	root, err := filepath.EvalSymlinks(os.Getenv(shimRoot))
	if err != nil {
		return "", false
	}
	folder, err = filepath.Rel(root, filepath.Join(here, pattern))
	if err != nil || !strings.HasPrefix(pattern, ".") {
		return "", false
	}
	folder = filepath.ToSlash(folder)
	return folder, slices.Contains([]string{"raft", "kvraft", "solutions/raft", "solutions/kvraft"}, folder)
}

// fewSeeds is how many seeds a case runs with, where it has something to do.
const fewSeeds = "2"

// testPackage runs the tests of a package as go test does.
func testPackage(folder string, flags []string) (status int) {
	root := os.Getenv(shimRoot)
	binary := filepath.Join(os.Getenv(shimBinaries), strings.ReplaceAll(folder, "/", "-")+".test")
	if _, err := os.Stat(binary); err != nil {
		cmd := exec.Command(os.Getenv(shimGo), "test", "-c", "-vet=off", os.Getenv(shimRace), "-o", binary, "./"+folder)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			fmt.Printf("%sFAIL\traftlabs/%s [build failed]\n", out, folder)
			return 1
		}
	}
	here, _ := os.Getwd() // testable has asked already
	args := []string{"-test.paniconexit0", "-test.timeout=10m", "-test.outputdir=" + here}
	long := folder != "raft" && folder != "kvraft" || os.Getenv(shimRace) != "-race"
	verbose := false
	for _, f := range flags {
		name, value, _ := strings.Cut(f, "=")
		if name == "lab.seeds" && long {
			value = fewSeeds
		}
		if !strings.HasPrefix(name, "lab.") && !strings.HasPrefix(name, "test.") {
			name = "test." + name
		}
		verbose = verbose || name == "test.v" || name == "test.bench"
		args = append(args, "-"+name+"="+value)
	}
	if long && !verbose && !slices.ContainsFunc(flags, func(f string) bool { return strings.HasPrefix(f, "lab.seed") }) {
		args = append(args, "-lab.seeds=1")
	}
	cmd := exec.Command(binary, args...)
	cmd.Dir = filepath.Join(root, filepath.FromSlash(folder))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	status = statusOf(cmd.Run())
	seconds := time.Since(began).Seconds()
	if status != 0 {
		fmt.Printf("%sFAIL\traftlabs/%s\t%.3fs\n", out.String(), folder, seconds)
		return 1
	}
	if verbose {
		fmt.Print(out.String())
	}
	fmt.Printf("ok  \traftlabs/%s\t%.3fs\n", folder, seconds)
	return 0
}
