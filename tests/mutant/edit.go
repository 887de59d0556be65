package mutant

import (
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"golang.org/x/tools/txtar"
)

// Kind says what an edit makes of the reference.
type Kind string

const (
	Variant Kind = "variant" // another correct design
	Mutant  Kind = "mutant"  // a bug
)

// Edit is one entry of the catalogue.
type Edit struct {
	Name    string   `json:"name"` // of its file, "votes-of-older-candidacy"
	Kind    Kind     `json:"kind"`
	Doc     string   `json:"doc"`              // one sentence: what it is
	Stage   string   `json:"stage,omitempty"`  // mutants: the stage that owns it
	Breaks  string   `json:"breaks,omitempty"` // mutants: the rule, with its section
	Harm    string   `json:"harm,omitempty"`   // mutants: "safety", "liveness" or "performance"
	Race    bool     `json:"race,omitempty"`   // mutants: only the race detector can see it
	Lacks   []string `json:"lacks,omitempty"`  // variants: the stages that ask for what it does without
	Changes []Change `json:"-"`
	Digest  string   `json:"-"` // of the file
}

// Change replaces a text in a file, or adds a file.
type Change struct {
	File  string // from the folder solutions/, "raft/log.go"
	Whole bool   // New is the whole file, which is not there yet
	Old   string
	New   string
}

// The kinds of section: their names end so.
const (
	sectionOld   = "old"
	sectionNew   = "new"
	sectionWhole = "whole"
)

// parse reads an edit's file.
func parse(name string, kind Kind, text []byte) (Edit, error) {
	e := Edit{Name: name, Kind: kind, Digest: digest(text)}
	archive := txtar.Parse(text)
	if err := e.parseHead(string(archive.Comment)); err != nil {
		return e, err
	}
	for i := 0; i < len(archive.Files); i++ {
		file, section, _ := strings.Cut(archive.Files[i].Name, ": ")
		data := string(archive.Files[i].Data)
		switch section {
		case sectionWhole:
			e.Changes = append(e.Changes, Change{File: file, Whole: true, New: data})
		case sectionOld:
			i++
			if i == len(archive.Files) || archive.Files[i].Name != file+": "+sectionNew {
				return e, fmt.Errorf("a section %q does not follow its %q", file+": "+sectionNew, file+": "+sectionOld)
			}
			e.Changes = append(e.Changes, Change{File: file, Old: data, New: string(archive.Files[i].Data)})
		default:
			return e, fmt.Errorf("there is no section %q: they are FILE: old, FILE: new and FILE: whole", archive.Files[i].Name)
		}
	}
	return e, e.check()
}

// parseHead reads what stands above the sections: a sentence, an empty line,
// fields.
func (e *Edit) parseHead(head string) error {
	doc, fields, _ := strings.Cut(strings.TrimSpace(head), "\n\n")
	e.Doc = strings.Join(strings.Fields(doc), " ")
	for line := range strings.Lines(fields) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "stage":
			e.Stage = value
		case "breaks":
			e.Breaks = value
		case "harm":
			e.Harm = value
		case "race":
			e.Race = value == "yes"
		case "lacks":
			e.Lacks = strings.Fields(value)
		default:
			return fmt.Errorf("there is no field %q: they are stage, breaks, harm, race and lacks", key)
		}
	}
	return nil
}

// source is where a rule stands: in the paper or in package raftapi.
var source = regexp.MustCompile(`§|Figure|contract`)

// check reports what an edit lacks.
func (e *Edit) check() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !strings.HasSuffix(e.Doc, ".") {
		wrong("it is to begin with a sentence that says what it is")
	}
	if e.Kind == Mutant {
		if e.Stage == "" || !source.MatchString(e.Breaks) {
			wrong("a mutant names the stage that owns it, and the rule that it breaks with its section")
		}
		if e.Harm != "safety" && e.Harm != "liveness" && e.Harm != "performance" {
			wrong("harm is %q, it is to be safety, liveness or performance", e.Harm)
		}
		if len(e.Changes) == 0 {
			wrong("it changes nothing")
		}
		if len(e.Lacks) > 0 {
			wrong("lacks is a field of variants")
		}
	} else if e.Stage != "" || e.Breaks != "" || e.Harm != "" || e.Race {
		wrong("stage, breaks, harm and race are fields of mutants")
	}
	for _, c := range e.Changes {
		if !fs.ValidPath(c.File) || path.Ext(c.File) != ".go" {
			wrong("%q is no Go file of solutions/", c.File)
		}
		if !c.Whole && c.Old == "" {
			wrong("%s: there is no text to replace", c.File)
		}
		if c.Old == c.New {
			wrong("%s: a change changes nothing", c.File)
		}
	}
	return errors.Join(errs...)
}

// Apply returns the files that the edit changes or adds, as gofmt writes them.
// solutions is the folder of that name.
func (e *Edit) Apply(solutions fs.FS) (map[string]string, error) {
	files := map[string]string{}
	for _, c := range e.Changes {
		text, ok := files[c.File]
		if !ok {
			data, err := fs.ReadFile(solutions, c.File)
			switch {
			case c.Whole && errors.Is(err, fs.ErrNotExist):
			case c.Whole && err == nil:
				return nil, fmt.Errorf("edit %s adds %s, which is there", e.Name, c.File)
			case err != nil:
				return nil, fmt.Errorf("edit %s: %w", e.Name, err)
			}
			text = string(data)
		}
		if n := strings.Count(text, c.Old); !c.Whole && n != 1 {
			return nil, fmt.Errorf("edit %s no longer applies: %s has this text %d times, not once:\n%s", e.Name, c.File, n, c.Old)
		}
		files[c.File] = strings.Replace(text, c.Old, c.New, 1)
	}
	for file, text := range files {
		formatted, err := format.Source([]byte(text))
		if err != nil {
			return nil, fmt.Errorf("edit %s makes of %s what is no Go: %w", e.Name, file, err)
		}
		files[file] = string(formatted)
	}
	return files, nil
}
