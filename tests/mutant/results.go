package mutant

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Results is what has been found out about the edits, kept in a file: a run
// goes on where another one ended, and the tables are made from it.
type Results struct {
	Machine  string                    `json:"machine"` // of the last run
	Mutants  map[string]*MutantResult  `json:"mutants"` // by name
	Variants map[string]*VariantResult `json:"variants"`

	path string
	mu   sync.Mutex // guards the maps and the file
}

// Key is what a result is of. When either changes, the result counts no more.
type Key struct {
	Edit string `json:"edit"` // digest of the edit's file
	Code string `json:"code"` // digest of all that is compiled into the stage's tests; "old+new" where it has changed
}

// MutantResult is a mutant's repetitions together.
type MutantResult struct {
	Key
	Date        string      `json:"date"` // of the last one
	Repetitions int         `json:"repetitions"`
	Caught      int         `json:"caught"` // with the default numbers of seeds
	Seeds       map[int]int `json:"seeds"`  // a case that it took, and how often; 0: more than [mostSeeds]
	By          []CaughtBy  `json:"by"`     // most often first
	Runs        int         `json:"runs"`   // cases times seeds
	CPUSeconds  float64     `json:"cpu_seconds"`
	First       *Failure    `json:"first,omitempty"`
}

// CaughtBy is a case that was the first to catch a mutant, so many times.
type CaughtBy struct {
	Stage string `json:"stage"`
	Case  string `json:"case"`
	Times int    `json:"times"`
}

// Repetition is one run of a mutant's stages as a student does it.
type Repetition struct {
	Seed       uint64 // the first
	Caught     bool   // with the default numbers of seeds
	Seeds      int    // a case, that it took to catch it; 0: more than [mostSeeds]
	Stage      string
	Case       string // that failed
	Runs       int    // cases times seeds, up to there
	CPUSeconds float64
	First      *Failure
}

// VariantResult is what the stages said of a variant.
type VariantResult struct {
	Stages []StageResult `json:"stages"`
}

// StageResult is a stage over a variant: its cases with the seeds from 1 on.
type StageResult struct {
	Key
	Date       string       `json:"date"`
	Stage      string       `json:"stage"`
	Seeds      int          `json:"seeds"` // a case
	Runs       int          `json:"runs"`
	CPUSeconds float64      `json:"cpu_seconds"`
	Accused    []CaseReport `json:"accused,omitempty"` // the cases that failed
}

// newResults is nothing yet, to be kept in a file or, with "", nowhere.
func newResults(path string) *Results {
	return &Results{path: path, Mutants: map[string]*MutantResult{}, Variants: map[string]*VariantResult{}}
}

// readResults reads a file of results. One that is not there is empty.
func readResults(path string) (*Results, error) {
	r := newResults(path)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the results: %w", err)
	}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s holds no results: %w; move it away to begin anew", path, err)
	}
	return r, nil
}

// keep changes the results and writes the file, which is whole at any time.
func (r *Results) keep(change func()) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
	if r.path == "" {
		return nil
	}
	text, err := r.encode()
	if err != nil {
		return fmt.Errorf("writing the results: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(r.path), ".results-*")
	if err != nil {
		return fmt.Errorf("writing the results: %w", err)
	}
	_, err = temporary.Write(text)
	err = errors.Join(err, temporary.Chmod(0o644), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), r.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing the results: %w", err), os.Remove(temporary.Name()))
	}
	return nil
}

// encode writes JSON with an edit a line, so that changes are seen as such.
func (r *Results) encode() ([]byte, error) {
	var b bytes.Buffer
	var errs []error
	value := func(v any) []byte {
		text, err := json.Marshal(v)
		errs = append(errs, err)
		return text
	}
	fmt.Fprintf(&b, "{\n\"machine\": %s,\n\"mutants\": {", value(r.Machine))
	before := "\n"
	for _, name := range slices.Sorted(maps.Keys(r.Mutants)) {
		fmt.Fprintf(&b, "%s%s: %s", before, value(name), value(r.Mutants[name]))
		before = ",\n"
	}
	b.WriteString("},\n\"variants\": {")
	before = "\n"
	for _, name := range slices.Sorted(maps.Keys(r.Variants)) {
		fmt.Fprintf(&b, "%s%s: %s", before, value(name), value(r.Variants[name]))
		before = ",\n"
	}
	b.WriteString("}\n}\n")
	return b.Bytes(), errors.Join(errs...)
}

