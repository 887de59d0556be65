package grade

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// caseColumns are the columns of the CSV report, a line a case.
var caseColumns = []string{
	"target", "stage", "case", "kind", "points", "max", "seeds", "passed", "failed", "not_run",
	"virtual_seconds", "real_seconds", "cpu_seconds",
	"failure", "seed", "at_seconds", "rule", "text", "again",
}

// writeCSV prints the report as RFC 4180 has it, with a header.
func writeCSV(w io.Writer, r *Report) error {
	rows := [][]string{caseColumns}
	for _, s := range r.Stages {
		for _, c := range s.Cases {
			rows = append(rows, c.row(r.Target, s.Name))
		}
	}
	return writeRows(w, rows)
}

func (c CaseReport) row(target, stage string) []string {
	row := []string{
		target, stage, c.Name, c.Kind, points(c.Points), points(c.Max),
		strconv.Itoa(c.Seeds), strconv.Itoa(c.Passed), strconv.Itoa(c.Failed), strconv.Itoa(c.NotRun),
		points(c.VirtualSeconds), points(c.RealSeconds), points(c.CPUSeconds),
	}
	f := c.Failure
	if f == nil {
		return append(row, "", "", "", "", "", "")
	}
	seed, at := "", ""
	if f.Seed != 0 {
		seed, at = strconv.FormatUint(f.Seed, 10), points(f.AtSeconds)
	}
	return append(row, f.Kind, seed, at, f.Rule, f.what(), f.Again)
}

// writeRows prints a table as RFC 4180 has it: lines end with CR LF, and a cell
// is one line of text that no spreadsheet takes for a formula.
func writeRows(w io.Writer, rows [][]string) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, text := range row {
			cells[i] = cell(text)
		}
		if err := out.Write(cells); err != nil {
			return fmt.Errorf("printing the table: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("printing the table: %w", err)
	}
	return nil
}

// cell makes a text fit for a cell. A spreadsheet runs a cell that begins like a
// formula, and the text may be of the code under test: an apostrophe before
// it, which spreadsheets do not show, has it taken for text.
func cell(text string) string {
	text = printable(strings.Join(strings.Fields(text), " "))
	if text != "" && strings.ContainsRune("=+-@\uff1d\uff0b\uff0d\uff20", []rune(text)[0]) {
		return "'" + text
	}
	return text
}
