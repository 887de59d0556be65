package labgob_test

import (
	"bytes"
	"encoding/gob"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/labgob"
)

func TestTheEndOfTheDataIsReturnedButNotReported(t *testing.T) {
	r := record(t)
	var n int
	assert.Equal(t, io.EOF, decode(nil, &n))

	d := labgob.NewDecoder(bytes.NewReader(encoded(t, 1, 2, 3)))
	sum := 0
	for {
		var n int
		if err := d.Decode(&n); err != nil {
			assert.Equal(t, io.EOF, err)
			break
		}
		sum += n
	}
	assert.Equal(t, 6, sum)
	r.none(t)
}

// Wherever the data are cut off within a value, Decode says so, and it never
// says io.EOF, which callers take for an empty persister.
func TestTruncatedDataAreReported(t *testing.T) {
	for _, v := range []any{7, "text", Args{Term: 1, Entries: []Entry{{1, Op{Key: "k"}}, {2, 3}}}, map[string]int{"a": 1}, string(make([]byte, 300))} {
		data := encoded(t, v)
		for cut := 1; cut < len(data); cut++ {
			r := record(t)
			err := decode(data[:cut], nil)
			require.Equal(t, io.ErrUnexpectedEOF, err, "%T cut at %d of %d", v, cut, len(data))
			p := r.one(t)
			require.Equal(t, labgob.BadData, p.Kind)
			require.Contains(t, p.Text, "the data end in the middle of a value")
		}
	}
}

// gob itself says io.EOF where a value within a message is too short.
func TestGobSaysEOFForAShortMapAndLabgobDoesNot(t *testing.T) {
	record(t)
	data := mapWithCount(2)
	var m map[string]int
	assert.Equal(t, io.EOF, gob.NewDecoder(bytes.NewReader(data)).Decode(&m))
	assert.Equal(t, io.ErrUnexpectedEOF, decode(data, &m))
}

func TestAWrongVariableIsReportedAndReturned(t *testing.T) {
	type other struct{ Height int }
	type textTerm struct{ Term string }
	for _, test := range []struct {
		name           string
		sent, variable any
		err            string
	}{
		{"number for string", 7, new(string), "gob: decoding into local type *string, received remote type int"},
		{"struct for number", Reply{1, true}, new(int), "gob: decoding into local type *int, received remote type Reply = struct { Term int; Success bool; }"},
		{"number for struct", 7, new(Reply), "gob: type mismatch in decoder: want struct type labgob_test.Reply; got non-struct"},
		{"no field in common", Reply{1, true}, new(other), "gob: type mismatch: no fields matched compiling decoder for other"},
		{"field of another type", Reply{1, true}, new(textTerm), "gob: wrong type (string) for received field Reply.Term"},
		{"too large", 300, new(int8), `value for "*int8" out of range`},
		{"interface", 7, new(any), "gob: local interface type *interface {} can only be decoded from remote interface type; received concrete type int"},
		{"method missing", new(any(7)), new(io.Reader), "gob: int is not assignable to type io.Reader"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := record(t)
			d := labgob.NewDecoder(bytes.NewReader(encoded(t, test.sent, "next")))
			assert.EqualError(t, d.Decode(test.variable), test.err)
			p := r.one(t)
			assert.Equal(t, labgob.WrongType, p.Kind)
			assert.Contains(t, p.Text, "Decode values in the order in which they were encoded")
			assert.Contains(t, p.Text, "labgob/decode_test.go:")

			var next string
			assert.NoError(t, d.Decode(&next), "the stream goes on")
			assert.Equal(t, "next", next)
		})
	}
}

func TestANonPointerIsReported(t *testing.T) {
	var none *Reply
	for variable, described := range map[any]string{
		Reply{}: "given labgob_test.Reply.",
		7:       "given int.",
		none:    "given nil *labgob_test.Reply.",
	} {
		r := record(t)
		assert.Error(t, decode(encoded(t, Reply{Term: 1}), variable))
		p := r.one(t)
		assert.Equal(t, labgob.Misuse, p.Kind)
		assert.Contains(t, p.Text, described)
	}
}

func TestANilVariableDiscardsAValue(t *testing.T) {
	r := record(t)
	d := labgob.NewDecoder(bytes.NewReader(encoded(t, Args{Entries: []Entry{{1, Op{}}}}, 7)))
	require.NoError(t, d.Decode(nil))
	var n int
	require.NoError(t, d.Decode(&n))
	assert.Equal(t, 7, n)
	r.none(t)
}

