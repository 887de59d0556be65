package handouts

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"raftlabs/tests/mutant"
)

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
	same := !slices.ContainsFunc(seen, func(s []string) bool {
		return !slices.Equal(renew(q.fence.Lines, s), renew(q.fence.Lines, last)) // what is not quoted may differ
	})
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
	q.fence.Line += differs.lineIn(q.fence.Lines)
	r.complain(q, "go test ./tests/handouts -run TestQuotedFailures -update writes it anew", "%s (edit=%s case=%s seed=%d)\n%s",
		what, q.edit, q.name, q.seed, differs.show(last))
	return nil
}
