package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
)

//go:embed assets
var assets embed.FS

// scripts are the page's scripts in the order in which they are read. They
// share one scope, and only the last one does something when it is read.
var scripts = []string{
	"data.js", "words.js", "scale.js", "filter.js", "theme.js", "layout.js", "labels.js", "marks.js", "arrows.js", "clients.js",
	"draw.js", "overview.js", "panel.js", "table.js", "search.js", "pointer.js", "keys.js", "main.js",
}

// styles are the page's style sheets.
var styles = []string{"colors.css", "page.css"}

// shell is a page's frame with the assets in it.
type shell struct {
	page   *template.Template
	Style  template.CSS
	Script template.JS
	Policy string
}

var runShell = sync.OnceValues(func() (*shell, error) { return newShell("page.html", styles, scripts) })

// newShell reads a template and the assets that go into it. A page forbids
// itself, by its policy, everything but these very scripts and styles: what
// data could smuggle in would not run, and nothing is fetched.
func newShell(name string, styles, scripts []string) (*shell, error) {
	css, err := join(styles)
	if err != nil {
		return nil, err
	}
	js, err := join(scripts)
	if err != nil {
		return nil, err
	}
	if js != "" {
		js = "\"use strict\";\n(() => {\n" + js + "})();\n"
	}
	page, err := template.ParseFS(assets, "assets/"+name)
	if err != nil {
		return nil, fmt.Errorf("the page's template: %w", err)
	}
	script := "'none'"
	if js != "" {
		script = digest(js)
	}
	return &shell{
		page: page, Style: template.CSS(css), Script: template.JS(js),
		Policy: "default-src 'none'; base-uri 'none'; form-action 'none'; script-src " + script + "; style-src " + digest(css),
	}, nil
}

func join(names []string) (string, error) {
	var b strings.Builder
	for _, name := range names {
		text, err := assets.ReadFile("assets/" + name)
		if err != nil {
			return "", fmt.Errorf("the page's assets: %w", err)
		}
		b.Write(text)
	}
	return b.String(), nil
}

// digest names a script or style in a policy.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Write writes the page of one run.
func Write(w io.Writer, meta Meta, events []Event) error {
	s, err := runShell()
	if err != nil {
		return err
	}
	text, encoding, err := newDocument(meta, events).encode()
	if err != nil {
		return err
	}
	meta.Index = relative(meta.Index)
	if meta.Failure != nil {
		linked := *meta.Failure
		linked.History = relative(linked.History)
		meta.Failure = &linked
	}
	return s.write(w, struct {
		*shell
		Meta
		Encoding string
		Data     template.JS
	}{s, meta, encoding, template.JS(text)})
}

func (s *shell) write(w io.Writer, data any) error {
	if err := s.page.Execute(w, data); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}
