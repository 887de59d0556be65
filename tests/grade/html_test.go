package grade

import (
	"bytes"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"math"
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
	golden(t, "testdata/report.html", regexp.MustCompile(`(?s)<style>.*?</style>|sha256-[^']*?=`).ReplaceAll([]byte(page), []byte("...")))
	text := html.UnescapeString(page)
	for _, want := range []string{
		"<title>raft: 0.5 of 17.5 points</title>",
		"30 of 100", "10 failed, 60 not run",
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
		"ul li code pre table colgroup col thead tbody tr th td dl dt dd details summary") {
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

// luminance is WCAG's, of "#rrggbb" or "#rgb".
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	digits := strings.TrimPrefix(colour, "#")
	if len(digits) == 3 {
		digits = strings.Join([]string{digits[:1], digits[:1], digits[1:2], digits[1:2], digits[2:], digits[2:]}, "")
	}
	rgb, err := hex.DecodeString(digits)
	require.NoError(t, err, colour)
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v := float64(rgb[i]) / 255
		if v <= 0.04045 {
			sum += weight * v / 12.92
		} else {
			sum += weight * math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return sum
}

func TestWordsCanBeReadInLightInDarkAndOnPaper(t *testing.T) {
	css, err := assets.ReadFile("assets/colors.css")
	require.NoError(t, err)
	themes := strings.Split(string(css), ":root {")[1:]
	require.Len(t, themes, 3)
	for i, theme := range themes {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--(\w+): (#\w+);`).FindAllStringSubmatch(theme, -1) {
			colours[m[1]] = m[2]
		}
		for _, word := range []string{"ink", "muted", "good", "bad"} {
			for _, ground := range []string{"paper", "panel"} {
				a, b := luminance(t, colours[word]), luminance(t, colours[ground])
				contrast := (max(a, b) + 0.05) / (min(a, b) + 0.05)
				assert.GreaterOrEqual(t, contrast, 4.5, "theme %d: %s on %s", i, word, ground)
			}
		}
	}
}
