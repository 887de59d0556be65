package mutant

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"raftlabs/tests/grade"
)

const (
	repetitionApart = 1000 // from a repetition's first seed to the next one's
	mostSeeds       = 30   // a case, of a repetition that has not caught the bug before
)

// repeat runs a mutant until it has had its repetitions. Each is kept at once.
func (p *proof) repeat(ctx context.Context, e Edit) (line string, err error) {
	key, err := p.code.key(ctx, e, p.own(e).Reference)
	if err != nil {
		return "", err
	}
	done := p.results.mutant(e, key, p.Older)
	if done.Repetitions < p.Repetitions {
		a, err := p.begin(e)
		if err != nil {
			return "", err
		}
		defer a.end()
		for done.Repetitions < p.Repetitions {
			first := uint64(done.Repetitions)*repetitionApart + 1
			surest := done.By
			if known := p.known.Mutants[e.Name]; len(surest) == 0 && known != nil {
				surest = known.By
			}
			again, err := a.repetition(ctx, first, surest)
			if err != nil {
				return "", fmt.Errorf("%s: %w", e.Name, err)
			}
			done.add(again)
			done.Date = today()
			if err := p.results.keep(func() { p.results.Mutants[e.Name] = done }); err != nil {
				return "", err
			}
		}
	}
	outcome := "caught"
	if !done.good() {
		outcome = "SURVIVES"
	}
	return fmt.Sprintf("%-8s %s: %s", outcome, e.Name, done.summary(e.Stage)), nil
}

// own is the stage that owns a mutant.
func (r *runner) own(e Edit) grade.Stage {
	return r.stages[slices.IndexFunc(r.stages, func(s grade.Stage) bool { return s.Name == e.Stage })]
}

// repetition runs the mutant's stages as a student does, each case with its
// kind's default number of seeds, until one has failed. It goes seed by seed over
// all the cases, so it learns also how many seeds a case would have done.
func (a *attempt) repetition(ctx context.Context, first uint64, surest []CaughtBy) (Repetition, error) {
	rep := Repetition{Seed: first}
	most := 0
	for _, stage := range a.order(a.edit) {
		cases := slices.Clone(stage.Cases)
		slices.SortStableFunc(cases, func(x, y grade.Case) int {
			return cmp.Compare(rank(surest, stage, x), rank(surest, stage, y))
		})
		for _, c := range cases {
			most = max(most, c.Kind.Seeds())
		}
		for n := 1; n <= most && !rep.Caught; n++ {
			if err := a.oneSeed(ctx, &rep, stage, cases, n, stage.Name == a.edit.Stage); err != nil {
				return rep, err
			}
		}
	}
	for n := most + 1; n <= mostSeeds && rep.Seeds == 0; n++ {
		stage := a.own(a.edit)
		if err := a.oneSeed(ctx, &rep, stage, stage.Cases, n, true); err != nil {
			return rep, err
		}
	}
	return rep, nil
}

// oneSeed runs each of the cases with the n-th of the repetition's seeds until
// one fails that a default run has, too. Cases that have fewer seeds by default
// run as well, where more asks for it and it is not known yet what they say.
func (a *attempt) oneSeed(ctx context.Context, rep *Repetition, stage grade.Stage, cases []grade.Case, n int, more bool) error {
	for _, c := range cases {
		byDefault := n <= c.Kind.Seeds()
		if !byDefault && (!more || rep.Seeds > 0) {
			continue
		}
		report, err := a.runCase(ctx, stage, c, seeds{first: rep.Seed + uint64(n) - 1, number: 1, all: true})
		if err != nil {
			return fmt.Errorf("%s/%s: %w", stage.Name, c.Name, err)
		}
		rep.Runs++
		rep.CPUSeconds += report.CPUSeconds
		if report.Failed == 0 {
			continue
		}
		if rep.Seeds == 0 || byDefault {
			rep.Stage, rep.Case, rep.First = stage.Name, c.Name, report.First
		}
		if rep.Seeds == 0 {
			rep.Seeds = n
		}
		if byDefault {
			rep.Caught = true
			return nil
		}
	}
	return nil
}

// rank is where a case stands among those that caught the mutant before, and
// behind them for one that did not.
func rank(surest []CaughtBy, stage grade.Stage, c grade.Case) int {
	if i := slices.IndexFunc(surest, func(b CaughtBy) bool { return b.Stage == stage.Name && b.Case == c.Name }); i >= 0 {
		return i
	}
	return len(surest)
}
