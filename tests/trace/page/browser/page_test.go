package browser

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/trace/page"
)

const verdict = "S3 applied command 4 at index 8, where S1 had applied command 11"

var failed = page.Meta{
	Stage: "replication", Case: "PartitionThenCrash", Seed: 7, Servers: 5, Virtual: 2400 * time.Millisecond,
	Failure: &page.Failure{Text: verdict, Rule: "State Machine Safety, §5.4.3", At: 1663484270,
		Expected: []string{"index 8: command 11"}, Seen: []string{"index 8: command 4"}},
	Again: "go test ./raft -run TestReplication/PartitionThenCrash -lab.seed=7",
}

func readTrace(t testing.TB, name string) []page.Event {
	t.Helper()
	file, err := os.Open("../testdata/" + name)
	require.NoError(t, err)
	defer file.Close()
	events, err := page.ReadJSONL(file)
	require.NoError(t, err)
	return events
}

func openFailed(t testing.TB) *tab {
	t.Helper()
	return open(t, failed, readTrace(t, "partition.jsonl"), how{motion: "reduce"})
}

func TestThePageOpensAtTheViolation(t *testing.T) {
	for _, scheme := range []string{"light", "dark"} {
		p := open(t, failed, readTrace(t, "partition.jsonl"), how{scheme: scheme})
		assert.Empty(t, p.complaints(), "on the console")
		assert.Contains(t, p.status(), "1.663484 s, S3 applied command 4 at index 8")
		assert.Equal(t, "Violation", p.text("#selected-title"))
		assert.Equal(t, verdict+" State Machine Safety, §5.4.3", p.text(".verdict"))
		assert.Equal(t, 0, eval[int](p, `performance.getEntriesByType("resource").length`), "nothing is fetched")
		assert.Equal(t, "timeline", eval[string](p, `document.activeElement.id`), "keys work at once")

		// Its line is on the canvas, in its colour, from left to right.
		p.until(`(() => {
			const canvas = document.getElementById("canvas"), ctx = canvas.getContext("2d");
			const hex = getComputedStyle(document.documentElement).getPropertyValue("--violation").trim().slice(1);
			const want = [0, 2, 4].map((k) => parseInt(hex.slice(k, k + 2), 16));
			let most = 0;
			for (let y = 0; y < canvas.height; y++) {
				const row = ctx.getImageData(0, y, canvas.width, 1).data;
				let n = 0;
				for (let x = 0; x < row.length; x += 4) if (want.every((v, k) => Math.abs(row[x + k] - v) < 12)) n++;
				most = Math.max(most, n);
			}
			return most > 0.6 * canvas.width;
		})()`)
	}
}

func TestARunThatPassedOpensAtItsBeginning(t *testing.T) {
	p := open(t, page.Meta{Stage: "election", Case: "InitialElection", Seed: 1, Servers: 3}, readTrace(t, "lostvote.jsonl"), how{})
	assert.Empty(t, p.complaints())
	assert.Equal(t, "passed", p.text(".badge"))
	assert.Equal(t, "", p.status())
	assert.Equal(t, 51, p.shown())
	p.press("v")
	assert.Equal(t, "", p.status(), "there is no violation to go to")
	p.press(kb.ArrowDown)
	assert.Contains(t, p.status(), "S0 starts (event 1 of 51)")
}

func TestEmptyRunsAndSmallWindows(t *testing.T) {
	p := open(t, page.Meta{Stage: "election", Case: "Nothing"}, nil, how{})
	p.press(kb.ArrowDown, kb.ArrowUp, "f", "0", "+", "t", "l", "l", kb.End)
	assert.Empty(t, p.complaints())
	p = open(t, failed, readTrace(t, "partition.jsonl"), how{width: 910, height: 700, motion: "reduce"})
	for _, head := range eval[[]string](p, `[...document.querySelectorAll("#lanes .lane")].map((e) => e.innerText)`) {
		assert.Regexp(t, `^S\dt\d+.*\n(follower|leader|candidate|down)`, head, "the role's name below the server's")
	}
	assert.False(t, eval[bool](p, `[...document.querySelectorAll("#lanes .lane > div")].some((e) => !e.textContent.includes("cut") && e.scrollWidth > e.clientWidth)`),
		"nothing is cut off")
	p = open(t, failed, readTrace(t, "partition.jsonl"), how{width: 420, height: 600})
	p.press(kb.ArrowDown, "p", "0", "l")
	assert.Empty(t, p.complaints())
	assert.LessOrEqual(t, eval[int](p, `document.documentElement.scrollWidth`), 420, "nothing hangs over")
}

