package infer

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"raftlabs/tests/wire"
)

func (s *script) cluster(servers int) { s.add("cluster", none, none).Index = servers }

func (s *script) noted(kind string, node int, note string) { s.add(kind, node, none).Note = note }

func TestWithoutAClusterAllAreServers(t *testing.T) {
	assert.Equal(t, Nodes{3, 0}, Lanes(3, []Event{{From: 1, To: none}}))
	assert.Equal(t, Nodes{6, 0}, Lanes(3, []Event{{From: 1, To: 5}}))
	assert.Equal(t, Nodes{}, Lanes(0, nil))
	assert.Equal(t, Nodes{5, 0}, Lanes(0, []Event{{Kind: "cluster", Index: 5, From: none, To: none}, {Kind: "apply", Index: 9}}))
}

func TestAClientKeepsItsLaneInClustersOfAnySize(t *testing.T) {
	var s script
	s.cluster(3)
	s.add("sent", 4, 2)
	s.cluster(5)
	s.add("sent", 4, 5)
	n := Lanes(3, s.events)
	assert.Equal(t, Nodes{5, 2}, n)
	assert.Equal(t, []string{"C1 -> S2", "S4 -> C0"}, []string{
		n.Name(s.events[1].From) + " -> " + n.Name(s.events[1].To), n.Name(s.events[3].From) + " -> " + n.Name(s.events[3].To),
	})
}

func TestARecordWithoutItsBeginningTellsClientsByTheirCalls(t *testing.T) {
	var s script
	s.add("sent", 4, 2)
	s.noted("call", 3, "Get")
	assert.Equal(t, Nodes{3, 2}, Lanes(0, s.events))
	s.cluster(5)
	assert.Equal(t, Nodes{5, 2}, Lanes(0, s.events))
}

func TestOperationsAreCallsWithTheirReturns(t *testing.T) {
	var s script
	s.noted("return", 3, `Get("a") = "1"`) // its call was forgotten
	s.noted("call", 3, `Get("k")`)
	s.noted("call", 4, `Get("k")`)
	s.noted("call", 3, `Put("k", "v")`)
	s.noted("return", 3, `Put("k", "v")`)
	s.noted("return", 3, `Get("k") = "ab"`)
	assert.Equal(t, []Operation{{3, none, 0}, {3, 1, 5}, {4, 2, none}, {3, 3, 4}}, Operations(s.events))
	s.cluster(3)
	s.noted("return", 4, `Get("k") = "ab"`)
	assert.Equal(t, Operation{4, none, 7}, Operations(s.events)[4], "of another cluster's client")
}

func TestWhatAReturnSays(t *testing.T) {
	for _, c := range [][3]string{
		{`Get("k")`, `Get("k") = "ab"`, `"ab"`},
		{`Put("k", "v")`, `Put("k", "v")`, ""},
		{"", `Get("k") = "a = b"`, `"a = b"`},
		{"", "done", "done"},
	} {
		assert.Equal(t, c[2], Result(c[0], c[1]), fmt.Sprint(c))
	}
}

func TestClientsHaveNoRoles(t *testing.T) {
	var s script
	s.send(1, 0, 1, wire.RequestVoteArgs{Term: 1}, wire.RequestVote)
	s.send(2, 0, 1, wire.RequestVoteArgs{Term: 9}, wire.RequestVote)
	s.answer(0, 2, 1, wire.RequestVoteReply{Term: 9}, wire.RequestVote)
	s.noted("call", 2, "Get")
	assert.Equal(t, []string{"S1 candidate 1"}, s.roles(2))
}

func TestAClientsLinksAreItsOwn(t *testing.T) {
	var s script
	s.add("cut", 3, 0)
	s.add("partition", none, none).Note = "[[0 1]]"
	s.add("isolate", 0, none)
	s.add("rejoin", 0, none)
	s.add("heal", none, none)
	s.add("cut", 0, 3)
	s.add("join", 0, 3)
	assert.Equal(t, []Reach{
		{0, 0, 0b0000, 0b1000}, {0, 3, 0b0001, 0b0000},
		{1, 0, 0b0100, 0b1100}, {1, 1, 0b0100, 0b0100}, {1, 2, 0b0011, 0b0011},
		{2, 0, 0b0110, 0b1110}, {2, 1, 0b0101, 0b0101},
		{3, 0, 0b0000, 0b1000}, {3, 1, 0b0100, 0b0100}, {3, 2, 0b0010, 0b0010},
		{4, 0, 0, 0}, {4, 1, 0, 0}, {4, 2, 0, 0}, {4, 3, 0, 0},
		{5, 0, 0b1000, 0}, {5, 3, 0, 0b0001}, {6, 0, 0, 0}, {6, 3, 0, 0},
	}, Observe(3, s.events, nil).Cuts)
}
