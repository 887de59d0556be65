package hunt

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"raftlabs/tests/lab"
	"raftlabs/tests/scenario"
)

// shrinking is what shrinking may take.
type shrinking struct {
	Tries int // runs
	Jobs  int // side by side
}

// shrink looks for as few faults as it takes to have a run fail in the same way,
// prints them, and writes them into dir, as a scenario beside the page of the run
// that they make.
func (p *player) shrink(ctx context.Context, r run, o Outcome, dir string, with shrinking, w io.Writer) error {
	switch {
	case o.Pass || o.Kind == lab.Stopped || o.Kind == lab.Skeleton:
		fmt.Fprintf(w, "there is nothing to shrink: %v has not failed\n", r)
		return nil
	case o.Trace == "":
		fmt.Fprintf(w, "%v cannot be shrunk: it did not live to tell of its faults (%s)\n", r, o.Kind)
		return nil
	}
	_, _, name := pageOf(dir, r)
	all, err := readScenario(name)
	if err != nil {
		return err
	}
	s := &shrinker{shrinking: with, play: p.play, run: r, wanted: o, dir: filepath.Join(dir, "shrunk"), began: time.Now()}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return err
	}
	if err := s.search(ctx, all); err != nil {
		return err
	}
	if s.best == nil {
		fmt.Fprintf(w, "%v cannot be shrunk: in %d runs with its faults it did not fail in this way again. The code leaves much to chance: "+
			"math/rand/v2, a select of several channels, the order of a map\n", r, s.tries)
		return nil
	}
	return s.tell(w, len(all.Faults))
}

