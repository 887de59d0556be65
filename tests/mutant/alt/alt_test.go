//go:debug randseednop=0

package alt

import (
	"flag"
	"testing"

	"github.com/stretchr/testify/require"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
	"raftlabs/tests/rafttest"
)

// The suites accuse no correct design.

func TestElection(t *testing.T)    { over(t, rafttest.Election) }
func TestReplication(t *testing.T) { over(t, rafttest.Replication) }
func TestPersistence(t *testing.T) { over(t, rafttest.Persistence) }
func TestSnapshots(t *testing.T)   { over(t, rafttest.Snapshots) }
func TestRobust(t *testing.T)      { over(t, rafttest.Robust) }
func TestReads(t *testing.T)       { over(t, rafttest.Reads) }

// over runs a stage, one seed a case if no flag asks for others: the many seeds
// are those of the variant event-loop.
func over(t *testing.T, stage *lab.Stage[raftapi.MakeFunc]) {
	if seeds := flag.Lookup("lab.seeds").Value; seeds.String() == "0" {
		require.NoError(t, seeds.Set("1"))
		defer func() { require.NoError(t, seeds.Set("0")) }()
	}
	stage.Run(t, Make)
}
