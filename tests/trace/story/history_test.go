package story

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/tests/trace"
	"raftlabs/tests/wire"
)

// text is a History as one text, its lines joined.
func text(events []trace.Event, servers ...int) string {
	var parts []string
	for _, line := range History(events, servers, 24) {
		parts = append(parts, strings.TrimSpace(line))
	}
	return strings.Join(parts, " ")
}

func TestWhyAVoteWasNotHad(t *testing.T) {
	for _, c := range []struct {
		name string
		play func(s *script)
		want string
	}{
		{"granted", func(s *script) { s.send(2, 0, ask(4, 2, 7, 3)).says(yes(4)) }, "S0 granted it"},
		{"a later term", func(s *script) { s.send(2, 0, ask(4, 2, 7, 3)).says(no(9)) }, "S0 refused: its term 9 is later"},
		{"another's vote", func(s *script) {
			s.send(1, 0, ask(4, 1, 7, 3)).says(yes(4))
			s.send(2, 0, ask(4, 2, 7, 3)).says(no(4))
		}, "S0 refused: it had voted for S1 in term 4"},
		{"its own candidacy", func(s *script) {
			s.send(0, 1, ask(4, 0, 7, 3)).lost("lost")
			s.send(2, 0, ask(4, 2, 7, 3)).says(no(4))
		}, "S0 refused: it was a candidate of term 4 itself"},
		{"a later log", func(s *script) {
			s.send(1, 0, put(3, 1, 7, 3, 1, 0)).says(done(3, true))
			s.send(2, 0, ask(4, 2, 7, 3)).says(no(4))
		}, "S0 refused: its log held (8,3), which is later than (7,3)"},
		{"nothing", func(s *script) {
			s.send(1, 0, put(3, 1, 6, 3, 1, 0)).says(done(3, true))
			s.send(2, 0, ask(4, 2, 7, 3)).says(no(4))
		}, "S0 refused: the wire shows no reason"},
		{"a cut", func(s *script) { s.send(2, 0, ask(4, 2, 7, 3)).lost("the link is cut") }, "S0 never got the request: the link is cut"},
		{"a crash", func(s *script) { s.send(2, 0, ask(4, 2, 7, 3)).lost("the server is down") }, "S0 never got the request: S0 is down"},
		{"a lost answer", func(s *script) {
			s.send(2, 0, ask(4, 2, 7, 3)).arrives().answers(yes(4)).forgotten("lost")
		}, "S0 granted it, but the answer was lost: lost on the way"},
		{"no answer", func(s *script) { s.send(2, 0, ask(4, 2, 7, 3)).arrives() }, "S0 got the request and never answered"},
		{"a slow request", func(s *script) { s.send(2, 0, ask(4, 2, 7, 3)) }, "S0 had not got the request yet"},
		{"an unreadable answer", func(s *script) {
			c := s.send(2, 0, ask(4, 2, 7, 3)).arrives()
			c.message("replied", 0, 2, nil).Reply = true
			c.returns()
		}, "S0 answered what could not be read"},
		{"not asked", func(s *script) { s.send(2, 1, ask(4, 2, 7, 3)).lost("lost") }, "S0 got no request: none was sent"},
	} {
		var s script
		s.start(3)
		c.play(&s)
		assert.Contains(t, text(s.events), c.want, c.name)
	}
}

func TestAVoteThatCameTooLateDoesNotCount(t *testing.T) {
	var s script
	s.start(3)
	slow := s.send(2, 0, ask(4, 2, 0, 0)).arrives().answers(yes(4))
	s.send(2, 1, ask(5, 2, 0, 0)).lost("lost")
	slow.returns()
	all := text(s.events)
	assert.Contains(t, all, "term 4: S2 campaigned at 0.020 s, and got 1 of 3 votes (with its own), needed 2.")
	assert.Contains(t, all, "S0 granted it, but only at 0.045 s, when the candidate had gone on")
}

func TestAMajorityThatDoesNotLeadIsNamed(t *testing.T) {
	var s script
	s.start(3)
	s.send(2, 0, ask(4, 2, 0, 0)).says(yes(4))
	assert.Contains(t, text(s.events), "got 2 of 3 votes (with its own), needed 2: it should have led, and was not seen to.")
	s.did("leader", 2).Term = 4
	assert.Contains(t, text(s.events), "S2 leads term 4 since 0.040 s, and has sent no AppendEntries.")
}