func TestANameThatIsNotRegisteredIsReported(t *testing.T) {
	type gone struct{ A int }
	labgob.RegisterName("raftlabs/kvraft.Op", gone{})
	data := encoded(t, Entry{1, gone{1}})
	for name, call := range map[string]string{
		"raftlabs/kvraft.Xx": "Call labgob.Register(kvraft.Xx{}) in Make or StartKVServer",
		"*0123456/kvraft.Xx": "Call labgob.Register(kvraft.Xx{}) in Make or StartKVServer",
		"*kvraft.Operations": "Call labgob.Register(&kvraft.Operations{}) in Make or StartKVServer",
		"ra/kvraft.X[ab/cd]": "Call labgob.Register(kvraft.X[ab/cd]{}) in Make or StartKVServer",
	} {
		r := record(t)
		var e Entry
		err := decode(bytes.Replace(data, []byte("raftlabs/kvraft.Op"), []byte(name), 1), &e)
		assert.EqualError(t, err, `gob: name not registered for interface: "`+name+`"`)
		p := r.one(t)
		assert.Equal(t, labgob.Unregistered, p.Kind)
		assert.Contains(t, p.Text, call)
	}
}

func TestAReadersErrorIsReturnedAndReported(t *testing.T) {
	r := record(t)
	broken := errors.New("cable cut")
	data := encoded(t, "text")
	for _, reader := range []io.Reader{
		iotest.ErrReader(broken),
		io.MultiReader(bytes.NewReader(data[:1]), iotest.ErrReader(broken)),
		io.MultiReader(bytes.NewReader(data[:len(data)-1]), iotest.ErrReader(broken)),
	} {
		assert.Equal(t, broken, labgob.NewDecoder(reader).Decode(new(string)))
		p := r.one(t)
		assert.Equal(t, labgob.Failed, p.Kind)
		assert.Contains(t, p.Text, "cable cut")
	}
}

func TestAReaderOfSingleBytesWillDo(t *testing.T) {
	r := record(t)
	long := strings.Repeat("x", 3<<20)
	d := labgob.NewDecoder(iotest.OneByteReader(bytes.NewReader(encoded(t, long, 7))))
	var s string
	var n int
	require.NoError(t, d.Decode(&s))
	require.NoError(t, d.Decode(&n))
	assert.Equal(t, long, s)
	assert.Equal(t, 7, n)
	r.none(t)
}

// As with gob, two decoders may share an io.ByteReader.
func TestDecodeTakesNoMoreThanItsValue(t *testing.T) {
	r := record(t)
	reader := bytes.NewReader(append(encoded(t, Reply{Term: 1}), encoded(t, "next")...))
	var reply Reply
	var next string
	require.NoError(t, labgob.NewDecoder(reader).Decode(&reply))
	require.NoError(t, labgob.NewDecoder(reader).Decode(&next))
	assert.Equal(t, "next", next)
	r.none(t)
}

type (
	// bomb cannot be decoded.
	bomb struct{ N int }
	// short says that its bytes end too early, in the words of the end of data.
	short struct{ N int }
	// Inner is embedded by pointer, through which gob reaches for fields.
	Inner   struct{ A int }
	byPromo struct{ *Inner }
)

func (b bomb) GobEncode() ([]byte, error) { return []byte{1}, nil }
func (b *bomb) GobDecode([]byte) error    { panic("no such bomb") }

func (s short) GobEncode() ([]byte, error) { return nil, nil }
func (s *short) GobDecode([]byte) error    { return io.EOF }

func TestAMethodsEOFIsNotTheEndOfTheData(t *testing.T) {
	r := record(t)
	assert.Equal(t, io.ErrUnexpectedEOF, decode(encoded(t, short{}), new(short)))
	assert.Equal(t, labgob.BadData, r.one(t).Kind)
}

func TestAPanicWhileDecodingBecomesAnError(t *testing.T) {
	r := record(t)
	for name, test := range map[string]struct{ sent, variable any }{
		"no such bomb": {bomb{}, new(bomb)},
		"reflect":      {struct{ A int }{3}, new(byPromo)},
	} {
		var err error
		assert.NotPanics(t, func() { err = decode(encoded(t, test.sent), test.variable) })
		assert.ErrorContains(t, err, "labgob: a panic while decoding")
		assert.ErrorContains(t, err, name)
		assert.Equal(t, labgob.Failed, r.one(t).Kind)
	}
}
