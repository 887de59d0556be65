//go:debug randseednop=0

package alt

import (
	"testing"

	"raftlabs/tests/rafttest"
)

// The suites accuse no correct design.

func TestElection(t *testing.T)    { rafttest.Election.Run(t, Make) }
func TestReplication(t *testing.T) { rafttest.Replication.Run(t, Make) }
func TestPersistence(t *testing.T) { rafttest.Persistence.Run(t, Make) }
func TestSnapshots(t *testing.T)   { rafttest.Snapshots.Run(t, Make) }
func TestRobust(t *testing.T)      { rafttest.Robust.Run(t, Make) }
func TestReads(t *testing.T)       { rafttest.Reads.Run(t, Make) }
