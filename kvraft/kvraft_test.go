//go:debug randseednop=0

package kvraft

import (
	"testing"

	"raftlabs/kvraft/kvapi"
	"raftlabs/tests/kvtest"
)

func TestKV(t *testing.T) {
	kvtest.KV.Run(t, kvapi.Service{MakeClerk: MakeClerk, Start: StartKVServer})
}
