package lab

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheReferenceIsToGiveEachRuleAnOccasion(t *testing.T) {
	saw := func(counts ...string) Result {
		r := Result{Counts: map[string]int{}}
		for _, name := range counts {
			r.Counts[name]++
		}
		return r
	}
	rules := []string{"One Vote", "Terms"}
	judge := func(isReference bool, results map[string]Result) error {
		defer func(before bool) { reference = before }(reference)
		reference = isReference
		o := newObservations(2)
		for name, r := range results {
			o.add(name, r)
		}
		return o.judge(rules)
	}
	one, both := saw(RuleCount("One Vote")), saw(RuleCount("One Vote"), RuleCount("Terms"))
	assert.NoError(t, judge(true, map[string]Result{"A": one, "B": both}))
	assert.NoError(t, judge(true, map[string]Result{"A": one}), "not all of the cases ran")
	assert.NoError(t, judge(false, map[string]Result{"A": one, "B": one}), "a student owes nobody an occasion")
	assert.EqualError(t, judge(true, map[string]Result{"A": one, "B": one}),
		"the stage has never observed Terms: no case gave the reference the occasion to break it")
	assert.Error(t, judge(true, map[string]Result{"A": one, "B": saw("Terms")}), "another count")
}

func TestASummarySaysWhatWasObservedAndWhatCouldNotBe(t *testing.T) {
	r := Result{
		Counts: map[string]int{"rpcs": 7, RuleCount("Terms"): 3, RuleCount("One Vote"): 2},
		Hints:  []string{"raft.Args has no field Term: keep the names of Figure 2"},
	}
	assert.Regexp(t, `^0\.000 s virtual, .*, rpcs 7
rules observed: One Vote 2, Terms 3
raft\.Args has no field Term: keep the names of Figure 2$`, r.summary())
	assert.NotContains(t, Result{}.summary(), "rules")
}

func TestTheVerdictHasTheDifference(t *testing.T) {
	f := &record{Failure: Failure{Text: "it is wrong", Expected: "4", Seen: "3", Detail: []string{"more"}}}
	assert.Equal(t, []string{"expected: 4", "seen:     3", "more"}, verdictOf(plan{}, Result{Failure: f}).Failure.Detail)
}

func TestAStageSaysWhetherServersSave(t *testing.T) {
	var durable bool
	body := func(t *T) { durable = t.Durable() }
	Try(t, 1, body)
	assert.False(t, durable)
	TryDurable(t, 1, body)
	assert.True(t, durable)
}
