package handouts

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed looks.js
var looksScript string

// browsers are the names under which a browser is looked for.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

// Browser finds a browser, or returns "".
func Browser() string {
	for _, name := range browsers {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	return ""
}

var foundIn = regexp.MustCompile(`FOUND:([A-Za-z0-9+/=]*):END`)

// Looks has a browser draw the figures, and checks that no text lies on another
// one or leaves the picture, and that no line goes through it.
func (t *Tree) Looks(ctx context.Context, browser, scratch string) (all []Complaint, err error) {
	figures, _, err := t.figures()
	if err != nil || len(figures) == 0 {
		return nil, err
	}
	var page strings.Builder
	page.WriteString(`<!doctype html><meta charset="utf-8"><body style="margin:40px">`)
	for _, f := range figures {
		source := f.source
		if at := bytes.Index(source, []byte("<svg")); at > 0 {
			source = source[at:] // <?xml ...?> is for files alone
		}
		fmt.Fprintf(&page, "<div>%s</div>\n", source)
	}
	fmt.Fprintf(&page, "<script>%s</script>", looksScript)
	file := filepath.Join(scratch, "figures.html")
	if err := os.WriteFile(file, []byte(page.String()), 0o644); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-size=900,900",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir="+filepath.Join(scratch, "profile"), "--dump-dom", "file://"+file)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	m := foundIn.FindSubmatch(out)
	if m == nil {
		return nil, fmt.Errorf("%s has not drawn the figures: %w\n%s", browser, err, &complaints)
	}
	text, err := base64.StdEncoding.DecodeString(string(m[1]))
	if err != nil {
		return nil, err
	}
	var found [][]string
	if err := json.Unmarshal(text, &found); err != nil {
		return nil, err
	}
	for i, problems := range found {
		for _, p := range problems {
			all = append(all, figures[i].complain(1, "move it; between a line and a text a filled box helps, or paint-order=\"stroke\" with a white stroke", "%s", p))
		}
	}
	return all, nil
}
