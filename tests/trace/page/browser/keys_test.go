package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/trace/page"
	"raftlabs/tests/wire"
)

func TestKeysStepThroughTheEvents(t *testing.T) {
	p := openFailed(t)
	event := func() (n int) {
		t.Helper()
		status := p.status()
		_, err := fmt.Sscanf(status[strings.LastIndex(status, "(event")+1:], "event %d of", &n)
		require.NoError(t, err, status)
		return n
	}
	at := event()
	p.press(kb.ArrowDown)
	assert.Equal(t, at+1, event())
	p.press("j", "j", "k", kb.ArrowUp)
	assert.Equal(t, at+1, event())
	p.press("v")
	assert.Equal(t, at, event())
	p.press(kb.Home)
	assert.Equal(t, 1, event())
	p.press(kb.ArrowUp)
	assert.Equal(t, 1, event(), "there is none before the first")
	p.press("G")
	assert.Equal(t, 578, event())

	// Of the same server.
	p.press(kb.Home, "Shift+"+kb.ArrowDown)
	assert.Contains(t, p.status(), "RequestVote from S4 reaches S0", "the start of S0, and its next event")
	assert.Greater(t, event(), 2)
	p.press("Shift+" + kb.ArrowUp)
	assert.Equal(t, 1, event())
	assert.Empty(t, p.complaints())
}

func TestAMessageIsFollowedToItsReply(t *testing.T) {
	p := openFailed(t)
	p.press(kb.Home)
	for !strings.Contains(p.status(), "sends RequestVote to S1") {
		p.press(kb.ArrowDown)
	}
	var way []string
	for range 4 {
		p.press("f")
		way = append(way, strings.Split(strings.Split(p.status(), " s, ")[1], " (")[0])
	}
	assert.Equal(t, []string{
		"RequestVote from S4 reaches S1", "S1 answers RequestVote of S4, term 1: granted",
		"the reply of S1 to RequestVote reaches S4", "S4 sends RequestVote to S1, term 1: candidate S4 last",
	}, way)
	p.press("b")
	assert.Contains(t, p.status(), "the reply of S1 to RequestVote reaches S4")
	assert.Equal(t, "RequestVote, reply", p.text("#selected-title"))

	// The panel has the fields of the request and of the reply, and the way.
	fields := p.text("#selected")
	for _, want := range []string{"CandidateId4", "LastLogIndex0", "VoteGrantedtrue", "S4 sends RequestVote to S1"} {
		assert.Contains(t, fields, want)
	}
	assert.Equal(t, 4, eval[int](p, `document.querySelectorAll("#selected .steps button").length`))
	p.click("#selected .steps li:first-child button")
	assert.Contains(t, p.status(), "S4 sends RequestVote to S1")
	p.press(kb.Escape, kb.Enter)
	assert.Equal(t, "selected-title", eval[string](p, `document.activeElement.id`), "Enter goes to the fields")
	assert.Empty(t, p.complaints())
}

// The fields that a trace has are shown, the entries of AppendEntries below them.
func TestAMessagesFieldsAreShown(t *testing.T) {
	fields := wire.Fields(wire.AppendEntriesArgs{Term: 4, LeaderId: 1, PrevLogIndex: 7, PrevLogTerm: 3, LeaderCommit: 6,
		Entries: []wire.Entry{{Term: 4, Command: 17}, {Term: 4, Command: "a: b"}}})
	p := open(t, page.Meta{Stage: "replication", Case: "Agree", Servers: 2}, []page.Event{
		{At: 1e6, Kind: "sent", From: 1, To: 0, Num: 1, Inc: 1, Method: wire.AppendEntries, Term: 4, Note: "leader S1 prev (7,3) +2 commit 6", Fields: fields},
		{At: 2e6, Kind: "delivered", From: 1, To: 0, Num: 1, Inc: 1, Method: wire.AppendEntries},
		{At: 2e6, Kind: "replied", From: 0, To: 1, Num: 1, Inc: 1, Reply: true, Method: wire.AppendEntries, Term: 4, Note: "success",
			Fields: wire.Fields(wire.AppendEntriesReply{Term: 4, Success: true})},
	}, how{motion: "reduce"})
	p.press(kb.Home, kb.ArrowDown)
	lists := eval[[]string](p, `[...document.querySelectorAll("#selected .fields")].map((list) =>
		[...list.children].map((e) => e.textContent + (e.matches("dt") ? " = " : "; ")).join(""))`)
	require.Len(t, lists, 3, "of the event, the request and the reply")
	assert.Equal(t, "Term = 4; LeaderId = 1; PrevLogIndex = 7; PrevLogTerm = 3; Entries = 2; "+
		"index 8 = term 4, command 17; index 9 = term 4, command \"a: b\"; LeaderCommit = 6; ", lists[1])
	assert.Equal(t, "Term = 4; Success = true; ", lists[2])
	assert.Equal(t, 2, eval[int](p, `document.querySelectorAll("#selected .part").length`))
	assert.Empty(t, p.complaints())
}

