package grade

import "math"

// add puts a stage into the report and sums up.
func (r *Report) add(s Stage, cases []CaseReport) {
	stage := StageReport{Name: s.Name, Handout: s.Handout, Cases: cases}
	for _, c := range cases {
		stage.Points += c.Points
		stage.Max += c.Max
		r.VirtualSeconds = round(r.VirtualSeconds + c.VirtualSeconds)
		r.CPUSeconds = round(r.CPUSeconds + c.CPUSeconds)
	}
	r.Points += stage.Points
	r.Max += stage.Max
	r.Stages = append(r.Stages, stage)
}

// score gives the case its points if nothing is against it.
func (c *CaseReport) score() {
	c.Points = 0
	if c.Failure == nil && c.Passed == c.Seeds {
		c.Points = c.Max
	}
}

// round keeps three decimals.
func round(seconds float64) float64 { return math.Round(seconds*1000) / 1000 }
