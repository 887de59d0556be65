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

// A skeleton lacks the handler that a later stage adds. It is told so, and not
// that the network found nobody to call.
func TestAStageWhoseHandlerIsMissingSaysSoInEachCase(t *testing.T) {
	for _, c := range rafttest.Robust.Cases {
		f := lab.Try(t, 1, func(t *lab.T) { c.Run(t, makeBeginner) }).Failed()
		require.NotNil(t, f, c.Name)
		assert.Equal(t, lab.Skeleton, f.Kind, c.Name)
		assert.Equal(t, "RequestPreVote is missing in raft.go: this stage begins with it; open handouts/06-robust.md, and add it", f.Text)
	}
}
