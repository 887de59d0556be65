package hunt

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATargetIsAPackageAndThePatternIsGoTests(t *testing.T) {
	for _, c := range []struct {
		name, pattern string
		runs          []string
	}{
		{"./raft", "Election/ManyElections", []string{"Election/ManyElections seed 7"}},
		{"raft", "^TestElection$/^ManyElections$", []string{"Election/ManyElections seed 7"}},
		{"./solutions/raft/", "Persistence/^Vote", []string{"Persistence/VoteSurvives seed 7", "Persistence/VoteSavedFirst seed 7"}},
		{"./raft", "Snapshots/Install$", []string{"Snapshots/Install seed 7"}},
		{"./raft", "Snapshots/Install", []string{"Snapshots/Install seed 7"}}, // as a failure names it
		{"./raft", "Snapshots/InstallUn", []string{"Snapshots/InstallUnreliable seed 7", "Snapshots/InstallUnreliableCrash seed 7"}},
		{"./kvraft", "KV/^Basic$", []string{"KV/Basic seed 7"}},
	} {
		got, err := targetOf(c.name, c.pattern)
		require.NoError(t, err, c.name)
		var runs []string
		for _, r := range got.runs(7, options{}) {
			runs = append(runs, r.String())
		}
		assert.Equal(t, c.runs, runs, c.name)
		assert.Equal(t, len(c.runs), got.cases())
	}
	kv, err := targetOf("./solutions/kvraft", "")
	require.NoError(t, err)
	assert.Equal(t, []string{"solutions/kvraft", "solutions/raft"}, kv.sources())
	assert.Equal(t, "./solutions/kvraft", kv.name())
}

func TestATargetThatIsNoneIsRefused(t *testing.T) {
	for _, c := range []struct{ name, pattern, want string }{
		{"./labrpc", "", "name ./raft or ./kvraft"},
		{"./raft", "Elections/X", "no case of ./raft matches"},
		{"./raft", "KV/Basic", "Its stages are Election, Replication"},
		{"./raft", "(", "missing closing )"},
		{"./raft", "Election/[", "missing closing ]"},
	} {
		_, err := targetOf(c.name, c.pattern)
		assert.ErrorContains(t, err, c.want)
		assert.ErrorAs(t, err, &usageError{})
	}
}

// In a student's repository there is no reference.
func TestAPackageThatIsNotThereIsRefused(t *testing.T) {
	reference, err := targetOf("./solutions/raft", "")
	require.NoError(t, err)
	tree := t.TempDir()
	_, err = build(t.Context(), tree, reference, nil)
	assert.EqualError(t, err, "there is no ./solutions/raft in "+tree)
}
