package grade

import "io"

// formats are the values of --format.
var formats = []string{formatText, formatJSON, formatGradescope, formatJUnit, formatCSV, formatHTML}

const (
	formatText       = "text"
	formatJSON       = "json"
	formatGradescope = "gradescope"
	formatJUnit      = "junit"
	formatCSV        = "csv"
	formatHTML       = "html"
)

// write prints the report in the format that was asked for.
func (o Options) write(w io.Writer, r *Report, colour bool) error {
	switch o.Format {
	case formatJSON:
		return writeJSON(w, r)
	case formatGradescope:
		return writeGradescope(w, r, o.Leaderboard)
	case formatJUnit:
		return writeJUnit(w, r)
	case formatCSV:
		return writeCSV(w, r)
	case formatHTML:
		return writeHTML(w, r)
	default:
		return writeTable(w, r, colour)
	}
}

// coloured tells whether a report may have colours: on a terminal that knows
// them, but never where NO_COLOR is set, and wherever CLICOLOR_FORCE is
// (no-color.org, bixense.com/clicolors).
func coloured(getenv func(string) string, terminal bool) bool {
	if getenv("NO_COLOR") != "" {
		return false
	}
	if force := getenv("CLICOLOR_FORCE"); force != "" && force != "0" {
		return true
	}
	return terminal && getenv("TERM") != "dumb"
}