func TestManyElectionsAreOneSentence(t *testing.T) {
	var s script
	s.start(3)
	for term := 1; term <= 30; term++ {
		s.send(term%3, (term+1)%3, ask(term, term%3, 0, 0)).lost("lost")
	}
	lines := History(s.events, nil, 24)
	assert.Equal(t, "Nobody was seen to lead.", lines[0])
	assert.Contains(t, lines[1], "term 30: S0 campaigned")
	assert.Contains(t, text(s.events), "28 campaigns in terms 1 to 28, none of which made a leader. "+
		"Of their 56 requests for a vote: 28 not sent, 28 lost.")
	assert.Contains(t, strings.Join(History(s.events, nil, 8), " "), "29 campaigns", "the sum has its place")
}

func TestASilentFollowerIsNamed(t *testing.T) {
	var s script
	s.start(3)
	s.send(2, 0, put(4, 2, 0, 0, 0, 0)).says(done(4, true))
	s.did("crash", 2)
	s.now += 5 * time.Second
	s.did("pause", 1)
	all := text(s.events)
	assert.Contains(t, all, "Nobody has led since 0.040 s. S2 led term 4 from 0.020 s to 0.040 s, when it crashed.")
	assert.Contains(t, all, "No server has asked for a vote since.")
	assert.Contains(t, all, "S0 now: follower of term 4, last heard from leader S2 at 0.025 s, no campaign in the 5.020 s since")
	assert.Contains(t, all, "S1 now: still in term 0, paused since 5.045 s, heard from no leader, no campaign in the 5.035 s since")
	assert.Contains(t, all, "S2 now: down since 0.040 s")
	assert.NotContains(t, text(s.events, 0), "S1 now", "not involved")
}

func TestALeaderThatIsCutOffLeadsNobody(t *testing.T) {
	var s script
	s.start(3)
	s.send(2, 0, put(4, 2, 0, 0, 0, 0)).says(done(4, true))
	s.did("isolate", 2)
	s.send(0, 1, ask(5, 0, 0, 0)).says(no(5))
	lines := History(s.events, nil, 24)
	assert.Equal(t, []string{
		"No server leads that reaches a majority.",
		"S2 leads term 4 since 0.020 s, but is cut off from S0 and S1.",
	}, lines[:2])
	assert.Contains(t, lines[2], "term 5: S0 campaigned")
}

func TestHowFarALeaderGot(t *testing.T) {
	var s script
	s.start(3)
	e := s.did("submit", 2)
	e.Index, e.Term, e.Note = 8, 4, "command 1: index 8"
	s.send(2, 0, put(4, 2, 7, 3, 1, 6)).says(done(4, true))
	for range 3 {
		s.send(2, 1, put(4, 2, 7, 3, 1, 6)).says(done(4, false))
	}
	s.send(2, 1, put(4, 2, 7, 3, 1, 6)).lost("the link is cut")
	s.did("apply", 2).Index = 6
	s.did("apply", 0).Index = 6
	all := text(s.events)
	assert.Contains(t, all, "S2's Start put commands up to index 8; S2 told commit index 6, and applied up to index 6.")
	assert.Contains(t, all, "A majority confirmed index 8, an entry of term 4, and S2 has shown no commit index beyond 6 (§5.3, §5.4.2).")
	assert.Contains(t, all, "S2 -> S1: last sent at 0.105 s: AppendEntries term 4 prev (7,3) +1 commit 6; "+
		"refused 3 times since 0.055 s (its log has no entry (7,3), it says); the last 1 lost (the link is cut); "+
		"confirmed up to index 0, told commit index 6, applied up to index 0 S2 -> S0: nothing missing: "+
		"confirmed up to index 8, applied up to index 6")
}

func TestAFollowerThatDeniesWhatItConfirmed(t *testing.T) {
	var s script
	s.start(3)
	s.send(2, 1, put(4, 2, 7, 3, 1, 6)).says(done(4, true))
	s.send(2, 1, put(4, 2, 9, 4, 0, 6)).says(done(4, false))
	assert.NotContains(t, text(s.events), "though it confirmed", "index 9 it never had")
	s.send(2, 1, put(4, 2, 8, 4, 0, 6)).says(done(4, false))
	assert.Contains(t, text(s.events), "(its log has no entry (8,4), it says, though it confirmed index 8)")
}

