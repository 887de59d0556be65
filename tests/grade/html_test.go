package grade

import (
	"bytes"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func htmlOf(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, writeHTML(&b, r))
	return b.String()
}

func TestThePageSaysWhatTheReportSays(t *testing.T) {
	page := htmlOf(t, example())
	golden(t, "testdata/report.html", []byte(page))
	text := html.UnescapeString(page)
	for _, want := range []string{
		"<title>raft: 0.5 of 17.5 points</title>",
		"30 of 100", "30 passed, 10 failed, 60 not run",
		"<dt>expected</dt><dd>one leader of term 3</dd><dt>seen</dt><dd>S1 and S2</dd>",
		`<span class="rule">§5.2</span>`,
		"go test -race ./raft -run '^TestElection$/^FaultSwarm$' -lab.seed=3141592659",
		`href="pages/election-FaultSwarm-seed3141592659.html"`,
		"./kvraft does not compile", "kvraft/client.go:3:1: undefined: x",
		notesTitle, "raft/raft.go:12", "pass a pointer instead",
		`aria-label="passed">✓`, `aria-label="failed">✕`, `aria-label="not run">–`,
	} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, refusedTitle)
	assert.Equal(t, 1, strings.Count(text, "undefined: x"), "the compiler's words stand once, not at every case")
}

func TestAPageOfFullMarksHasNothingToHide(t *testing.T) {
	r := &Report{Target: "solutions"}
	c := CaseReport{Name: "ReElection", Max: 1, Seeds: 1, Passed: 1}
	c.score()
	r.add(Stage{Name: "election"}, []CaseReport{c})
	page := htmlOf(t, r)
	assert.NotContains(t, page, "checkbox")
	assert.Contains(t, page, `class="total full"`)
}

// elements lists what a page is made of: every tag with its attributes.
func elements(t *testing.T, page string) []xml.StartElement {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAllString(page, "")))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var all []xml.StartElement
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		if e, ok := token.(xml.StartElement); ok {
			all = append(all, e.Copy())
		}
	}
}

func TestThePageHasNoMarkupButItsOwnAndFetchesNothing(t *testing.T) {
	own := map[string]bool{}
	for _, name := range strings.Fields("html head title meta style body header h1 p strong svg rect nav a span label input main section h2 " +
		"ul li code pre table thead tbody tr th td dl dt dd details summary") {
		own[name] = true
	}
	for _, page := range []string{htmlOf(t, example()), htmlOf(t, hostileReport())} {
		for _, e := range elements(t, page) {
			assert.True(t, own[e.Name.Local], e.Name.Local)
			for _, a := range e.Attr {
				assert.False(t, strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "src" || a.Name.Local == "style", a.Name.Local)
				if a.Name.Local == "href" {
					assert.Regexp(t, `^(#[a-z]+|pages/[\w.-]+)$`, a.Value)
				}
			}
		}
		assert.NotContains(t, page, "<script")
		assert.NotContains(t, page, "javascript:")
		assert.NotContains(t, page, "url(")
		assert.Contains(t, page, "default-src &#39;none&#39;")
	}
}

func TestTheGateIsToldKindly(t *testing.T) {
	r := example()
	r.Gate = []Finding{{File: "raft/raft.go", Line: 9, Rule: "import", Text: "os is not one of the packages that a Raft may import: delete the import", Refused: true}}
	for i := range r.Stages {
		for n := range r.Stages[i].Cases {
			r.Stages[i].Cases[n].Failure = &Failure{Kind: kindGate, Text: "the gate refused the code"}
		}
	}
	page := htmlOf(t, r)
	for _, want := range []string{refusedTitle, "raft/raft.go:9", "delete the import"} {
		assert.Contains(t, page, want)
	}
	assert.NotContains(t, page, "the gate refused the code", "it stands above, once")
}

func TestPagesLinkOnlyBesideOrBelow(t *testing.T) {
	for address, want := range map[string]bool{
		"p.html": true, "pages/p.html": true, "./pages/p.html": true,
		"": false, "/etc/passwd": false, "../p.html": false, "a/../../p.html": false, "//host/p": false,
		"https://host/p": false, "javascript:alert(1)": false, "..\\p.html": false, "\x00": false, "#p": false,
	} {
		assert.Equal(t, want, beside(address) != "", address)
	}
}
