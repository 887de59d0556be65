package lab

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"raftlabs/tests/scenario"
)

// Scenario is what -lab.scenario names, or the case was kept with: of the faults
// that the case's draws ask for those happen that it lists. nil where all do.
func (t *T) Scenario() *scenario.Scenario { return t.faults }

// Swarm tells whether the case is a swarm: what it does to servers and links is
// then among the faults that a scenario decides on.
func (t *T) Swarm() bool { return t.kind == Swarm }

// OnFaults gives the run a way to ask which faults have happened, when it is over. It
// is for the case's own goroutine; the first one counts.
func (t *T) OnFaults(f func() (stalls bool, list []scenario.Fault)) {
	if t.happened == nil {
		t.happened = f
	}
}

// writeFaults writes down what happened in a run, so that -lab.scenario makes it
// happen again.
func (p plan) writeFaults(w io.Writer, r Result) error {
	s := scenario.Scenario{Case: p.id(), Seed: p.seed}
	if p.faults != nil {
		s.Chance = p.faults.Chance
	}
	if r.Failure != nil {
		s.Words = []string{r.Failure.Text}
	}
	s.Stalls, s.Faults = r.Happened()
	s.Sort()
	_, err := io.WriteString(w, s.String())
	return err
}

// seedOf is the seed that a scenario names, 0 for none.
func seedOf(s *scenario.Scenario) uint64 {
	if s == nil {
		return 0
	}
	return s.Seed
}

// isOf tells whether a scenario is about a case of a stage; one without a name is
// about all.
func isOf(s *scenario.Scenario, test, name string) bool {
	return s == nil || s.Case == "" || s.Case == title(test)+"/"+name
}

// has refuses a scenario of this stage whose case there is not: nothing would run,
// and nothing fail.
func (s *Stage[M]) has(asked *scenario.Scenario) error {
	if asked == nil || !strings.HasPrefix(asked.Case, title(s.Test)+"/") {
		return nil
	}
	for _, c := range s.Cases {
		if isOf(asked, s.Test, c.Name) {
			return nil
		}
	}
	return fmt.Errorf("-lab.scenario=%s: it is of %s, which is no case of this stage", *flagScenario, asked.Case)
}

// kept reads the scenario that a case was kept with, and finds the case that it is
// of; nil where it was not.
func (s *Stage[M]) kept(c *Case[M]) (*scenario.Scenario, *Case[M], error) {
	if c.Faults == "" {
		return nil, nil, nil
	}
	faults, err := scenario.Parse(c.Faults)
	if err != nil {
		return nil, nil, err
	}
	if faults.Case == "" || faults.Seed == 0 {
		return nil, nil, errors.New("the scenario is to name its case and its seed")
	}
	for i := range s.Cases {
		if of := &s.Cases[i]; title(s.Test)+"/"+of.Name == faults.Case && of.Faults == "" {
			return faults, of, nil
		}
	}
	return nil, nil, fmt.Errorf("the scenario is of %s, which is no case of this stage", faults.Case)
}

// plan is a run of a case. asked is what -lab.scenario names, which goes before what
// the case was kept with.
func (s *Stage[M]) plan(c *Case[M], asked *scenario.Scenario) plan {
	p := plan{
		stage: s.Name, title: title(s.Test), handout: s.Handout, name: c.Name, rule: c.Rule, doc: c.Doc,
		virtual: c.Virtual, durable: s.Durable, kind: c.Kind, faults: asked,
	}
	kept, of, _ := s.kept(c) // Check has read it
	if kept == nil {
		return p
	}
	p.kind, p.as, p.first = of.Kind, of.Name, kept.Seed
	if asked == nil {
		p.faults = kept
	}
	return p
}
