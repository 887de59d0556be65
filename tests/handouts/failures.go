package handouts

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"raftlabs/tests/grade"
	"raftlabs/tests/mutant"
)

// quote is a failure that a text quotes: a run of a case over an edit of the
// reference, and the lines of it that are shown.
type quote struct {
	text  *Text
	fence Fence
	edit  string // of tests/mutant's catalogue or of edits/; "none" is the reference as it is
	stage grade.Stage
	name  string // the case
	seed  uint64
	extra []string // more flags
}

// tries is how often a run is made that does not come out as quoted.
const tries = 3

// Failures makes every run again that a text quotes, and compares. With update,
// it writes the quoted lines anew.
func (t *Tree) Failures(ctx context.Context, stages []grade.Stage, scratch string, update bool) ([]Complaint, error) {
	edits, err := t.edits()
	if err != nil {
		return nil, err
	}
	var all []Complaint
	byEdit := map[string][]quote{}
	var names []string
	for _, text := range t.Texts {
		for _, f := range text.Fences {
			q, wrong := quoted(text, f, stages)
			if wrong != nil {
				all = append(all, *wrong)
			} else if q != nil {
				if byEdit[q.edit] == nil {
					names = append(names, q.edit)
				}
				byEdit[q.edit] = append(byEdit[q.edit], *q)
			}
		}
	}
	all = append(all, t.unquoted(edits, byEdit)...)
	r := &runs{tree: t, edits: edits, scratch: scratch, update: update}
	r.each(ctx, names, byEdit)
	all = append(all, r.complaints...)
	slices.SortFunc(all, inOrder)
	if r.failed != nil || !update {
		return all, r.failed
	}
	return all, t.write(r.rewritten)
}

// edits are the catalogue's, and those of tests/handouts/edits.
func (t *Tree) edits() (map[string]mutant.Edit, error) {
	catalogue, err := mutant.Catalogue()
	if err != nil {
		return nil, err
	}
	all := map[string]mutant.Edit{"none": {Name: "none"}}
	for _, e := range catalogue {
		all[e.Name] = e
	}
	files, err := fs.Glob(os.DirFS(t.Root), ownEdits+"*.txtar")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(t.Root, filepath.FromSlash(file)))
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(path.Base(file), ".txtar")
		if _, taken := all[name]; taken {
			return nil, fmt.Errorf("%s: the catalogue has an edit of this name: quote that, or find another name", file)
		}
		if all[name], err = mutant.Read(name, mutant.Mutant, text); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return all, nil
}

// ownEdits is the folder of the edits that are for quotes alone.
const ownEdits = "tests/handouts/edits/"

// unquoted are the edits of that folder that no text quotes.
func (t *Tree) unquoted(edits map[string]mutant.Edit, quotes map[string][]quote) (all []Complaint) {
	for name := range edits {
		file := ownEdits + name + ".txtar"
		if _, err := os.Stat(filepath.Join(t.Root, filepath.FromSlash(file))); err == nil && t.only == "" && quotes[name] == nil {
			all = append(all, Complaint{File: file, Line: 1, What: "no text quotes a run of it", Do: "take it out"})
		}
	}
	return all
}

var (
	isFailure = regexp.MustCompile(`^\s*[A-Z]\w+/[A-Z]\w+ seed \d+ at `)
	runOf     = regexp.MustCompile(`^edit=(\S+) case=([A-Z]\w*)/([A-Z]\w*) seed=(\d+)(?: with=(.+))?$`)
)

// quoted reads what a block says that it quotes: nil where it quotes nothing.
func quoted(text *Text, f Fence, stages []grade.Stage) (*quote, *Complaint) {
	const how = "in the line before the block write <!-- run: edit=NAME case=Stage/Case seed=N -->"
	wrong := func(do, format string, args ...any) (*quote, *Complaint) {
		c := text.complain(f.Line, do, format, args...)
		return nil, &c
	}
	run, ok := f.Comments["run"]
	if !ok {
		if f.Language == "text" && isFailure.MatchString(f.Lines[0]) {
			return wrong(how, "a failure is quoted that no run stands for: %s", f.Lines[0])
		}
		return nil, nil
	}
	m := runOf.FindStringSubmatch(run)
	if m == nil || f.Language != "text" {
		return wrong(how+"\nand begin the block with ```text", "%q and ```%s are not how a run is quoted", run, f.Language)
	}
	q := &quote{text: text, fence: f, edit: m[1], name: m[3], extra: strings.Fields(m[5])}
	cases := map[string]bool{}
	kind := -1
	for _, s := range stages {
		for _, c := range s.Cases {
			full := strings.TrimPrefix(s.Test, "Test") + "/" + c.Name
			cases[full] = true
			if full == m[2]+"/"+m[3] {
				q.stage, kind = s, c.Kind.Seeds()
			}
		}
	}
	if kind < 0 {
		return wrong("mend the name", "there is no case %s/%s%s", m[2], m[3], orNearest(m[2]+"/"+m[3], cases))
	}
	seed, err := strconv.ParseUint(m[4], 10, 64)
	if q.seed = seed; err != nil || seed < 1 || seed > uint64(kind) {
		return wrong("choose one of these, a student sees no other", "seed %s: go test runs this case with seeds 1 to %d", m[4], kind)
	}
	return q, nil
}
