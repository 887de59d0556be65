package page

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/wire"
)

// decode reads a page's data block as its scripts do.
func decode(t *testing.T, text, encoding string) *document {
	t.Helper()
	plain := []byte(text)
	if encoding == "gzip" {
		packed, err := base64.StdEncoding.DecodeString(text)
		require.NoError(t, err)
		zip, err := gzip.NewReader(bytes.NewReader(packed))
		require.NoError(t, err)
		plain, err = io.ReadAll(zip)
		require.NoError(t, err)
	}
	d := new(document)
	require.NoError(t, json.Unmarshal(plain, d))
	return d
}

// events takes the columns apart again.
func (d *document) events() []Event {
	n := int(d.Events["rows"][0])
	all := make([]Event, n)
	var at int64
	for i := range all {
		number := func(name string) int {
			if c := d.Events[name]; c != nil {
				return int(c[i])
			}
			return 0
		}
		text := func(name string) string { return d.Texts[number(name)] }
		at += int64(number("at"))
		all[i] = Event{
			At: time.Duration(at), Kind: text("kind"), From: number("from"), To: number("to"), Num: uint64(number("num")),
			Method: text("method"), Bytes: number("bytes"), Term: number("term"), Note: text("note"),
			Inc: number("inc"), Reply: number("flags")&eventReply != 0, Second: number("flags")&eventSecond != 0,
			Index: number("index"), Topic: text("topic"), Rule: text("rule"), Fields: text("fields"),
		}
	}
	return all
}

func roundTrip(t *testing.T, events []Event) (back []Event, encoding string) {
	t.Helper()
	text, encoding, err := newDocument(Meta{}, events).encode()
	require.NoError(t, err)
	return decode(t, text, encoding).events(), encoding
}

func TestEventsSurviveTheEncoding(t *testing.T) {
	for _, name := range []string{"lostvote.jsonl", "partition.jsonl"} {
		want, _ := prepare(Meta{}, readTrace(t, name))
		got, encoding := roundTrip(t, want)
		assert.Equal(t, "json", encoding, "a short run is readable in the page's source")
		assert.Equal(t, want, got, name)
	}
	want, _ := prepare(Meta{}, longRun(t, 20_000))
	got, encoding := roundTrip(t, want)
	assert.Equal(t, "gzip", encoding)
	assert.Equal(t, want, got)
}

func TestAnyEventsSurviveTheEncoding(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	pick := func(all ...string) string { return all[draw.IntN(len(all))] }
	for range 200 {
		want := make([]Event, draw.IntN(40))
		for i := range want {
			want[i] = Event{
				At: time.Duration(draw.Int64N(1e12)), Kind: pick("sent", "delivered", "dropped", "replied", "returned", "duplicated", "save", "x y"),
				From: draw.IntN(6) - 1, To: draw.IntN(6) - 1, Num: uint64(draw.IntN(4)), Method: pick("", wire.AppendEntries, wire.RequestVote, "KV.Get"),
				Bytes: draw.IntN(1000), Term: draw.IntN(4), Note: pick("", "a", "<b>", "granted", "no"),
				Inc: draw.IntN(3), Reply: draw.IntN(2) == 0, Second: draw.IntN(2) == 0, Index: draw.IntN(3),
				Topic: pick("", "t"), Rule: pick("", "§5"), Fields: pick("", "Term: 1\nX: 2"),
			}
		}
		slices.SortStableFunc(want, func(a, b Event) int { return int(a.At - b.At) })
		got, _ := roundTrip(t, want)
		assert.Equal(t, want, got)
	}
}

func TestAFailureHasAnEventOfItsOwn(t *testing.T) {
	events := []Event{{At: 1, Kind: "start", To: none}, {At: 5, Kind: "save", To: none}, {At: 5, Kind: "save", To: none}, {At: 9, Kind: "crash", To: none}}
	meta := Meta{Failure: &Failure{Text: "S2 voted twice in term 4: first for S0, then for S1", Rule: "§5.2", At: 5}, Servers: 3}

	got, at := prepare(meta, events)
	assert.Equal(t, 3, at, "after all that happened at its instant")
	assert.Equal(t, Event{At: 5, Kind: "violation", From: none, To: none, Note: meta.Failure.Text, Rule: "§5.2"}, got[at])
	assert.Len(t, got, 5)
	assert.Len(t, events, 4, "the caller's events stay as they were")
	assert.Equal(t, []int{0, 1, 2}, newDocument(meta, events).Blamed, "the servers that the sentence names")

	_, at = prepare(Meta{}, events)
	assert.Equal(t, none, at, "a run that passed has none")

	ended := append(slices.Clone(events[:3]), Event{At: 5, Kind: "crash", To: none}, Event{At: 5, Kind: "crash", From: 1, To: none})
	_, at = prepare(meta, ended)
	assert.Equal(t, 3, at, "before the crashes that end the case")
}

// A run that has recorded its violation shows that one, where it was, and no
// second one for its failure, which lends it what it does not say itself.
func TestARecordedViolationIsTheOnlyOne(t *testing.T) {
	events := []Event{
		{At: 1, Kind: "start", To: none}, {At: 7, Kind: "violation", From: 2, To: 1}, {At: 7, Kind: "save", To: none},
		{At: 8, Kind: "violation", From: 0, To: none, Note: "and S0, later"},
	}
	meta := Meta{Failure: &Failure{Text: "S2 voted twice", Rule: "§5.2", At: 9}, Servers: 3}
	got, at := prepare(meta, events)
	assert.Equal(t, 1, at, "the first one, in its place")
	assert.Len(t, got, len(events))
	assert.Equal(t, Event{At: 7, Kind: "violation", From: 2, To: 1, Note: "S2 voted twice", Rule: "§5.2"}, got[at])
	assert.Equal(t, []int{2, 1}, newDocument(meta, events).Blamed)

	events[1].Note, events[1].Rule = "S1 voted twice", "§5.4.1"
	got, at = prepare(meta, events)
	assert.Equal(t, events, got, "what it says itself stays")
	_, alone := prepare(Meta{}, events)
	assert.Equal(t, at, alone, "and it needs no failure")
}

func TestAFieldSaysMoreThanWords(t *testing.T) {
	got, _ := prepare(Meta{}, []Event{{Kind: "apply", Index: 7, Note: "index 5"}, {Kind: "apply", Note: "index 5"}})
	assert.Equal(t, 7, got[0].Index)
	assert.Equal(t, 5, got[1].Index)
}

func TestClientsAndTheirOperationsArePacked(t *testing.T) {
	d := newDocument(Meta{Servers: 3}, []Event{
		{Kind: "cluster", From: none, To: none, Index: 2},
		{Kind: "call", From: 3, To: none, Note: "Get"},
		{Kind: "return", From: 3, To: none, Note: "Get"},
		{Kind: "call", From: 2, To: none, Note: "Get"},
		{Kind: "violation", From: none, To: none, Note: "C1 read what S0 had not committed"},
	})
	assert.Equal(t, []int{3, 2}, []int{d.Servers, d.Clients})
	assert.Equal(t, columns{"rows": {2}, "client": {4, 3}, "call": {1, 3}, "return": {2, none}}, d.Calls)
	assert.Equal(t, []int{0, 4}, d.Blamed)
}