// A ring that kept the newest events only begins in the middle of messages.
func TestARunWithoutItsBeginning(t *testing.T) {
	all := readTrace(t, "partition.jsonl")
	for _, from := range []int{50, 333} {
		p := open(t, page.Meta{Stage: "s", Case: "c", Servers: 5, Forgotten: from}, all[from:], how{motion: "reduce"})
		assert.Contains(t, p.text("#tally"), fmt.Sprintf("%d earlier ones were not kept", from))
		p.press(kb.Home)
		for range 12 {
			p.press(kb.ArrowDown, "f")
		}
		p.press("0", "t", "0", "l", kb.End)
		assert.Empty(t, p.complaints())
	}
}

func TestHostileTextIsOnlyText(t *testing.T) {
	const hostile = `</script><script>document.title="owned"</script><img src=x onerror='document.title="owned"'>`
	meta := failed
	meta.Case, meta.Again, meta.Package, meta.Index = hostile, hostile, hostile, `javascript:document.title="owned"`
	meta.Failure = &page.Failure{Text: hostile, Rule: hostile, Expected: []string{hostile}, Detail: []string{hostile}}
	events := []page.Event{
		{Kind: "start", From: 0, To: -1, Note: hostile},
		{Kind: "log", From: 0, To: -1, Topic: hostile, Note: hostile},
		{Kind: "sent", From: 0, To: 1, Num: 1, Method: "Raft." + hostile, Note: hostile, Fields: hostile + ": " + hostile},
		{Kind: hostile, From: 1, To: -1, Note: hostile},
	}
	p := open(t, meta, events, how{})
	for range 6 {
		p.press(kb.ArrowUp)
	}
	for range 6 {
		p.press(kb.ArrowDown)
	}
	p.press("l", "l", "+", "0")
	assert.Equal(t, 0, eval[int](p, `document.querySelectorAll("img, iframe, object, a[href^='javascript']").length`))
	assert.Equal(t, 2, eval[int](p, `document.querySelectorAll("script").length`))
	assert.NotEqual(t, "owned", eval[string](p, `document.title`))
	assert.Contains(t, p.text(".verdict"), "<img src=x", "as text")
	assert.Empty(t, p.complaints())
}

func TestAnOldBrowserIsToldWhatItLacks(t *testing.T) {
	p := open(t, failed, longRun(t, "partition.jsonl", 5000), how{before: "delete window.DecompressionStream", broken: true})
	assert.Contains(t, p.text("#broken"), "DecompressionStream, which browsers have had since 2023")
}

func TestEverythingHasAName(t *testing.T) {
	p := openFailed(t)
	p.press("l")
	assert.Equal(t, 0, eval[int](p, `[...document.querySelectorAll("button, input, a, [role]")].filter((e) =>
		!(e.textContent.trim() || e.ariaLabel || e.title || e.id === "status" || e.id === "broken")).length`))
	assert.Equal(t, "polite", eval[string](p, `document.getElementById("status").ariaLive`))
}

func TestTheStagesPageOpens(t *testing.T) {
	p := newTab(t, how{})
	path := t.TempDir() + "/index.html"
	file, err := os.Create(path)
	require.NoError(t, err)
	rows := []page.Row{
		{Case: "InitialElection", Kind: "scenario", Doc: "one leader is elected", Points: 1, Max: 1, Seeds: 3, Passed: 3},
		{Case: "FaultSwarm", Kind: "swarm", Max: 2, Seeds: 10, Passed: 6, NotRun: 3, Sentence: verdict, Link: "f.html"},
	}
	require.NoError(t, page.WriteIndex(file, page.IndexMeta{Stage: "election"}, rows))
	require.NoError(t, file.Close())
	p.load(path)
	p.until(`document.readyState === "complete"`)
	assert.Equal(t, "election: 1 of 2 cases passed", eval[string](p, `document.title`))
	assert.Equal(t, 1, eval[int](p, `document.querySelectorAll("table a").length`))
	assert.Empty(t, p.complaints())
}
