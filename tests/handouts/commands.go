package handouts

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
)

// The places in which commands are run.
const (
	inStarter   = "starter"   // a fresh starter, with the skeleton
	inSolved    = "solved"    // a starter with the reference's code in it
	inFramework = "framework" // a copy of the framework
)

var placeNames = []string{inStarter, inSolved, inFramework}

// script is the commands of a block, to be run one after the other by one shell.
type script struct {
	text     *Text
	fence    Fence
	commands []command
	place    string
	twins    []script // the same commands elsewhere
}

// scripts are the blocks of commands of all texts, by place, and those that
// cannot be run, with their reasons.
func (t *Tree) scripts() (byPlace map[string][]script, notRun []string, wrong []Complaint) {
	byPlace = map[string][]script{}
	for _, text := range t.Texts {
		for _, f := range text.Fences {
			if f.Language != "sh" && f.Language != "console" {
				continue
			}
			reason, left := f.Comments["not run"]
			if left && len(reason) < 5 {
				wrong = append(wrong, text.complain(f.Line, "write <!-- not run: why a test cannot -->", "it says no reason why these commands are not run"))
			}
			if left {
				notRun = append(notRun, fmt.Sprintf("%s:%d: not run: %s", text.Path, f.Line, reason))
				continue
			}
			s := script{text: text, fence: f, commands: commandsOf(f), place: f.Comments["in"]}
			switch {
			case s.place == "" && students(text.Path):
				s.place = inStarter
			case s.place == "":
				s.place = inFramework
			case !slices.Contains(placeNames, s.place):
				wrong = append(wrong, text.complain(f.Line, "it is one of "+strings.Join(placeNames, ", "), "there is no place %q", s.place))
				continue
			}
			if len(s.commands) == 0 {
				wrong = append(wrong, text.complain(f.Line, "in ```console a command begins with \"$ \"", "there is no command in it"))
				continue
			}
			i := slices.IndexFunc(byPlace[s.place], func(o script) bool { return slices.Equal(o.fence.Lines, s.fence.Lines) })
			if i >= 0 {
				byPlace[s.place][i].twins = append(byPlace[s.place][i].twins, s)
			} else {
				byPlace[s.place] = append(byPlace[s.place], s)
			}
		}
	}
	return byPlace, notRun, wrong
}

// Commands runs every command of the texts where its reader would, and looks at
// how it ends and, in a block that shows it, at what it prints. Go's command is
// replaced by shim: see [Shim]. It returns what was not run, too.
func (t *Tree) Commands(ctx context.Context, scratch string) (all []Complaint, notRun []string, err error) {
	byPlace, notRun, all := t.scripts()
	var workers sync.WaitGroup
	var mu sync.Mutex // guards all and err
	for name, scripts := range byPlace {
		workers.Go(func() {
			complaints, failed := t.runIn(ctx, name, scripts, scratch)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, complaints...)
			if failed != nil && err == nil {
				err = failed
			}
		})
	}
	workers.Wait()
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(all, inOrder)
	promises, err := t.promises()
	return append(all, promises...), notRun, err
}

// runIn runs scripts in one place.
func (t *Tree) runIn(ctx context.Context, name string, scripts []script, scratch string) (all []Complaint, err error) {
	p, err := newPlace(t, name, scratch)
	if err != nil {
		return nil, err
	}
	for _, s := range scripts {
		results, err := p.run(ctx, s)
		if err != nil {
			return nil, err
		}
		for i, c := range s.commands {
			if c := judge(s, c, results[i], p.name); c != nil {
				all = append(all, *c)
			}
		}
	}
	return all, nil
}

// judge says what is wrong with how a command has ended.
func judge(s script, c command, r result, place string) *Complaint {
	wrong := func(do, what string) *Complaint {
		out := strings.Split(strings.TrimRight(r.output, "\n"), "\n")
		if len(out) > 12 {
			out = append(append(slices.Clone(out[:6]), "..."), out[len(out)-5:]...)
		}
		complaint := s.text.complain(c.line, do, "$ %s (in a %s)\n    %s\n      %s", c.text, place, what, strings.Join(out, "\n      "))
		for _, twin := range s.twins {
			complaint.Do += fmt.Sprintf("\n(%s:%d has it too)", twin.text.Path, twin.fence.Line)
		}
		return &complaint
	}
	const do = "mend the command, or say <!-- not run: why --> or <!-- in: starter, solved or framework -->"
	switch {
	case !r.ran:
		return wrong(do, "it was not run: a command before it ended the shell, or took too long")
	case strings.Contains(r.output, "panic:") || strings.Contains(r.output, "DATA RACE"):
		return wrong(do, "it fails otherwise than politely")
	case r.status != 0 && !polite(c.text, r, place):
		return wrong(do, fmt.Sprintf("it ends with status %d", r.status))
	}
	if s.fence.Language != "console" {
		return nil
	}
	real := strings.Split(strings.TrimRight(r.output, "\n"), "\n")
	said := slices.Clone(c.said)
	for len(said) > 0 && strings.TrimSpace(said[len(said)-1]) == "" {
		said = said[:len(said)-1]
	}
	if d := match(steady(said), steady(real)); d != nil {
		return wrong("copy what it prints, with ... for lines that are left out", "it prints something else than the text\n"+d.show(steady(real)))
	}
	if len(said) > 0 && !isElision(said[len(said)-1]) && len(said) < len(real) && !slices.ContainsFunc(said, isElision) {
		return wrong("end the block with ... where lines are left out", "it prints more than the text: "+real[len(said)])
	}
	return nil
}

// polite tells whether a command that fails does so as it is meant to: tests, the
// grader and hunts over the skeleton.
func polite(text string, r result, place string) bool {
	graded := strings.Contains(text, "grade.sh")
	switch {
	case graded && r.status == 1 && place != inSolved:
		return true // less than full marks
	case place == inSolved:
		return false
	case strings.Contains(text, "/cmd/hunt") || strings.Contains(text, "/cmd/replay"):
		return strings.Contains(r.output, "is still the skeleton")
	case strings.Contains(text, "go test"):
		return strings.Contains(r.output, "is still the skeleton") || strings.Contains(r.output, "this stage begins with it")
	}
	return false
}

// inOrder sorts complaints by their places.
func inOrder(a, b Complaint) int {
	if c := strings.Compare(a.File, b.File); c != 0 {
		return c
	}
	return a.Line - b.Line
}

// promises checks that the commands at the top of README.md are those that .ci/run
// runs, to the letter: they take too long to be run here.
func (t *Tree) promises() (all []Complaint, err error) {
	i := slices.IndexFunc(t.Texts, func(text *Text) bool { return text.Path == "README.md" })
	if i < 0 {
		return nil, nil
	}
	text := t.Texts[i]
	ci, err := os.ReadFile(t.Root + "/.ci/run")
	if err != nil {
		return nil, err
	}
	if len(text.Indented) == 0 {
		return []Complaint{text.complain(1, "", "it has no commands that run everything")}, nil
	}
	first := text.Indented[0]
	for i, line := range first.Lines {
		line, _, _ = strings.Cut(line, " #")
		if line = strings.TrimSpace(line); !strings.Contains(string(ci), "='"+line+"'\n") {
			all = append(all, text.complain(first.Line+i, "change one of the two", ".ci/run does not run %s", line))
		}
	}
	return all, nil
}
