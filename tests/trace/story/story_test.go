package story

import (
	"compress/gzip"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/trace"
)

var update = flag.Bool("update", false, "write the golden files anew")

// readTrace reads a recorded run, packed or not.
func readTrace(t testing.TB, path string) []trace.Event {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	lines := io.Reader(f)
	if filepath.Ext(path) == ".gz" {
		lines, err = gzip.NewReader(f)
		require.NoError(t, err)
	}
	events, err := trace.ReadJSONL(lines)
	require.NoError(t, err)
	return events
}

// The golden files are what the author of a bug reads. Regenerate them with
// -update, and read them aloud: does the bug show? Each run is one of the
// reference with the bug named here, up to the failure.
func TestRecordedRuns(t *testing.T) {
	for name, bug := range map[string]string{
		"twovotes":       "RequestVote grants whatever votedFor says",
		"twoleaders":     "the same, in a cluster of two",
		"silentleader":   "a leader sends no heartbeats",
		"onevotetoomany": "a candidate waits for one vote more than a majority",
		"nocampaign":     "a server campaigns in term 0 only",
		"logcheck":       "AppendEntries 2 refuses at S1 whenever there is an entry before",
		"novotes":        "RequestVote refuses every candidate once the log has an entry",
		"clients":        "none, but no majority is left, and one client reaches the leader alone",
	} {
		events := readTrace(t, "testdata/"+name+".jsonl.gz")
		got := "bug: " + bug + "\n\nLast\n" + strings.Join(Last(events, nil, 14), "\n") +
			"\n\nHistory\n" + strings.Join(History(events, nil, 24), "\n") + "\n"
		file := "testdata/" + name + ".golden"
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(want), got, name)
	}
}

// Whatever part of a run is left, and whatever could not be read of it, the
// lines are as many and as wide as they may be, and free of surprises.
func TestAnyPartOfARunIsTold(t *testing.T) {
	events := readTrace(t, "../page/testdata/partition.jsonl")
	clients := readTrace(t, "testdata/clients.jsonl.gz")
	for from := 0; from < len(clients); from += 83 {
		check(t, clients[from:])
	}
	for from := 0; from < len(events); from += 97 {
		for to := from; to <= len(events); to += 131 {
			part := slices.Clone(events[from:to])
			check(t, part)
			for i := range part {
				part[i].Term, part[i].Note = 0, ""
			}
			check(t, part)
		}
	}
}

func check(t *testing.T, events []trace.Event) {
	t.Helper()
	for _, servers := range [][]int{nil, {0}, {2, 4}, {9}} {
		for _, most := range []int{0, 1, 5, 24} {
			for _, lines := range [][]string{Last(events, servers, most), History(events, servers, most)} {
				require.LessOrEqual(t, len(lines), most)
				for _, line := range lines {
					require.LessOrEqual(t, utf8.RuneCountInString(line), width, line)
					require.Equal(t, -1, strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }), line)
				}
			}
		}
	}
}

// many is a long run: a recorded one over and over.
func many(t testing.TB, n int) []trace.Event {
	once := readTrace(t, "../page/testdata/partition.jsonl")
	var events []trace.Event
	for len(events) < n {
		start := events[max(0, len(events)-1):]
		for _, e := range once {
			if len(start) > 0 {
				e.At += start[0].At
			}
			events = append(events, e)
		}
	}
	return events[:n]
}

func BenchmarkHistory(b *testing.B) {
	events := many(b, 190_000)
	for b.Loop() {
		History(events, nil, 24)
	}
}

func BenchmarkLast(b *testing.B) {
	events := many(b, 190_000)
	for b.Loop() {
		Last(events, nil, 14)
	}
}
