package labgob_test

import (
	"bytes"
	"encoding/gob"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/labgob"
)

func encodeError(v any) error { return labgob.NewEncoder(new(bytes.Buffer)).Encode(v) }

type (
	strangerOp  struct{ Key string }
	strangerCmd string
	strangerSeq int
	strangerYes bool
)

func TestUnregisteredTypesAreReportedWithTheCallToMake(t *testing.T) {
	for _, test := range []struct {
		command any
		typ     string
		call    string
	}{
		{strangerOp{"k"}, "labgob_test.strangerOp", "labgob.Register(labgob_test.strangerOp{})"},
		{&strangerOp{"k"}, "labgob_test.strangerOp", "labgob.Register(labgob_test.strangerOp{})"},
		{strangerCmd("k"), "labgob_test.strangerCmd", `labgob.Register(labgob_test.strangerCmd(""))`},
		{strangerSeq(3), "labgob_test.strangerSeq", "labgob.Register(labgob_test.strangerSeq(0))"},
		{strangerYes(true), "labgob_test.strangerYes", "labgob.Register(labgob_test.strangerYes(false))"},
		{map[string]int{}, "map[string]int", "labgob.Register(map[string]int{})"},
		{[]strangerOp{}, "[]labgob_test.strangerOp", "labgob.Register([]labgob_test.strangerOp{})"},
	} {
		t.Run(test.typ, func(t *testing.T) {
			r := record(t)
			args := Args{Entries: []Entry{{1, "x"}, {1, test.command}}}
			err := encodeError(args)
			assert.EqualError(t, err, "gob: type not registered for interface: "+test.typ)
			p := r.one(t)
			assert.Equal(t, labgob.Unregistered, p.Kind)
			assert.Equal(t, test.typ, p.Type)
			assert.Contains(t, p.Text, "Call "+test.call+" in Make or StartKVServer, before")
			assert.Contains(t, p.Text, "labgob/encode_test.go:")
		})
	}
}

func TestValuesThatGobCannotSendAreReportedAndReturned(t *testing.T) {
	var nilOp *Op
	var chain = &nilOp
	loop := ringed()
	inner := map[string]any{}
	inner["self"] = inner
	labgob.Register(inner)
	for _, test := range []struct {
		name  string
		value any
		err   string
		text  string
	}{
		{"nil", nil, "gob: cannot encode nil value", "Encode was given nil"},
		{"nil pointer", nilOp, "labgob: cannot encode nil pointer of type *labgob_test.Op", "Encode was given nil"},
		{"pointer to nil", chain, "labgob: cannot encode nil pointer of type *labgob_test.Op", "Encode was given nil"},
		{"nil pointer in an interface", Entry{1, nilOp},
			"gob: gob: cannot encode nil pointer of type *labgob_test.Op inside interface", "met a nil pointer"},
		{"nil element", []*Op{nil}, "gob: encodeArray: nil element", "met a nil pointer"},
		{"nil map value", map[int]*Op{1: nil}, "gob: encodeReflectValue: nil element", "met a nil pointer"},
		{"channel", make(chan int), "gob NewTypeObject can't handle type: chan int", "no encoding for a chan int"},
		{"function", func() {}, "gob NewTypeObject can't handle type: func()", "no encoding for a func()"},
		{"channels", struct{ C []chan int }{}, "gob NewTypeObject can't handle type: chan int", "no encoding for a chan int"},
		{"no capital", struct{ _ int }{}, "gob: type struct { _ int } has no exported fields", "Rename its fields"},
		{"only a channel", struct{ C chan int }{}, "gob: type struct { C chan int } has no exported fields", "channels"},
		{"loop", loop, "labgob: the value is nested more than 200000 deep, or contains itself", "follows every pointer"},
		{"loop through a map", inner, "labgob: the value is nested more than 200000 deep, or contains itself",
			"follows every pointer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := record(t)
			assert.EqualError(t, encodeError(test.value), test.err)
			p := r.one(t)
			assert.Equal(t, labgob.Unsendable, p.Kind)
			assert.Contains(t, p.Text, test.text)
			assert.Contains(t, p.Text, "labgob/encode_test.go:")
		})
	}
}

func TestALockInAMessageIsReportedBeforeGobRefusesIt(t *testing.T) {
	r := record(t)
	assert.Error(t, encodeError(&openLock{}))
	problems := r.drain()
	require.Len(t, problems, 2)
	assert.Equal(t, labgob.LowerCase, problems[0].Kind)
	assert.Equal(t, "Mu", problems[0].Field)
	assert.Equal(t, labgob.Unsendable, problems[1].Kind)
}

type brokenWriter struct{ error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.error }

func TestAWritersErrorIsReturnedAndReported(t *testing.T) {
	r := record(t)
	full := errors.New("disk full")
	assert.Equal(t, full, labgob.NewEncoder(brokenWriter{full}).Encode(1))
	p := r.one(t)
	assert.Equal(t, labgob.Failed, p.Kind)
	assert.Contains(t, p.Text, "Encode of int failed: disk full.")
}

func TestEncodeRefusesWhatDecodeWouldRefuse(t *testing.T) {
	r := record(t)
	assert.EqualError(t, encodeError(make([]byte, 1<<26)), "labgob: the encoded value is longer than 64 MiB")
	assert.Contains(t, r.one(t).Text, "a log that is never trimmed")
}