// counts tells whether a result is still one of the edit, as older says also
// where the code has changed since.
func (k Key) counts(now Key, older bool) bool { return k == now || older && k.Edit == now.Edit }

// with is the key of a result that goes on with the code as it is now.
func (k Key) with(now Key) Key {
	if !strings.HasSuffix(k.Code, now.Code) {
		k.Code += "+" + now.Code
	}
	return k
}

// mutant is what is known of a mutant, a copy.
func (r *Results) mutant(e Edit, key Key, older bool) *MutantResult {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := r.Mutants[e.Name]; m != nil && m.counts(key, older) {
		known := *m
		known.Key = m.with(key)
		known.Seeds, known.By = maps.Clone(m.Seeds), slices.Clone(m.By)
		return &known
	}
	return &MutantResult{Key: key, Seeds: map[int]int{}}
}

// stage is what is known of a variant and a stage, a copy.
func (r *Results) stage(e Edit, stage string, key Key, older bool) StageResult {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v := r.Variants[e.Name]; v != nil {
		for _, s := range v.Stages {
			if s.Stage == stage && s.counts(key, older) {
				s.Key, s.Accused = s.with(key), slices.Clone(s.Accused)
				return s
			}
		}
	}
	return StageResult{Key: key, Stage: stage}
}

// setStage puts what a stage said in the place of what it had said before.
func (r *Results) setStage(e Edit, s StageResult) {
	if r.Variants[e.Name] == nil {
		r.Variants[e.Name] = &VariantResult{}
	}
	v := r.Variants[e.Name]
	if i := slices.IndexFunc(v.Stages, func(have StageResult) bool { return have.Stage == s.Stage }); i >= 0 {
		v.Stages[i] = s
	} else {
		v.Stages = append(v.Stages, s)
	}
}

// add counts a case's further seeds.
func (s *StageResult) add(c CaseReport) {
	s.Runs += c.Ran
	s.CPUSeconds = round(s.CPUSeconds + c.CPUSeconds)
	if c.Failed == 0 {
		return
	}
	i := slices.IndexFunc(s.Accused, func(have CaseReport) bool { return have.Name == c.Name })
	if i < 0 {
		s.Accused = append(s.Accused, c)
		return
	}
	have := &s.Accused[i]
	have.Seeds, have.Ran, have.Failed = have.Seeds+c.Seeds, have.Ran+c.Ran, have.Failed+c.Failed
	have.FailedSeeds = append(have.FailedSeeds, c.FailedSeeds...)
	have.CPUSeconds += c.CPUSeconds
}

func (s *StageResult) failures() (n int) {
	for _, c := range s.Accused {
		n += c.Failed
	}
	return n
}

// add counts a further repetition.
func (m *MutantResult) add(r Repetition) {
	m.Repetitions++
	m.Seeds[r.Seeds]++
	m.Runs += r.Runs
	m.CPUSeconds = round(m.CPUSeconds + r.CPUSeconds)
	if m.First == nil {
		m.First = r.First
	}
	if !r.Caught {
		return
	}
	m.Caught++
	i := slices.IndexFunc(m.By, func(b CaughtBy) bool { return b.Stage == r.Stage && b.Case == r.Case })
	if i < 0 {
		i = len(m.By)
		m.By = append(m.By, CaughtBy{Stage: r.Stage, Case: r.Case})
	}
	m.By[i].Times++
	slices.SortStableFunc(m.By, func(a, b CaughtBy) int { return cmp.Compare(b.Times, a.Times) })
}

// good tells whether the mutant was caught in 19 of 20 repetitions at least.
func (m *MutantResult) good() bool { return m.Repetitions > 0 && 20*m.Caught >= 19*m.Repetitions }

// summary is how often it was caught, and by what: "20/20, StaleVotes 19, FaultSwarm 1".
func (m *MutantResult) summary(own string) string {
	return strings.TrimSuffix(fmt.Sprintf("%d/%d, %s", m.Caught, m.Repetitions, m.by(own)), ", ")
}
