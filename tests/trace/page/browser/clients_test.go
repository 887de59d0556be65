package browser

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"

	"raftlabs/tests/trace/page"
)

var waits = page.Meta{
	Stage: "kv", Case: "OneReachesTheLeader", Seed: 3, Servers: 3,
	Failure: &page.Failure{Text: "an operation of C1 has not returned for 2 s", At: 2200 * time.Millisecond},
}

func openClients(t testing.TB, scheme string) *tab {
	t.Helper()
	return open(t, waits, readTrace(t, "clients.jsonl"), how{motion: "reduce", scheme: scheme})
}

func TestClientsHaveLanesOfTheirOwn(t *testing.T) {
	for _, scheme := range []string{"light", "dark"} {
		p := openClients(t, scheme)
		assert.Equal(t, "S0 S1 S2 C0 C1", eval[string](p, `[...document.querySelectorAll("#lanes .lane b")].map((b) => b.textContent).join(" ")`))
		assert.Contains(t, p.text("#lanes .lane:last-child"), `Append("k", "1.0")`, "what it waits for")
		assert.Contains(t, p.text("#legend"), "a client's operation")
		assert.Empty(t, p.complaints())
	}
	p := openFailed(t)
	assert.NotContains(t, p.text("#legend"), "client", "there are none")
	assert.NotContains(t, p.text("#filters"), "Clients")
}

func TestAnOperationIsReadAndFollowed(t *testing.T) {
	p := openClients(t, "")
	p.search(`c0 calls get("k")`)
	p.press(kb.Enter, kb.Escape)
	assert.Contains(t, p.status(), `C0 calls Get("k")`)
	assert.Equal(t, "Operation of C0", p.text("#selected-title"))
	fields := p.text("#selected .fields")
	for _, want := range []string{`Get("k")`, "0.574461 s", "0.594654 s", "20.2 ms", `"0.00.1"`} {
		assert.Contains(t, fields, want)
	}
	assert.Contains(t, p.text("#selected .steps"), "C0 sends Execute to S0")
	p.press("f")
	assert.Contains(t, p.status(), `Get("k") of C0 returns "0.00.1" after 20.2 ms`)
	p.press("f")
	assert.Contains(t, p.status(), `C0 calls Get("k")`)
	p.press("Shift+"+kb.ArrowDown, "Shift+"+kb.ArrowDown)
	assert.Contains(t, p.status(), "the reply of S0 to Execute reaches C0", "steps stay with the client")

	p.search(`c1 calls append`)
	p.press(kb.Enter, kb.Escape)
	assert.Contains(t, p.text("#selected .fields"), "never")
	assert.Empty(t, p.complaints())
}

func TestWhatClientsDoIsFiltered(t *testing.T) {
	p := openClients(t, "")
	all := p.shown()
	p.chip("Client calls", false)
	assert.Equal(t, all-8, p.shown(), "5 calls, 3 returns")
	p.chip("Client calls", false)
	p.chip("Operations", false)
	few := p.shown()
	assert.Less(t, few, all-100, "the service's messages")
	p.chip("Operations", false)
	p.chip("C1", false)
	assert.Less(t, p.shown(), all)
	assert.Equal(t, "S0 S1 S2 C0", eval[string](p, `[...document.querySelectorAll("#lanes .lane b")].map((b) => b.textContent).join(" ")`))
	p.chip("C1", false)
	assert.Equal(t, all, p.shown())
	p.press("4")
	assert.Equal(t, all, p.shown(), "keys are for servers")
	assert.Empty(t, p.complaints())
}

func TestTheTableNamesClients(t *testing.T) {
	p := openClients(t, "")
	p.press(kb.Home, "l")
	assert.Contains(t, p.text("#listing table"), "C1 sends Execute to S0")
	assert.NotContains(t, p.text("#listing table"), "S3")
	assert.Empty(t, p.complaints())
}

// A pointer on a bar finds its call in the upper half.
func TestThePointerFindsAnOperation(t *testing.T) {
	p := openClients(t, "")
	p.press(kb.Home)
	p.frame()
	x := eval[float64](p, `(() => { const b = [...document.querySelectorAll("#lanes .lane")].at(-1).getBoundingClientRect(); return b.left + 8; })()`)
	for y := 300.0; y < 800; y += 9 {
		p.do(chromedp.MouseEvent(chromedp.MouseMoved, x, y))
		if p.text("#tip") != "" && !eval[bool](p, `document.getElementById("tip").hidden`) && assert.NotEmpty(t, p.text("#tip")) {
			p.do(chromedp.MouseClickXY(x, y))
			if p.text("#selected-title") == "Operation of C1" {
				return
			}
		}
	}
	t.Error("no operation is under the pointer")
}
