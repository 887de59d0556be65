package browser

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"

	"raftlabs/tests/trace/page"
)

// bothSay is a run that recorded its violation and failed by it, in the middle
// of much else.
func bothSay() (page.Meta, []page.Event) {
	meta := page.Meta{Stage: "election", Case: "OneVotePerTerm", Seed: 3, Servers: 3, Failure: &page.Failure{
		Text: "S2 voted twice in term 4: first for S0, then for S1", Rule: "§5.2", At: 600 * time.Millisecond,
		Expected: []string{"term 4: S0"}, Seen: []string{"term 4: S0, then S1"},
	}}
	var events []page.Event
	for i := range 200 {
		at := time.Duration(i) * 10 * time.Millisecond
		events = append(events, page.Event{At: at, Kind: "save", From: i % 3, To: -1, Bytes: 100})
		if i == 60 {
			events = append(events, page.Event{At: at, Kind: "violation", From: 2, To: 1, Rule: "§5.2", Note: meta.Failure.Text},
				page.Event{At: at, Kind: "crash", From: 0, To: -1})
		}
	}
	return meta, events
}

func TestARecordedViolationIsShownOnce(t *testing.T) {
	meta, events := bothSay()
	p := open(t, meta, events, how{motion: "reduce"})
	assert.Contains(t, p.status(), "0.600000 s, "+meta.Failure.Text+" (event 62 of 202)", "it is where the page opens")
	assert.Equal(t, "Violation", p.text("#selected-title"))
	assert.Equal(t, meta.Failure.Text, p.text("#selected .sentence"))
	assert.Equal(t, "§5.2", p.text("#selected b"))
	assert.Equal(t, "term 4: S0", p.text(".diff.expected"))
	assert.Equal(t, "term 4: S0, then S1", p.text(".diff.seen"))
	p.press("l")
	assert.Equal(t, 1, eval[int](p, `document.querySelectorAll("#listing tr.violation").length`))
	p.press("l", kb.Home, "v")
	assert.Contains(t, p.status(), "(event 62 of 202)", "and where v leads back to")
	assert.Empty(t, p.complaints())
}

// On the canvas the two servers are ringed, and no other. The lanes' heads are
// at their lanes' left edges, 8 pixels left of the middle.
func TestTheServersToBlameAreRinged(t *testing.T) {
	meta, events := bothSay()
	p := open(t, meta, events, how{motion: "reduce"})
	p.frame()
	rings := eval[[]string](p, `(() => {
		const canvas = document.getElementById("canvas"), ctx = canvas.getContext("2d");
		const hex = getComputedStyle(document.documentElement).getPropertyValue("--violation").trim().slice(1);
		const want = [0, 2, 4].map((k) => parseInt(hex.slice(k, k + 2), 16));
		const is = (x, y) => { const at = ctx.getImageData(x, y, 1, 1).data; return want.every((v, k) => Math.abs(at[k] - v) < 12); };
		const ratio = devicePixelRatio;
		let line = 0;
		while (line < canvas.height && !is(140 * ratio, line)) line++;
		return [...document.querySelectorAll("#lanes .lane")].map((lane) => {
			const x = (parseFloat(lane.style.left) + 8) * ratio;
			let above = 0;
			for (let d = 8; d <= 16; d++) if (is(x, line + 1 - d * ratio)) above++;
			return above > 1 ? "ring" : "";
		});
	})()`)
	assert.Equal(t, []string{"", "ring", "ring"}, rings)
}
