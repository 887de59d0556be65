package rafttest

import (
	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
)

// begun has the cases of a stage call one function of each new instance before
// they begin. It asks for nothing, so it changes nothing. But where it is
// still the skeleton's it says so, in one sentence for each case, instead of
// leaving it to the cases to find out that nothing is replicated or saved.
func begun(call func(raftapi.Raft), cases []lab.Case[raftapi.MakeFunc]) []lab.Case[raftapi.MakeFunc] {
	for i := range cases {
		run := cases[i].Run
		cases[i].Run = func(t *lab.T, make raftapi.MakeFunc) {
			run(t, func(peers []*labrpc.ClientEnd, me int, persister raftapi.Persister, applyCh chan raftapi.ApplyMsg) raftapi.Raft {
				rf := make(peers, me, persister, applyCh)
				if rf != nil {
					call(rf)
				}
				return rf
			})
		}
	}
	return cases
}

// What the stages call. A new instance does not lead, so it takes no command.
func callStart(rf raftapi.Raft)        { rf.Start(nil) }
func callPersistBytes(rf raftapi.Raft) { rf.PersistBytes() }
