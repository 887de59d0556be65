package lab

import "testing"

// Try runs one body as a case of its own, in a bubble, and returns how it
// ended instead of failing a test. It is for the tests of checks: of those that
// must accept a run and of those that must refuse it.
func Try(tt *testing.T, seed uint64, body func(t *T)) Result {
	p := plan{stage: "try", title: "Try", test: tt.Name(), handout: "the handout", name: "Try", seed: seed, body: body}
	return p.run(tt)
}

// Failed returns why the run failed, nil if it passed.
func (r Result) Failed() *Failure {
	if r.Failure == nil {
		return nil
	}
	return &r.Failure.Failure
}
