package invariant

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/wire"
)

// seeds is how many runs a test makes, of those that it would like to.
func seeds(n int) uint64 {
	if testing.Short() {
		n /= 10
	}
	return uint64(n)
}

// A correct Raft is never accused, whatever its design and whatever happens to
// it.
func TestCorrectRunsAreNotAccused(t *testing.T) {
	counts := map[Rule]int{}
	applied, n := 0, seeds(1000)
	for seed := range n {
		d := designOf(seed)
		found, c := watch(seed, d, Options{}, nil)
		require.Empty(t, found, "seed %d: %+v", seed, d)
		for r, n := range c.Counts() {
			counts[r] += n
		}
		applied += c.Highest()
	}
	for _, r := range Rules() {
		assert.Greater(t, counts[r], int(n), "%v was hardly observed", r)
		t.Logf("%-22v %8d", r, counts[r])
	}
	assert.Greater(t, applied, int(n)*10)
	t.Logf("%d seeds, %d entries", n, applied)
}

func FuzzCorrectRunsAreNotAccused(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		d := designOf(seed)
		if found, _ := watch(seed, d, Options{}, nil); found != nil {
			t.Fatalf("%+v: %v", d, found[0])
		}
	})
}

// The same holds where less is told: where services are not the case's own,
// where some servers are played, and where their messages are sent in their
// names.
func TestCorrectRunsAreNotAccusedWhereLessIsTold(t *testing.T) {
	wireOnly := func(e Event) Event {
		switch e.Kind {
		case Submit, Submitted, Apply, Install, Take:
			return Event{}
		}
		return e
	}
	ghost := func(e Event) Event {
		if e.Server == 0 && e.Method != "" {
			e.Incarnation = 0
		}
		return e
	}
	for seed := range seeds(300) {
		d := designOf(seed)
		found, _ := watch(seed, d, Options{WireOnly: true}, wireOnly)
		require.Empty(t, found, "wire only, seed %d: %+v", seed, d)
		found, _ = watch(seed, d, Options{Played: []int{0, 2}[:1+seed%2]}, nil)
		require.Empty(t, found, "played, seed %d: %+v", seed, d)
		found, _ = watch(seed, d, Options{Played: []int{0}}, ghost)
		require.Empty(t, found, "ghost, seed %d: %+v", seed, d)
	}
}

// A field that messages do not have silences the rules that depend on it, and
// no other rule mistakes its zero for a value.
func TestCorrectRunsAreNotAccusedWhereAFieldIsMissing(t *testing.T) {
	fields := map[string]bool{}
	for _, about := range abouts {
		for _, f := range about.needs {
			fields[f] = true
		}
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		for seed := range seeds(40) {
			d := designOf(seed)
			var c *Checker
			found, c := watch(seed, d, Options{Blind: []string{field}}, func(e Event) Event {
				e.Request, e.Reply = without(e.Request, field), without(e.Reply, field)
				return e
			})
			require.Empty(t, found, "%s, seed %d: %+v", field, seed, d)
			require.NotEmpty(t, c.Unobserved())
			for r := range c.Unobserved() {
				require.Zero(t, c.Counts()[r])
			}
		}
	}
}

// without is a message that lacks a field.
func without(m wire.Message, field string) wire.Message {
	if m == nil {
		return nil
	}
	typ, name, _ := strings.Cut(field, ".")
	v := reflect.New(reflect.TypeOf(m)).Elem()
	v.Set(reflect.ValueOf(m))
	if v.Type().Name() == typ {
		v.FieldByName(name).SetZero()
	}
	if a, ok := v.Interface().(wire.AppendEntriesArgs); ok && typ == "Entry" {
		a.Entries = slices.Clone(a.Entries)
		for i := range a.Entries {
			reflect.ValueOf(&a.Entries[i]).Elem().FieldByName(name).SetZero()
		}
		return a
	}
	return v.Interface().(wire.Message)
}

