package grade

import (
	"math"

	"raftlabs/tests/lab"
)

// add puts a stage into the report and sums up.
func (r *Report) add(s Stage, cases []CaseReport) {
	stage := StageReport{Name: s.Name, Handout: s.Handout, Cases: cases}
	for i := range cases {
		c := &cases[i]
		if r.Credit == creditShare {
			c.Points = c.partial()
		}
		stage.Points = hundredths(stage.Points + c.Points)
		stage.Max = hundredths(stage.Max + c.Max)
		r.VirtualSeconds = round(r.VirtualSeconds + c.VirtualSeconds)
		r.CPUSeconds = round(r.CPUSeconds + c.CPUSeconds)
	}
	r.Points = hundredths(r.Points + stage.Points)
	r.Max = hundredths(r.Max + stage.Max)
	r.Stages = append(r.Stages, stage)
}

// score gives the case its points if nothing is against it.
func (c *CaseReport) score() {
	c.Points = 0
	if c.Failure == nil && c.Passed == c.Seeds {
		c.Points = c.Max
	}
}

// partial is what the case earns where a share of its seeds is enough for a
// share of its points. A race is reported once a process, and what ended a
// process hides the seeds after it: neither leaves a share to go by.
func (c CaseReport) partial() float64 {
	switch {
	case c.Failure == nil:
		return c.Points
	case c.Failed == 0 || c.NotRun > 0 || c.Failure.Kind == string(lab.Race):
		return 0
	}
	share := float64(c.Passed) / float64(c.Passed+c.Failed)
	const below = 1e-9 // what a float may lack to a whole number
	return math.Floor(share*c.Max*100+below) / 100
}

// cutShort tells whether the grader had seen enough of a case before its last seed.
// That is too little for a share.
func (c CaseReport) cutShort() bool { return c.NotRun > 0 && c.Failed >= enoughFailures }

// round keeps three decimals.
func round(seconds float64) float64 { return math.Round(seconds*1000) / 1000 }

// hundredths are the finest that points come in. Sums are rounded to them, so
// that a sum of tenths is what it looks like.
func hundredths(points float64) float64 { return math.Round(points*100) / 100 }
