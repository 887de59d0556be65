package grade

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheCSVReportIsTheGoldenOne(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, writeCSV(&b, example()))
	golden(t, "testdata/report.csv", b.Bytes())
	assert.Equal(t, strings.Count(b.String(), "\n"), strings.Count(b.String(), "\r\n"), "RFC 4180's ends of lines")
	rows, err := csv.NewReader(&b).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+4, "a header, and a line a case")
	assert.Equal(t, caseColumns, rows[0])
	assert.Equal(t, []string{"raft", "election", "MajorityElects", "rule", "0.5", "0.5", "10", "10", "0", "0",
		"146.94", "0.93", "0.22", "", "", "", "", "", ""}, rows[1])
}

func TestACellIsNoFormulaAndOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"":          "",
		"S1 = S2":   "S1 = S2",
		"=1+1":      "'=1+1",
		"+1":        "'+1",
		"-1":        "'-1",
		"@SUM(1)":   "'@SUM(1)",
		"\t=1":      "'=1",
		" \r\n =1":  "'=1",
		"\uff1d1":   "'\uff1d1",
		"a\nb\r\nc": "a b c",
		"\x00=1":    "\ufffd=1",
		"'=1":       "'=1",
		`a","=1`:    `a","=1`,
	} {
		assert.Equal(t, want, cell(text), "%q", text)
		var b bytes.Buffer
		require.NoError(t, writeRows(&b, [][]string{{text, "end"}}))
		rows, err := csv.NewReader(&b).ReadAll()
		require.NoError(t, err)
		assert.Equal(t, [][]string{{want, "end"}}, rows)
	}
}
