package grade

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"

	"raftlabs/tests/lab"
)

// The report as JUnit's XML, in the elements and attributes that the readers of
// CI systems agree on. Texts go through printable: XML 1.0 has no way to write a
// control character. What the form has no place for (points, seeds) stands in
// properties and in system-out.
type (
	junitAll struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Properties []junitProperty `xml:"properties>property,omitempty"`
		Cases      []junitCase     `xml:"testcase"`

		seconds float64
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name    string     `xml:"name,attr"`
		Class   string     `xml:"classname,attr"`
		Time    string     `xml:"time,attr"`
		Failure *junitFail `xml:"failure,omitempty"`
		Error   *junitFail `xml:"error,omitempty"`
		Out     string     `xml:"system-out,omitempty"`
	}
	junitFail struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",cdata"`
	}
)

// writeJUnit prints the report as JUnit's XML. A suite is a stage; before them
// stands one with what was found before any case ran.
func writeJUnit(w io.Writer, r *Report) error {
	all := junitAll{Name: printable(r.Target), Suites: []junitSuite{r.junitBuilds()}}
	for _, s := range r.Stages {
		all.Suites = append(all.Suites, s.junit())
	}
	for _, s := range all.Suites {
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
	}
	all.Time = junitTime(all.Suites[0].seconds + r.RealSeconds) // cases run side by side
	text, err := xml.MarshalIndent(all, "", "  ")
	if err == nil {
		_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	}
	if err != nil {
		return fmt.Errorf("printing the report as JUnit's XML: %w", err)
	}
	return nil
}

// junitBuilds is the suite of the gate and the builds. Its properties are those
// of the whole report.
func (r *Report) junitBuilds() junitSuite {
	s := junitSuite{Name: "build", Properties: []junitProperty{
		{"points", points(r.Points)}, {"max", points(r.Max)}, {"credit", r.Credit},
		{"first_seed", strconv.FormatUint(r.FirstSeed, 10)}, {"go_version", r.GoVersion},
	}}
	for _, f := range r.Gate {
		c := junitCase{Name: printable("gate: " + f.place()), Class: "build"}
		if f.Refused {
			c.Failure = &junitFail{Message: printable(f.Text), Type: kindGate, Text: printable(f.sentence())}
		} else {
			c.Out = printable(f.sentence())
		}
		s.add(c, 0)
	}
	for _, b := range r.Builds {
		c := junitCase{Name: printable(b.Package), Class: "build"}
		if b.Errors != "" {
			c.Failure = &junitFail{Message: c.Name + " does not compile", Type: kindBuild, Text: printable(b.Errors)}
		}
		s.add(c, b.RealSeconds)
	}
	return s
}

func (s StageReport) junit() junitSuite {
	suite := junitSuite{Name: s.Name, Properties: []junitProperty{
		{"points", points(s.Points)}, {"max", points(s.Max)}, {"handout", s.Handout},
	}}
	for _, c := range s.Cases {
		suite.add(c.junit(s.Name), c.RealSeconds)
	}
	return suite
}

// junit is a case. A mistake of the framework is an error, not a failure: the
// code under test is not to blame.
func (c CaseReport) junit(stage string) junitCase {
	t := junitCase{
		Name: c.Name, Class: stage,
		Out: fmt.Sprintf("%s of %s points; seeds: %s", points(c.Points), points(c.Max), c.seedCount()),
	}
	if c.Failure == nil {
		return t
	}
	fail := &junitFail{Message: c.Failure.sentence(), Type: c.Failure.Kind, Text: c.story()}
	if c.Failure.Kind == string(lab.Harness) {
		t.Error = fail
	} else {
		t.Failure = fail
	}
	return t
}

// add puts a case into the suite, and counts it.
func (s *junitSuite) add(c junitCase, seconds float64) {
	c.Time = junitTime(seconds)
	s.Cases = append(s.Cases, c)
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Error != nil {
		s.Errors++
	}
	s.seconds += seconds
	s.Time = junitTime(s.seconds)
}

func junitTime(seconds float64) string { return strconv.FormatFloat(seconds, 'f', 3, 64) }
