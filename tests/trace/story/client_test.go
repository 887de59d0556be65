package story

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// services starts n servers of a service, whose clients come after them.
func (s *script) services(n int) {
	s.did("cluster", none).Index = n
	s.start(n)
}

func (s *script) operation(kind string, client int, note string) { s.did(kind, client).Note = note }

// asks is a client's request.
func (s *script) asks(client, server int) call {
	s.num++
	c := call{s, client, server, s.num, "KVServer.Get"}
	c.message("sent", client, server, nil)
	return c
}

func TestAClientsOperationsAndRequestsAreTold(t *testing.T) {
	var s script
	s.services(2)
	s.operation("call", 3, `Get("k")`)
	s.asks(3, 0).lost("the link is cut")
	s.add("cut", 3, 1)
	s.asks(3, 1).says(nil)
	s.did("crash", 0)
	s.operation("return", 3, `Get("k") = "ab"`)
	s.did("crash", 1)
	s.operation("call", 2, `Put("k", "v")`)
	s.asks(2, 1)
	assert.Equal(t, []string{
		`0.020 s  C1's Get("k") called`,
		"0.025 s  C1 -> S0 Get, lost (the link is cut)",
		"0.035 s  the link C1 -> S1 is cut",
		"0.040 s  C1 -> S1 Get, answered after 0.015 s",
		"0.060 s  S0 crashed",
		`0.065 s  C1's Get("k") returned "ab" after 0.045 s`,
		"0.070 s  S1 crashed",
		`0.075 s  C0's Put("k", "v") called`,
		"0.080 s  C0 -> S1 Get, no answer yet",
	}, Last(s.events, nil, 9))
	assert.Equal(t, []string{
		`0.075 s  C0's Put("k", "v") called`,
		"0.080 s  C0 -> S1 Get, no answer yet",
	}, Last(s.events, []int{2}, 2))
}

func TestWhatAClientRepeatsIsOneLine(t *testing.T) {
	var s script
	s.services(2)
	for range 3 {
		s.operation("call", 2, `Get("k")`)
		s.asks(2, 0).lost("lost")
		s.asks(2, 1).says(nil)
		s.operation("return", 2, `Get("k") = "`+strings.Repeat("ab", 30)+`"`)
	}
	assert.Equal(t, []string{
		`0.020 s to 0.135 s  3 operations of C0 returned, the last Get("k") = ...b` + strings.Repeat("ab", 15) + `"`,
		"0.025 s to 0.115 s  C0 -> S0, S1: 6 times Get, 3 answered, 3 lost",
	}, Last(s.events, nil, 2))
}

func TestWhomAWaitingClientAsked(t *testing.T) {
	var s script
	s.services(3)
	s.asks(3, 0).says(nil) // before
	s.operation("call", 3, `Get("k")`)
	s.asks(3, 0).says(nil)
	slow := s.asks(3, 0)
	s.now += time.Second
	slow.says(nil)
	s.asks(3, 1).lost("the server is down")
	s.asks(3, 1).arrives().answers(nil).forgotten("the link is cut")
	s.operation("call", 4, `Get("j")`) // not long ago
	s.now += 500 * time.Millisecond
	s.did("save", 0)
	lines := History(s.events, nil, 24)
	require.GreaterOrEqual(t, len(lines), 5)
	assert.Equal(t, []string{
		`C0's Get("k"), called at 0.045 s, has not returned for 1.580 s.`,
		"C0 asked S0 2 times, the last at 0.070 s: all answered after 0.015 s to 1.015 s",
		"C0 asked S1 2 times, the last at 1.100 s: all lost (S1 is down, the link is cut)",
		"C0 asked S2 nothing since",
		"Nobody was seen to lead.",
	}, lines[:5])
	assert.Equal(t, lines, History(s.events, []int{3}, 24), "a client that is named is no server")
	assert.NotContains(t, strings.Join(History(s.events, []int{4}, 24), "\n"), "C0", "the other one's does not wait for long")
}

// The leader's Start and applyCh are the service's own: nothing is told of them,
// and clients count in no majority.
func TestALeaderOfAService(t *testing.T) {
	var s script
	s.services(3)
	s.operation("call", 5, `Get("k")`)
	s.send(0, 1, put(1, 0, 0, 0, 1, 0)).says(done(1, true))
	s.send(0, 1, put(1, 0, 1, 1, 0, 1)).says(done(1, true))
	s.did("crash", 2)
	assert.Equal(t, []string{
		"S0 leads term 1 since 0.030 s.",
		"S0 told commit index 1.",
		"S0 -> S2: nothing sent in term 1",
		"S0 -> S1: nothing missing: confirmed up to index 1",
	}, History(s.events, nil, 4))
}

// However many operations wait, half of the lines are left for what the servers
// did.
func TestManyWaitingClientsLeaveRoom(t *testing.T) {
	var s script
	s.services(7)
	for client := 7; client < 12; client++ {
		s.operation("call", client, `Get("k")`)
		for server := range 7 {
			s.asks(client, server).lost("lost")
		}
	}
	s.now += 2 * time.Second
	s.did("save", 0)
	lines := History(s.events, nil, 24)
	assert.Contains(t, lines[0], `C0's Get("k"), called at`)
	assert.Equal(t, "C0 asked S6 once, the last at 0.110 s: lost", lines[7])
	assert.Equal(t, "4 more operations called later and not returned.", lines[8])
	assert.Equal(t, "Nobody was seen to lead.", lines[9])
}
