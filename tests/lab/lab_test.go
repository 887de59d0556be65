//go:debug randseednop=0

package lab

import (
	"math/rand"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/trace"
	"raftlabs/tests/trace/story"
)

// playing is a run of the framework's own tests.
func playing(t *testing.T, name string, body func(*T)) plan {
	return plan{
		stage: "gallery", title: "Gallery", test: t.Name(), handout: "handouts/01-election.md",
		name: name, seed: 3, body: body,
	}
}

// play runs a body as a case and says how it ended, whatever that is.
func play(t *testing.T, name string, body func(*T)) Result {
	t.Helper()
	return playing(t, name, body).run(t)
}

func calm(c *T) {
	f := makeFake()
	c.Cleanup(func() { c.Enter(0, "Kill", f.Kill) })
	c.Sleep(time.Second)
	c.Enter(0, "GetState", func() { f.GetState() })
}

func TestACaseEndsInVirtualTime(t *testing.T) {
	var before, after time.Duration
	start := time.Now()
	r := play(t, "Sleeper", func(c *T) {
		before = c.Now()
		c.Sleep(30 * time.Second)
		after = c.Now()
	})
	assert.Nil(t, r.Failure)
	assert.Zero(t, before)
	assert.Equal(t, 30*time.Second, after)
	assert.Less(t, time.Since(start), 20*time.Second)
}

func TestAWellBehavedStudentPasses(t *testing.T) {
	r := play(t, "Calm", calm)
	if r.Failure != nil {
		t.Error(r.Failure.Text, r.Failure.Detail)
	}
}

func TestStreamsAndStepsFollowFromTheSeed(t *testing.T) {
	draw := func(seed uint64, name string) (numbers []uint64, at []time.Duration, mixed uint64) {
		p := playing(t, name, func(c *T) {
			a, b := c.Stream("a"), c.Stream("b")
			numbers = []uint64{a.Uint64(), a.Uint64(), b.Uint64()}
			for range 3 {
				before := c.Now()
				c.Step("a")
				step := c.Now() - before
				assert.Positive(c, step)
				assert.Less(c, step, time.Duration(1<<17))
				c.Step("b")
				at = append(at, c.Now())
			}
			mixed = c.Mixed()
			assert.Equal(c, seed, c.Seed())
			assert.Equal(c, name, c.Case())
		})
		p.seed = seed
		require.Nil(t, p.run(t).Failure)
		return numbers, at, mixed
	}
	n1, at1, m1 := draw(1, "X")
	n2, at2, m2 := draw(1, "X")
	assert.Equal(t, n1, n2)
	assert.Equal(t, at1, at2)
	assert.Equal(t, m1, m2)
	assert.NotEqual(t, n1[0], n1[2], "actors have streams of their own")
	n3, at3, m3 := draw(2, "X")
	assert.NotEqual(t, n1, n3, "another seed")
	assert.NotEqual(t, at1, at3)
	assert.NotEqual(t, m1, m3)
	_, _, m4 := draw(1, "Y")
	assert.NotEqual(t, m1, m4, "another case")
}

func TestTheTopLevelOfMathRandRepeats(t *testing.T) {
	draw := func() (n []int) {
		play(t, "Rand", func(*T) { n = []int{rand.Int(), rand.Int()} })
		return n
	}
	assert.Equal(t, draw(), draw())
}

func TestSeedsFollowFromTheFlags(t *testing.T) {
	for _, c := range []struct {
		seed         uint64
		number, kind int
		want         []uint64
	}{
		{0, 0, 1, []uint64{1}},
		{0, 0, 3, []uint64{1, 2, 3}},
		{0, 2, 10, []uint64{1, 2}},
		{7, 0, 10, []uint64{7}},
		{7, 3, 10, []uint64{7, 8, 9}},
	} {
		assert.Equal(t, c.want, seedsFor(c.seed, c.number, c.kind), "-lab.seed=%d -lab.seeds=%d", c.seed, c.number)
	}
	assert.Equal(t, []int{1, 3, 10}, []int{Rule.Seeds(), Scenario.Seeds(), Swarm.Seeds()})
}