func TestFiltersHideAndShow(t *testing.T) {
	p := openFailed(t)
	all := p.shown()
	assert.Equal(t, 578, all)
	lanes := func() int { return eval[int](p, `document.querySelectorAll("#lanes .lane").length`) }

	p.chip("AppendEntries", false)
	some := p.shown()
	assert.Less(t, some, all)
	p.chip("AppendEntries", false)
	assert.Equal(t, all, p.shown())

	p.chip("Log lines", false)
	assert.Equal(t, all-22, p.shown(), "22 log lines")
	p.chip("Faults", true)
	assert.Equal(t, 6+1+8+1, p.shown(), "starts, a crash, 8 acts on links and servers; and the violation stays")
	p.chip("Faults", true)
	assert.Equal(t, all, p.shown(), "the same again shows all")

	p.press("h")
	assert.Less(t, p.shown(), all)
	p.press("h")

	assert.Equal(t, 5, lanes())
	p.press("1")
	assert.Equal(t, 4, lanes())
	assert.Less(t, p.shown(), all)
	assert.Equal(t, "false", eval[string](p, `[...document.querySelectorAll("#filters .chip")].find((c) => c.textContent === "S0").getAttribute("aria-pressed")`))
	p.press("2", "3", "4", "5")
	assert.Equal(t, 1, lanes(), "one lane is left")
	p.press("1", "2", "3", "4")
	assert.Equal(t, 5, lanes())
	assert.Equal(t, all, p.shown())

	// A selected event that is hidden stays selected, and says so on the way.
	p.press(kb.Home, "1")
	p.press(kb.ArrowDown)
	assert.Contains(t, p.status(), "S1 starts")
	assert.Empty(t, p.complaints())
}

func TestSearchFinds(t *testing.T) {
	p := openFailed(t)
	p.search("s0 crashes")
	assert.Equal(t, "1 found", p.text("#found"))
	p.press(kb.Enter)
	assert.Contains(t, p.status(), "S0 crashes")
	assert.Equal(t, "1 of 1", p.text("#found"))

	p.search("granted log")
	p.press(kb.Enter, kb.Escape)
	first := p.status()
	p.press("n")
	assert.NotEqual(t, first, p.status())
	p.press("N")
	assert.Equal(t, first, p.status())
	p.search("no such thing")
	assert.Equal(t, "0 found", p.text("#found"))
	assert.Empty(t, p.complaints())
}

func TestLooking(t *testing.T) {
	p := openFailed(t)
	picture := func() string {
		p.frame()
		return eval[string](p, `document.getElementById("canvas").toDataURL()`)
	}
	before := picture()
	for _, keys := range []string{"+", "-", "0", "t", kb.PageDown, kb.PageUp, " "} {
		p.press(keys)
		after := picture()
		assert.NotEqual(t, before, after, "key %q", keys)
		before = after
	}
	assert.Equal(t, "true", eval[string](p, `document.getElementById("mode").getAttribute("aria-pressed")`))
	p.click("#theme")
	assert.Equal(t, "light", eval[string](p, `document.documentElement.dataset.theme`))

	p.press("?")
	assert.True(t, eval[bool](p, `document.getElementById("help").open`))
	assert.Greater(t, eval[int](p, `document.querySelectorAll("#keys kbd").length`), 25)
	p.press(kb.Escape)
	assert.False(t, eval[bool](p, `document.getElementById("help").open`))

	p.press("p")
	assert.Equal(t, "none", eval[string](p, `getComputedStyle(document.getElementById("panel")).display`))
	assert.Empty(t, p.complaints())
}

func TestTheTableIsAnotherWayToRead(t *testing.T) {
	p := openFailed(t)
	p.press("l")
	assert.Contains(t, p.text("#listing [aria-selected=true]"), verdict)
	p.press(kb.ArrowDown)
	assert.NotContains(t, p.text("#listing [aria-selected=true]"), verdict)
	p.press(kb.Home)
	assert.Contains(t, p.text("#listing [aria-selected=true]"), "S0 starts")
	assert.Contains(t, p.text("#listing caption"), "Events 1 to 200 of 578")
	p.click("#listing p:first-child button:last-child")
	assert.Contains(t, p.text("#listing caption"), "Events 201 to 400 of 578")
	p.press("l")
	assert.True(t, eval[bool](p, `document.getElementById("listing").hidden`))
	assert.Empty(t, p.complaints())
}

// A pointer finds an arrow or a mark, tells what it is, and a click selects it.
func TestThePointerFindsThings(t *testing.T) {
	p := openFailed(t)
	p.press(kb.Home)
	p.frame()
	before := p.status()
	for y := 260.0; y < 800; y += 7 {
		p.do(chromedp.MouseEvent(chromedp.MouseMoved, 700, y))
		if tip := p.text("#tip"); tip != "" && !eval[bool](p, `document.getElementById("tip").hidden`) {
			p.do(chromedp.MouseClickXY(700, y))
			assert.NotEqual(t, before, p.status())
			assert.Contains(t, p.status(), strings.SplitN(tip, " s ", 2)[1], "the tip's words")
			assert.Empty(t, p.complaints())
			return
		}
	}
	t.Error("there is nothing under the pointer anywhere")
}
