//go:debug randseednop=0

package raft

import (
	"testing"

	"raftlabs/tests/rafttest"
)

func TestElection(t *testing.T) { rafttest.Election.Run(t, Make) }
