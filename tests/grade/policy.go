package grade

import (
	_ "embed" // the policy's text
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// defaultPolicy is the policy where nobody names another, and the manual of all
// of them. The points that it leaves out are those of the suites' tables.
//
//go:embed policy.txt
var defaultPolicy string

// Policy turns verdicts into points; policy.txt explains it.
type Policy struct {
	Name   string             // the file's, or "" for the one built in
	Credit string             // creditAll or creditShare
	Points map[string]float64 // of "election/ReElection", where it is not what the suite says
}

// What a case earns that passes with some of its seeds.
const (
	creditAll   = "all"   // nothing
	creditShare = "share" // a share
)

const maxPoints = 1000

// builtinPolicy is policy.txt's.
func builtinPolicy(stages []Stage) (Policy, error) {
	return parsePolicy("policy.txt", defaultPolicy, stages)
}

// readPolicy reads the instructor's file.
func readPolicy(file string, stages []Stage) (Policy, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Policy{}, wrongUsage("--policy: %v. ./grade.sh --show-policy > %s writes one to begin with", err, filepath.Base(file))
	}
	p, err := parsePolicy(file, string(text), stages)
	p.Name = filepath.Base(file)
	return p, err
}

// parsePolicy reads a policy's text. The stages are all there are.
func parsePolicy(file, text string, stages []Stage) (Policy, error) {
	p := Policy{Credit: creditAll, Points: map[string]float64{}}
	seen := map[string]int{}
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		n++
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		err := p.take(words, stages)
		if first, twice := seen[words[0]]; err == nil && twice {
			err = fmt.Errorf("%s stands in line %d already: delete one of the two", words[0], first)
		}
		if err != nil {
			return Policy{}, fmt.Errorf("%s:%d: %w", file, n, err)
		}
		seen[words[0]] = n
	}
	return p, nil
}

// take is one line.
func (p *Policy) take(words []string, stages []Stage) error {
	name := words[0]
	stage, inStage, isCase := strings.Cut(name, "/")
	switch {
	case name != "credit" && !isCase:
		return fmt.Errorf("there is no setting %q: a line is \"credit all\", \"credit share\" or STAGE/CASE POINTS", name)
	case isCase && !known(stages, stage, inStage):
		return fmt.Errorf("there is no case %q: %s", name, instead(stages, stage))
	case len(words) != 2:
		return fmt.Errorf("%s wants one value behind it, and has %d: begin a remark with #", name, len(words)-1)
	case !isCase:
		if words[1] != creditAll && words[1] != creditShare {
			return fmt.Errorf("there is no credit %q: write all or share", words[1])
		}
		p.Credit = words[1]
		return nil
	}
	v, err := strconv.ParseFloat(words[1], 64)
	if err != nil || !(v >= 0 && v <= maxPoints) || hundredths(v) != v {
		return fmt.Errorf("%q is no number of points for %s: write one from 0 to %d, like 1.5, with two decimals at most", words[1], name, maxPoints)
	}
	p.Points[name] = math.Abs(v) // -0 is a number, too
	return nil
}

func known(stages []Stage, stage, name string) bool {
	return slices.ContainsFunc(stages, func(s Stage) bool {
		return s.Name == stage && slices.ContainsFunc(s.Cases, func(c Case) bool { return c.Name == name })
	})
}

// instead says which names there are: the stage's cases, or the stages.
func instead(stages []Stage, stage string) string {
	var names []string
	for _, s := range stages {
		if s.Name == stage {
			names = nil
			for _, c := range s.Cases {
				names = append(names, c.Name)
			}
			return "those of " + stage + " are " + strings.Join(names, ", ")
		}
		names = append(names, s.Name)
	}
	return "the stages are " + strings.Join(names, ", ")
}

// apply gives the cases the policy's points.
func (p Policy) apply(stages []Stage) []Stage {
	stages = slices.Clone(stages)
	for i := range stages {
		s := &stages[i]
		s.Cases = slices.Clone(s.Cases)
		for n := range s.Cases {
			if v, ok := p.Points[s.Name+"/"+s.Cases[n].Name]; ok {
				s.Cases[n].Points = v
			}
		}
	}
	return stages
}

// text is the policy as a file to edit: the manual, the settings and every
// case with its points.
func (p Policy) text(stages []Stage) string {
	var b strings.Builder
	b.WriteString(strings.Replace(defaultPolicy, "\ncredit "+creditAll+"\n", "\ncredit "+p.Credit+"\n", 1))
	all := 0.0
	for _, s := range p.apply(stages) {
		sum, longest := 0.0, 0
		for _, c := range s.Cases {
			sum = hundredths(sum + c.Points)
			longest = max(longest, len(c.Name))
		}
		all = hundredths(all + sum)
		fmt.Fprintf(&b, "\n# %s, %s points\n", s.Name, points(sum))
		for _, c := range s.Cases {
			fmt.Fprintf(&b, "%s/%-*s  %s\n", s.Name, longest, c.Name, points(c.Points))
		}
	}
	fmt.Fprintf(&b, "\n# all stages: %s points\n", points(all))
	return b.String()
}

// sentence says by which policy a report was scored, or "" for the one built in.
func (p Policy) sentence() string {
	if p.Name == "" {
		return ""
	}
	own := ""
	switch n := len(p.Points); {
	case n == 1:
		own = ", points of its own for 1 case"
	case n > 1:
		own = fmt.Sprintf(", points of its own for %d cases", n)
	}
	return fmt.Sprintf("scored by %s: credit %s%s", p.Name, p.Credit, own)
}
