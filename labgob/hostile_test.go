package labgob_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/labgob"
)

// number is n as gob writes it where it needs eight bytes.
func number(n uint64) []byte { return binary.BigEndian.AppendUint64([]byte{0xf8}, n) }

// mapWithCount is the stream of map[string]int{"a": 1}, but with n for the
// number of its entries.
func mapWithCount(n uint64) []byte {
	var define []byte
	define = append(define, 0xff, 0x81)          // -65
	define = append(define, 4)                   // wireType.MapT
	define = append(define, 1, 2, 0xff, 0x82, 0) // CommonType{Id: 65}
	define = append(define, 1, 12, 1, 4)         // Key: string, Elem: int
	define = append(define, 0, 0)                // the ends of MapT and of wireType
	value := []byte{0xff, 0x82, 0}               // 65, no struct
	value = append(append(value, number(n)...), 1, 'a', 2)
	return messages(define, value)
}

// messages puts the length in front of each part.
func messages(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(append(out, number(uint64(len(p)))...), p...)
	}
	return out
}

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// gob alone would allocate 400 MB for the second of these counts, and end the
// process at the third.
func TestTheCountOfAMapIsNotTrusted(t *testing.T) {
	record(t)
	for _, n := range []uint64{2, 10_000_000, 1 << 36, 1<<63 - 1, 1<<64 - 1} {
		var m map[string]int
		data := mapWithCount(n)
		took := allocated(func() { assert.Equal(t, io.ErrUnexpectedEOF, decode(data, &m)) })
		assert.Less(t, took, uint64(1<<20), "%d entries", n)
		assert.Nil(t, m)
	}
	var m map[string]int
	assert.NoError(t, decode(mapWithCount(1), &m))
	assert.Equal(t, map[string]int{"a": 1}, m)
}

func TestTheLengthOfAMessageIsNotTrusted(t *testing.T) {
	r := record(t)
	for _, n := range []uint64{1 << 25, 1 << 26, 1<<26 + 1, 1 << 33, 1<<64 - 1} {
		data := append(number(n), 3, 4, 0, 14)
		took := allocated(func() { assert.Error(t, decode(data, new(int))) })
		assert.Less(t, took, uint64(1<<20), "%d bytes", n)
		assert.Equal(t, labgob.BadData, r.one(t).Kind)
	}
}

// list is the stream of a linked list: the definition of the struct type 65
// with the one field Next, then depth structs within each other.
func list(depth int) []byte {
	var define []byte
	define = append(define, 0xff, 0x81)          // -65
	define = append(define, 3)                   // wireType.StructT
	define = append(define, 1, 2, 0xff, 0x82, 0) // CommonType{Id: 65}
	define = append(define, 1, 1)                // Field, of length 1
	define = append(define, 1, 4)                // Name
	define = append(define, "Next"...)           //
	define = append(define, 1, 0xff, 0x82, 0)    // Id: 65
	define = append(define, 0, 0)                // the ends of StructT and of wireType
	value := append([]byte{0xff, 0x82}, ones(depth)...)
	value = append(value, make([]byte, depth+1)...)
	return messages(define, value)
}

func ones(n int) []byte { return bytes.Repeat([]byte{1}, n) }

func TestNestingIsBounded(t *testing.T) {
	r := record(t)
	var got ring
	require.NoError(t, decode(list(100_000), &got))
	r.none(t)
	assert.EqualError(t, decode(list(1_000_000), new(ring)), "labgob: bad data: a value that is nested more than 200000 deep")
	assert.Equal(t, labgob.BadData, r.one(t).Kind)
}

func TestBytesThatAreNoGobAreReported(t *testing.T) {
	for name, test := range map[string]struct {
		data []byte
		err  string
	}{
		"text":                   {[]byte(strings.Repeat("{\"Term\": 3}", 20)), "no zero in front of a single value"},
		"zeros":                  {make([]byte, 10), "an empty message"},
		"a long number":          {[]byte{0x80, 0, 0}, "a number of 128 bytes"},
		"a long number within":   {[]byte{2, 4, 0x80}, "a number of 128 bytes"},
		"more than a value":      {[]byte{4, 4, 0, 14, 14}, "1 bytes after the end of a value"},
		"no zero in front":       {[]byte{3, 4, 1, 14}, "no zero in front of a single value"},
		"an unknown type":        {[]byte{4, 0xff, 0x84, 0, 14}, "a value of the unknown type number 66"},
		"one of gob's own types": {[]byte{3, 32, 0, 0}, "a value of the unknown type number 16"},
		"a huge type number":     {append(append([]byte{11}, number(1<<40)...), 0, 0), "type number 549755813888"},
		"the least type number":  {append(append([]byte{11}, number(1<<32-1)...), 0, 0), "type number -2147483648"},
		"a type of no kind":      {[]byte{3, 0xff, 0x81, 0}, "type number 65 is of no kind"},
		"a type of two kinds":    {[]byte{6, 0xff, 0x81, 2, 0, 2, 0}, "type number 65 is of two kinds"},
		"a type with many kinds": {[]byte{4, 0xff, 0x81, 9, 0}, "field 8 of a type's definition, which has 7"},
		"bytes after a type":     {[]byte{6, 0xff, 0x81, 2, 0, 0, 7}, "1 bytes after the definition of a type"},
		"a type twice":           {messages([]byte{0xff, 0x81, 2, 0, 0}, []byte{0xff, 0x81, 2, 0, 0}, []byte{4, 0, 2}), "type number 65 is defined twice"},
		"gob's own type":         {messages([]byte{33, 2, 0, 0}, []byte{4, 0, 2}), "type number 17 is defined twice"},
		"a long message":         {number(1<<26 + 1), "a message of 67108865 bytes, where 64 MiB are allowed"},
		"a negative array":       {[]byte{8, 0xff, 0x81, 1, 3, 5, 0, 0, 0}, "an array of a negative length"},
	} {
		t.Run(name, func(t *testing.T) {
			r := record(t)
			assert.EqualError(t, decode(test.data, nil), "labgob: bad data: "+test.err)
			p := r.one(t)
			assert.Equal(t, labgob.BadData, p.Kind)
			assert.Contains(t, p.Text, "These bytes are not what Encode wrote")
		})
	}
}

func TestValuesMustFitTheirTypes(t *testing.T) {
	record(t)
	array := encoded(t, [3]int{1, 2, 3})
	array[len(array)-4] = 2
	assert.EqualError(t, decode(array, nil), "labgob: bad data: an array of 2 elements, where its type has 3")

	reply := encoded(t, Reply{1, true})
	reply[len(reply)-3] = 5
	assert.EqualError(t, decode(reply, nil), "labgob: bad data: field 5 of a struct that has 2")

	// An interface value with the wrong length: gob would lose its place where
	// it skips the value, and find it again where it decodes it.
	entry := encoded(t, Entry{Command: "text"})
	at := bytes.LastIndexByte(entry, 6)
	require.Equal(t, []byte{6, 0, 4, 't', 'e', 'x', 't', 0}, entry[at:])
	entry[at] = 5
	assert.Error(t, decode(entry, nil))
	entry[at] = 7
	assert.EqualError(t, decode(entry, nil), "labgob: bad data: an interface value that does not have the length it says")
}
