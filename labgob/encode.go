package labgob

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// An Encoder writes values as gob does. It may be used by several goroutines
// at once.
type Encoder struct {
	enc *gob.Encoder
}

// NewEncoder returns an Encoder that writes to w.
func NewEncoder(w io.Writer) *Encoder {
	return &Encoder{gob.NewEncoder(capped{w})}
}

// Encode writes v, and before it the descriptions of the types in it that have
// not been written yet. An error is returned and reported. Unlike gob it
// returns an error for a nil pointer, where gob panics, and for a value that
// contains itself, where gob overflows the stack.
func (e *Encoder) Encode(v any) error {
	t := reflect.TypeOf(v)
	CheckType(t)
	err := encodable(v)
	if err == nil {
		err = e.enc.Encode(v)
	}
	if err != nil {
		Report(encodeProblem(v, err))
	}
	return err
}

type nilPointerError struct{ typ reflect.Type }

func (e nilPointerError) Error() string {
	return fmt.Sprintf("labgob: cannot encode nil pointer of type %s", e.typ)
}

var errTooDeep = fmt.Errorf("labgob: the value is nested more than %d deep, or contains itself", maxDepth)

// encodable looks for what gob would not survive, and, on the way, checks the
// types behind interfaces.
func encodable(v any) error {
	value := reflect.ValueOf(v)
	for i, p := 0, value; i < 100 && p.Kind() == reflect.Pointer; i, p = i+1, p.Elem() {
		if p.IsNil() {
			return nilPointerError{p.Type()}
		}
	}
	if !value.IsValid() {
		return nil // gob has an error for it
	}
	l := layoutOf(value.Type())
	if l.isDynamic() && !new(walk).visit(value, l, 0) {
		return errTooDeep
	}
	return nil
}

// A capped writer refuses messages that a Decoder would refuse. gob writes
// each with one call.
type capped struct{ io.Writer }

var errTooLong = fmt.Errorf("labgob: the encoded value is longer than %d MiB", maxMessage>>20)

func (c capped) Write(p []byte) (int, error) {
	if len(p) > maxMessage {
		return 0, errTooLong
	}
	return c.Writer.Write(p)
}

// Register tells gob of the concrete type of value, which is then allowed
// behind an interface. As with gob, registering a type again is free, and one
// type must not be registered both as a value and as a pointer; but such a
// clash is reported, and the first registration stays, where gob panics.
func Register(value any) {
	register(value, func() { gob.Register(value) })
}

// RegisterName is Register under a name of the caller's choice.
func RegisterName(name string, value any) {
	register(value, func() { gob.RegisterName(name, value) })
}

func register(value any, tell func()) {
	if value == nil {
		Report(Problem{Kind: Misuse, Text: place() + "Register(nil) registers no type. " +
			"Give it a value of the concrete type, such as Op{}."})
		return
	}
	t := reflect.TypeOf(value)
	CheckType(t)
	if err := try(tell); err != nil {
		Report(Problem{
			Kind: Misuse,
			Type: t.String(),
			Text: fmt.Sprintf("%sRegister of a %s clashes with an earlier one, which stays: %v. "+
				"Register each type once, under one name, and either as a value or as a pointer.", place(), t, err),
		})
	}
}

// try calls f and returns its panic as an error.
func try(f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New(fmt.Sprint(r))
		}
	}()
	f()
	return nil
}
