package hunt

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"raftlabs/tests/grade"
	"raftlabs/tests/scenario"
)

// target is a package under test with the cases that are to run.
type target struct {
	folder string // with slashes, from go.mod's folder on: "raft"
	below  string // "": what it is built on, of the same author: "raft"
	stages []grade.Stage
}

// name is the target as commands name it: "./raft".
func (t target) name() string { return "./" + t.folder }

// sources are the folders whose sync is replaced.
func (t target) sources() []string {
	if t.below == "" {
		return []string{t.folder}
	}
	return []string{t.folder, t.below}
}

// run is a case and a seed.
type run struct {
	stage grade.Stage
	name  string
	seed  uint64

	faults *scenario.Scenario // nil: those that the seed draws
	file   string             // where faults are, "" for nowhere
}

// id is how a failure names the case: "Replication/Backup".
func (r run) id() string { return strings.TrimPrefix(r.stage.Test, "Test") + "/" + r.name }

func (r run) String() string { return fmt.Sprintf("%s seed %d", r.id(), r.seed) }

// targetOf finds the package that is named on the command line, and its cases
// that match pattern.
func targetOf(name, pattern string) (target, error) {
	folder := path.Clean(strings.TrimPrefix(name, "./"))
	t := target{folder: folder}
	var students []string // a student has no others
	for _, s := range grade.Stages() {
		if !slices.Contains(students, "./"+s.Student) {
			students = append(students, "./"+s.Student)
		}
		if folder != s.Student && folder != s.Reference {
			continue
		}
		if s.Below != "" {
			t.below = path.Join(path.Dir(folder), s.Below)
		}
		t.stages = append(t.stages, s)
	}
	if t.stages == nil {
		return target{}, wrongUsage("%q has no stages: name %s", name, strings.Join(students, " or "))
	}
	return t.only(pattern)
}

// only leaves the cases that match a pattern: as with go test a regular expression
// for the stage and one for the case, with a slash between them. What failures call a
// case is that case alone: Snapshots/Install is not Snapshots/InstallCrash.
func (t target) only(pattern string) (target, error) {
	if t.has(pattern) {
		pattern = "^Test" + strings.Replace(pattern, "/", "$/^", 1) + "$"
	}
	stage, name, _ := strings.Cut(pattern, "/")
	forStage, err := regexp.Compile(stage)
	if err != nil {
		return target{}, wrongUsage("-run %s: %v", pattern, err)
	}
	forCase, err := regexp.Compile(name)
	if err != nil {
		return target{}, wrongUsage("-run %s: %v", pattern, err)
	}
	all := t.stages
	t.stages = nil
	for _, s := range all {
		if !forStage.MatchString(s.Test) {
			continue
		}
		s.Cases = slices.DeleteFunc(slices.Clone(s.Cases), func(c grade.Case) bool { return !forCase.MatchString(c.Name) })
		if len(s.Cases) > 0 {
			t.stages = append(t.stages, s)
		}
	}
	if t.stages == nil {
		return target{}, wrongUsage("-run %s: no case of %s matches. Its stages are %s; -run Stage/Case, as the failures name them",
			pattern, t.name(), stageNames(all))
	}
	return t, nil
}

// has tells whether a failure of the target's may name a case so.
func (t target) has(id string) bool {
	return slices.ContainsFunc(t.runs(0, options{}), func(r run) bool { return r.id() == id })
}

func stageNames(stages []grade.Stage) string {
	names := make([]string, len(stages))
	for i, s := range stages {
		names[i] = strings.TrimPrefix(s.Test, "Test")
	}
	return strings.Join(names, ", ")
}

// cases is how many there are.
func (t target) cases() (n int) {
	for _, s := range t.stages {
		n += len(s.Cases)
	}
	return n
}

// runs are all cases with a seed, and with the scenario that the options name.
func (t target) runs(seed uint64, o options) (runs []run) {
	for _, s := range t.stages {
		for _, c := range s.Cases {
			runs = append(runs, run{stage: s, name: c.Name, seed: seed, faults: o.faults, file: o.Scenario})
		}
	}
	return runs
}
