package trace

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func sample() []Event {
	return []Event{
		{At: 1 * time.Millisecond, Kind: "sent", From: 0, To: 1, Num: 1, Method: "Raft.RequestVote", Bytes: 87, Term: 1},
		{At: 1 * time.Millisecond, Kind: "sent", From: 0, To: 2, Num: 1, Method: "Raft.RequestVote", Bytes: 87, Term: 1},
		{At: 6 * time.Millisecond, Kind: "delivered", From: 0, To: 1, Num: 1, Method: "Raft.RequestVote", Bytes: 87, Term: 1},
		{At: 9 * time.Millisecond, Kind: "crash", From: 2, To: None, Note: "before its 3rd save"},
	}
}

func record(events []Event) *Recorder {
	r := New()
	for _, e := range events {
		r.Add(e)
	}
	return r
}

func TestJSONLinesRoundTrip(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, record(sample()).WriteJSONL(&out))
	assert.Equal(t, 4, strings.Count(out.String(), "\n"), "one event a line")

	back, err := ReadJSONL(&out)
	require.NoError(t, err)
	assert.Equal(t, sample(), back)
}

func TestAnEventIsOneDocumentedObject(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, record(sample()[3:]).WriteJSONL(&out))
	assert.Equal(t, `{"at":9000000,"kind":"crash","from":2,"to":-1,"note":"before its 3rd save"}`+"\n", out.String())
}

func TestABrokenLineIsNamed(t *testing.T) {
	events, err := ReadJSONL(strings.NewReader(`{"at":1,"kind":"sent","from":0,"to":1}` + "\n{\"at\":"))
	assert.ErrorContains(t, err, "reading event 1 of a trace")
	assert.Len(t, events, 1, "what came before it is kept")
}

func TestOrderInsideAnInstantDoesNotChangeTheHash(t *testing.T) {
	a, b := sample(), sample()
	b[0], b[1] = b[1], b[0]
	require.Equal(t, b[0].At, b[1].At)
	assert.Equal(t, Hash(a), Hash(b))
	assert.Len(t, Hash(a), 16)
}

func TestOrderAcrossInstantsChangesTheHash(t *testing.T) {
	added, moved := sample(), sample()
	added[1], added[2] = added[2], added[1]
	moved[1].At, moved[2].At = moved[2].At, moved[1].At
	assert.NotEqual(t, Hash(sample()), Hash(added), "the same events, added in another order")
	assert.NotEqual(t, Hash(sample()), Hash(moved), "the same events at exchanged instants")
}

func TestEveryFieldCountsInTheHash(t *testing.T) {
	changes := map[string]func(*Event){
		"at":     func(e *Event) { e.At++ },
		"kind":   func(e *Event) { e.Kind = "dropped" },
		"from":   func(e *Event) { e.From = 2 },
		"to":     func(e *Event) { e.To = 2 },
		"num":    func(e *Event) { e.Num++ },
		"method": func(e *Event) { e.Method += "s" },
		"bytes":  func(e *Event) { e.Bytes++ },
		"term":   func(e *Event) { e.Term++ },
		"note":   func(e *Event) { e.Note = "x" },
		"inc":    func(e *Event) { e.Inc = 2 },
		"reply":  func(e *Event) { e.Reply = true },
		"second": func(e *Event) { e.Second = true },
		"index":  func(e *Event) { e.Index = 3 },
		"topic":  func(e *Event) { e.Topic = "vote" },
		"rule":   func(e *Event) { e.Rule = "§5.2" },
		"fields": func(e *Event) { e.Fields = "Term: 4" },
	}
	for name, change := range changes {
		events := sample()
		change(&events[0])
		assert.NotEqual(t, Hash(sample()), Hash(events), name)
	}
	joined := sample()
	joined[0].Method, joined[0].Note = "", joined[0].Method
	assert.NotEqual(t, Hash(sample()), Hash(joined), "text that moves to the next field")
	assert.NotEqual(t, Hash(sample()), Hash(sample()[:3]), "fewer events")
}

func TestHashLeavesTheEventsInTheirOrder(t *testing.T) {
	events := sample()
	events[0], events[1] = events[1], events[0]
	want := append([]Event(nil), events...)
	Hash(events)
	assert.Equal(t, want, events)
}

func TestARecorderKeepsOrderOverManyChunks(t *testing.T) {
	const total = 3*chunkSize + 7
	r := New()
	assert.Empty(t, r.Events())
	for i := range total {
		r.Add(Event{At: time.Duration(i), Kind: "sent"})
		if i%chunkSize < 2 {
			assert.Len(t, r.From(0), i+1)
		}
	}
	require.Equal(t, total, r.Len())
	for i, e := range r.Events() {
		require.Equal(t, time.Duration(i), e.At)
	}
	for _, n := range []int{1, chunkSize - 1, chunkSize, chunkSize + 1, total - 1} {
		rest := r.From(n)
		require.Len(t, rest, total-n)
		assert.Equal(t, time.Duration(n), rest[0].At)
	}
	assert.Empty(t, r.From(total))
}

// A reader outside the run follows it while it goes on: no lock, and under
// -race no report.
func TestAReaderFollowsARunningRecorder(t *testing.T) {
	const total = 2 * chunkSize
	r := New()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range total {
			r.Add(Event{At: time.Duration(i), Kind: "sent", Note: "x"})
		}
	}()
	seen := 0
	for seen < total {
		for _, e := range r.From(seen) {
			require.Equal(t, time.Duration(seen), e.At)
			require.Equal(t, "x", e.Note)
			seen++
		}
	}
	<-done
}

func TestAnEventOnATerminalIsOneLine(t *testing.T) {
	assert.Equal(t, "   0.001000 s  sent       S0 -> S1 RequestVote #1 87 B term 1", sample()[0].String())
	assert.Equal(t, "   0.009000 s  crash      S2 before its 3rd save", sample()[3].String())
	assert.Equal(t, "   0.000000 s  heal      ", Event{Kind: "heal", From: None, To: None}.String())
}

func BenchmarkAdd(b *testing.B) {
	r := New()
	e := sample()[0]
	for b.Loop() {
		r.Add(e)
	}
}

func TestTheNewestEventsAreKept(t *testing.T) {
	const total = Most + 5*chunkSize + 7
	r := New()
	for i := range total {
		r.Add(Event{Term: i})
	}
	assert.Equal(t, total, r.Len())
	events := r.Events()
	assert.Equal(t, total-len(events), r.Forgotten())
	assert.GreaterOrEqual(t, len(events), Most)
	assert.Less(t, len(events), Most+2*chunkSize)
	for i, e := range events {
		require.Equal(t, r.Forgotten()+i, e.Term)
	}
	assert.Len(t, r.From(total-3), 3)
	assert.Len(t, r.From(5), len(events), "what is asked for is forgotten")
}
