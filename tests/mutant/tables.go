package mutant

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"raftlabs/tests/grade"
)

// powerSeeds are the numbers of seeds a case for which the tables say how much
// is caught.
var powerSeeds = []int{1, 2, 3, 5, 10, 30}

const tablesHead = `# What the suites catch, and whom they let be

Written by ` + "`go run ./tests/cmd/mutate`" + `, from results.json. The manual is ` + "`go doc ./tests/mutant`" + `.

A mutant is a bug of the reference: its own stage, or an earlier one, is to catch it. A variant is another correct
design: no case may accuse it. Each is a file in catalogue/, in which the edit can be read.

`

// tables is the whole of what was found as Markdown. It depends on nothing but
// the results and the catalogue.
func (r *Results) tables(catalogue []Edit, stages []grade.Stage) string {
	var b strings.Builder
	b.WriteString(tablesHead)
	b.WriteString("## In all\n\n")
	for line := range strings.Lines(r.totals(catalogue)) {
		b.WriteString("- " + line)
	}
	for _, line := range r.wrong(catalogue) {
		b.WriteString("- **" + line + "**\n")
	}
	b.WriteString("- " + r.whence() + "\n\n")
	b.WriteString(r.power(catalogue))
	b.WriteString("## Mutants\n\nEach repetition has other seeds, and as many a case as `go test` runs: rules 1, scenarios 3, swarms 10. " +
		"It goes seed by\nseed over the cases until one fails. *Seeds* is how many a case that took, at worst; " +
		"*by* the cases that failed, and\nin how many of the repetitions; *CPU s* what a repetition computed, on average.\n")
	for _, s := range stages {
		r.mutantTable(&b, catalogue, s)
	}
	b.WriteString("\n## Variants\n\nEvery case of every stage, with the same number of seeds each.\n\n")
	r.variantTable(&b, catalogue, stages)
	return b.String()
}

var cell = strings.NewReplacer("|", `\|`, "\n", " ").Replace

func (r *Results) mutantTable(b *strings.Builder, catalogue []Edit, stage grade.Stage) {
	var edits []Edit
	for _, e := range catalogue {
		if e.Kind == Mutant && e.Stage == stage.Name && r.Mutants[e.Name] != nil {
			edits = append(edits, e)
		}
	}
	if len(edits) == 0 {
		return
	}
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Compare(r.Mutants[a.Name].Caught, r.Mutants[b.Name].Caught) })
	fmt.Fprintf(b, "\n### %s: %d\n\n", strings.ToUpper(stage.Name[:1])+stage.Name[1:], len(edits))
	b.WriteString("| mutant | what it does | breaks | harm | caught | by | seeds | CPU s |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, e := range edits {
		m := r.Mutants[e.Name]
		caught := fmt.Sprintf("%d/%d", m.Caught, m.Repetitions)
		if !m.good() {
			caught = "**" + caught + "**"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s | %.2f |\n",
			e.Name, cell(e.Doc), cell(e.Breaks), e.Harm, caught, m.by(e.Stage), m.worst(), m.CPUSeconds/float64(m.Repetitions))
	}
}

// by is the cases that caught it with how often: "StaleVotes 19, FaultSwarm 1".
func (m *MutantResult) by(own string) string {
	const most = 3
	var parts []string
	for _, c := range m.By[:min(most, len(m.By))] {
		name := c.Case
		if c.Stage != own {
			name = c.Stage + "/" + name
		}
		parts = append(parts, fmt.Sprintf("%s %d", name, c.Times))
	}
	if more := len(m.By) - most; more > 0 {
		parts = append(parts, fmt.Sprintf("%d more", more))
	}
	return strings.Join(parts, ", ")
}

// worst is the largest number of seeds that a repetition took.
func (m *MutantResult) worst() string {
	if m.Seeds[0] > 0 {
		return fmt.Sprintf("> %d", mostSeeds)
	}
	return fmt.Sprint(slices.Max(slices.Collect(maps.Keys(m.Seeds))))
}