// Each bug of the dumb Raft's is found in some run, and then by a rule that says
// what is wrong.
func TestEachBugIsNamed(t *testing.T) {
	durable := func(d *design) { d.durable = true }
	snapshots := func(d *design) { d.snapshots = true }
	for _, b := range []struct {
		bug  string
		with func(*design)
		rule Rule   // the one that says it
		also []Rule // that may be faster to see a consequence
	}{
		{"votes twice", nil, OneVote, []Rule{ElectionSafety}},
		{"forgets its vote in the same term", nil, OneVote, []Rule{ElectionSafety}},
		{"votes for itself and for others", func(d *design) { d.selfAsk = false }, ElectionSafety, []Rule{OneVote}},
		{"votes in older terms", nil, Terms, []Rule{OneVote, Durability, LeaderCompleteness, ElectionSafety}},
		{"counts votes of older candidacies", nil, ElectionSafety, []Rule{OneVote}},
		{"majority off by one", nil, ElectionSafety, []Rule{OneVote}},
		{"elects itself", nil, ElectionSafety, nil},
		{"votes for any log", nil, LeaderCompleteness, nil},
		{"takes back its term", nil, Terms, []Rule{ElectionSafety, OneVote, LeaderCompleteness}},
		{"overwrites its own log", nil, LogMatching, []Rule{StartPromise, LeaderAppendOnly, StateMachineSafety}},
		{"drops its own entries", nil, LeaderAppendOnly, []Rule{LogMatching, StartPromise, LeaderCompleteness, StateMachineSafety}},
		{"keeps what conflicts", nil, LogMatching, []Rule{LeaderCompleteness, StateMachineSafety, LeaderAppendOnly}},
		{"no check of the log", nil, Provenance, []Rule{LogMatching, StateMachineSafety, LeaderCompleteness, LeaderAppendOnly, Durability}},
		{"matchIndex is the log's length", nil, CommitRule, []Rule{StateMachineSafety}},
		{"minority commits", nil, CommitRule, nil},
		{"commits older terms by counting", nil, CommitRule, nil},
		{"commits past the last new entry", func(d *design) { d.servers, d.extra, d.calm, d.noop = 5, false, true, false }, StateMachineSafety, []Rule{CommitRule}},
		{"commits what it appends", nil, CommitRule, []Rule{StateMachineSafety}},
		{"counts itself before it has saved", func(d *design) { d.early, d.durable = true, true }, CommitRule, []Rule{LeaderCompleteness}},
		{"never saves", durable, Durability, nil},
		{"term and vote not saved", durable, Terms, []Rule{OneVote, ElectionSafety}},
		{"log not saved", durable, LeaderCompleteness, []Rule{Provenance, StateMachineSafety, StartPromise, LogMatching}},
		{"term not saved before it is sent", durable, Durability, nil},
		{"vote not saved before the answer", durable, Durability, nil},
		{"entries not saved before the answer", durable, Durability, nil},
		{"snapshot off by one", snapshots, Snapshots, []Rule{ApplyOrder, Provenance, LeaderCompleteness, StateMachineSafety, CommitRule}},
		{"the saved snapshot is lost", func(d *design) { d.snapshots, d.durable = true, true }, Snapshots, []Rule{Provenance}},
		{"LastIncludedTerm is the present term", snapshots, Snapshots, nil},
		{"installs old snapshots", snapshots, Snapshots, []Rule{ApplyOrder}},
		{"applies twice", nil, ApplyOrder, nil},
		{"skips an entry", nil, ApplyOrder, nil},
		{"applies what another has committed", nil, Provenance, nil},
		{"a follower takes commands", nil, ElectionSafety, []Rule{StartPromise}},
		{"Start returns the wrong index", nil, StartPromise, nil},
		{"refuses and takes", nil, Provenance, []Rule{StartPromise}},
		{"a follower forwards commands", nil, StartPromise, []Rule{Provenance}},
	} {
		t.Run(b.bug, func(t *testing.T) {
			by, said := map[Rule]int{}, map[Rule]Violation{}
			n := uint64(0)
			for ; n < 600 && by[b.rule] < 15; n++ {
				seed := n
				d := designOf(seed)
				d.bug = b.bug
				d.servers = max(d.servers, 3)
				if b.with != nil {
					b.with(&d)
				}
				found, _ := watch(seed, d, Options{}, nil)
				if found == nil {
					continue
				}
				v := found[0]
				if by[v.Rule]++; by[v.Rule] == 1 {
					said[v.Rule] = v
				}
				require.Contains(t, append(b.also, b.rule), v.Rule, "seed %d: %v", seed, v)
			}
			require.NotZero(t, by[b.rule], "%v", by)
			t.Log(fmt.Sprintf("%d runs, %v: ", n, by), said[b.rule])
		})
	}
}
