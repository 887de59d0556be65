package kvtest

import (
	"slices"

	"raftlabs/kvraft/kvapi"
	"raftlabs/tests/lab"
)

// KV is the fifth stage: a key/value service on the Raft of the first four.
// §8; thesis, chapter 6. Every case checks that what its clients did is
// linearizable.
var KV = &lab.Stage[kvapi.Service]{
	Name:    "kv",
	Test:    "TestKV",
	Handout: "handouts/05-kv.md",
	Durable: true,
	Cases:   slices.Concat(quietCases, leaderCases, networkCases, onceCases, restartCases, snapshotCases, swarmCases),
}
