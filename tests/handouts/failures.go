package handouts

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

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
	own := os.DirFS(filepath.Join(t.Root, "tests", "handouts"))
	files, err := fs.Glob(own, "edits/*.txtar")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := fs.ReadFile(own, file)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(path.Base(file), ".txtar")
		if _, taken := all[name]; taken {
			return nil, fmt.Errorf("tests/handouts/%s: the catalogue has an edit of this name: quote that, or find another name", file)
		}
		if all[name], err = mutant.Read(name, mutant.Mutant, text); err != nil {
			return nil, fmt.Errorf("tests/handouts/%s: %w", file, err)
		}
	}
	return all, nil
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

// runs makes the runs.
type runs struct {
	tree    *Tree
	edits   map[string]mutant.Edit
	scratch string
	update  bool

	mu         sync.Mutex // guards what follows
	complaints []Complaint
	rewritten  []rewrite
	failed     error
}

// each builds every edit once and makes its runs, two edits at a time.
func (r *runs) each(ctx context.Context, names []string, byEdit map[string][]quote) {
	next := make(chan string)
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for name := range next {
				if err := r.edit(ctx, name, byEdit[name]); err != nil {
					r.mu.Lock()
					r.failed = errors.Join(r.failed, err)
					r.mu.Unlock()
				}
			}
		})
	}
	for _, name := range names {
		next <- name
	}
	close(next)
	workers.Wait()
}

func (r *runs) complain(q quote, do, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.complaints = append(r.complaints, q.text.complain(q.fence.Line, do, format, args...))
}

// edit makes the runs of an edit.
func (r *runs) edit(ctx context.Context, name string, quotes []quote) error {
	e, ok := r.edits[name]
	if !ok {
		names := map[string]bool{}
		for n := range r.edits {
			names[n] = true
		}
		for _, q := range quotes {
			r.complain(q, "go run ./tests/cmd/mutate --list prints the edits", "there is no edit %q%s", name, orNearest(name, names))
		}
		return nil
	}
	binaries := map[string]string{}
	for _, q := range quotes {
		folder := q.stage.Reference
		if binaries[folder] == "" {
			into, err := os.MkdirTemp(r.scratch, name+"-")
			if err != nil {
				return err
			}
			if binaries[folder], err = e.Build(ctx, r.tree.Root, folder, into); err != nil {
				r.complain(q, "mend the edit", "%v", err)
				return nil
			}
		}
		if err := r.quote(ctx, binaries[folder], q); err != nil {
			return err
		}
	}
	for _, binary := range binaries {
		if err := os.RemoveAll(filepath.Dir(binary)); err != nil {
			return err
		}
	}
	return nil
}

// quote makes a run, and compares or rewrites.
func (r *runs) quote(ctx context.Context, binary string, q quote) error {
	var seen [][]string
	for range tries {
		said, err := r.run(ctx, binary, q)
		if err != nil {
			return err
		}
		if said == nil {
			r.complain(q, "choose another case, seed or edit", "edit %s passes %s with seed %d: nothing fails", q.edit, q.name, q.seed)
			return nil
		}
		seen = append(seen, said)
		if r.update && len(seen) < 2 {
			continue // is it the same the next time?
		}
		if r.update || match(q.fence.Lines, said) == nil {
			break
		}
	}
	last := seen[len(seen)-1]
	same := !slices.ContainsFunc(seen, func(s []string) bool { return !slices.Equal(s, last) })
	if r.update {
		if !same {
			r.complain(q, "choose another case or seed, or leave out with ... what changes", "this run is not exactly repeatable")
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.rewritten = append(r.rewritten, rewrite{q.text, q.fence, renew(q.fence.Lines, last)})
		return nil
	}
	differs := match(q.fence.Lines, last)
	if differs == nil {
		return nil
	}
	what := "the run says something else than the text"
	if !same {
		what += ", and it is not exactly repeatable"
	}
	r.complain(q, "go test ./tests/handouts -run TestQuotedFailures -update writes it anew", "%s (edit=%s case=%s seed=%d)\n%s",
		what, q.edit, q.name, q.seed, differs.show(last))
	return nil
}