func TestAListOf50000IsNoLoop(t *testing.T) {
	r := record(t)
	var list *ring
	for range 50_000 {
		list = &ring{list}
	}
	var got ring
	require.NoError(t, decode(encoded(t, list), &got))
	r.none(t)
	n := 0
	for at := &got; at != nil; at = at.Next {
		n++
	}
	assert.Equal(t, 50_000, n)
}

func TestRegisterReportsAClashAndKeepsTheFirst(t *testing.T) {
	type clash struct{ A int }
	r := record(t)
	labgob.Register(clash{})
	labgob.Register(clash{})
	r.none(t)
	assert.NotPanics(t, func() { labgob.Register(&clash{}) })
	p := r.one(t)
	assert.Equal(t, labgob.Misuse, p.Kind)
	assert.Equal(t, "*labgob_test.clash", p.Type)
	assert.Contains(t, p.Text, "either as a value or as a pointer")

	var got Entry
	require.NoError(t, decode(encoded(t, Entry{1, clash{3}}), &got))
	assert.Equal(t, clash{3}, got.Command)

	assert.NotPanics(t, func() { labgob.Register(nil) })
	assert.Equal(t, labgob.Misuse, r.one(t).Kind)
	assert.NotPanics(t, func() { labgob.RegisterName("", clash{}) })
	assert.Equal(t, labgob.Misuse, r.one(t).Kind)
}

func TestRegisterNameIsTheNameOnTheWire(t *testing.T) {
	type named struct{ A int }
	r := record(t)
	labgob.RegisterName("a-name-of-ours", named{})
	data := encoded(t, Entry{1, named{3}})
	assert.Contains(t, string(data), "a-name-of-ours")
	var got Entry
	require.NoError(t, decode(data, &got))
	assert.Equal(t, named{3}, got.Command)
	r.none(t)
}

func TestRegisterChecksTheType(t *testing.T) {
	type low struct {
		Key string
		seq int
	}
	r := record(t)
	labgob.Register(&low{"k", 1})
	assert.Equal(t, "seq", r.one(t).Field)
}

// samples are values that gob can send, of every shape, some with types that are
// first met behind an interface, in the midst of a value.
func samples() []any {
	type late struct{ N int }
	type later struct{ L []late }
	type latest struct {
		A, B any
		M    map[string]any
	}
	for _, v := range []any{late{}, later{}, latest{}, map[string]any{}, []any{}, [2]late{}, time.Time{}} {
		labgob.Register(v)
	}
	deep := latest{
		A: latest{A: later{[]late{{1}, {}}}, B: late{2}},
		B: map[string]any{"x": latest{B: [2]late{{1}, {2}}}, "y": []any{nil, 1, "s", late{5}}},
		M: map[string]any{"t": time.Unix(1, 2).UTC(), "n": nil},
	}
	return []any{
		0, -1, 1 << 40, uint8(200), 1.5, "", "text", true, complex(1, -2), []byte("raw"), []int{}, []int{1, -300},
		[3]string{"a"}, map[string]int{"a": 1, "b": 0}, map[Op][]Entry{{Key: "k"}: {{1, "x"}}}, [][]byte{nil, {1}},
		Args{}, Args{Term: 3, Entries: []Entry{{1, Op{Key: "k"}}, {2, nil}, {3, 4}}}, Reply{}, struct{}{},
		cleanTree{Key: "k", Left: &cleanTree{Key: "l"}, Kids: []cleanTree{{}}, ByName: map[string]*cleanTree{"n": {}}},
		opaqueAll{At: time.Unix(3, 0).UTC()}.addressable(), late{1}, later{[]late{{}}}, deep,
		[]any{deep, deep, late{}}, map[string]any{"a": deep, "b": later{}}, time.Unix(7, 0).UTC(), [0]int{},
		struct{ E struct{} }{}, []struct{}{{}, {}}, map[struct{}]struct{}{{}: {}}, [2][2]any{{1, "x"}, {nil, deep}},
	}
}

func (o opaqueAll) addressable() *opaqueAll { return &o }

func TestWhatGobSendsArrives(t *testing.T) {
	r := record(t)
	values := samples()
	for i, v := range values {
		want := reflect.ValueOf(v)
		if want.Kind() == reflect.Pointer {
			want = want.Elem()
		}
		got := reflect.New(want.Type())
		require.NoError(t, decode(encoded(t, v), got.Interface()), "sample %d: %#v", i, v)
		plain := reflect.New(want.Type())
		var buf bytes.Buffer
		require.NoError(t, gob.NewEncoder(&buf).Encode(v))
		require.NoError(t, gob.NewDecoder(&buf).DecodeValue(plain))
		require.Equal(t, plain.Interface(), got.Interface())
	}

	// All of them on one stream, whose types are described once, twice over.
	var buf bytes.Buffer
	e, d := labgob.NewEncoder(&buf), labgob.NewDecoder(&buf)
	for range 2 {
		for _, v := range values {
			require.NoError(t, e.Encode(v))
			typ := reflect.TypeOf(v)
			if typ.Kind() == reflect.Pointer {
				typ = typ.Elem()
			}
			require.NoError(t, d.Decode(reflect.New(typ).Interface()), "%#v", v)
		}
	}
	assert.Zero(t, buf.Len())
	r.none(t)
}
