package story

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"raftlabs/tests/trace"
)

func readTrace(t testing.TB, path string) []trace.Event {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	events, err := trace.ReadJSONL(f)
	require.NoError(t, err)
	return events
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