func TestHalfOfAnEvenClusterIsNoMajority(t *testing.T) {
	var s script
	s.start(4)
	e := s.did("submit", 2)
	e.Index, e.Term = 8, 4
	s.send(2, 0, put(4, 2, 7, 3, 1, 6)).says(done(4, true))
	assert.NotContains(t, text(s.events), "A majority")
	s.send(2, 1, put(4, 2, 7, 3, 1, 6)).says(done(4, true))
	assert.Contains(t, text(s.events), "A majority confirmed index 8")
}

func TestAnEntryOfAnOlderTermIsNotCommittedByCounting(t *testing.T) {
	var s script
	s.start(3)
	s.send(2, 0, put(4, 2, 7, 3, 1, 6)).says(done(4, true))
	assert.NotContains(t, text(s.events), "A majority", "§5.4.2: nothing shows that index 8 is of term 4")
}

func TestPreVotesAlone(t *testing.T) {
	var s script
	s.start(3)
	c := s.send(2, 0, ask(4, 2, 0, 0))
	s.events[len(s.events)-1].Method = wire.RequestPreVote
	c.method = wire.RequestPreVote
	c.says(no(4))
	all := text(s.events)
	assert.Contains(t, all, "Nobody got as far as a RequestVote; pre-votes only: pre-vote for term 4: S2 asked at 0.020 s")
	assert.NotContains(t, all, "should have led")
}

func TestAnEarlierClusterHasNoPart(t *testing.T) {
	var s script
	s.start(5)
	s.send(4, 0, put(9, 4, 0, 0, 0, 0)).says(done(9, true))
	s.add("cluster", none, none).Index = 2
	s.start(2)
	s.send(0, 1, ask(1, 0, 0, 0)).says(no(1))
	all := text(s.events)
	assert.Contains(t, all, "Nobody was seen to lead.")
	assert.Contains(t, all, "got 1 of 2 votes")
	assert.NotContains(t, all, "S4")
}

func TestARecordThatBeginsLateSaysSo(t *testing.T) {
	var s script
	s.now = 3 * time.Second
	s.send(0, 1, ask(1, 0, 0, 0)).says(no(1))
	assert.Equal(t, "Nobody was seen to lead since 3.005 s, where the record begins.", History(s.events, nil, 24)[0])
	assert.Equal(t, []string{"Nobody was seen to lead.", "No server has asked for a vote since."}, History(nil, nil, 24))
}

func TestLongTextsAreWrapped(t *testing.T) {
	text := strings.Repeat("word ", 60) + "1.000 s, end"
	for _, line := range wrap(text) {
		assert.LessOrEqual(t, len(line), width)
		assert.NotEqual(t, "s,", strings.Fields(line)[0])
	}
	assert.Equal(t, strings.Fields(text), strings.Fields(strings.Join(wrap(text), " ")))
}

func TestPeersThatTheTestPlaysAreNotJudged(t *testing.T) {
	s := &script{}
	s.add("cluster", none, none).Index = 3
	s.did("start", 0)
	s.send(1, 0, ask(4, 1, 7, 3)).says(yes(4))
	s.send(1, 2, ask(4, 1, 7, 3)).says(yes(4))
	s.send(0, 2, ask(5, 0, 7, 3)).says(no(5))
	got := text(s.events, 0, 1, 2)
	assert.Contains(t, got, "S1 campaigned at 0.015 s, its last entry (7,3), and got 3 of 3 votes (with its own), needed 2: the test plays it.")
	assert.Contains(t, got, "S0 was never seen to lead.")
	assert.Contains(t, got, "S2 refused: the test plays it")
	assert.NotContains(t, got, "should have led")

	s.did("start", 1)
	s.did("start", 2)
	got = text(s.events, 0, 1, 2)
	assert.Contains(t, got, "it should have led")
	assert.Contains(t, got, "Nobody was seen to lead.")
}

func TestWhatTheTestSendsInAServersNameIsSaid(t *testing.T) {
	s := &script{}
	s.start(3)
	s.send(0, 2, ask(4, 0, 7, 3)).says(yes(4))
	s.events[len(s.events)-4].Inc = 0
	assert.Contains(t, strings.Join(Last(s.events, []int{0, 2}, 20), "\n"), "S0 -> S2 RequestVote term 4 last (7,3) (sent by the test)")
}
