package handouts

import (
	"regexp"
	"slices"
	"strings"

	"raftlabs/tests/grade"
	"raftlabs/tests/lab"
)

// sections are the H2 headings of a stage's handout, in their order. Others may
// stand between them.
var sections = []string{
	"Goal", "What to read", "The idea", "The rules", "What to write", "How to run", "The cases",
	"Mistakes that everyone makes", "Seeing it", "When it does not work", "Test yourself", "In production", "Done?",
}

// Cases checks the handout of each stage against its table of cases.
func (t *Tree) Cases(stages []grade.Stage) (all []Complaint) {
	for _, s := range stages {
		i := slices.IndexFunc(t.Texts, func(text *Text) bool { return text.Path == s.Handout })
		if i < 0 {
			if t.only == "" {
				all = append(all, Complaint{File: s.Handout, Line: 1, What: "stage " + s.Name + " names it, and it is not there"})
			}
			continue
		}
		text := t.Texts[i]
		all = append(all, outline(text)...)
		all = append(all, caseTable(text, s)...)
		all = append(all, checkList(text, s)...)
		all = append(all, counts(text)...)
	}
	return all
}

// outline checks the headings.
func outline(text *Text) (all []Complaint) {
	var there []string
	var lines []int
	for _, h := range text.Headings {
		if h.Level == 2 && slices.Contains(sections, h.Text) {
			there, lines = append(there, h.Text), append(lines, h.Line)
		}
	}
	want := slices.DeleteFunc(slices.Clone(sections), func(s string) bool { return !slices.Contains(there, s) })
	lacks := slices.DeleteFunc(slices.Clone(sections), func(s string) bool { return slices.Contains(there, s) })
	if len(lacks) > 0 {
		all = append(all, text.complain(1, "a stage's sections, in their order: "+strings.Join(sections, ", "), "there is no section %q", lacks))
	}
	for i := range want {
		if there[i] != want[i] {
			return append(all, text.complain(lines[i], "the sections, in their order: "+strings.Join(sections, ", "),
				"%q stands where %q belongs, or twice", "## "+there[i], "## "+want[i]))
		}
	}
	return all
}

// caseTable checks the table of the cases: a row each, in the suite's order.
func caseTable(text *Text, s grade.Stage) (all []Complaint) {
	i := slices.IndexFunc(text.Tables, func(t Table) bool {
		return t.Section == "The cases" && slices.Equal(t.Head, []string{"case", "what it does"})
	})
	if i < 0 {
		return []Complaint{text.complain(1, "write | case | what it does |, and a row for each case", "under \"## The cases\" there is no table of the cases of stage %s", s.Name)}
	}
	table := text.Tables[i]
	line := table.Line
	for i := range max(len(s.Cases), len(table.Rows)) {
		want, have := "", ""
		if i < len(s.Cases) {
			want = "| " + s.Cases[i].Name + " | " + s.Cases[i].Doc + " |"
		}
		if i < len(table.Rows) {
			have = "| " + strings.Join(table.Rows[i].Cells, " | ") + " |"
			line = table.Rows[i].Line
		}
		if want == have {
			continue
		}
		do := "the row is to be\n" + want
		if want == "" {
			do = "take the row out: there are no more cases"
		}
		return append(all, text.complain(line, do, "the table of the cases is not the suite's, from here on: %s", have))
	}
	return nil
}

// item is an item of the check-list: it names the case, and in brackets the place:
// a section, a figure, or a numbered rule of Figure 2.
var item = regexp.MustCompile(`(?s)^- \[[ xX]\] \*\*(\w+)\*\*: .*\([^()]*(?:§|Figure|thesis|contract|` +
	`(?:All Servers|Followers|Candidates|Leaders|RequestVote|AppendEntries|InstallSnapshot) \d)`)

// checkList checks that each rule of the suite has its item, in the suite's order.
// A stage without rules has an item for each case, in groups.
func checkList(text *Text, s grade.Stage) (all []Complaint) {
	var want, have []string
	for _, c := range s.Cases {
		if c.Kind == lab.Rule {
			want = append(want, c.Name)
		}
	}
	grouped := want == nil
	if grouped {
		for _, c := range s.Cases {
			want = append(want, c.Name)
		}
	}
	lines := map[string]int{}
	for _, task := range text.Tasks {
		if task.Section != "The rules" {
			continue
		}
		m := item.FindStringSubmatch(task.Text)
		if m == nil {
			all = append(all, text.complain(task.Line, "write - [ ] **CaseName**: what the code must do (paper place).", "this item of the check-list names no case, or no place: %s", task.Text))
			continue
		}
		if lines[m[1]] > 0 {
			all = append(all, text.complain(task.Line, "one item a case", "the check-list has %s twice", m[1]))
		}
		lines[m[1]] = task.Line
		have = append(have, m[1])
	}
	if all != nil {
		return all
	}
	lacks := slices.DeleteFunc(slices.Clone(want), func(name string) bool { return lines[name] > 0 })
	if len(lacks) > 0 {
		all = append(all, text.complain(1, "write - [ ] **"+lacks[0]+"**: what the code must do (paper place).",
			"the check-list of \"## The rules\" lacks the cases %s", strings.Join(lacks, ", ")))
	}
	for _, name := range have {
		if !slices.Contains(want, name) {
			all = append(all, text.complain(lines[name], "take it out, or mend the name", "stage %s has no rule %s%s", s.Name, name, orNearest(name, set(want))))
		}
	}
	if all != nil || grouped {
		return all
	}
	for i := range want {
		if have[i] != want[i] {
			return []Complaint{text.complain(lines[have[i]], "the suite's order is "+strings.Join(want, ", "), "the check-list has %s where %s belongs", have[i], want[i])}
		}
	}
	return nil
}

// counts checks how much there is to practise on, and that mistakes are shown.
func counts(text *Text) (all []Complaint) {
	mistakes, folds := 0, 0
	shown := map[int]bool{}
	var heads []Heading
	for _, h := range text.Headings {
		if h.Level == 3 && h.Section == "Mistakes that everyone makes" {
			mistakes++
			heads = append(heads, h)
		}
	}
	for _, f := range text.Folds {
		if f.Section == "Test yourself" {
			folds++
		}
	}
	for _, f := range text.Fences {
		if f.Comments["run"] == "" {
			continue
		}
		for i, h := range heads {
			if h.Line < f.Line && (i+1 == len(heads) || f.Line < heads[i+1].Line) {
				shown[i] = true
			}
		}
	}
	if mistakes < 5 || mistakes > 8 {
		all = append(all, text.complain(1, "write 5 to 8, each below ### and with its failure", "\"## Mistakes that everyone makes\" has %d", mistakes))
	}
	for i, h := range heads {
		if !shown[i] {
			all = append(all, text.complain(h.Line, "quote its failure: <!-- run: edit=NAME case=Stage/Case seed=N --> and a block ```text", "the mistake %q shows no failure", h.Text))
		}
	}
	if folds < 6 || folds > 10 {
		all = append(all, text.complain(1, "write 6 to 10, each <details><summary>question</summary>", "\"## Test yourself\" has %d questions", folds))
	}
	return all
}

func set(words []string) map[string]bool {
	s := map[string]bool{}
	for _, w := range words {
		s[w] = true
	}
	return s
}
