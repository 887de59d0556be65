package rafttest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
	"raftlabs/tests/rafttest"
)

// beginner is a server of which all but its first stages is the skeleton's.
type beginner struct{}

func makeBeginner([]*labrpc.ClientEnd, int, raftapi.Persister, chan raftapi.ApplyMsg) raftapi.Raft {
	return &Raft{}
}

// Raft gives the service its name.
type Raft struct{ beginner }

func notYet(function string) {
	panic(raftapi.NotImplemented{Func: function, File: "raft.go", Handout: "the handout"})
}

func (beginner) Start(any) (int, int, bool) { notYet("Start"); return 0, 0, false }
func (beginner) GetState() (int, bool)      { return 0, false }
func (beginner) Snapshot(int, []byte)       {}
func (beginner) PersistBytes() int          { notYet("PersistBytes"); return 0 }
func (beginner) Kill()                      {}

// further has the skeleton of what a later stage adds.
type further struct{ Raft }

type none struct{}

func (further) RequestPreVote(*none, *none) { notYet("RequestPreVote") }

func makeFurther([]*labrpc.ClientEnd, int, raftapi.Persister, chan raftapi.ApplyMsg) raftapi.Raft {
	return &further{}
}

func TestAStageThatIsNotBegunSaysSoInEachCase(t *testing.T) {
	for stage, function := range map[*lab.Stage[raftapi.MakeFunc]]string{
		rafttest.Replication: "Start",
		rafttest.Persistence: "PersistBytes",
	} {
		for _, c := range stage.Cases {
			f := lab.Try(t, 1, func(t *lab.T) { c.Run(t, makeBeginner) }).Failed()
			require.NotNil(t, f, "%s/%s", stage.Name, c.Name)
			assert.Equal(t, lab.Skeleton, f.Kind, "%s/%s", stage.Name, c.Name)
			assert.Equal(t, function+" in raft.go is still the skeleton: open the handout, and fill it in", f.Text)
		}
	}
}

// A handler that a later stage adds is missing, or it is the skeleton's.
func TestAStageThatBeginsWithAHandlerSaysSoInEachCase(t *testing.T) {
	for _, v := range []struct {
		make raftapi.MakeFunc
		text string
	}{
		{makeBeginner, "RequestPreVote is missing in raft.go: this stage begins with it; open handouts/06-robust.md, and add it"},
		{makeFurther, "RequestPreVote in raft.go is still the skeleton: open the handout, and fill it in"},
	} {
		for _, c := range rafttest.Robust.Cases {
			f := lab.Try(t, 1, func(t *lab.T) { c.Run(t, v.make) }).Failed()
			require.NotNil(t, f, c.Name)
			assert.Equal(t, lab.Skeleton, f.Kind, c.Name)
			assert.Equal(t, v.text, f.Text, c.Name)
		}
	}
}
