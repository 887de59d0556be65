package grade

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"sync"
)

// The class as the template sees it. Every text in it is printable; the
// template escapes it.
type (
	htmlClass struct {
		*frame
		Title       string
		Facts       []string
		Histogram   []htmlBin
		Stages      []string
		Submissions []htmlSubmission
		Cases       []htmlClassCase
	}

	// htmlBin is a column of the histogram, in the picture's units.
	htmlBin struct {
		Label                       string // the points that begin it
		Count                       int
		X, Y, Height, Middle, Above float64
	}

	htmlSubmission struct {
		Name, Page, Note string
		Score            htmlScore
		Stages           []string
	}
	htmlClassCase struct {
		Name       string
		Failed, Of int
		Score      htmlScore // how many passed
	}
)

var classFrame = sync.OnceValues(func() (*frame, error) {
	return newFrame("class.html", "colors.css", "report.css", "class.css")
})

// writeClassPage prints the class as a page whose links lead to the reports in
// the submissions' folders beside it.
func writeClassPage(w io.Writer, reports []*Report, stages []Stage) error {
	f, err := classFrame()
	if err != nil {
		return err
	}
	page := newHTMLClass(reports, stages)
	page.frame = f
	return f.write(w, page)
}

func newHTMLClass(reports []*Report, stages []Stage) htmlClass {
	page := htmlClass{Title: fmt.Sprintf("%d submissions", len(reports)), Histogram: histogram(reports)}
	for _, s := range stages {
		page.Stages = append(page.Stages, s.Name)
	}
	var sum float64
	full, refused := 0, 0
	for _, r := range reports {
		row := htmlSubmission{
			Name: printable(r.Target), Page: url.PathEscape(r.Target) + "/report.html", Note: printable(cut(r.note(), 200)),
			Score: newScore(r.Points, r.Max),
		}
		for _, s := range r.Stages {
			row.Stages = append(row.Stages, points(s.Points))
		}
		page.Submissions = append(page.Submissions, row)
		sum += r.Points
		if r.full() {
			full++
		}
		if r.note() != "" {
			refused++
		}
	}
	if len(reports) > 0 {
		page.Facts = []string{
			fmt.Sprintf("%s of %s points on average", points(hundredths(sum/float64(len(reports)))), points(reports[0].Max)),
			fmt.Sprintf("%d with full marks", full),
			fmt.Sprintf("%d refused or not compiled", refused),
		}
	}
	page.Cases = classCases(reports)
	return page
}

// bins is how many columns the histogram has.
const bins = 10

// histogram counts the submissions by tenths of the points. The last column has
// full marks, too.
func histogram(reports []*Report) []htmlBin {
	const left, apart, ground, highest = 14.0, 62.0, 160.0, 130.0
	columns := make([]htmlBin, bins)
	most := 1
	for _, r := range reports {
		k := 0
		if r.Max > 0 {
			k = min(bins-1, int(bins*r.Points/r.Max))
		}
		columns[k].Count++
		most = max(most, columns[k].Count)
	}
	for k := range columns {
		c := &columns[k]
		c.Height = hundredths(highest * float64(c.Count) / float64(most))
		c.X, c.Y = left+apart*float64(k), hundredths(ground-c.Height)
		c.Middle, c.Above = c.X+27, hundredths(c.Y-5)
		if len(reports) > 0 {
			c.Label = "from " + points(hundredths(reports[0].Max*float64(k)/bins))
		}
	}
	return columns
}

// classCases is how often each case failed, those that failed most first. Who was refused
// as a whole does not count.
func classCases(reports []*Report) []htmlClassCase {
	var cases []htmlClassCase
	at := map[string]int{}
	for _, r := range reports {
		if r.note() != "" {
			continue
		}
		for _, s := range r.Stages {
			for _, c := range s.Cases {
				name := s.Name + "/" + c.Name
				k, ok := at[name]
				if !ok {
					k = len(cases)
					at[name], cases = k, append(cases, htmlClassCase{Name: name})
				}
				cases[k].Of++
				if c.Failure != nil {
					cases[k].Failed++
				}
			}
		}
	}
	for k := range cases {
		c := &cases[k]
		c.Score = newScore(float64(c.Of-c.Failed), float64(c.Of))
	}
	slices.SortStableFunc(cases, func(a, b htmlClassCase) int { return b.Failed*a.Of - a.Failed*b.Of })
	return cases
}
