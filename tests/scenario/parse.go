package scenario

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Parse reads a scenario's text. The times behind // are what they were in the run
// that was written down; where there are none, that is no mistake.
func Parse(text string) (*Scenario, error) {
	s := &Scenario{}
	var places []place
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, said, _ := strings.Cut(strings.TrimSpace(line), "//")
		line = strings.TrimSpace(line)
		if line == "" {
			if said != "" {
				s.Words = append(s.Words, strings.TrimSpace(said))
			}
			continue
		}
		before := len(s.Faults)
		if err := s.line(line); err != nil {
			return nil, fmt.Errorf("line %d, %q: %w", n, line, err)
		}
		if len(s.Faults) > before {
			f := &s.Faults[before]
			f.times(strings.TrimSpace(said))
			places = append(places, place{fmt.Sprint(f.Key()), n, line})
		}
	}
	if err := twice(places); err != nil {
		return nil, err
	}
	return s, nil
}

// place is where a fault is listed.
type place struct {
	key    string
	number int
	line   string
}

// twice finds a fault that is listed twice. It makes no map: that takes a random
// number of the runtime's, and with a scenario a run is to draw the same ones as
// without, down to those of math/rand/v2.
func twice(places []place) error {
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.number, b.number))
	})
	for i := 1; i < len(places); i++ {
		if p := places[i]; p.key == places[i-1].key {
			return fmt.Errorf("line %d, %q: it is listed before", p.number, p.line)
		}
	}
	return nil
}

var (
	atTime   = regexp.MustCompile(`^at ([0-9.]+) s$`)
	fromTime = regexp.MustCompile(`^from ([0-9.]+) s (?:to ([0-9.]+) s|on)$`)
)

// times reads what when has written.
func (f *Fault) times(said string) {
	moment := func(text string) time.Duration {
		d, _ := time.ParseDuration(text + "s") // 0 if it is none
		return d
	}
	if m := atTime.FindStringSubmatch(said); m != nil {
		f.At = moment(m[1])
	}
	if m := fromTime.FindStringSubmatch(said); m != nil {
		f.At, f.Until = moment(m[1]), moment(m[2])
	}
}

// A case is named as failures name it.
var ofCase = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*/[A-Z][A-Za-z0-9]*$`)

func (s *Scenario) line(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case word == "case" && !ofCase.MatchString(rest):
		return errors.New(`name the case as failures do: "case Replication/CutSwarm"`)
	case word == "case":
		s.Case = rest
		return nil
	case word == "seed":
		seed, err := strconv.ParseUint(rest, 10, 64)
		if err != nil || seed == 0 {
			return errors.New(`a seed is a whole number from 1 on: "seed 812"`)
		}
		s.Seed = seed
		return nil
	case word == "chance":
		chance, err := strconv.ParseUint(rest, 10, 64)
		if err != nil {
			return errors.New(`it is a whole number: "chance 3"`)
		}
		s.Chance = chance
		return nil
	case line == "stalls":
		s.Stalls = true
		return nil
	case !slices.Contains(Kinds, Kind(word)):
		return fmt.Errorf("there is no %q: a line begins with case, seed, chance, stalls or one of %v", word, Kinds)
	}
	f := Fault{Kind: Kind(word)}
	var err error
	if f.Kind.OfMessage() {
		err = f.ofMessage(rest)
	} else {
		err = f.ofOthers(rest)
	}
	s.Faults = append(s.Faults, f)
	return err
}

var messageLine = regexp.MustCompile(`^(reply )?([SC]\d+(?:/\d+)?) -> ([SC]\d+) (?:([A-Za-z.]+) )?#([1-9]\d*)$`)

// ofMessage reads what stands behind drop, late and twice.
func (f *Fault) ofMessage(rest string) error {
	if f.Kind != Drop {
		by, message, _ := strings.Cut(rest, " ")
		var err error
		if f.By, err = time.ParseDuration(by); err != nil || f.By <= 0 {
			return fmt.Errorf(`a time is missing, as in "%s 812ms S1 -> S2 AppendEntries #7"`, f.Kind)
		}
		rest = strings.TrimSpace(message)
	}
	m := messageLine.FindStringSubmatch(rest)
	if m == nil {
		return fmt.Errorf(`%q is no message, which is as in "S1 -> S2 AppendEntries #7" or "reply S1/2 -> S2 AppendEntries #7"`, rest)
	}
	num, err := strconv.ParseUint(m[5], 10, 64)
	if err != nil {
		return err
	}
	f.Message = Message{Reply: m[1] != "", From: m[2], To: m[3], Num: num}
	f.Method = m[4]
	if f.Kind == Twice && f.Message.Reply {
		return errors.New("only a request can arrive twice")
	}
	return nil
}

// What stands behind the other words.
var otherLines = map[Kind]*regexp.Regexp{
	Cut:       regexp.MustCompile(`^([SC]\d+ -> [SC]\d+) #([1-9]\d*)$`),
	Partition: regexp.MustCompile(`^(\[[\d ]*\](?: \[[\d ]*\])*) #([1-9]\d*)$`),
	PowerCut:  regexp.MustCompile(`^()#([1-9]\d*)$`),
	Submit:    regexp.MustCompile(`^(\S+ S\d+)()$`),
	Operation: regexp.MustCompile(`^(C\d+) #([1-9]\d*)$`),
}

var serverLine = regexp.MustCompile(`^(S\d+) #([1-9]\d*)$`)

var examples = map[Kind]string{
	Cut: "cut S0 -> S1 #2", Partition: "partition [0 1] [2] #1", PowerCut: "power-cut #1", Submit: "submit 17 S0", Operation: "operation C0 #3",
}

func (f *Fault) ofOthers(rest string) error {
	line, ok := otherLines[f.Kind]
	if !ok {
		line = serverLine
	}
	m := line.FindStringSubmatch(rest)
	if m == nil {
		example, ok := examples[f.Kind]
		if !ok {
			example = string(f.Kind) + " S0 #1"
		}
		return fmt.Errorf("it is to be as in %q", example)
	}
	f.Whom = m[1]
	if m[2] != "" {
		n, err := strconv.Atoi(m[2])
		if err != nil {
			return err
		}
		f.N = n
	}
	return nil
}
