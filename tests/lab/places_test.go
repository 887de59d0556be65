package lab

import (
	"os"
	"regexp"
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
	bodyPlace = regexp.MustCompile(`(gallery|lab)_test\.go:\d+`)
)

// normal makes a sentence independent of line numbers.
func normal(text string) string {
	text = fakePlace.ReplaceAllStringFunc(text, func(at string) string {
		line, _ := strconv.Atoi(fakePlace.FindStringSubmatch(at)[1])
		name := places()[line]
		if name == "" {
			name = "a line without a name"
		}
		return "<" + name + ">"
	})
	return bodyPlace.ReplaceAllString(text, "${1}_test.go:N")
}
