package lab

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/trace"
)

func TestAServersOwnLinesComeToItsRun(t *testing.T) {
	raftapi.Logf(0, "vote", "outside of a run")
	var got []string
	assert.Nil(t, Try(t, 1, func(t *T) {
		raftapi.Logf(0, "vote", "nobody listens yet")
		t.SetLog(func(server int, topic, text string) {
			assert.Equal(t, 2, server)
			got = append(got, topic+": "+text)
		})
		raftapi.Logf(2, "vote", "for S%d in term %d", 1, 7)
	}).Failed())
	raftapi.Logf(0, "vote", "after the run")
	assert.Equal(t, []string{"vote: for S1 in term 7"}, got)
}

func TestALineIsPrintedInItsServersColumn(t *testing.T) {
	e := trace.Event{At: 3412 * time.Millisecond, Kind: "log", From: 2, To: trace.None, Topic: "vote", Note: "for S1\n"}
	want := "   3.412000 s  vote                                                       S2 for S1"
	all, some, others := Lines{}, Lines{Topics: "commit,vote"}, Lines{Topics: "commit"}
	assert.Equal(t, want, all.Line(e))
	assert.Equal(t, want, some.Line(e))
	assert.Equal(t, "", others.Line(e))
	e.Kind, e.Topic = "save", ""
	assert.Equal(t, "   3.412000 s  save       S2 for S1\n", others.Line(e))
}

func TestClientsHaveNamesOfTheirOwn(t *testing.T) {
	l := Lines{}
	call := trace.Event{Kind: "sent", From: 4, To: 2, Method: "KVServer.Get"}
	assert.Equal(t, "   0.000000 s  sent       S4 -> S2 KVServer.Get", l.Line(call))
	l.Line(trace.Event{Kind: "cluster", From: trace.None, To: trace.None, Index: 3})
	assert.Equal(t, "   0.000000 s  sent       C1 -> S2 KVServer.Get", l.Line(call))
}
