package grade

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
)

// Beside is what became of a lost case of the service when it ran over the
// reference's Raft instead of its author's: where it passes, the fault is
// likely in the author's Raft. It earns nothing.
type Beside struct {
	Seeds  int    `json:"seeds"` // the same ones
	Passed int    `json:"passed"`
	Text   string `json:"text"` // why it failed there, too, or ""
}

// referenceRaft is the reference's Raft as files of raft/. It is nil where the
// tree has no reference, as a student's has not.
func referenceRaft(tree string) (map[string][]byte, error) {
	const folder = "solutions/raft"
	if _, err := os.Stat(filepath.Join(tree, filepath.FromSlash(folder))); os.IsNotExist(err) {
		return nil, nil
	}
	names, err := sources(tree, folder)
	if err != nil {
		return nil, fmt.Errorf("reading the reference's Raft: %w", err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(tree, filepath.FromSlash(name)))
		if err != nil {
			return nil, fmt.Errorf("reading the reference's Raft: %w", err)
		}
		files["raft/"+path.Base(name)] = text
	}
	return files, nil
}

// beside runs the lost cases of what stands on another package of its author's
// once more, on the reference's.
func (o Options) beside(ctx context.Context, w workplace, stages []Stage, reports [][]CaseReport, scratch string, p *progress) error {
	for i, s := range stages {
		if s.Below == "" || o.Target == targetSolutions {
			continue
		}
		var lost []int
		for n := range s.Cases {
			if reports[i][n].Failure != nil {
				lost = append(lost, n)
			}
		}
		if len(lost) == 0 {
			continue
		}
		raft, err := referenceRaft(w.framework)
		if raft == nil || err != nil {
			return err
		}
		files := maps.Clone(raft)
		for name, text := range w.files {
			if path.Dir(name) == s.Student {
				files[name] = text
			}
		}
		folder := filepath.Join(scratch, "beside")
		over, err := lay(w.tree, files, folder)
		if err != nil {
			return err
		}
		b, err := build(ctx, w.tree, []string{s.Student}, folder, over)
		if err != nil {
			return err
		}
		if b.errors != "" {
			continue // what the author has to mend first is said already
		}
		cases := make([]Case, len(lost))
		for k, n := range lost {
			cases[k] = s.Cases[n]
		}
		again := s
		again.Cases = cases
		there := w
		there.log, there.pages = w.logBeside, ""
		found, err := o.runAll(ctx, there, []Stage{again}, map[string]built{s.Student: b}, scratch, p)
		if err != nil {
			return err
		}
		for k, n := range lost {
			reports[i][n].besideReference(found[0][k])
		}
	}
	return nil
}

// besideReference adds what became of the case on the reference's Raft, for
// programs and for people.
func (c *CaseReport) besideReference(there CaseReport) {
	c.Beside = &Beside{Seeds: there.Seeds, Passed: there.Passed}
	line := fmt.Sprintf("on the reference's Raft it passes with all %d seeds, so look in raft/ first", there.Seeds)
	if there.Failure != nil {
		c.Beside.Text = there.Failure.Text
		line = "on the reference's Raft it fails, too, so look in kvraft/ first: " + there.Failure.Text
	}
	c.Failure.Detail = append(c.Failure.Detail, line)
}
