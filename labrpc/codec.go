package labrpc

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"io"
	"reflect"

	"raftlabs/labgob"
)

// codec copies messages the way gob does: by field name, exported fields only.
//
// What makes a fresh gob encoder slow is that it describes its types anew. So
// there is one encoder with its decoder for each pair of types, and what goes
// in comes out at once, in order. The pairs belong to one network. A pair that
// failed is dropped, for its two halves may disagree on what was described.
type codec struct {
	pairs map[pairTypes]*pair
}

type pairTypes struct{ from, to reflect.Type }

type pair struct {
	wire bytes.Buffer
	enc  *gob.Encoder
	dec  *gob.Decoder
}

func newCodec() *codec { return &codec{pairs: map[pairTypes]*pair{}} }

// transcode returns a pointer to a new value of type to, with v's content,
// and the number of bytes that gob needs for v once it has described its
// types.
func (c *codec) transcode(v any, to reflect.Type) (any, int, error) {
	key := pairTypes{reflect.TypeOf(v), to}
	p := c.pairs[key]
	if p == nil {
		p = &pair{}
		p.enc, p.dec = gob.NewEncoder(&p.wire), gob.NewDecoder(&p.wire)
		c.pairs[key] = p
	}
	out := reflect.New(to).Interface()
	size, err := p.pass(v, out)
	if err != nil {
		delete(c.pairs, key)
		return nil, 0, fmt.Errorf("cannot send a %v as a %v: %w", key.from, to, err)
	}
	return out, size, nil
}

func (p *pair) pass(in, out any) (size int, err error) {
	err = p.enc.Encode(in)
	size, described := valueBytes(p.wire.Bytes())
	if described || err != nil {
		// Types are met for the first time, or gob refused one: labgob knows
		// what students get wrong there, and reports it.
		checked := labgob.NewEncoder(io.Discard).Encode(in)
		if err == nil {
			err = checked
		}
	}
	if err != nil {
		return 0, err
	}
	return size, p.dec.Decode(out)
}

// valueBytes is the length of the values in a stretch of a gob stream, and
// whether it describes types as well. A stream is a sequence of messages, each
// a length and that many bytes, of which the first are a type's number:
// negative where the message describes that type (package gob, "Encoding
// Details").
func valueBytes(stream []byte) (size int, described bool) {
	for len(stream) > 0 {
		length, n := gobUint(stream)
		whole := n + int(length)
		if n == 0 || whole > len(stream) {
			return size + len(stream), described
		}
		if id, _ := gobUint(stream[n:]); id&1 == 1 {
			described = true
		} else {
			size += whole
		}
		stream = stream[whole:]
	}
	return size, described
}

// gobUint reads one unsigned integer of a gob stream and says how many bytes
// it took, 0 if there is none.
func gobUint(b []byte) (x uint64, n int) {
	if len(b) == 0 {
		return 0, 0
	}
	if b[0] < 128 {
		return uint64(b[0]), 1
	}
	n = 1 + int(-int8(b[0]))
	if n > 9 || n > len(b) {
		return 0, 0
	}
	for _, c := range b[1:n] {
		x = x<<8 | uint64(c)
	}
	return x, n
}
