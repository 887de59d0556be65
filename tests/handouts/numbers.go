package handouts

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"raftlabs/tests/grade"
)

// Numbers checks what tables say of cases and stages: in a column "points",
// "seeds", "kind" or "cases", the row of a case or of a stage.
func (t *Tree) Numbers(stages []grade.Stage) (all []Complaint) {
	for _, text := range t.Texts {
		for _, table := range text.Tables {
			for _, row := range table.Rows {
				about := factsOf(row, stages)
				for i, cell := range row.Cells {
					column := strings.ToLower(at(table.Head, i))
					if want, bound := about[column]; bound && cell != want && cell != "`"+want+"`" {
						all = append(all, text.complain(row.Line, "write "+want, "the table's %q is %q, and the code's %q: %s",
							column, cell, want, strings.Join(row.Cells, " | ")))
					}
				}
			}
		}
	}
	return all
}

// factsOf is what is known of the case or of the stage that a row is about, by
// column: nothing where it is about none, or where two cases have the name.
func factsOf(row Row, stages []grade.Stage) map[string]string {
	var found []map[string]string
	subject := strings.Trim(at(row.Cells, 0), "`* ")
	for _, s := range stages {
		title := strings.TrimPrefix(s.Test, "Test")
		points := 0.0
		for _, c := range s.Cases {
			points += c.Points
			if subject == c.Name || subject == title+"/"+c.Name || subject == s.Test+"/"+c.Name {
				found = append(found, map[string]string{
					"points": fmt.Sprint(c.Points), "seeds": fmt.Sprint(c.Kind.Seeds()), "kind": c.Kind.String(),
				})
			}
		}
		if slices.ContainsFunc(row.Cells, func(cell string) bool { return namesStage(cell, s) }) {
			found = append(found, map[string]string{"points": fmt.Sprint(points), "cases": fmt.Sprint(len(s.Cases))})
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

var linked = regexp.MustCompile(`^\[[^]]*\]\(([^)]*)\)$`)

// namesStage tells whether a cell names a stage: by its name, test or handout.
func namesStage(cell string, s grade.Stage) bool {
	if m := linked.FindStringSubmatch(cell); m != nil {
		cell = m[1]
	}
	cell = strings.Trim(cell, "`* ")
	return cell == s.Name || cell == s.Test || path.Base(cell) == path.Base(s.Handout)
}

// namedHandout is a handout in a string of the code.
var namedHandout = regexp.MustCompile(`"[^"\n]*\b(handouts/[\w./-]+\.md)\b[^"\n]*"`)

// NamedInCode checks that the handouts which the code sends somebody to are there.
func (t *Tree) NamedInCode() (all []Complaint, err error) {
	files, err := t.given()
	if err != nil {
		return nil, err
	}
	for name := range files {
		if !strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, ".sh") && !strings.HasSuffix(name, ".html") {
			continue
		}
		text, err := t.text(name)
		if err != nil {
			return nil, err
		}
		for _, m := range namedHandout.FindAllSubmatchIndex(text.source, -1) {
			if handout := string(text.source[m[2]:m[3]]); !files[handout] {
				all = append(all, text.complain(text.lineOf(m[2]), "mend the name", "%s", fmt.Sprintf("there is no %s%s", handout, orNearest(handout, files))))
			}
		}
	}
	return all, nil
}
