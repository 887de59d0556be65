package labgob

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"
)

// A Decoder reads what an Encoder wrote. It may be used by several goroutines
// at once.
type Decoder struct {
	mu     sync.Mutex // one value at a time, as in gob.Decoder
	stream *stream    // what gob reads, checked
	dec    *gob.Decoder
}

// NewDecoder returns a Decoder that reads from r. Like gob's it reads ahead
// only if r is no io.ByteReader.
func NewDecoder(r io.Reader) *Decoder {
	s := newStream(r)
	return &Decoder{stream: s, dec: gob.NewDecoder(s)}
}

var errTarget = errors.New("labgob: Decode needs a non-nil pointer")

// Decode reads the next value into what v points to; a nil v discards it. At
// the end of the data it returns io.EOF, leaves v alone and reports nothing,
// so that a loop may read until then, and an empty persister is no error. Any
// other error is returned and reported, data that end within a value among
// them; that is io.ErrUnexpectedEOF.
//
// Decode does not panic, whatever the bytes. It does not trust a length in
// them: it allocates in proportion to the bytes that have arrived.
func (d *Decoder) Decode(v any) error {
	if v != nil {
		if p := reflect.ValueOf(v); p.Kind() != reflect.Pointer || p.IsNil() {
			Report(decodeProblem(v, errTarget))
			return errTarget
		}
		CheckType(reflect.TypeOf(v))
	}
	old, err := d.next(v)
	if old != nil {
		Report(*old)
	}
	if err != nil && err != io.EOF {
		Report(decodeProblem(v, err))
	}
	return err
}

// next decodes a value, and returns what was wrong with the variable for it.
func (d *Decoder) next(v any) (*Problem, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.stream.fill(); err != nil {
		return nil, err
	}
	old := oldParts(v, "a value")
	err := d.decode(v)
	if err == io.EOF {
		// There was a value, so this cannot be the end of the data.
		err = io.ErrUnexpectedEOF
	}
	return old, err
}

// decode is gob's Decode without its panics, and without those of GobDecode
// methods, which may come from bytes that no GobEncode wrote.
func (d *Decoder) decode(v any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("labgob: a panic while decoding: %v", r)
		}
	}()
	return d.dec.Decode(v)
}
