package raft

import (
	"flag"
	"testing"

	"github.com/stretchr/testify/require"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
	"raftlabs/tests/rafttest"
)

// What the thesis adds is on in every other test of the stages. A stage that
// does not ask for it passes without it as well.

func TestElectionWithoutPreVote(t *testing.T)    { without(t, rafttest.Election, noPreVote) }
func TestReplicationWithoutPreVote(t *testing.T) { without(t, rafttest.Replication, noPreVote) }
func TestPersistenceWithoutPreVote(t *testing.T) { without(t, rafttest.Persistence, noPreVote) }
func TestSnapshotsWithoutPreVote(t *testing.T)   { without(t, rafttest.Snapshots, noPreVote) }

func TestElectionWithoutCheckQuorum(t *testing.T)    { without(t, rafttest.Election, noCheckQuorum) }
func TestReplicationWithoutCheckQuorum(t *testing.T) { without(t, rafttest.Replication, noCheckQuorum) }
func TestPersistenceWithoutCheckQuorum(t *testing.T) { without(t, rafttest.Persistence, noCheckQuorum) }
func TestSnapshotsWithoutCheckQuorum(t *testing.T)   { without(t, rafttest.Snapshots, noCheckQuorum) }

func TestElectionWithoutLeases(t *testing.T)    { without(t, rafttest.Election, noLease) }
func TestReplicationWithoutLeases(t *testing.T) { without(t, rafttest.Replication, noLease) }
func TestPersistenceWithoutLeases(t *testing.T) { without(t, rafttest.Persistence, noLease) }
func TestSnapshotsWithoutLeases(t *testing.T)   { without(t, rafttest.Snapshots, noLease) }

var (
	noPreVote     = Options{NoPreVote: true}
	noCheckQuorum = Options{NoCheckQuorum: true}
	noLease       = Options{NoLease: true}
)

// without runs a stage, one seed a case if no flag asks for others.
func without(t *testing.T, stage *lab.Stage[raftapi.MakeFunc], o Options) {
	if seeds := flag.Lookup("lab.seeds").Value; seeds.String() == "0" {
		require.NoError(t, seeds.Set("1"))
		defer func() { require.NoError(t, seeds.Set("0")) }()
	}
	stage.Run(t, MakeWith(o))
}
