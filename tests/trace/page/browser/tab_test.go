package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/trace/page"
)

// patience is how long a page may take for anything. It is for machines that
// are busy; nothing here is a measurement.
const patience = 2 * time.Minute

// required is the environment variable that makes a missing browser a failure.
const required = "RAFTLABS_BROWSER_REQUIRED"

// executable finds a browser, or returns "".
var executable = sync.OnceValue(func() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
})

// start starts the browser that all tests share. It ends with the process.
var start = sync.OnceValues(func() (context.Context, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(executable()),
		chromedp.WSURLReadTimeout(patience),
		chromedp.NoSandbox,                                      // in a container there may be none, and all that it opens is written here
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"), // a page that asks for anything gets nothing
	)
	ctx, _ := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(ctx)
	stop = cancel
	return ctx, chromedp.Do(ctx)
})

var stop = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	stop()
	os.Exit(code)
}

// tab is one open page.
type tab struct {
	testing.TB
	ctx context.Context

	mu       sync.Mutex
	problems []string // what the console said
}

// how is how a page is opened.
type how struct {
	before        string // a script that runs before the page's own
	scheme        string // prefers-color-scheme
	motion        string // prefers-reduced-motion
	width, height int64
	broken        bool // it is expected not to start
}

// open writes a run's page and opens it.
func open(t testing.TB, meta page.Meta, events []page.Event, h how) *tab {
	t.Helper()
	p := newTab(t, h)
	path := filepath.Join(t.TempDir(), "page.html")
	file, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, page.Write(file, meta, events))
	require.NoError(t, file.Close())
	p.load(path)
	if h.broken {
		p.until(`!document.getElementById("broken").hidden`)
	} else {
		p.until(`document.documentElement.dataset.ready > 0`)
	}
	return p
}

func newTab(t testing.TB, h how) *tab {
	t.Helper()
	if executable() == "" {
		if os.Getenv(required) != "" {
			t.Fatalf("no browser here, though %s is set: install chromium", required)
		}
		t.Skip("no browser here: install chromium to run the page's tests")
	}
	shared, err := start()
	require.NoError(t, err, "starting %s", executable())
	ctx, cancel := chromedp.NewContext(shared)
	t.Cleanup(cancel)
	p := &tab{TB: t, ctx: ctx}
	require.NoError(t, chromedp.Do(ctx))
	require.NoError(t, chromedp.Listen(ctx, p.hear))
	if h.width == 0 {
		h.width, h.height = 1440, 900
	}
	p.do(chromedp.EmulateViewport(h.width, h.height))
	_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: h.scheme}, {Name: "prefers-reduced-motion", Value: h.motion},
	}})
	require.NoError(t, err)
	if h.before != "" {
		_, err = chromedp.Call(ctx, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: h.before})
		require.NoError(t, err)
	}
	return p
}

// hear notes what a page complains of: errors, and what its policy refused.
func (p *tab) hear(ev any) {
	var text string
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		text = "console." + string(e.Type)
	case *log.EventEntryAdded:
		text = e.Entry.Text
	default:
		return
	}
	p.mu.Lock()
	p.problems = append(p.problems, text)
	p.mu.Unlock()
}

// complaints are what the page's console has said so far.
func (p *tab) complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.problems...)
}

func (p *tab) load(path string) {
	p.Helper()
	p.do(chromedp.Navigate("file://" + path))
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	require.NoError(p, chromedp.Do(ctx, steps...))
}

// eval evaluates an expression in the page.
func eval[T any](p *tab, expression string) T {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	require.NoError(p, err, expression)
	return v
}

// until waits until an expression is true.
func (p *tab) until(expression string) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(patience)))
	require.NoError(p, err, "waiting for %s; the console says %v", expression, p.complaints())
}

// frame waits until what was asked for before has been drawn.
func (p *tab) frame() {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](
		`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`, chromedp.EvalAwaitPromise))
	require.NoError(p, err, "waiting for a frame")
}

// press presses keys, one after the other.
func (p *tab) press(keys ...string) {
	p.Helper()
	for _, key := range keys {
		if plain, ok := strings.CutPrefix(key, "Shift+"); ok {
			p.do(chromedp.KeyEvent(plain, chromedp.KeyModifiers(chromedp.ModifierShift)))
		} else {
			p.do(chromedp.KeyEvent(key))
		}
	}
}

// text is the text of the first element that a selector finds.
func (p *tab) text(selector string) string {
	p.Helper()
	return strings.TrimSpace(eval[string](p, fmt.Sprintf("document.querySelector(%q)?.textContent ?? 'nothing is '+%q", selector, selector)))
}

func (p *tab) status() string { p.Helper(); return p.text("#status") }

// shown is how many events the page says that it shows.
func (p *tab) shown() (n int) {
	p.Helper()
	_, err := fmt.Sscanf(strings.ReplaceAll(p.text("#tally"), ",", ""), "%d of", &n)
	require.NoError(p, err)
	return n
}

// click clicks an element.
func (p *tab) click(selector string) {
	p.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// search types words into the empty search box.
func (p *tab) search(words string) {
	p.Helper()
	eval[string](p, `document.getElementById("query").value = ""`)
	p.do(chromedp.SendKeys(chromedp.CSS("#query"), words))
}

// chip clicks the filter's button that begins with a text.
func (p *tab) chip(text string, shift bool) {
	p.Helper()
	found := eval[bool](p, fmt.Sprintf(`(() => {
		const chip = [...document.querySelectorAll("#filters .chip")].find((c) => c.firstChild.textContent === %q);
		chip?.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: %v }));
		return Boolean(chip);
	})()`, text, shift))
	require.True(p, found, "a button %q", text)
}
