package lab

import (
	"testing"

	"raftlabs/tests/scenario"
)

// Try runs one body as a case of its own, in a bubble, and returns how it
// ended instead of failing a test. It is for the tests of checks: of those that
// must accept a run and of those that must refuse it.
func Try(tt *testing.T, seed uint64, body func(t *T)) Result {
	return try(tt, seed, body).run(tt)
}

// TryDurable is Try in a stage in which servers save their state.
func TryDurable(tt *testing.T, seed uint64, body func(t *T)) Result {
	p := try(tt, seed, body)
	p.durable = true
	return p.run(tt)
}

// TrySwarm is Try for a swarm: what it does to the servers is among the faults that
// a scenario decides on. faults is that, nil for none.
func TrySwarm(tt *testing.T, seed uint64, faults *scenario.Scenario, body func(t *T)) Result {
	p := try(tt, seed, body)
	p.kind, p.faults = Swarm, faults
	return p.run(tt)
}

func try(tt *testing.T, seed uint64, body func(t *T)) plan {
	return plan{stage: "try", title: "Try", test: tt.Name(), handout: "the handout", name: "Try", seed: seed, body: body}
}

// Failed returns why the run failed, nil if it passed.
func (r Result) Failed() *Failure {
	if r.Failure == nil {
		return nil
	}
	return &r.Failure.Failure
}

// Happened is which faults have happened in the run, as a scenario lists them.
func (r Result) Happened() (stalls bool, list []scenario.Fault) {
	if r.happened == nil {
		return false, nil
	}
	return r.happened()
}
