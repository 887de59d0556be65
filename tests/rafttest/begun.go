package rafttest

import (
	"reflect"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
)

// begun has the cases of a stage call one function of each new instance before
// they begin. It asks for nothing, so it changes nothing. But where it is
// still the skeleton's it says so, in one sentence for each case, instead of
// leaving it to the cases to find out that nothing is replicated or saved.
func begun(call func(raftapi.Raft), cases []lab.Case[raftapi.MakeFunc]) []lab.Case[raftapi.MakeFunc] {
	return first(func(_ *lab.T, rf raftapi.Raft) { call(rf) }, cases)
}

// answering is begun for a stage that begins with a handler. A server may lack it
// altogether, or have the skeleton's, which would show only when it is called.
func answering(handler, handout string, cases []lab.Case[raftapi.MakeFunc]) []lab.Case[raftapi.MakeFunc] {
	return first(func(t *lab.T, rf raftapi.Raft) {
		method := reflect.ValueOf(rf).MethodByName(handler)
		if !method.IsValid() {
			t.Fail(lab.Failure{Kind: lab.Skeleton, Text: lab.Sentence(
				"%s is missing in raft.go: this stage begins with it; open %s, and add it", handler, handout)})
		}
		callWithNothing(method)
	}, cases)
}

// callWithNothing calls a handler with zero arguments, which are of a term that is
// over. What is no handler is left to the network, which says what it lacks.
func callWithNothing(method reflect.Value) {
	if method.Type().NumIn() != 2 {
		return
	}
	var in []reflect.Value
	for i := range 2 {
		arg := reflect.New(method.Type().In(i)).Elem()
		if arg.Kind() == reflect.Pointer {
			arg.Set(reflect.New(arg.Type().Elem()))
		}
		in = append(in, arg)
	}
	method.Call(in)
}

// first has the cases of a stage look at each new instance before they begin.
func first(look func(t *lab.T, rf raftapi.Raft), cases []lab.Case[raftapi.MakeFunc]) []lab.Case[raftapi.MakeFunc] {
	for i := range cases {
		run := cases[i].Run
		cases[i].Run = func(t *lab.T, make raftapi.MakeFunc) {
			run(t, func(peers []*labrpc.ClientEnd, me int, persister raftapi.Persister, applyCh chan raftapi.ApplyMsg) raftapi.Raft {
				rf := make(peers, me, persister, applyCh)
				if rf != nil {
					look(t, rf)
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
