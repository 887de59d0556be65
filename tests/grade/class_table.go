package grade

import (
	"fmt"
	"io"
	"strings"
)

// note says in a few words what kept a submission from being graded as a
// whole, or "".
func (r *Report) note() string {
	for _, f := range r.Gate {
		if f.Refused {
			return "refused: " + f.Text
		}
	}
	var broken []string
	for _, b := range r.Builds {
		if b.Errors != "" {
			broken = append(broken, b.Package)
		}
	}
	if len(broken) > 0 {
		return strings.Join(broken, " and ") + " does not compile"
	}
	return ""
}

// classWidth is how wide the class's table is at most, in columns.
const classWidth = 100

// writeClassTable prints a line a submission, with the points of each stage.
func writeClassTable(w io.Writer, reports []*Report, stages []Stage) error {
	var b strings.Builder
	name := len("submission")
	for _, r := range reports {
		name = max(name, min(30, len([]rune(r.Target))))
	}
	fmt.Fprintf(&b, "%-*s  %6s", name, "submission", "points")
	for _, s := range stages {
		fmt.Fprintf(&b, "  %5s", shortened(s.Name, 5))
	}
	b.WriteByte('\n')
	var sum, full float64
	for _, r := range reports {
		line := fmt.Sprintf("%-*s  %6s", name, shortened(r.Target, name), points(r.Points))
		for _, s := range r.Stages {
			line += fmt.Sprintf("  %5s", points(s.Points))
		}
		if note := r.note(); note != "" {
			line += "  " + note
		}
		b.WriteString(shortened(line, classWidth) + "\n")
		sum += r.Points
		if r.full() {
			full++
		}
	}
	if len(reports) > 0 {
		fmt.Fprintf(&b, "%d submissions, %g with full marks, %s of %s points on average\n",
			len(reports), full, points(hundredths(sum/float64(len(reports)))), points(reports[0].Max))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// shortened is a text of so many columns at most.
func shortened(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

// writeClassCSV prints a row a submission: its points in all and for each
// stage, then those of each case.
func writeClassCSV(w io.Writer, reports []*Report, stages []Stage) error {
	head := []string{"submission", "points", "max", "note"}
	for _, s := range stages {
		head = append(head, s.Name)
	}
	for _, s := range stages {
		for _, c := range s.Cases {
			head = append(head, s.Name+"/"+c.Name)
		}
	}
	rows := [][]string{head}
	for _, r := range reports {
		row := []string{r.Target, points(r.Points), points(r.Max), r.note()}
		for _, s := range r.Stages {
			row = append(row, points(s.Points))
		}
		for _, s := range r.Stages {
			for _, c := range s.Cases {
				row = append(row, points(c.Points))
			}
		}
		rows = append(rows, row)
	}
	return writeRows(w, rows)
}
