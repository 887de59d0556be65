package lab

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// places gives the lines of fakes_test.go the names that their comments give
// them, so that a golden sentence checks the place and survives an edit.
var places = sync.OnceValue(func() map[int]string {
	text, err := os.ReadFile("fakes_test.go")
	if err != nil {
		panic(err)
	}
	named := map[int]string{}
	for i, line := range strings.Split(string(text), "\n") {
		code, name, ok := strings.Cut(line, " // ")
		if ok && strings.TrimSpace(code) != "" {
			named[i+1] = name
		}
	}
	return named
})

var (
	fakePlace = regexp.MustCompile(`fakes_test\.go:(\d+)`)
	runsAt    = regexp.MustCompile(`(?m)^ +S\d runs at .*\n`)
	bodyPlace = regexp.MustCompile(`(gallery_test|t)\.go:\d+`)
	closure   = regexp.MustCompile(`\.func\d+(\.\d+)*`) // numbered through the package
)

// coarse is the kinds that the watchdog finds: it knows the virtual time to
// a heartbeat, whose step depends on the load of the machine.
var coarse = []FailureKind{Frozen, Spin, RealBudget}

var (
	failedAt  = regexp.MustCompile(`seed 3 at [0-9.]+ s:`)
	simulated = regexp.MustCompile(`for [0-9.]+ (s|ms|µs) of virtual time:`)
)

// normal makes a sentence independent of line numbers and of the scheduler.
func normal(kind FailureKind, text string) string {
	if slices.Contains(coarse, kind) {
		text = failedAt.ReplaceAllString(text, "seed 3 at T s:")
		text = simulated.ReplaceAllString(text, "for T s of virtual time:")
	}
	text = fakePlace.ReplaceAllStringFunc(text, func(at string) string {
		line, _ := strconv.Atoi(fakePlace.FindStringSubmatch(at)[1])
		name := places()[line]
		if name == "" {
			name = "a line without a name"
		}
		return "<" + name + ">"
	})
	text = strings.ReplaceAll(text, "-tags deadlock ", "")
	text = runsAt.ReplaceAllString(text, "") // depends on the instant of the dump
	text = closure.ReplaceAllString(text, ".func")
	return bodyPlace.ReplaceAllString(text, "${1}.go:N")
}