func (r *Results) variantTable(b *strings.Builder, catalogue []Edit, stages []grade.Stage) {
	b.WriteString("| variant | what it is | seeds a case | runs | failures | CPU s |\n| --- | --- | --- | --- | --- | --- |\n")
	var edits []Edit
	for _, e := range catalogue {
		if e.Kind == Variant && r.Variants[e.Name] != nil {
			edits = append(edits, e)
		}
	}
	slices.SortStableFunc(edits, func(a, b Edit) int {
		return cmp.Compare(r.Variants[b.Name].failures(), r.Variants[a.Name].failures())
	})
	for _, e := range edits {
		v := r.Variants[e.Name]
		doc := e.Doc
		if len(e.Lacks) > 0 {
			doc += " Not run over " + strings.Join(e.Lacks, ", ") + ", which ask for what it leaves out."
		}
		failures := fmt.Sprint(v.failures())
		if v.failures() > 0 {
			failures = "**" + failures + "**"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %d | %s | %.0f |\n", e.Name, cell(doc), v.seeds(e, stages), v.runs(), failures, v.cpuSeconds())
	}
}

// seeds is how many seeds a case had: "200", or "20 to 200" where the stages
// differ. A stage that has not run is 0.
func (v *VariantResult) seeds(e Edit, stages []grade.Stage) string {
	least, most := v.seedRange(e, stages)
	if least == most {
		return fmt.Sprint(least)
	}
	return fmt.Sprintf("%d to %d", least, most)
}

func (v *VariantResult) seedRange(e Edit, stages []grade.Stage) (least, most int) {
	done := map[string]int{}
	for _, s := range v.Stages {
		done[s.Stage] = s.Seeds
	}
	for i, s := range slices.DeleteFunc(slices.Clone(stages), func(s grade.Stage) bool { return slices.Contains(e.Lacks, s.Name) }) {
		n := done[s.Name]
		if most = max(most, n); i == 0 || n < least {
			least = n
		}
	}
	return least, most
}

func (v *VariantResult) runs() (n int) {
	for _, s := range v.Stages {
		n += s.Runs
	}
	return n
}

func (v *VariantResult) failures() (n int) {
	for _, s := range v.Stages {
		n += s.failures()
	}
	return n
}

func (v *VariantResult) cpuSeconds() (sum float64) {
	for _, s := range v.Stages {
		sum += s.CPUSeconds
	}
	return sum
}

// totals is what came out for some edits, a line each.
func (r *Results) totals(edits []Edit) string {
	var b strings.Builder
	harm := map[string]int{}
	var mutants, good, caught, repetitions, variants, clean, runs, failures int
	var cpu, cpuVariants float64
	for _, e := range edits {
		if m := r.Mutants[e.Name]; e.Kind == Mutant && m != nil {
			mutants++
			harm[e.Harm]++
			if m.good() {
				good++
			}
			caught, repetitions, cpu = caught+m.Caught, repetitions+m.Repetitions, cpu+m.CPUSeconds
		}
		if v := r.Variants[e.Name]; e.Kind == Variant && v != nil {
			variants++
			if v.failures() == 0 {
				clean++
			}
			runs, failures, cpuVariants = runs+v.runs(), failures+v.failures(), cpuVariants+v.cpuSeconds()
		}
	}
	if mutants > 0 {
		fmt.Fprintf(&b, "%d of %d mutants caught in 19 of 20 repetitions or more (%d safety, %d liveness, %d performance); %d of %d repetitions, %.0f CPU s\n",
			good, mutants, harm["safety"], harm["liveness"], harm["performance"], caught, repetitions, cpu)
	}
	if variants > 0 {
		fmt.Fprintf(&b, "%d of %d variants never accused; %d of %d runs failed, %.0f CPU s\n", clean, variants, failures, runs, cpuVariants)
	}
	return b.String()
}

// wrong is what is not as it is to be, a sentence each.
func (r *Results) wrong(edits []Edit) (lines []string) {
	for _, e := range edits {
		if m := r.Mutants[e.Name]; e.Kind == Mutant && m != nil && !m.good() {
			lines = append(lines, fmt.Sprintf("%s survives: caught in %d of %d repetitions", e.Name, m.Caught, m.Repetitions))
		}
		if v := r.Variants[e.Name]; e.Kind == Variant && v != nil {
			for _, s := range v.Stages {
				for _, c := range s.Accused {
					lines = append(lines, fmt.Sprintf("%s is accused: %s/%s failed %d times, first with seed %d: %s",
						e.Name, c.Stage, c.Name, c.Failed, c.First.Seed, sentence(c.First, 300)))
				}
			}
		}
	}
	return lines
}

// whence says when, on what and of which code the results are.
func (r *Results) whence() string {
	var dates []string
	code := map[string]int{}
	add := func(k Key, date string) {
		dates = append(dates, date)
		code[k.Code]++
	}
	for _, m := range r.Mutants {
		add(m.Key, m.Date)
	}
	for _, v := range r.Variants {
		for _, s := range v.Stages {
			add(s.Key, s.Date)
		}
	}
	if len(dates) == 0 {
		return "nothing has run yet"
	}
	names := slices.SortedFunc(maps.Keys(code), func(a, b string) int { return cmp.Or(cmp.Compare(code[b], code[a]), cmp.Compare(a, b)) })
	for i, name := range names {
		names[i] = fmt.Sprintf("%s (%d)", name, code[name])
	}
	return fmt.Sprintf("run from %s to %s on %s; digests of the code, with the number of results of each: %s",
		slices.Min(dates), slices.Max(dates), r.Machine, strings.Join(names, ", "))
}

// power is the power curve: what share of the bugs so many seeds a case catch.
func (r *Results) power(catalogue []Edit) string {
	var b strings.Builder
	b.WriteString("## Power\n\nThe share of mutants, over all repetitions, that a run of their stages with so many seeds of every case catches.\n\n| seeds a case |")
	for _, n := range powerSeeds {
		fmt.Fprintf(&b, " %d |", n)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(powerSeeds)) + "\n")
	for _, harm := range []string{"", "safety", "liveness", "performance"} {
		fmt.Fprintf(&b, "| %s |", cmp.Or(harm, "all"))
		for _, n := range powerSeeds {
			caught, all := 0, 0
			for _, e := range catalogue {
				if m := r.Mutants[e.Name]; m != nil && e.Kind == Mutant && (harm == "" || e.Harm == harm) {
					all += m.Repetitions
					for needed, times := range m.Seeds {
						if needed > 0 && needed <= n {
							caught += times
						}
					}
				}
			}
			if all == 0 {
				b.WriteString(" - |")
			} else {
				fmt.Fprintf(&b, " %.1f %% |", 100*float64(caught)/float64(all))
			}
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	return b.String()
}
