package grade

import (
	"raftlabs/tests/kvtest"
	"raftlabs/tests/lab"
	"raftlabs/tests/rafttest"
)

// Stage is a stage as the grader sees it: data, without code to run.
type Stage struct {
	Name      string // "election"
	Test      string // the test function, "TestElection"
	Handout   string // "handouts/01-election.md"
	Student   string // the student's package as a folder of the tree, "raft"
	Reference string // the reference's, "solutions/raft"
	Below     string // "": what the package is built on, a folder beside it, "raft"
	Cases     []Case
}

// Case is one case of a stage.
type Case struct {
	Name   string
	Kind   lab.Kind
	Points float64
	Doc    string
}

// Stages are all stages, in the order in which a student meets them.
func Stages() []Stage {
	kv := plain(kvtest.KV, "kvraft", "solutions/kvraft")
	kv.Below = "raft"
	return []Stage{
		plain(rafttest.Election, "raft", "solutions/raft"),
		plain(rafttest.Replication, "raft", "solutions/raft"),
		plain(rafttest.Persistence, "raft", "solutions/raft"),
		plain(rafttest.Snapshots, "raft", "solutions/raft"),
		kv,
		plain(rafttest.Robust, "raft", "solutions/raft"),
		plain(rafttest.Reads, "raft", "solutions/raft"),
	}
}

// plain turns a stage into data, whatever it tests.
func plain[M any](s *lab.Stage[M], student, reference string) Stage {
	out := Stage{Name: s.Name, Test: s.Test, Handout: s.Handout, Student: student, Reference: reference}
	for _, c := range s.Cases {
		out.Cases = append(out.Cases, Case{Name: c.Name, Kind: c.Kind, Points: c.Points, Doc: c.Doc})
	}
	return out
}

// seedsPerDefault is how many times a case's default number of seeds the
// grader runs. Once catches 99.9 of 100 bugs that are known (the power curve in
// tests/mutant/README.md); twice is surer, and one submission takes minutes.
const seedsPerDefault = 2

// seeds is how many seeds the case is graded with; asked is --seeds, or 0.
func (c Case) seeds(asked int) int {
	if asked > 0 {
		return asked
	}
	return seedsPerDefault * c.Kind.Seeds()
}
