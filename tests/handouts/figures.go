package handouts

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// figure is an SVG file that a text shows.
type figure struct {
	*Text         // its own lines
	by    []*Text // those that show it
}

const figuresFolder = "handouts/figures/"

// figures are those that the texts show, and, where all texts are looked at, those
// that none shows.
func (t *Tree) figures() (all []figure, wrong []Complaint, err error) {
	files, err := t.listed()
	if err != nil {
		return nil, nil, err
	}
	by := map[string][]*Text{}
	for _, text := range t.Texts {
		for _, l := range text.Links {
			if !l.Image {
				continue
			}
			if len([]rune(l.Text)) < shortestAlt {
				wrong = append(wrong, text.complain(l.Line, "write what is seen, for who cannot see it", "the figure's text %q has less than %d letters", l.Text, shortestAlt))
			}
			if name := path.Join(path.Dir(text.Path), l.Target); files[name] && strings.HasSuffix(name, ".svg") {
				by[name] = append(by[name], text)
			}
		}
	}
	for name := range files {
		if !strings.HasPrefix(name, figuresFolder) || path.Ext(name) == "" {
			continue
		}
		if by[name] == nil && t.only != "" {
			continue
		}
		text, err := t.text(name)
		if err != nil {
			return nil, nil, err
		}
		if by[name] == nil {
			wrong = append(wrong, text.complain(1, "show it, or take it out", "no text shows it"))
			continue
		}
		all = append(all, figure{text, by[name]})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Path < all[j].Path })
	return all, wrong, nil
}

// shortestAlt is how many letters it takes to say what a figure shows.
const shortestAlt = 20

// widest is the widest figure that a page of a code host shows as it is.
const widest = 760

// Figures checks what the files of the figures hold. How they look is for a
// browser: see [Tree.Looks].
func (t *Tree) Figures() (all []Complaint, err error) {
	figures, all, err := t.figures()
	if err != nil {
		return nil, err
	}
	for _, f := range figures {
		all = append(all, f.check()...)
	}
	return all, nil
}

var (
	box      = regexp.MustCompile(`^\s*0[ ,]+0[ ,]+(\d+(?:\.\d+)?)[ ,]+(\d+(?:\.\d+)?)\s*$`)
	away     = regexp.MustCompile(`url\(\s*['"]?[^#'"\s]|@import`)
	loading  = map[string]bool{"script": true, "image": true, "foreignObject": true, "iframe": true, "use": true, "a": true}
	selfMade = regexp.MustCompile(`^#`)
)

// check reads the file as XML.
func (f figure) check() (all []Complaint) {
	decoder := xml.NewDecoder(bytes.NewReader(f.source))
	wrong := func(do, format string, args ...any) {
		line, _ := decoder.InputPos()
		all = append(all, f.complain(line, do, format, args...))
	}
	said := map[string]string{}
	var path []string
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			wrong("", "it is not well-formed: %v", err)
			return all
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			if len(path) == 1 {
				f.root(token, wrong)
			}
			f.element(token, wrong)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if len(path) > 0 {
				said[strings.Join(path, " ")] += strings.TrimSpace(string(token))
			}
			if away.Match(token) {
				wrong("draw it here", "it loads something from elsewhere: %s", bytes.TrimSpace(token))
			}
		}
	}
	for _, name := range []string{"title", "desc"} {
		if said["svg "+name] == "" {
			all = append(all, f.complain(1, "say what it shows, for who cannot see it", "it has no <%s>", name))
		}
	}
	return all
}

// root checks the outermost element.
func (f figure) root(e xml.StartElement, wrong func(do, format string, args ...any)) {
	if e.Name.Local != "svg" || e.Name.Space != "http://www.w3.org/2000/svg" {
		wrong(`begin with <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 W H">`, "it is no SVG: <%s>", e.Name.Local)
	}
	size := box.FindStringSubmatch(attribute(e, "viewBox"))
	if size == nil {
		wrong(`write viewBox="0 0 W H"`, "viewBox is %q", attribute(e, "viewBox"))
	}
	for _, width := range []string{strings.TrimSuffix(attribute(e, "width"), "px"), at(size, 1)} {
		if w, err := strconv.ParseFloat(width, 64); err == nil && w > widest {
			wrong("draw it narrower", "it is %v wide, more than %d", w, widest)
		}
	}
}

// element checks that an element shows nothing but itself.
func (f figure) element(e xml.StartElement, wrong func(do, format string, args ...any)) {
	name := e.Name.Local
	if loading[name] && !(name == "use" && selfMade.MatchString(attribute(e, "href"))) {
		wrong("draw it here", "it has a <%s>", name)
	}
	for _, a := range e.Attr {
		switch {
		case strings.HasPrefix(a.Name.Local, "on"):
			wrong("take it out", "it has a script: %s", a.Name.Local)
		case a.Name.Local == "href" && !selfMade.MatchString(a.Value), away.MatchString(a.Value):
			wrong("draw it here", "it loads something from elsewhere: %s", a.Value)
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}
