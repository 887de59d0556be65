package labgob_test

import (
	"bytes"
	"encoding/gob"
	"io"
	"reflect"
	"testing"

	"raftlabs/labgob"
)

type (
	encoder interface{ Encode(any) error }
	decoder interface{ Decode(any) error }
)

var libraries = []struct {
	name    string
	encoder func(io.Writer) encoder
	decoder func(io.Reader) decoder
}{
	{"gob", func(w io.Writer) encoder { return gob.NewEncoder(w) }, func(r io.Reader) decoder { return gob.NewDecoder(r) }},
	{"labgob", func(w io.Writer) encoder { return labgob.NewEncoder(w) }, func(r io.Reader) decoder { return labgob.NewDecoder(r) }},
}

// loads are what a Raft sends and saves.
var loads = []struct {
	name  string
	value any
	fresh func() any
}{
	{"reply", Reply{3, true}, func() any { return new(Reply) }},
	{"heartbeat", Args{Term: 3, LeaderId: 1, PrevLogIndex: 99, PrevLogTerm: 3, LeaderCommit: 98}, func() any { return new(Args) }},
	{"entries=10", Args{Term: 3, Entries: entries(10)}, func() any { return new(Args) }},
	{"log=1000", entries(1000), func() any { return new([]Entry) }},
}

func entries(n int) []Entry {
	log := make([]Entry, n)
	for i := range log {
		log[i] = Entry{3, Op{Kind: "Append", Key: "key", Value: "a value", Client: 12345678, Seq: int64(i)}}
	}
	return log
}

// One encoder for each value, as for a state that is saved.
func BenchmarkEncodeFresh(b *testing.B) {
	eachLibrary(b, func(b *testing.B, library, load int) {
		var buf bytes.Buffer
		for b.Loop() {
			buf.Reset()
			if err := libraries[library].encoder(&buf).Encode(loads[load].value); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDecodeFresh(b *testing.B) {
	eachLibrary(b, func(b *testing.B, library, load int) {
		data := encoded(b, loads[load].value)
		for b.Loop() {
			if err := libraries[library].decoder(bytes.NewReader(data)).Decode(loads[load].fresh()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// One encoder and decoder for all values, that have described their types.
func BenchmarkPairPrimed(b *testing.B) {
	eachLibrary(b, func(b *testing.B, library, load int) {
		var buf bytes.Buffer
		e, d := libraries[library].encoder(&buf), libraries[library].decoder(&buf)
		for b.Loop() {
			if e.Encode(loads[load].value) != nil || d.Decode(loads[load].fresh()) != nil {
				b.Fatal("failed")
			}
		}
	})
}

func eachLibrary(b *testing.B, f func(b *testing.B, library, load int)) {
	for i := range loads {
		for j := range libraries {
			b.Run(loads[i].name+"/"+libraries[j].name, func(b *testing.B) {
				b.ReportAllocs()
				f(b, j, i)
			})
		}
	}
}

func BenchmarkCheckType(b *testing.B) {
	for b.Loop() {
		labgob.CheckType(reflect.TypeFor[*Args]())
	}
}

func BenchmarkCheckZero(b *testing.B) {
	reply, args := new(Reply), new(Args)
	b.Run("reply", func(b *testing.B) {
		for b.Loop() {
			labgob.CheckZero(reply, "a value")
		}
	})
	b.Run("args", func(b *testing.B) {
		for b.Loop() {
			labgob.CheckZero(args, "a value")
		}
	})
}
