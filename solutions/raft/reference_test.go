package raft

import "raftlabs/tests/lab"

// The reference has to give every check of the suites something to see.
func init() { lab.Reference() }
