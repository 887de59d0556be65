package raft

import (
	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
)

// Options switch off what the thesis adds to the paper. Everything is on by
// default, and each works without the others, but for one: where a voter does
// not heed RequestVote, only CheckQuorum deposes a leader that reaches its
// followers and hears none of them.
type Options struct {
	NoPreVote     bool // a server campaigns when its timer runs off (§5.2)
	NoCheckQuorum bool // a leader leads until it hears a higher term (§5.1)
	NoLease       bool // voters promise a leader nothing, and LeaseRead never knows
}

// MakeWith returns a Make with options. All servers of a cluster have the same.
func MakeWith(o Options) raftapi.MakeFunc {
	return func(peers []*labrpc.ClientEnd, me int, persister raftapi.Persister, applyCh chan raftapi.ApplyMsg) raftapi.Raft {
		return start(peers, me, persister, applyCh, o)
	}
}
