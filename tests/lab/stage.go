package lab

import (
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"raftlabs/tests/trace/page"
)

// Kind says what sort of case it is, which sets how many seeds it runs with.
type Kind int

const (
	// Rule is one real server against peers that the test plays: one sentence
	// of the paper. 1 seed.
	Rule Kind = iota
	// Scenario is a cluster and a script of faults. 3 seeds.
	Scenario
	// Swarm is a cluster under a mix of faults drawn from the seed. 10 seeds.
	Swarm
)

// Seeds is how many seeds a case of this kind runs with when no flag says
// otherwise.
func (k Kind) Seeds() int {
	switch k {
	case Scenario:
		return 3
	case Swarm:
		return 10
	default:
		return 1
	}
}

func (k Kind) String() string {
	switch k {
	case Rule:
		return "rule"
	case Scenario:
		return "scenario"
	case Swarm:
		return "swarm"
	default:
		return fmt.Sprintf("Kind(%d)", int(k))
	}
}

// DefaultVirtual is a case's budget of virtual time where it sets none.
const DefaultVirtual = 5 * time.Minute

// Stage is a table of cases. M is what a case tests, a constructor of the
// student's package.
type Stage[M any] struct {
	Name    string // "election"
	Test    string // the test function that runs it, "TestElection"
	Handout string // what a student reads for it, "handouts/01-election.md"
	Cases   []Case[M]

	// Durable says that servers are to save their state from this stage on.
	Durable bool

	// Observes are the names of the rules that its cases, over the reference,
	// must give the occasion to break; see [Reference].
	Observes []string
}

// Case is one test with its points.
type Case[M any] struct {
	Name    string        // CamelCase, unique in its stage
	Kind    Kind          // default number of seeds
	Points  float64       // earned if all of its seeds pass
	Doc     string        // what it does, one line
	Rule    string        // the place in the paper, "§5.2"; cited by failures that name none
	Virtual time.Duration // budget of virtual time, 0 is DefaultVirtual
	Run     func(t *T, make M)

	// Faults, where it is not "", is a scenario (package scenario) of another case
	// of the stage, whose Run this one has: it runs as that one did, with the
	// scenario's seed for seed 1, and only the faults that it lists happen. So a
	// run that has shown a bug once is kept.
	Faults string
}

// Points is the sum of the cases' points.
func (s *Stage[M]) Points() float64 {
	sum := 0.0
	for _, c := range s.Cases {
		sum += c.Points
	}
	return sum
}

var camelCase = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)

// Check reports what is wrong with the table itself: every case has a name of
// its own, one line that says what it does, points and a body, and a Rule
// case says which rule.
func (s *Stage[M]) Check() error {
	var errs []error
	wrong := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("stage %q: "+format, append([]any{s.Name}, args...)...))
	}
	if s.Name == "" || s.Name != strings.ToLower(s.Name) {
		wrong("the name is to be one word in lower case")
	}
	if !strings.HasPrefix(s.Test, "Test") {
		wrong("Test is %q, it is to name a test function", s.Test)
	}
	if s.Handout == "" {
		wrong("Handout is empty")
	}
	if len(s.Cases) == 0 {
		wrong("it has no cases")
	}
	seen := map[string]bool{}
	for _, c := range s.Cases {
		if !camelCase.MatchString(c.Name) {
			wrong("case %q: the name is to be in CamelCase", c.Name)
		}
		if seen[c.Name] {
			wrong("case %q: the name is taken", c.Name)
		}
		seen[c.Name] = true
		if strings.TrimSpace(c.Doc) == "" || strings.Contains(c.Doc, "\n") {
			wrong("case %q: Doc is to be one line", c.Name)
		}
		if c.Points <= 0 {
			wrong("case %q: it is worth no points", c.Name)
		}
		if c.Kind < Rule || c.Kind > Swarm {
			wrong("case %q: there is no %v", c.Name, c.Kind)
		}
		if c.Kind == Rule && c.Rule == "" {
			wrong("case %q: a Rule case is to cite its rule", c.Name)
		}
		if c.Virtual < 0 {
			wrong("case %q: the budget is negative", c.Name)
		}
		if c.Run == nil {
			wrong("case %q: it has no Run", c.Name)
		}
		if _, _, err := s.kept(&c); err != nil {
			wrong("case %q: Faults: %v", c.Name, err)
		}
	}
	return errors.Join(errs...)
}

// Run runs every case with each of its seeds, as subtests CASE/seed=N, each
// in a bubble of its own. A case ends at its first failing seed, unless
// -lab.allseeds is set.
func (s *Stage[M]) Run(tt *testing.T, m M) {
	tt.Helper()
	if err := s.Check(); err != nil {
		tt.Fatal(err)
	}
	out, err := verdictWriter()
	if err != nil {
		tt.Fatal(err)
	}
	asked, err := theScenario()
	if err == nil {
		err = s.has(asked)
	}
	if err != nil {
		tt.Fatal(err)
	}
	test := tt.Name()
	index := newIndex(page.IndexMeta{
		Stage: s.Name, Handout: s.Handout, Package: packageUnderTest(), Go: runtime.Version(), Again: againStage(test),
	})
	seen := newObservations(len(s.Cases))
	for i := range s.Cases {
		c := &s.Cases[i]
		tt.Run(c.Name, func(ct *testing.T) {
			if !isOf(asked, s.Test, c.Name) {
				ct.Skipf("the scenario is of %s", asked.Case)
			}
			seeds := chosenSeeds(c.Kind, seedOf(asked))
			row := index.row(c.Name, c.Kind.String(), c.Doc, c.Rule, c.Points, len(seeds))
			for n, seed := range seeds {
				var result Result
				ct.Run(fmt.Sprintf("seed=%d", seed), func(st *testing.T) {
					p := s.plan(c, asked)
					p.test, p.seed, p.plainSync, p.body = test, seed, plainSync(), func(t *T) { c.Run(t, m) }
					out.start(p)
					result = p.run(st)
					out.end(p, result)
					seen.add(c.Name, result)
					file := p.write(st, result)
					row.add(p, result, file)
					show(st, p, result, file)
				})
				left := len(seeds) - n - 1
				if result.Failure == nil || left == 0 {
					continue
				}
				if result.Failure.Kind == Skeleton {
					break
				}
				if !*flagAllSeeds {
					row.NotRun = left
					if testing.Verbose() {
						fmt.Fprintf(ct.Output(), "%d more seeds were not run (-lab.allseeds runs them)\n", left)
					}
					break
				}
			}
		})
	}
	observes := s.Observes
	if asked != nil {
		observes = nil // faults that were taken away gave no occasion
	}
	if err := errors.Join(index.write(), seen.judge(observes)); err != nil {
		tt.Error(err)
	}
}

// title is a stage's name as its failures print it: "Election".
func title(test string) string { return strings.TrimPrefix(test, "Test") }
