package wire_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/wire"
)

type theirTerm int

type theirEntry struct {
	Index   int
	Term    theirTerm
	Command any
}

type theirAppendEntries struct {
	Term         theirTerm
	LeaderId     int64
	PrevLogIndex uint
	PrevLogTerm  theirTerm
	Entries      []theirEntry
	LeaderCommit int
	Round        string
}

type theirVote struct {
	Term      int
	Candidate int // Figure 2 has CandidateId
	LastLogIndex,
	LastLogTerm int
}

func TestAMessageIsReadByItsFieldsNames(t *testing.T) {
	var r wire.Reader
	theirs := &theirAppendEntries{
		Term: 4, LeaderId: 2, PrevLogIndex: 7, PrevLogTerm: 3,
		Entries: []theirEntry{{8, 4, "x"}, {9, 4, nil}}, LeaderCommit: 6,
	}
	for range 2 {
		got := r.Request(wire.AppendEntries, theirs)
		assert.Equal(t, wire.AppendEntriesArgs{
			Term: 4, LeaderId: 2, PrevLogIndex: 7, PrevLogTerm: 3,
			Entries: []wire.Entry{{Term: 4, Command: "x"}, {Term: 4}}, LeaderCommit: 6,
		}, got)
		assert.Equal(t, "term 4 leader S2 prev (7,3) +2 commit 6", got.String())
		assert.Equal(t, 4, wire.Term(got))
	}
	assert.Empty(t, r.Missing())
}

func TestAFieldThatIsMissingIsNamed(t *testing.T) {
	var r wire.Reader
	got := r.Request(wire.RequestPreVote, theirVote{Term: 2, Candidate: 1, LastLogIndex: 5, LastLogTerm: 1})
	assert.Equal(t, wire.RequestVoteArgs{Term: 2, LastLogIndex: 5, LastLogTerm: 1}, got)
	assert.Equal(t, wire.RequestVoteReply{VoteGranted: true}, r.Reply(wire.RequestVote, struct {
		VoteGranted bool
		Term        string
	}{true, "two"}))
	assert.Len(t, r.Fresh(), 2)
	assert.Empty(t, r.Fresh())
	gaps := r.Missing()
	require.Len(t, gaps, 2)
	assert.Equal(t, "RequestVoteArgs.CandidateId", gaps[0].Field)
	assert.Equal(t, "wire_test.theirVote has no field CandidateId of a type that fits, it has Term, Candidate, LastLogIndex, LastLogTerm: "+
		"keep the names of Figure 2, by which the messages are read", gaps[0].String())
	assert.Equal(t, "RequestVoteReply.Term", gaps[1].Field)
}

func TestAMethodThatIsNotRaftsIsNotRead(t *testing.T) {
	var r wire.Reader
	assert.Nil(t, r.Request("KVServer.Get", struct{ Term int }{1}))
	assert.Nil(t, r.Reply("KVServer.Get", struct{ Term int }{1}))
	assert.Equal(t, "Get", wire.Short("KVServer.Get"))
}

func TestEveryMessageHasATermAndAText(t *testing.T) {
	for text, m := range map[string]wire.Message{
		"term 3 candidate S1 last (5,2)":          wire.RequestVoteArgs{Term: 3, CandidateId: 1, LastLogIndex: 5, LastLogTerm: 2},
		"term 3 granted":                          wire.RequestVoteReply{Term: 3, VoteGranted: true},
		"term 3 refused":                          wire.RequestVoteReply{Term: 3},
		"term 3 success":                          wire.AppendEntriesReply{Term: 3, Success: true},
		"term 3 no":                               wire.AppendEntriesReply{Term: 3},
		"term 3 leader S1 last (5,2) 3 B":         wire.InstallSnapshotArgs{Term: 3, LeaderId: 1, LastIncludedIndex: 5, LastIncludedTerm: 2, Data: []byte("abc")},
		"term 3":                                  wire.InstallSnapshotReply{Term: 3},
		"term 3 leader S0 prev (0,0) +0 commit 0": wire.AppendEntriesArgs{Term: 3},
	} {
		assert.Equal(t, text, m.String())
		assert.Equal(t, 3, wire.Term(m))
	}
}

type theirServer struct{}

func (theirServer) RequestVote(*theirVote, *wire.RequestVoteReply)             {}
func (theirServer) AppendEntries(theirAppendEntries, *wire.AppendEntriesReply) {}
func (theirServer) Start(int, int) int                                         { return 0 }

func TestTheTypesOfAServerTellWhatItsMessagesLack(t *testing.T) {
	var r wire.Reader
	r.Server(&theirServer{})
	gaps := r.Missing()
	require.Len(t, gaps, 1)
	assert.Equal(t, "RequestVoteArgs.CandidateId", gaps[0].Field)
}

func TestEntriesMayBePointers(t *testing.T) {
	var r wire.Reader
	got := r.Request(wire.AppendEntries, struct {
		Term, LeaderId, PrevLogIndex, PrevLogTerm int
		Entries                                   []*theirEntry
		LeaderCommit                              int
	}{Term: 1, Entries: []*theirEntry{{1, 1, "x"}, {2, 1, "y"}}})
	assert.Equal(t, []wire.Entry{{Term: 1, Command: "x"}, {Term: 1, Command: "y"}}, got.(wire.AppendEntriesArgs).Entries)
	assert.Empty(t, r.Missing())
}