// readScenario reads a scenario's file.
func readScenario(name string) (*scenario.Scenario, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	s, err := scenario.Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// shrinker is a search that is under way.
type shrinker struct {
	shrinking
	play   func(ctx context.Context, r run, until time.Duration, dir string) (Outcome, error)
	run    run
	wanted Outcome // the failure
	dir    string
	began  time.Time
	tries  int

	best    *scenario.Scenario // fails in the same way
	outcome Outcome            // of it
}

// chances is how many runs with all faults are looked at for one that fails.
const chances = 20

// search begins with all faults that happened, in so many words, and takes away:
// what came after the failure, whole kinds, and then piece by piece what is done to
// servers and links, what happens to messages, and what clients do, until nothing
// more can go.
func (s *shrinker) search(ctx context.Context, all *scenario.Scenario) error {
	// That the faults are written down is itself another run to code that leaves
	// something to chance.
	var whole []*scenario.Scenario
	for chance := range uint64(chances) {
		one := *all
		one.Chance = chance
		whole = append(whole, &one)
	}
	if ok, err := s.try(ctx, whole); err != nil || !ok {
		return err
	}
	if _, err := s.without(ctx, func(f scenario.Fault) bool { return f.At > s.outcome.At }); err != nil {
		return err
	}
	for before := -1; before != s.size() && s.left() > 0; {
		before = s.size()
		if err := s.kinds(ctx); err != nil {
			return err
		}
		// Large pieces of everything go before small pieces of anything.
		for _, most := range []int{8, len(s.best.Faults)} {
			for _, group := range groups {
				if err := s.pieces(ctx, group, most); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// groups are what is taken apart by itself, in this order.
var groups = []func(scenario.Kind) bool{
	func(k scenario.Kind) bool { return !k.OfMessage() && !k.OfClient() },
	scenario.Kind.OfMessage,
	scenario.Kind.OfClient,
}

// size is how much is left to take away.
func (s *shrinker) size() int {
	n := len(s.best.Faults)
	if s.best.Stalls {
		n++
	}
	return n
}

func (s *shrinker) left() int { return s.Tries - s.tries }

// kinds takes away whole kinds of faults, one after the other.
func (s *shrinker) kinds(ctx context.Context) error {
	if s.best.Stalls {
		calm := *s.best
		calm.Stalls = false
		if _, err := s.try(ctx, []*scenario.Scenario{&calm}); err != nil {
			return err
		}
	}
	for _, kind := range scenario.Kinds {
		if _, err := s.without(ctx, func(f scenario.Fault) bool { return f.Kind == kind }); err != nil {
			return err
		}
	}
	// Most messages are a little late, by how far apart latencies are.
	_, err := s.without(ctx, func(f scenario.Fault) bool { return f.Kind == scenario.Late && f.By < aLittle })
	return err
}

// aLittle is less than what reorders messages.
const aLittle = 50 * time.Millisecond

// without tries the best scenario without the faults that are meant, if there are any.
func (s *shrinker) without(ctx context.Context, meant func(scenario.Fault) bool) (bool, error) {
	fewer := *s.best
	fewer.Faults = slices.DeleteFunc(slices.Clone(fewer.Faults), meant)
	if len(fewer.Faults) == len(s.best.Faults) {
		return false, nil
	}
	return s.try(ctx, []*scenario.Scenario{&fewer})
}

// pieces takes faults of a group away, first half of them at a time, then a quarter
// and so on down to each one, or to so many pieces (delta debugging, Zeller and
// Hildebrandt 2002).
func (s *shrinker) pieces(ctx context.Context, group func(scenario.Kind) bool, most int) error {
	parts := 2
	for s.left() > 0 {
		var members []scenario.Fault
		for _, f := range s.best.Faults {
			if group(f.Kind) {
				members = append(members, f.Key())
			}
		}
		if len(members) == 0 {
			return nil
		}
		parts = min(parts, len(members))
		var fewer []*scenario.Scenario
		for part := range slices.Chunk(members, (len(members)+parts-1)/parts) {
			gone := map[scenario.Fault]bool{}
			for _, f := range part {
				gone[f] = true
			}
			one := *s.best
			one.Faults = slices.DeleteFunc(slices.Clone(one.Faults), func(f scenario.Fault) bool { return gone[f.Key()] })
			fewer = append(fewer, &one)
		}
		switch ok, err := s.try(ctx, fewer); {
		case err != nil:
			return err
		case ok:
			parts = max(parts-1, 2)
		case parts >= min(most, len(members)):
			return nil
		default:
			parts *= 2
		}
	}
	return nil
}

// try plays some scenarios, as many side by side as there are jobs, and takes the
// first in order that fails in the same way. It tells whether one did.
func (s *shrinker) try(ctx context.Context, candidates []*scenario.Scenario) (bool, error) {
	for batch := range slices.Chunk(candidates, s.Jobs) {
		if s.left() <= 0 {
			return false, nil
		}
		s.tries += len(batch)
		fails, errs := make([]bool, len(batch)), make([]error, len(batch))
		var players sync.WaitGroup
		for i, c := range batch {
			players.Go(func() { fails[i], errs[i] = s.fails(ctx, c) })
		}
		players.Wait()
		for i, c := range batch {
			if errs[i] != nil {
				return false, errs[i]
			}
			if fails[i] {
				return true, s.take(ctx, c)
			}
		}
	}
	return false, nil
}

// fails tells whether a scenario fails in the same way, in a run that is not much longer.
func (s *shrinker) fails(ctx context.Context, faults *scenario.Scenario) (bool, error) {
	r := s.run
	r.faults = faults
	// Of the whole run: a history is judged when all is over.
	o, err := s.play(ctx, r, s.wanted.Virtual*3/2+10*time.Second, "")
	return err == nil && s.wanted.alike(o), err
}

// take plays a scenario once more, for what of it has happened: a fault that the
// case has not come to is none.
func (s *shrinker) take(ctx context.Context, faults *scenario.Scenario) error {
	r := s.run
	r.faults = faults
	_, _, r.file = pageOf(s.dir, r)
	o, err := s.play(ctx, r, 0, s.dir)
	if err != nil {
		return err
	}
	if !s.wanted.alike(o) {
		return fmt.Errorf("%v was another run the second time: this is a bug of shrink's, please report it", r)
	}
	if s.best, err = readScenario(r.file); err != nil {
		return err
	}
	s.outcome = o
	return nil
}

// tell says what was found.
func (s *shrinker) tell(w io.Writer, faults int) error {
	_, _, file := pageOf(s.dir, s.run)
	page, _, _ := pageOf(s.dir, s.run)
	_, err := fmt.Fprintf(w, "shrunk in %d runs, %.0f s: %d faults and %d events to %d faults and %d events\n    %s\n\n%spage:     %s\nscenario: %s\n",
		s.tries, time.Since(s.began).Seconds(), faults, s.wanted.Events, s.size(), s.outcome.Events, s.best.InWords(), s.outcome.Report, page, file)
	return err
}

// alike tells whether another run has failed in the same way: the same check, the
// same rule, the same sentence but for numbers, values and how many servers it names.
func (o Outcome) alike(other Outcome) bool {
	return !other.Pass && o.Kind == other.Kind && o.Rule == other.Rule && gist(o.Text) == gist(other.Text)
}

var (
	values  = regexp.MustCompile(`"[^"]*"`)
	numbers = regexp.MustCompile(`[0-9]+(\.[0-9]+)*`)
	lists   = regexp.MustCompile(`[SC]#(, [SC]#)*( and [SC]#)?`)
)

// gist is a failure's sentence without what differs between two runs.
func gist(text string) string {
	text = values.ReplaceAllString(text, "a value")
	return lists.ReplaceAllString(numbers.ReplaceAllString(text, "#"), "S#")
}
