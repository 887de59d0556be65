package grade

import (
	"bytes"
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
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// browser is a tab that all pages are opened in, or the test is skipped where no
// browser is installed.
func browser(t *testing.T) context.Context {
	t.Helper()
	executable := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil && executable == "" {
			executable = path
		}
	}
	if executable == "" {
		if os.Getenv("RAFTLABS_BROWSER_REQUIRED") != "" {
			t.Fatal("no browser here, though RAFTLABS_BROWSER_REQUIRED is set: install chromium")
		}
		t.Skip("no browser here: install chromium to run the pages' tests")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(executable), chromedp.WSURLReadTimeout(2*time.Minute),
		chromedp.NoSandbox, // in a container there may be none, and all that it opens is written here
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"), // a page that asks for anything gets nothing
	)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx))
	return ctx
}

// complaints has a tab note what its pages complain of.
func complaints(t *testing.T, tab context.Context) func() []string {
	t.Helper()
	var mu sync.Mutex
	var all []string
	require.NoError(t, chromedp.Listen(tab, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := ev.(type) {
		case *runtime.EventExceptionThrown:
			all = append(all, e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			all = append(all, "console."+string(e.Type))
		case *log.EventEntryAdded:
			all = append(all, e.Entry.Text)
		}
	}))
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string{}, all...)
	}
}

// The pages of a submission and of a class fit on a desk and in a hand, by day and by
// night: nothing is wider than the window, but what scrolls by itself, and the browser
// has nothing to complain of.
func TestThePagesFitTheirWindows(t *testing.T) {
	tab := browser(t)
	said := complaints(t, tab)
	long := *example()
	long.Target = strings.Repeat("a-very-long-name", 6)
	long.Gate = append(long.Gate, Finding{File: "raft/" + strings.Repeat("x", 90) + ".go", Rule: "import", Text: strings.Repeat("y", 300), Refused: true})
	var report, class bytes.Buffer
	require.NoError(t, writeHTML(&report, &long))
	require.NoError(t, writeClassPage(&class, []*Report{example(), &long}, Stages()))
	for name, page := range map[string][]byte{"report.html": report.Bytes(), "class.html": class.Bytes()} {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, page, 0o600))
		grounds := map[string]bool{}
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{1200, 400} {
				what := fmt.Sprintf("%s, %s, %d wide", name, scheme, width)
				_, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
				require.NoError(t, err, what)
				require.NoError(t, chromedp.Do(tab, chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+path)), what)
				over, err := chromedp.Run(tab, chromedp.Evaluate[int](`document.documentElement.scrollWidth - innerWidth`))
				require.NoError(t, err, what)
				assert.LessOrEqual(t, over, 0, "%s: pixels beyond the window", what)
				ground, err := chromedp.Run(tab, chromedp.Evaluate[string](`getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor`))
				require.NoError(t, err, what)
				grounds[ground] = true
			}
		}
		assert.Len(t, grounds, 2, "%s: another ground at night", name)
	}
	assert.Empty(t, said())
}
