package lab

import (
	"regexp"
	"slices"
	"strconv"

	"raftlabs/tests/trace"
	"raftlabs/tests/trace/story"
)

// How many lines of a failure tell what led there: what the servers did last
// where a rule was broken, and how it came to that where something was to happen
// and did not.
const (
	lastLines    = 14
	historyLines = 24
)

// story is what led to a failure, for its details.
func (f *record) story(rec *trace.Recorder) []string {
	events := rec.Events()
	events = events[:min(max(f.events-rec.Forgotten(), 0), len(events))]
	tell, title, most := story.Last, "the last events of "+f.whom(), lastLines
	if f.Liveness {
		tell, title, most = story.History, "how it came to that", historyLines
	}
	lines := tell(events, f.servers(), most)
	if len(lines) == 0 {
		return nil
	}
	return append([]string{title + "; " + story.Legend + ":"}, indented(lines)...)
}

// whom names the servers that the failure is about.
func (f *record) whom() string {
	list := f.servers()
	if len(list) == 0 {
		return "all servers"
	}
	text := ""
	for k, i := range list {
		switch {
		case k > 0 && k == len(list)-1:
			text += " and "
		case k > 0:
			text += ", "
		}
		text += "S" + strconv.Itoa(i)
	}
	return text
}

var serverName = regexp.MustCompile(`\bS(\d{1,2})\b`)

// servers are those that the failure is about, nil for all.
func (f *record) servers() []int {
	if f.Servers != nil {
		return f.Servers
	}
	var named []int
	for _, m := range serverName.FindAllStringSubmatch(f.Text, -1) {
		if i, err := strconv.Atoi(m[1]); err == nil && !slices.Contains(named, i) {
			named = append(named, i)
		}
	}
	slices.Sort(named)
	return named
}

// indented sets lines off from those above them.
func indented(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = "  " + line
	}
	return out
}
