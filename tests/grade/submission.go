package grade

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"raftlabs/tests/grade/gate"
	"raftlabs/tests/grade/take"
)

// gradeSubmission takes a submission, has the gate look at it, and grades it over the
// pristine copy. What is the student's fault stands in the report; an error is
// the grader's. Logs, where there are any, say what is known already.
func (o Options) gradeSubmission(ctx context.Context, from *pristine, s *submitted, stages []Stage, scratch string, p *progress) (*Report, error) {
	o.Target, o.submission = targetStudent, s.name
	if s.refused != nil {
		return o.refused(stages, []Finding{{Rule: "submission", Text: s.refused.Error(), Refused: true}}), nil
	}
	findings, refused := look(s.sub)
	if refused {
		return o.refused(stages, findings), nil
	}
	over, err := lay(from.tree, s.sub.Files, filepath.Join(scratch, "laid"))
	if err != nil {
		return nil, err
	}
	w := workplace{framework: o.Tree, tree: from.tree, files: s.sub.Files, over: over, log: s.log, logBeside: s.logBeside, pages: s.pages}
	report, err := o.grade(ctx, w, stages, scratch, p)
	if err != nil {
		return nil, err
	}
	report.Gate = findings
	if slices.ContainsFunc(report.Builds, func(b BuildReport) bool { return b.Errors != "" }) {
		return report, nil // the compiler has said enough
	}
	vetted, err := w.vet(ctx)
	report.Gate = append(report.Gate, vetted...)
	return report, err
}

// submitted is a submission on its way through the grader.
type submitted struct {
	name           string
	sub            *take.Submission
	refused        *take.Refusal // then sub is nil
	log, logBeside *caseLog
	pages          string // where the pages of failed runs go, or ""
}

// takeIn reads a submission. An error says that it could not be read at all.
func takeIn(path string) (*submitted, error) {
	sub, err := take.Read(path)
	var refused *take.Refusal
	switch {
	case errors.As(err, &refused):
		return &submitted{name: take.Name(path), refused: refused}, nil
	case err != nil:
		return nil, err
	}
	return &submitted{name: sub.Name, sub: sub}, nil
}

// findings are those about a submission whose content another one has, too, of which
// the report is. What was left out differs.
func (s *submitted) findings(report *Report) []Finding {
	if s.sub == nil {
		return report.Gate
	}
	findings, _ := look(s.sub)
	for _, f := range report.Gate {
		if f.Rule == ruleVet {
			findings = append(findings, f)
		}
	}
	return findings
}

// look has the gate look at the sources, and notes what was left out.
func look(sub *take.Submission) (findings []Finding, refused bool) {
	for _, f := range gate.Check(sub.Files) {
		findings = append(findings, Finding{File: f.File, Line: f.Line, Rule: f.Rule, Text: f.What + ": " + f.Remedy, Refused: !f.Note})
		refused = refused || !f.Note
	}
	for _, n := range sub.Ignored {
		findings = append(findings, Finding{Rule: "left out", Text: n.String()})
	}
	return findings, refused
}

// refused is the report of a submission of which nothing ran.
func (o Options) refused(stages []Stage, findings []Finding) *Report {
	r := newReport(o)
	r.Gate = findings
	for _, s := range stages {
		cases := make([]CaseReport, len(s.Cases))
		for i, c := range s.Cases {
			seeds := c.seeds(o.Seeds)
			cases[i] = CaseReport{
				Name: c.Name, Kind: c.Kind.String(), Doc: c.Doc, Max: c.Points, Seeds: seeds, NotRun: seeds,
				Failure: &Failure{Kind: kindGate, Text: "nothing of the submission ran: see above what was refused", Detail: []string{}},
			}
		}
		r.add(s, cases)
	}
	return r
}

// gradeOne grades a single submission, keeping nothing.
func (o Options) gradeOne(ctx context.Context, path string, stages []Stage, p *progress) (*Report, error) {
	s, err := takeIn(path)
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "grade-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(scratch) }() // the system empties its own temporary folder
	from, err := newPristine(ctx, o.Tree, scratch)
	if err != nil {
		return nil, err
	}
	return o.gradeSubmission(ctx, from, s, stages, scratch, p)
}