func TestCheckFindsWhatATableLacks(t *testing.T) {
	good := func() *Stage[int] {
		return &Stage[int]{
			Name: "election", Test: "TestElection", Handout: "handouts/01-election.md",
			Cases: []Case[int]{{Name: "OneVote", Kind: Rule, Points: 2, Doc: "one vote a term", Rule: "§5.2", Run: func(*T, int) {}}},
		}
	}
	require.NoError(t, good().Check())
	assert.InDelta(t, 2, good().Points(), 0)
	for want, spoil := range map[string]func(*Stage[int]){
		"lower case":         func(s *Stage[int]) { s.Name = "Election" },
		"name a test":        func(s *Stage[int]) { s.Test = "Election" },
		"Handout is empty":   func(s *Stage[int]) { s.Handout = "" },
		"no cases":           func(s *Stage[int]) { s.Cases = nil },
		"CamelCase":          func(s *Stage[int]) { s.Cases[0].Name = "one_vote" },
		"name is taken":      func(s *Stage[int]) { s.Cases = append(s.Cases, s.Cases[0]) },
		"Doc is to be":       func(s *Stage[int]) { s.Cases[0].Doc = "two\nlines" },
		"no points":          func(s *Stage[int]) { s.Cases[0].Points = 0 },
		"there is no Kind(":  func(s *Stage[int]) { s.Cases[0].Kind = 7 },
		"to cite its rule":   func(s *Stage[int]) { s.Cases[0].Rule = "" },
		"budget is negative": func(s *Stage[int]) { s.Cases[0].Virtual = -1 },
		"no Run":             func(s *Stage[int]) { s.Cases[0].Run = nil },
	} {
		s := good()
		spoil(s)
		assert.ErrorContains(t, s.Check(), want)
	}
}

// The CPU time that counts against a goroutine is that since virtual time
// moved last, not that of the run.
func TestASlowRunWhoseTimeMovesPasses(t *testing.T) {
	old := budget
	defer func() { budget = old }()
	quick(&budget)
	budget.still, budget.spin = 50*time.Millisecond, 800*time.Millisecond
	r := play(t, "Slow", func(c *T) {
		f := &fake{}
		c.Enter(1, "Make", func() {
			for range 8 {
				for start := cpuTime(); cpuTime()-start < 250*time.Millisecond; {
					f.compute(1_000_000)
				}
				time.Sleep(10 * time.Millisecond)
			}
		})
	})
	if r.Failure != nil {
		t.Error(r.Failure.Text)
	}
}

// A goroutine that computes for much longer than a spin is let to, but lets
// a millisecond pass now and then, is not accused.
func TestABusyButLegalRunPasses(t *testing.T) {
	old := budget
	defer func() { budget = old }()
	quick(&budget)
	budget.spin = time.Second
	r := play(t, "Busy", func(c *T) {
		f := &fake{}
		c.Enter(1, "Make", func() {
			for start := cpuTime(); cpuTime()-start < 2*budget.spin; {
				f.compute(1_000_000)
				time.Sleep(time.Millisecond)
			}
		})
	})
	if r.Failure != nil {
		t.Error(r.Failure.Text)
	}
	assert.GreaterOrEqual(t, r.CPU, 2*budget.spin)
}

func TestTheFirstFailureCounts(t *testing.T) {
	r := play(t, "Two", func(c *T) {
		c.Go("reader", func() {
			<-c.Stop()
			c.Failf("", "the second")
		})
		c.Cleanup(func() { c.Failf("", "the third") })
		c.Sleep(time.Second)
		assert.False(t, c.Failed())
		c.Report(Failure{Text: "the first"})
		assert.True(t, c.Failed())
		c.Sleep(time.Second)
		t.Error("Sleep went on after the failure")
	})
	require.NotNil(t, r.Failure)
	assert.Equal(t, "the first", r.Failure.Text)
	assert.GreaterOrEqual(t, r.Failure.at, time.Second)
}

