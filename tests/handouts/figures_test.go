package handouts

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const drawn = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 200" font-family="sans-serif" font-size="14">
<title>Two servers</title>
<desc>S0 sends S1 a message.</desc>
<defs><marker id="arrow"><path d="M0 0L8 4L0 8z"/></marker></defs>
<rect x="10" y="10" width="380" height="180" fill="#fff" stroke="#d0d7de"/>
<line x1="50" y1="30" x2="350" y2="160" stroke="#000" marker-end="url(#arrow)"/>
<text x="30" y="80">S0</text>
<text x="200" y="40">a message</text>
</svg>
`

// pictured is a tree with a text that shows one figure.
func pictured(t *testing.T, figure, text string) *Tree {
	return planted(t, map[string]string{"handouts/a.md": text, "handouts/figures/a.svg": figure})
}

const shows = "# A\n\n![S0 sends a message to S1](figures/a.svg)\n"

func TestFiguresArePlanted(t *testing.T) {
	figures := func(before, after string) []Complaint {
		t.Helper()
		require.Contains(t, drawn, before)
		all, err := pictured(t, strings.Replace(drawn, before, after, 1), shows).Figures()
		require.NoError(t, err)
		return all
	}
	assert.Empty(t, figures("", ""))
	refuses(t, figures("</text>\n</svg>", "</svg>"), 8, "not well-formed")
	refuses(t, figures("<title>Two servers</title>", "<title> </title>"), 1, "it has no <title>")
	refuses(t, figures("<desc>S0 sends S1 a message.</desc>", ""), 1, "it has no <desc>")
	refuses(t, figures(`viewBox="0 0 400 200"`, `width="400"`), 1, `viewBox is ""`)
	refuses(t, figures(`viewBox="0 0 400 200"`, `viewBox="0 0 900 200"`), 1, "900 wide")
	refuses(t, figures("<defs>", "<script>alert(1)</script><defs>"), 4, "it has a <script>")
	refuses(t, figures("<defs>", `<image href="#x"/><defs>`), 4, "it has a <image>")
	refuses(t, figures("<rect", `<rect onclick="x()"`), 5, "it has a script: onclick")
	refuses(t, figures("url(#arrow)", "url(https://example.org/a.svg#arrow)"), 6, "from elsewhere")
	refuses(t, figures("<defs>", "<style>@import 'a.css';</style><defs>"), 4, "from elsewhere")
	refuses(t, figures(` xmlns="http://www.w3.org/2000/svg"`, ""), 1, "it is no SVG")

	all, err := pictured(t, drawn, "# A\n\n![a picture](figures/a.svg)\n").Figures()
	require.NoError(t, err)
	refuses(t, all, 3, `the figure's text "a picture" has less than 20 letters`)
	tree := pictured(t, drawn, "# A\n")
	tree.only = ""
	all, err = tree.Figures()
	require.NoError(t, err)
	refuses(t, all, 1, "handouts/figures/a.svg:1: no text shows it")
}

func TestLooksArePlanted(t *testing.T) {
	browser := browserFor(t)
	looks := func(before, after string) []Complaint {
		t.Helper()
		require.Contains(t, drawn, before)
		all, err := pictured(t, strings.Replace(drawn, before, after, 1), shows).Looks(t.Context(), browser, t.TempDir())
		require.NoError(t, err)
		return all
	}
	const more = "</text>\n</svg>"
	assert.Empty(t, looks("", ""))
	assert.Empty(t, looks(more, `</text><text x="200" y="57">below it</text></svg>`))
	refuses(t, looks(more, `</text><text x="230" y="44">on it</text></svg>`), 1, `"a message" and "on it" lie on each other`)
	refuses(t, looks(more, `</text><text x="396" y="100">a long message</text></svg>`), 1, `"a long message" leaves the picture`)
	refuses(t, looks(more, `</text><text x="180" y="102">through</text></svg>`), 1, `a line, <line>, goes through "through"`)
	assert.Empty(t, looks(more, `</text><rect x="170" y="86" width="80" height="22" fill="#fff"/><text x="180" y="102">over it</text></svg>`))
	assert.Empty(t, looks(more, `</text><text x="180" y="102" stroke="#fff" stroke-width="4" paint-order="stroke">over it</text></svg>`))
}
