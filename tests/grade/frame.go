package grade

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"path"
	"strings"
)

//go:embed assets
var assets embed.FS

// frame is a page with its style in it. By its policy a page runs no script and
// fetches nothing, so that nothing which got into it could do either.
type frame struct {
	page *template.Template

	Style  template.CSS
	Policy string
}

// newFrame reads a page's template and its style sheets.
func newFrame(name string, styles ...string) (*frame, error) {
	var css strings.Builder
	for _, style := range styles {
		text, err := assets.ReadFile("assets/" + style)
		if err != nil {
			return nil, fmt.Errorf("the page's style: %w", err)
		}
		css.Write(text)
	}
	page, err := template.ParseFS(assets, "assets/"+name, "assets/head.html")
	if err != nil {
		return nil, fmt.Errorf("the page's template: %w", err)
	}
	sum := sha256.Sum256([]byte(css.String()))
	return &frame{
		page: page, Style: template.CSS(css.String()),
		Policy: "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-" +
			base64.StdEncoding.EncodeToString(sum[:]) + "'",
	}, nil
}

func (f *frame) write(w io.Writer, data any) error {
	if err := f.page.Execute(w, data); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// beside is the address if it leads to a file beside or below the page, or "".
func beside(address string) string {
	u, err := url.Parse(address)
	if err != nil || address == "" || u.IsAbs() || u.Host != "" || u.Path == "" ||
		path.IsAbs(u.Path) || strings.Contains(address, "\\") || strings.HasPrefix(path.Clean(u.Path), "..") {
		return ""
	}
	return address
}