func TestCleanupsRunLastFirstAfterAFailureToo(t *testing.T) {
	var order []string
	r := play(t, "Cleanups", func(c *T) {
		c.Cleanup(func() { order = append(order, "first") })
		c.Cleanup(func() {
			c.Enter(0, "Kill", func() { order = append(order, "second") })
			c.Sleep(time.Second)
		})
		c.Cleanup(func() { panic("boom") })
		c.Failf("", "over")
	})
	assert.Equal(t, []string{"second", "first"}, order)
	assert.Equal(t, "over", r.Failure.Text)
}

func TestAFailureShowsWhatLedThere(t *testing.T) {
	fails := func(f Failure) []string {
		r := Try(t, 1, func(t *T) {
			for i := range 3 {
				t.Recorder().Add(trace.Event{At: t.Now(), Kind: "start", From: i, To: trace.None})
			}
			t.Sleep(time.Second)
			t.Recorder().Add(trace.Event{At: t.Now(), Kind: "submit", From: 1, To: trace.None, Term: 4, Index: 7, Note: "command 5: index 7"})
			t.Report(f)
			t.Recorder().Add(trace.Event{At: t.Now(), Kind: "crash", From: 1, To: trace.None})
		})
		require.NotNil(t, r.Failure)
		return r.Failure.below()
	}
	last := fails(Failure{Text: "S2 and S1 are wrong", Detail: []string{"more"}})
	require.Greater(t, len(last), 2)
	assert.Equal(t, "more", last[0])
	assert.Equal(t, "the last events of S1 and S2; "+story.Legend+":", last[1])
	text := strings.Join(last, "\n")
	assert.Contains(t, text, "S1's Start took command 5 at index 7")
	assert.NotContains(t, text, "S0", "it has nothing to do with it")
	assert.NotContains(t, text, "crash", "it came later")

	assert.Equal(t, "the last events of S0; "+story.Legend+":", fails(Failure{Text: "S1 is wrong", Servers: []int{0}})[0], "those that it names itself")
	assert.Contains(t, fails(Failure{Text: "all are wrong"})[0], "the last events of all servers")

	how := fails(Failure{Text: "nobody leads", Liveness: true})
	assert.Equal(t, "how it came to that; "+story.Legend+":", how[0])
	assert.Contains(t, strings.Join(how, "\n"), "No server has asked for a vote")
}

func TestAReportHasAtMost40Lines(t *testing.T) {
	p := playing(t, "Long", nil)
	f := &record{Failure: Failure{Kind: Assert, Text: "x", Detail: make([]string, 100)}}
	lines := strings.Split(strings.TrimSuffix(p.report(f), "\n"), "\n")
	require.Len(t, lines, maxLines-1, "and one for the page")
	assert.Contains(t, lines[37], "and 64 more lines")
	assert.True(t, strings.HasPrefix(lines[38], "again: "))

	f.Detail, f.Expected, f.Seen = []string{"more"}, "index 5: command 1", "index 5: command 2"
	lines = strings.Split(p.report(f), "\n")
	assert.Equal(t, []string{"    expected: index 5: command 1", "    seen:     index 5: command 2", "    more"}, lines[1:4])
}

func TestSpans(t *testing.T) {
	assert.Equal(t, "12.3 ms", Span(12300*time.Microsecond))
	assert.Equal(t, "2 s", Span(2*time.Second))
	assert.Equal(t, "40 µs", Span(40*time.Microsecond))
	assert.Equal(t, "4.207 s", seconds(4207*time.Millisecond))
}

func TestAHintStandsFirstAmongAFailuresDetails(t *testing.T) {
	r := Try(t, 1, func(t *T) {
		t.Hint("look here")
		t.Fail(Failure{Text: "it failed", Detail: []string{"a detail"}})
	})
	assert.Equal(t, []string{"look here", "a detail"}, r.Failed().Detail)
	assert.Nil(t, Try(t, 1, func(t *T) { t.Hint("look here") }).Failed())
}
