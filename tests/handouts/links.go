package handouts

import (
	"fmt"
	"net/url"
	"path"
	"strings"
)

// Links checks that what the texts link to is there, for whom the text is for,
// with its anchor; and that each address of the network is listed in sites.
func (t *Tree) Links(sites *List) (all []Complaint, err error) {
	for _, text := range t.Texts {
		for _, l := range text.Links {
			if strings.Contains(l.Target, ":") {
				all = append(all, external(text, l, sites)...)
				continue
			}
			what, err := t.missing(text, l)
			if err != nil {
				return nil, err
			}
			if what != "" {
				all = append(all, text.complain(l.Line, "mend the link, or write what it leads to", "the link to %q: %s", l.Target, what))
			}
		}
	}
	if t.only == "" {
		all = append(all, sites.unused()...)
	}
	return all, nil
}

func external(text *Text, l Link, sites *List) []Complaint {
	u, err := url.Parse(l.Target)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsAny(l.Target, " \"<>") {
		return []Complaint{text.complain(l.Line, "write https://HOST/PATH", "%q is no address with https", l.Target)}
	}
	if !sites.has(l.Target) {
		return []Complaint{text.complain(l.Line, "add a line to it: the address and what is there", "%q is not in %s", l.Target, sites.Path)}
	}
	return nil
}

// missing says what a link within the tree lacks, or "".
func (t *Tree) missing(text *Text, l Link) (string, error) {
	file, anchor, _ := strings.Cut(l.Target, "#")
	name := text.Path
	if file != "" {
		name = path.Join(path.Dir(text.Path), file)
	}
	files, err := t.files(text.Path)
	if err != nil {
		return "", err
	}
	if !files[name] {
		all, err := t.listed()
		if err != nil {
			return "", err
		}
		if all[name] {
			return "a student's repository has no " + name, nil
		}
		return "there is no " + name + orNearest(name, files), nil
	}
	if anchor == "" {
		return "", nil
	}
	if !isMarkdown(name) {
		return name + " has no headings", nil
	}
	other, err := t.text(name)
	if err != nil {
		return "", err
	}
	slugs := map[string]bool{}
	for _, h := range other.Headings {
		if h.Slug == anchor {
			return "", nil
		}
		slugs[h.Slug] = true
	}
	return fmt.Sprintf("%s has no heading #%s%s", name, anchor, orNearest(anchor, slugs)), nil
}
