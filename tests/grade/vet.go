package grade

import (
	"context"
	"fmt"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const ruleVet = "vet" // of findings

var vetLine = regexp.MustCompile(`(?m)^(?:vet: )?([^\s:]+\.go):(\d+):\d+: (.+)$`)

// vet is what go vet says of a submission's packages. It is shown and costs
// nothing: who reads it may find a mistake before a case does.
func (w workplace) vet(ctx context.Context) ([]Finding, error) {
	folders := map[string]bool{}
	for name := range w.files {
		folders["./"+path.Dir(name)] = true
	}
	args := []string{"vet", "-race", "-overlay=" + w.over.overlay()} // the copy has the files of that build
	for folder := range folders {
		args = append(args, folder)
	}
	slices.Sort(args[3:])
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = w.tree
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("looking at the submission with go vet: %w", context.Cause(ctx))
	}
	if err == nil {
		return nil, nil
	}
	var findings []Finding
	for _, m := range vetLine.FindAllStringSubmatch(string(out), -1) {
		name := w.within(filepath.ToSlash(m[1]))
		line, err := strconv.Atoi(m[2])
		if name == "" || err != nil {
			continue
		}
		findings = append(findings, Finding{File: name, Line: line, Rule: ruleVet, Text: m[3]})
	}
	return findings, nil
}

// within is the name of the submission's file that a path leads to, or "". The go
// command may name the folder in which it saw the same text before.
func (w workplace) within(place string) string {
	for name := range w.files {
		if path.Clean(place) == name || strings.HasSuffix(place, "/"+name) {
			return name
		}
	}
	return ""
}
