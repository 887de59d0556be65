package browser

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/trace/page"
)

// longRun repeats a trace until it has n events. Each time the instants are a
// little off and the log is longer: a true repetition would compress far better
// than a run does.
func longRun(t testing.TB, name string, n int) []page.Event {
	once := readTrace(t, name)
	var all []page.Event
	noise := rand.New(rand.NewPCG(1, 2))
	for shift, base := time.Duration(0), 0; len(all) < n; shift, base = shift+once[len(once)-1].At, base+8 {
		for _, e := range once {
			if e.Kind == "violation" {
				continue
			}
			e.At += shift + time.Duration(noise.IntN(30_000))
			if e.Kind == "sent" {
				e.Fields = fmt.Sprintf("Term: %d\nLeaderId: %d\nPrevLogIndex: %d\nPrevLogTerm: %d\nEntries: 0\nLeaderCommit: %d",
					e.Term, e.From, base+noise.IntN(8), e.Term, base)
			}
			all = append(all, e)
		}
	}
	return all[:n]
}

// 50,000 events: they are all there, and every part of the page still answers.
func TestALongRunIsUsable(t *testing.T) {
	p := open(t, page.Meta{Stage: "s", Case: "c", Servers: 5}, longRun(t, "partition.jsonl", 50_000), how{motion: "reduce"})
	assert.Contains(t, p.text("#tally"), "of 50,000 events shown")
	p.press("h", "0", kb.End, "+", "+", kb.PageUp, "t", kb.Home, "l", "l")
	p.chip("Saves", true)
	p.search("s4 saves")
	p.press(kb.Enter)
	assert.Contains(t, p.status(), "S4 saves")
	assert.Empty(t, p.complaints())
}

// So does a run of as many with clients, whose clusters begin one by one.
func TestALongRunWithClientsIsUsable(t *testing.T) {
	p := open(t, page.Meta{Stage: "s", Case: "c"}, longRun(t, "clients.jsonl", 50_000), how{motion: "reduce"})
	assert.Contains(t, p.text("#tally"), "of 50,000 events shown")
	p.press("h", "0", kb.End, "+", "+", kb.PageUp, "t", kb.Home, "l", "l")
	p.chip("Client calls", true)
	p.search("c1 calls append")
	p.press(kb.Enter)
	assert.Contains(t, p.status(), "C1 calls Append")
	assert.Contains(t, p.text("#selected .fields"), "2.11 s", "it was open until the next cluster began")
	assert.Empty(t, p.complaints())
}

// BenchmarkOpen is how long a page takes from being asked for to being ready,
// and how long it then takes to draw the whole run once.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{1_000, 50_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			events := longRun(b, "partition.jsonl", n)
			var ready, frame float64
			rounds := 0
			for b.Loop() {
				p := open(b, page.Meta{Stage: "s", Case: "c", Servers: 5}, events, how{})
				ready += eval[float64](p, `Number(document.documentElement.dataset.ready)`)
				frame += slowestFrame(p)
				rounds++
			}
			b.ReportMetric(ready/float64(rounds), "ms/ready")
			b.ReportMetric(frame/float64(rounds), "ms/frame")
		})
	}
}

// slowestFrame shows everything at once and scrolls: each frame draws it all.
func slowestFrame(p *tab) float64 {
	p.press("h", "0")
	p.do(chromedp.Evaluate[chromedp.Void](`window.frames = new Promise((done) => {
		const times = [], stage = document.getElementById("timeline");
		const next = (now) => {
			times.push(now);
			if (times.length > 20) return done((times.at(-1) - times[0]) / (times.length - 1));
			stage.dispatchEvent(new WheelEvent("wheel", { deltaY: times.length % 2 ? 1 : -1, bubbles: true, cancelable: true }));
			requestAnimationFrame(next);
		};
		requestAnimationFrame(next);
	}); undefined`))
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[float64]("window.frames", chromedp.EvalAwaitPromise))
	require.NoError(p, err)
	return v
}
