package lab

import (
	"errors"
	"fmt"
)

// rulePrefix is what the count of a rule's observations begins with.
const rulePrefix = "rule: "

// RuleCount is the name under which a case counts how often it observed one of
// Raft's rules, an argument of [T.Count].
func RuleCount(rule string) string { return rulePrefix + rule }

// reference says that what is tested is the reference.
var reference bool

// Reference says that the tests of this package are those of the reference: a
// stage that does not give it the occasion to break each of the rules that it
// declares to observe has lost a check, and fails. A student's server may well
// never come into such a situation, and is not accused for that. It is to be
// called in a TestMain or an init.
func Reference() { reference = true }

// observations are what a stage's cases have observed.
type observations struct {
	cases  int             // of the stage
	ran    map[string]bool // those that ran
	counts map[string]int
}

func newObservations(cases int) *observations {
	return &observations{cases: cases, ran: map[string]bool{}, counts: map[string]int{}}
}

func (o *observations) add(name string, r Result) {
	o.ran[name] = true
	for what, n := range r.Counts {
		o.counts[what] += n
	}
}

// judge names the rules that were never observed, where the reference is
// tested and all cases ran.
func (o *observations) judge(rules []string) error {
	if !reference || len(o.ran) < o.cases {
		return nil
	}
	var errs []error
	for _, rule := range rules {
		if o.counts[RuleCount(rule)] == 0 {
			errs = append(errs, fmt.Errorf("the stage has never observed %s: no case gave the reference the occasion to break it", rule))
		}
	}
	return errors.Join(errs...)
}
